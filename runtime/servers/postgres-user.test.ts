import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { folderClosedTo } from './postgres-user';

const somebody = { uid: 54_321, gid: 54_321 };

test('the outermost closed folder on the way is named', () => {
  const parent = mkdtempSync(join(tmpdir(), 'toki-way-'));
  const inner = join(parent, 'a', 'b');
  mkdirSync(inner, { recursive: true });
  try {
    for (const folder of [parent, join(parent, 'a'), inner]) chmodSync(folder, 0o755);
    expect(folderClosedTo(somebody, inner)).toBeUndefined();
    chmodSync(inner, 0o750);
    expect(folderClosedTo(somebody, inner)).toBe(inner);
    chmodSync(parent, 0o700);
    expect(folderClosedTo(somebody, inner)).toBe(parent);
    expect(folderClosedTo({ uid: process.getuid?.() ?? 0, gid: 0 }, inner)).toBeUndefined();
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
});
