import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { guard } from '../../test/support/guardian';
import { testServices } from '../../test/support/services';
import { startEmbeddedTemporal } from './embedded-temporal';

const folder = mkdtempSync(join(tmpdir(), 'toki-two-temporals-'));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('two that start at nearly the same moment both come up, each with ports of its own', async () => {
  const start = (name: string) =>
    startEmbeddedTemporal({
      cli: testServices().temporalCli,
      namespace: 'default',
      searchAttributes: {},
      ui: { codecEndpoint: 'http://localhost:3001/codec' },
      stateFile: join(folder, `${name}.json`),
      logFile: join(folder, `${name}.log`),
    });
  const first = start('one');
  // It has chosen its ports and is spawned, and has not bound them yet: what the second one looks at is still free.
  while (!existsSync(join(folder, 'one.json'))) await new Promise((resolve) => setTimeout(resolve, 2));
  const results = await Promise.allSettled([first, start('two')]);
  const up = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  for (const { server } of up) guard('', [{ pid: server.pid, signal: 'SIGTERM' }]);
  try {
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled']);
    expect(new Set(up.flatMap(({ address, uiUrl }) => [address, uiUrl])).size).toBe(4);
  } finally {
    for (const temporal of up) await temporal.stop();
  }
});
