import { Connection } from '@temporalio/client';
import { Client as PostgresClient } from 'pg';

import { searchAttributes } from '../../domain/contracts/search-attributes';
import { defined } from '../../domain/text/defined';
import { registerSearchAttributes } from '../../engine/temporal/search-attributes';
import { connectionOptions, type TemporalAccess } from '../../engine/temporal/temporal-client';
import type { Config } from '../config';
import { StartError } from '../start-error';
import { dataFolderPaths } from './data-folder';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres';
import { type EmbeddedTemporal, startEmbeddedTemporal } from './embedded-temporal';
import { type Running, Supervised } from './supervised';
import { findTemporalCli } from './temporal-cli';

const leastPostgres = 15;
const connectWithinMs = 10_000;

/** A server that Toki uses: given from outside, or started here and kept running. */
export interface Service<Address> {
  readonly address: Address;
  /** Resolves when it is down; one given from outside is left alone. */
  stop(): Promise<void>;
}

function running(server: EmbeddedPostgres | EmbeddedTemporal): Running {
  return { pid: server.server.pid, exited: server.server.exited, stop: () => server.stop() };
}

function hostOf(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  return `${url.hostname}:${url.port || '5432'}`;
}

/** Other people's messages, to stand inside a sentence of ours. */
function withoutStop(message: string): string {
  return message.replace(/\.+$/, '');
}

/** Connects once. @throws StartError when PostgreSQL cannot be reached or is too old. */
export async function checkPostgres(databaseUrl: string): Promise<{ readonly version: string }> {
  const client = new PostgresClient({ connectionString: databaseUrl, connectionTimeoutMillis: connectWithinMs });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ number: string; version: string }>(
      "SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS version",
    );
    const version = rows[0]?.version ?? '?';
    if (Number(rows[0]?.number) < leastPostgres * 10_000) {
      throw new StartError(
        `PostgreSQL at ${hostOf(databaseUrl)} is version ${version}, but Toki needs ${String(leastPostgres)} or newer.`,
      );
    }
    return { version };
  } catch (error) {
    if (error instanceof StartError) throw error;
    const why = withoutStop((error as Error).message || (error as NodeJS.ErrnoException).code || 'no answer');
    throw new StartError(`PostgreSQL at ${hostOf(databaseUrl)} (DATABASE_URL) cannot be reached: ${why}.`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Opens a connection for administration. @throws StartError when Temporal or the namespace cannot be reached. */
export async function connectTemporal(access: TemporalAccess): Promise<Connection> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ ...connectionOptions(access), connectTimeout: connectWithinMs });
    const open = connection;
    await open.withDeadline(Date.now() + connectWithinMs, () =>
      open.workflowService.describeNamespace({ namespace: access.namespace }),
    );
    return connection;
  } catch (error) {
    await connection?.close();
    const { details, message } = error as { details?: string; message: string };
    throw new StartError(
      `Temporal at ${access.address} (TEMPORAL_ADDRESS), namespace "${access.namespace}", cannot be reached: ${withoutStop(details || message)}.`,
    );
  }
}

/** `TEMPORAL_ADDRESS` and what belongs to it, towards the given address. */
export function temporalAccess(config: Config, address: string): TemporalAccess {
  return {
    address,
    namespace: config.temporalNamespace,
    // The embedded server takes plain connections only.
    ...(config.temporalAddress === undefined ? {} : { apiKey: config.temporalApiKey, tls: config.temporalTls }),
  };
}

/** The database: the given one, checked, or the embedded one, kept running. */
export async function startDatabase(config: Config, say: (line: string) => void): Promise<Service<string>> {
  if (config.databaseUrl !== undefined) {
    await checkPostgres(config.databaseUrl);
    return { address: config.databaseUrl, stop: () => Promise.resolve() };
  }
  const paths = dataFolderPaths(config.dataDir);
  let started: EmbeddedPostgres | undefined;
  const supervised = new Supervised({
    name: 'PostgreSQL',
    say,
    async start() {
      started = await startEmbeddedPostgres({
        folder: paths.postgres,
        logFile: `${paths.logs}/postgres.log`,
        settings: { max_connections: '200', shared_buffers: '256MB', max_wal_size: '2GB' },
        // From the second time on: everybody is connected to this port.
        ...(started ? { port: started.port } : {}),
      });
      return running(started);
    },
  });
  await supervised.start();
  if (!started) throw new Error('the embedded PostgreSQL was started without a result');
  return { address: started.url, stop: () => supervised.stop() };
}

export interface TemporalAddress {
  readonly access: TemporalAccess;
  /** The embedded server's page; `undefined` where Temporal was given. */
  readonly uiUrl: string | undefined;
}

export interface TemporalStart {
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Temporal: the given one, checked, or the embedded one, kept running; search attributes registered either way. */
export async function startTemporal({ config, env, say, signal }: TemporalStart): Promise<Service<TemporalAddress>> {
  if (config.temporalAddress !== undefined) {
    const access = temporalAccess(config, config.temporalAddress);
    const connection = await connectTemporal(access);
    try {
      await registerSearchAttributes(connection, access.namespace, searchAttributes);
    } catch (error) {
      // Temporal Cloud registers them by its own tools; `doctor` says which are missing.
      say(
        `The search attributes could not be registered (${(error as Error).message}): "npm run toki -- doctor" says which are missing`,
      );
    } finally {
      await connection.close();
    }
    return { address: { access, uiUrl: undefined }, stop: () => Promise.resolve() };
  }
  const paths = dataFolderPaths(config.dataDir);
  const cli = await findTemporalCli({ cli: config.temporalCli, env, say, ...defined({ signal }) });
  let started: EmbeddedTemporal | undefined;
  const supervised = new Supervised({
    name: 'Temporal',
    say,
    async start(again) {
      started = await startEmbeddedTemporal({
        cli,
        namespace: config.temporalNamespace,
        searchAttributes,
        databaseFile: paths.temporalDatabase,
        ui: { codecEndpoint: `http://localhost:${String(config.staffPort)}/codec` },
        stateFile: paths.temporalState,
        logFile: `${paths.logs}/temporal.log`,
        samePorts: again,
      });
      return running(started);
    },
  });
  await supervised.start();
  if (!started) throw new Error('the embedded Temporal was started without a result');
  const access = temporalAccess(config, started.address);
  const connection = await connectTemporal(access);
  try {
    // The server registers those it is told of when its file is new; an older file lacks what was added since.
    await registerSearchAttributes(connection, access.namespace, searchAttributes);
  } finally {
    await connection.close();
  }
  return { address: { access, uiUrl: started.uiUrl }, stop: () => supervised.stop() };
}
