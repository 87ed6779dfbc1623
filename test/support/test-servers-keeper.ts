import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { markProcess } from '../../runtime/servers/process-identity';
import { servicesIn } from './services';
import { startServices } from './start-services';
import { keeperFile, serversFolder, servicesFile } from './test-servers-files';

const idleMs = 3_600_000;
const lookEveryMs = 10_000;

/** The process that holds the servers: it ends when it is asked to, or when nobody has come for an hour. */
async function keep(): Promise<void> {
  const data = join(serversFolder, 'data');
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  writeFileSync(keeperFile, JSON.stringify(markProcess(process.pid)));
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
      process.on(signal, () => {
        resolve();
      });
  });
  const { running, stop } = await startServices(data);
  writeFileSync(`${servicesFile}.new`, JSON.stringify(running));
  renameSync(`${servicesFile}.new`, servicesFile);
  const idle = new Promise<void>((resolve) => {
    setInterval(() => {
      if (Date.now() - statSync(servicesFile).mtimeMs > idleMs || !servicesIn(servicesFile)) resolve();
    }, lookEveryMs);
  });
  await Promise.race([asked, idle]);
  rmSync(servicesFile, { force: true });
  await stop();
  rmSync(keeperFile, { force: true });
}

void keep().finally(() => process.exit());
