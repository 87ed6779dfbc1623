import { setTimeout as sleep } from 'node:timers/promises';

import { DefaultLogger, type LogLevel, makeTelemetryFilterString, NativeConnection, Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';

import type { BackgroundLoop } from '../activities/background-loop';
import { createBroadcastSweeper } from '../activities/broadcast-sweeper';
import { createChangeSweeper } from '../activities/change-sweeper';
import { createHousekeeping } from '../activities/housekeeping';
import { createImportSweeper } from '../activities/import-sweeper';
import { createLineApi } from '../activities/line-api';
import { createLineEventLoop } from '../activities/line-events';
import { createReconciler } from '../activities/reconciler';
import { createRelay } from '../activities/relay';
import { createReleaseSweeper } from '../activities/release-sweeper';
import { connectionOptions, createTemporalClient, type TemporalAccess } from '../activities/temporal-client';
import { createAudit } from '../database/audit';
import { createBirthDateKeys } from '../database/birth-date-keys';
import { createBookingRepository } from '../database/bookings';
import { openDatabase } from '../database/connection';
import { removeOutdated } from '../database/housekeeping';
import { createImportRunStore } from '../database/import-runs';
import { createImportStaging } from '../database/import-staging';
import { parseKeys } from '../database/keys';
import { createLineBroadcasts } from '../database/line-broadcasts';
import { createLineEvents } from '../database/line-events';
import { createLineLinks } from '../database/line-links';
import { createOutbox } from '../database/outbox';
import { createProgrammeChanges } from '../database/programme-changes';
import { createProgrammeDrafts } from '../database/programme-drafts';
import { createProgrammes } from '../database/programmes';
import { createReconciliation } from '../database/reconciliation';
import { timeLimits } from '../database/time-limits';
import { searchAttributes } from '../domain/contracts/search-attributes';
import { temporalAccess } from './backing-services';
import { readConfig } from './config';
import { dropFolderOf } from './data-folder';
import { ensureImportSchedule } from './import-schedule';
import { createProcessLog } from './process-log';
import { createProgrammeProcesses } from './programme-processes';
import { createProgrammeWork } from './programme-work';
import { runMain } from './run-main';
import { requireSearchAttributes } from './search-attributes';
import { keysInForce } from './services';
import { StartError } from './start-error';
import { createActivities, createWorkers } from './workers';
import { workflowBundle } from './workflow-bundle';

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

/** Temporal may be starting itself: some patience, then the supervisor begins anew. Undefined when asked to stop meanwhile. */
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
  const programmes = createProgrammes(database);
  const outbox = createOutbox(database);
  const programmeDrafts = createProgrammeDrafts({ database, audit: createAudit({ database, keys }), programmes });
  const lineLinks = createLineLinks({ database, keys });
  const lineEvents = createLineEvents({ database, keys });
  const programmeChanges = createProgrammeChanges({
    database,
    audit: createAudit({ database, keys }),
    programmes,
    birthDates: createBirthDateKeys(keys),
  });
  const loops: BackgroundLoop[] = [
    createRelay({ client, outbox, programmes, log }),
    createReconciler({
      client,
      outbox,
      programmes,
      log,
      bookings: createBookingRepository({ database, keys, programmes }),
      reconciliation: createReconciliation(database),
    }),
    createHousekeeping({
      log,
      removeOutdated: async () => {
        await Promise.all([lineLinks.removeOutdated(), lineEvents.removeOutdated()]);
        return removeOutdated(bulkDatabase);
      },
    }),
    createReleaseSweeper({
      log,
      drafts: programmeDrafts,
      start: (releaseId, publishAt) => createProgrammeProcesses(client).startRelease(releaseId, publishAt),
    }),
    createChangeSweeper({
      log,
      changes: programmeChanges,
      start: (changeId) => createProgrammeProcesses(client).startChange(changeId),
    }),
    createImportSweeper({
      client,
      log,
      runs: createImportRunStore({ database, keys }),
      staging: createImportStaging(bulkDatabase),
    }),
    ...(config.line || config.demo
      ? [createBroadcastSweeper({ client, log, programmes, broadcasts: createLineBroadcasts(database) })]
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
    workflowBundle: await workflowBundle(),
    activities: createActivities({
      database,
      bulkDatabase,
      keys,
      smtpUrl: config.smtpUrl,
      line: config.line ?? (config.demo ? 'inbox' : undefined),
      publicUrl: config.publicUrl,
      dropFolder: { temporal: client, folder: () => dropFolderOf(config.dataDir), log },
    }),
    programmeWork: createProgrammeWork({
      client,
      database,
      keys,
      publicUrl: config.publicUrl,
      drafts: programmeDrafts,
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
