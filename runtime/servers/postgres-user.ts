import { execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { StartError } from '../start-error';

/** The system user under which the embedded PostgreSQL runs. */
export interface PostgresUser {
  readonly uid: number;
  readonly gid: number;
}

function lookUp(): PostgresUser | undefined {
  try {
    const id = (option: string) =>
      Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

/**
 * PostgreSQL refuses to run as root; when Toki runs as root, the user `postgres` is used, and made where it is missing.
 * Otherwise PostgreSQL runs as the user who started Toki and this is `undefined`.
 *
 * @throws StartError when the user can neither be found nor made.
 */
export function postgresUser(): PostgresUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const found = lookUp();
  if (found) return found;
  try {
    execFileSync(
      'useradd',
      ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'],
      { stdio: 'pipe' },
    );
  } catch {
    throw new StartError(
      'PostgreSQL does not run as root and the user "postgres" could not be made: run Toki as another user, or add that user with "useradd postgres".',
    );
  }
  const made = lookUp();
  if (!made)
    throw new StartError('The user "postgres" was made but cannot be found: run Toki as a user other than root.');
  return made;
}

/** The outermost folder on the way to `path` that `user` may not pass; `undefined` when the whole way is open. */
export function folderClosedTo(user: PostgresUser, path: string): string | undefined {
  const way: string[] = [];
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    way.unshift(folder);
    if (folder === dirname(folder)) break;
  }
  return way.find((folder) => {
    const stat = statSync(folder, { throwIfNoEntry: false });
    if (!stat?.isDirectory()) return false;
    const bit = stat.uid === user.uid ? 0o100 : stat.gid === user.gid ? 0o010 : 0o001;
    return (stat.mode & bit) === 0;
  });
}

/** How to run a program as `user`: what to spawn, with which options. */
export interface RunAs {
  readonly file: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * The right to pass folders that are closed to it, and none of root's others. The securebit keeps access(2), with which
 * PostgreSQL looks at its own files, from leaving the right out of account.
 */
function setprivArguments({ uid, gid }: PostgresUser): string[] {
  return [
    `--reuid=${String(uid)}`,
    `--regid=${String(gid)}`,
    '--clear-groups',
    '--securebits=+no_setuid_fixup',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
    '--',
  ];
}

/**
 * Decides how PostgreSQL's programs are run: as the present user; as `postgres`; and where that user could not reach
 * `paths`, which are existing files or folders, as `postgres` with the right to pass on the way, as far as this system can give it.
 *
 * @throws StartError naming the folder that is closed to `postgres` when there is no way.
 */
export function runnerFor(
  user: PostgresUser | undefined,
  paths: readonly string[],
): (file: string, args: readonly string[]) => RunAs {
  if (!user) return (file, args) => ({ file, args });
  const closed = paths.map((path) => folderClosedTo(user, path)).find((folder) => folder !== undefined);
  if (closed === undefined) return (file, args) => ({ file, args, ...user });
  const prefix = setprivArguments(user);
  const passes = paths.every(
    (path) => spawnSync('setpriv', [...prefix, 'test', '-e', path], { stdio: 'ignore' }).status === 0,
  );
  if (!passes) {
    throw new StartError(
      `PostgreSQL runs as the user "postgres" because Toki was started as root, and that user may not pass through the folder ${closed}: open it with "chmod o+x ${closed}", or start Toki as another user.`,
    );
  }
  return (file, args) => ({ file: 'setpriv', args: [...prefix, file, ...args] });
}
