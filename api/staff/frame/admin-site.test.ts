import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { projectRoot } from '../../../runtime/root';
import type { AppContext } from '../../shared/state';
import { createAdminSite } from './admin-site';

test('the page of the admin, as it is written, hands Angular the nonce of the answer', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'toki-admin-'));
  try {
    copyFileSync(join(projectRoot, 'admin-ui', 'src', 'index.html'), join(folder, 'index.html'));
    const headers = new Map<string, string>();
    const ctx = {
      method: 'GET',
      path: '/',
      state: { nonce: 'abc123' },
      get: () => 'text/html',
      set: (name: string, value: string) => headers.set(name, value),
      vary: () => undefined,
      accepts: () => 'html',
      body: '',
    };
    await createAdminSite({ folder })(ctx as unknown as AppContext, () => Promise.resolve());
    expect(ctx.body).toContain('ngCspNonce="abc123"');
    expect(headers.get('Content-Security-Policy')).toContain("style-src 'self' 'nonce-abc123'");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
