import { join } from 'node:path';

import { projectRoot } from '../../runtime/root';

/** Where the test servers that stay up between runs have their data. */
export const serversFolder = join(projectRoot, '.toki-test');
/** Where they are; its time says when they were used last. */
export const servicesFile = join(serversFolder, 'servers.json');
/** The process that holds them. */
export const keeperFile = join(serversFolder, 'keeper.json');
