import { join } from 'node:path';

import { readConfig } from '../config';
import { runMain } from '../processes/run-main';
import { StartError } from '../start-error';
import { runSupervisor } from '../supervisor/supervisor';
import { importOwnFile } from './import-eligibility';

/**
 * Resolves when the admin is there. The process that started this one may be building it still, and then says how it ended.
 * @throws StartError when it could not be built
 */
function adminBuilt(): Promise<void> {
  if (!process.argv.includes('--admin-is-being-built')) return Promise.resolve();
  const built = new Promise<void>((resolve, reject) => {
    process.on('message', ({ adminBuild }: { adminBuild?: string }) => {
      if (adminBuild === 'done') resolve();
      else if (adminBuild !== undefined)
        reject(new StartError(`Toki could not be built: ${adminBuild}; see the lines above.`));
    });
  });
  // Nobody may be waiting for it yet when it fails.
  built.catch(() => undefined);
  return built;
}

/** `npm start`: everything in one command, until Ctrl-C. */
void runMain(() =>
  runSupervisor({
    config: readConfig(process.env),
    env: process.env,
    programs: {
      worker: join(__dirname, '../processes/worker.js'),
      citizen: join(__dirname, '../processes/citizen.js'),
      staff: join(__dirname, '../processes/staff.js'),
    },
    importFile: importOwnFile,
    adminBuilt: adminBuilt(),
    onceUp: (restart) => {
      process.on('message', ({ restart: names }: { restart?: string[] }) => {
        names?.forEach(restart);
      });
    },
    write: (line) => {
      process.stdout.write(`${line}\n`);
    },
  }),
);
