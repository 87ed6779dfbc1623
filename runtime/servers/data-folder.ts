import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { StartError } from '../start-error';
import { isAlive, markProcess, parseMark, type ProcessMark } from './process-identity';
import { readIfThere } from './server-process';

/** Says that a folder is Toki's, so that `reset` never removes another one. */
const markerFile = '.toki-data';

/** Where things lie in the data folder. */
export function dataFolderPaths(folder: string) {
  return {
    lock: join(folder, 'lock'),
    /** What is running where, for the command line tool. */
    runtime: join(folder, 'runtime.json'),
    /** The children of the supervisor, to be found after it was killed. */
    children: join(folder, 'children.json'),
    keys: join(folder, 'keys'),
    postgres: join(folder, 'postgres'),
    temporalDatabase: join(folder, 'temporal.db'),
    temporalState: join(folder, 'temporal.json'),
    logs: join(folder, 'logs'),
    /** A folder per programme; what is put there is imported. */
    importDrop: join(folder, 'import'),
  };
}

/** Writes the whole file or nothing, readable by its owner alone: it may hold a password. */
export function writePrivately(path: string, text: string): void {
  const fresh = `${path}.${String(process.pid)}.new`;
  writeFileSync(fresh, text, { mode: 0o600 });
  renameSync(fresh, path);
}

export function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether the folder was made by Toki. */
export function isDataFolder(folder: string): boolean {
  return existsSync(join(folder, markerFile));
}

/** The drop folder, in a data folder that is Toki's or where a person has made it: a worker alone makes no data folder. */
export function dropFolderOf(folder: string): string | undefined {
  const { importDrop } = dataFolderPaths(folder);
  return isDataFolder(folder) || existsSync(importDrop) ? importDrop : undefined;
}

function openFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    if (!isDataFolder(folder)) {
      if (readdirSync(folder).length > 0) {
        throw new StartError(
          `The data folder ${folder} holds files that are not Toki's: choose an empty or new folder with TOKI_DATA_DIR.`,
        );
      }
      writeFileSync(join(folder, markerFile), 'Data of Toki. "npm run reset" removes this folder.\n');
      // The user postgres passes through here; what is private inside has a mode of its own.
      chmodSync(folder, 0o755);
    }
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(
      `The data folder ${folder} cannot be used (${(error as Error).message}): choose another one with TOKI_DATA_DIR.`,
    );
  }
}

/** Who holds the lock on a data folder; `undefined` when nobody living does. */
export function lockOwner(folder: string): ProcessMark | undefined {
  const mark = parseMark(parseJson(readIfThere(dataFolderPaths(folder).lock)));
  return mark && isAlive(mark) ? mark : undefined;
}

/** The data folder, ours until `letGo`. */
export interface HeldDataFolder {
  /** The one who held it last was killed and could not clean up. */
  readonly abandoned: boolean;
  letGo(): void;
}

/**
 * Makes the data folder where it is missing and locks it for this process. The lock of a dead process does not count.
 *
 * @throws StartError when another process holds it, or the folder cannot be used.
 */
export function holdDataFolder(folder: string): HeldDataFolder {
  openFolder(folder);
  const { lock } = dataFolderPaths(folder);
  let abandoned = false;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      writeFileSync(lock, JSON.stringify(markProcess(process.pid)), { flag: 'wx' });
      return {
        abandoned,
        letGo: () => {
          rmSync(lock, { force: true });
        },
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new StartError(`The data folder ${folder} cannot be written to (${(error as Error).message}).`);
      }
    }
    const owner = lockOwner(folder);
    if (owner) {
      throw new StartError(
        `Toki is already running on the data folder ${folder} (process ${String(owner.pid)}): stop it first, or choose another folder with TOKI_DATA_DIR.`,
      );
    }
    abandoned = true;
    rmSync(lock, { force: true });
  }
  throw new StartError(`Toki is being started on the data folder ${folder} by somebody else at this moment.`);
}

/** The keys of the embedded database, made on first use. Losing this file means losing every sealed field. */
export function keysOf(folder: string): string {
  const { keys } = dataFolderPaths(folder);
  const found = readIfThere(keys)?.trim();
  if (found) return found;
  const made = `k1=${randomBytes(32).toString('base64')}`;
  writePrivately(keys, `${made}\n`);
  return made;
}
