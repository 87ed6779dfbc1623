import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StartError } from './start-error';

/** The system user under which the embedded PostgreSQL runs. */
export interface PostgresUser {
  readonly uid: number;
  readonly gid: number;
}

function lookUp(): PostgresUser | undefined {
  try {
    const id = (option: string) => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }));
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
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'], { stdio: 'pipe' });
  } catch {
    throw new StartError(
      'PostgreSQL does not run as root and the user "postgres" could not be made: run Toki as another user, or add that user with "useradd postgres".',
    );
  }
  const made = lookUp();
  if (!made) throw new StartError('The user "postgres" was made but cannot be found: run Toki as a user other than root.');
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
