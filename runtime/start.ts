import { join } from 'node:path';

import { readConfig } from './config';
import { importOwnFile } from './import-eligibility';
import { runMain } from './run-main';
import { runSupervisor } from './supervisor';

/** `npm start`: everything in one command, until Ctrl-C. */
void runMain(() =>
  runSupervisor({
    config: readConfig(process.env),
    env: process.env,
    programs: {
      worker: join(__dirname, 'worker.js'),
      citizen: join(__dirname, 'citizen.js'),
      staff: join(__dirname, 'staff.js'),
    },
    importFile: importOwnFile,
    write: (line) => {
      process.stdout.write(`${line}\n`);
    },
  }),
);
