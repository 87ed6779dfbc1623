import { existsSync, rmSync } from 'node:fs';

import { ChildrenFile } from './children-file';
import { readConfig } from './config';
import { dataFolderPaths, holdDataFolder, isDataFolder } from './data-folder';
import { stopLeftOverPostgres } from './embedded-postgres';
import { stopLeftOverTemporal } from './embedded-temporal';
import { runMain } from './run-main';
import { StartError } from './start-error';

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
