import { rmSync } from 'node:fs';

import { dataFolderPaths, lockOwner, parseJson, writePrivately } from './data-folder';
import { isAlive, parseMark, type ProcessMark } from './process-identity';
import { readIfThere } from './server-process';

/** What runs where, written by `npm start` for the command line tool. */
export interface RuntimeFile extends ProcessMark {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly citizenUrl: string;
  readonly staffUrl: string;
  readonly temporalUiUrl: string | undefined;
}

export function writeRuntimeFile(dataDir: string, content: RuntimeFile): void {
  writePrivately(dataFolderPaths(dataDir).runtime, `${JSON.stringify(content, null, 2)}\n`);
}

export function removeRuntimeFile(dataDir: string): void {
  rmSync(dataFolderPaths(dataDir).runtime, { force: true });
}

/** The file of a Toki that is running now; `undefined` when none is. */
export function readRuntimeFile(dataDir: string): RuntimeFile | undefined {
  const content = parseJson(readIfThere(dataFolderPaths(dataDir).runtime));
  const mark = parseMark(content);
  return mark && isAlive(mark) && lockOwner(dataDir) ? (content as RuntimeFile) : undefined;
}
