import { setTimeout as sleep } from 'node:timers/promises';

import { DefaultLogger, type LogLevel, makeTelemetryFilterString, NativeConnection, Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';

import { createLineApi } from '../../activities/notices/line-api';
import { createRushWatch } from '../../database/bookings';
import { openDatabase } from '../../database/foundation/connection';
import { parseKeys } from '../../database/foundation/keys';
import { timeLimits } from '../../database/foundation/time-limits';
import { createDatabaseServices } from '../../database/services';
import { removeOutdated } from '../../database/upkeep';
import { searchAttributes } from '../../domain/contracts/search-attributes';
import { createReconciler } from '../../engine/hand-over/reconciler';
import { createRelay } from '../../engine/hand-over/relay';
import type { BackgroundLoop } from '../../engine/loops/background-loop';
import { createBroadcastSweeper } from '../../engine/loops/broadcast-sweeper';
import { createChangeSweeper } from '../../engine/loops/change-sweeper';
import { ensureImportSchedule } from '../../engine/loops/drop-folder-schedule';
import { createHousekeeping } from '../../engine/loops/housekeeping';
import { createImportSweeper } from '../../engine/loops/import-sweeper';
import { createLineEventLoop } from '../../engine/loops/line-events';
import { createListKeeper } from '../../engine/loops/list-keeper';
import { createPublicationSweeper } from '../../engine/loops/publication-sweeper';
import { createProgrammeRequests } from '../../engine/requests/create-programme-requests';
import { connectionOptions, createTemporalClient, type TemporalAccess } from '../../engine/temporal/temporal-client';
import { workflowBundle } from '../../engine/temporal/workflow-bundle';
import { readConfig } from '../config';
import { projectRoot } from '../root';
import { temporalAccess } from '../servers/backing-services';
import { dropFolderOf } from '../servers/data-folder';
import { requireSearchAttributes } from '../servers/require-search-attributes';
import { StartError } from '../start-error';
import { createProcessLog } from './process-log';
import { createProgrammeWork } from './programme-work';
import { runMain } from './run-main';
import { keysInForce } from './services';
import { createActivities, createWorkers } from './workers';

const poolSize = 20;
/** Connections for imports and housekeeping, whose statements run for minutes. */
const bulkPoolSize = 8;
const connectWithinMs = 60_000;
const attemptMs = 5_000;

/** The SDK's own messages, through our log. */
function installRuntime(log: Logger): void {
  const levels = {
    TRACE: 'trace',
    DEBUG: 'debug',
    INFO: 'info',
    WARN: 'warn',
    ERROR: 'error',
  } as const satisfies Record<LogLevel, string>;
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      log[levels[level]](meta ?? {}, message);
    }),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }), forward: {} } },
    // Signals are handled below: the loops stop first, then the workers.
    shutdownSignals: [],
  });
}

/** Temporal may be starting itself: some patience, then the supervisor begins again. Undefined when asked to stop meanwhile. */
async function connect(
  access: TemporalAccess,
  log: Logger,
  signal: AbortSignal,
): Promise<NativeConnection | undefined> {
  const deadline = Date.now() + connectWithinMs;
  for (;;) {
    try {
      return await NativeConnection.connect(connectionOptions(access));
    } catch (error) {
      if (Date.now() + attemptMs > deadline)
        throw new StartError(`Temporal at ${access.address} cannot be reached: ${(error as Error).message}.`);
      log.warn({ address: access.address }, 'Temporal cannot be reached yet');
      await sleep(attemptMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return undefined;
    }
  }
}

/** Resolves at the first SIGTERM, SIGINT or SIGHUP, and when the process that started this one is gone. */
function stopRequest(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      controller.abort();
    });
  if (process.channel)
    process.on('disconnect', () => {
      controller.abort();
    });
  process.channel?.unref();
  return controller.signal;
}

/** The worker process: workflows and activities of all queues, the relay and the reconciler. */
async function main(): Promise<number> {
  const config = readConfig(process.env);
  if (config.databaseUrl === undefined || config.temporalAddress === undefined) {
    throw new StartError('The worker needs DATABASE_URL and TEMPORAL_ADDRESS; "npm start" gives it both.');
  }
  const stopping = stopRequest();
  const log = createProcessLog('worker');
  installRuntime(log);
  const access = temporalAccess(config, config.temporalAddress);
  const keys = parseKeys(keysInForce(config));
  const pool = { url: config.databaseUrl, applicationName: 'toki worker' };
  const database = openDatabase({ ...pool, poolSize, limits: timeLimits.worker });
  const bulkDatabase = openDatabase({ ...pool, poolSize: bulkPoolSize, limits: timeLimits.bulk });
  const client = createTemporalClient(access, keys);
  const services = createDatabaseServices({ database, keys });
  const { programmes, outbox, lineLinks, lineEvents, bookings, reconciliation } = services;
  const isRush = createRushWatch(services.rush);
  const bulk = {
    database: bulkDatabase,
    services: createDatabaseServices({ database: bulkDatabase, keys, programmes }),
  };
  const loops: BackgroundLoop[] = [
    createRelay({ client, outbox, programmes, log, isRush }),
    createReconciler({
      client,
      outbox,
      programmes,
      log,
      bookings,
      reconciliation,
    }),
    createListKeeper({ lists: bulk.services.listedBookings, log, isRush }),
    createHousekeeping({
      log,
      removeOutdated: async () => {
        await Promise.all([lineLinks.removeOutdated(), lineEvents.removeOutdated()]);
        return removeOutdated(bulkDatabase);
      },
    }),
    createPublicationSweeper({
      log,
      drafts: services.drafts,
      start: (publicationId, publishAt) => createProgrammeRequests(client).startPublication(publicationId, publishAt),
    }),
    createChangeSweeper({
      log,
      changes: services.changes,
      start: (changeId) => createProgrammeRequests(client).startChange(changeId),
    }),
    createImportSweeper({
      client,
      log,
      runs: services.importRuns,
      staging: bulk.services.importStaging,
    }),
    ...(config.line || config.demo
      ? [createBroadcastSweeper({ client, log, programmes, broadcasts: services.lineBroadcasts })]
      : []),
    ...(config.line
      ? [
          createLineEventLoop({
            log,
            events: lineEvents,
            links: lineLinks,
            api: createLineApi(config.line),
            publicUrl: config.publicUrl,
          }),
        ]
      : []),
  ];

  const connection = await connect(access, log, stopping);
  if (!connection) return 0;
  await requireSearchAttributes(client.connection, access.namespace, searchAttributes, log);
  const workers = await createWorkers({
    connection,
    namespace: access.namespace,
    keys,
    workflowBundle: await workflowBundle(projectRoot),
    activities: createActivities({
      database,
      keys,
      services,
      bulk,
      smtpUrl: config.smtpUrl,
      line: config.line ?? (config.demo ? 'inbox' : undefined),
      publicUrl: config.publicUrl,
      isRush,
      dropFolder: { temporal: client, folder: () => dropFolderOf(config.dataDir), log },
    }),
    programmeWork: createProgrammeWork({
      client,
      database,
      keys,
      services,
      publicUrl: config.publicUrl,
      log,
    }),
  });
  await ensureImportSchedule(client).catch((error: unknown) => {
    log.warn({ reason: (error as Error).message }, 'the drop folder has no Schedule yet; the next start tries again');
  });
  const running = workers.run();
  for (const loop of loops) loop.start();
  log.info({ temporal: access.address }, 'the worker runs');
  try {
    stopping.addEventListener('abort', () => {
      void Promise.all(loops.map((loop) => loop.stop())).then(() => {
        workers.shutdown();
      });
    });
    if (stopping.aborted) workers.shutdown();
    await running;
    return 0;
  } finally {
    await Promise.all(loops.map((loop) => loop.stop()));
    await connection.close();
    await client.connection.close();
    await Promise.all([database.destroy(), bulkDatabase.destroy()]);
    log.flush();
  }
}

// The SDK's threads must not keep a worker alive that has come to its end.
void runMain(main).finally(() => {
  process.exit();
});
