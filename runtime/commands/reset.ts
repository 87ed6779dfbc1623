import { existsSync, rmSync } from 'node:fs';

import { readConfig } from '../config';
import { runMain } from '../processes/run-main';
import { dataFolderPaths, holdDataFolder, isDataFolder } from '../servers/data-folder';
import { stopLeftOverPostgres } from '../servers/embedded-postgres';
import { stopLeftOverTemporal } from '../servers/embedded-temporal';
import { StartError } from '../start-error';
import { ChildrenFile } from '../supervisor/children-file';

/** `npm run reset`: removes the data folder, with all bookings, residents and keys in it. Downloads in the cache stay. */
void runMain(async () => {
  const { dataDir } = readConfig(process.env);
  if (!isDataFolder(dataDir)) {
    if (existsSync(dataDir)) throw new StartError(`${dataDir} is not a data folder of Toki: nothing was removed.`);
    console.log(`There is nothing to remove: ${dataDir} is not there.`);
    return 0;
  }
  const held = holdDataFolder(dataDir);
  if (held.abandoned) await new ChildrenFile(dataDir).stopLeftOver();
  const paths = dataFolderPaths(dataDir);
  await stopLeftOverPostgres(paths.postgres);
  await stopLeftOverTemporal(paths.temporalState);
  rmSync(dataDir, { recursive: true, force: true });
  console.log(`Removed ${dataDir}. "npm start" makes a new one.`);
  return 0;
});
