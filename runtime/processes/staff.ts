import { createStaffApp } from '../../api/staff/app';
import { createOutbox } from '../../database/bookings';
import { openDatabase } from '../../database/foundation/connection';
import { parseKeys } from '../../database/foundation/keys';
import { timeLimits } from '../../database/foundation/time-limits';
import { createDatabaseServices } from '../../database/services';
import { createOperatingFigures } from '../../database/upkeep';
import { createHandOver } from '../../engine/hand-over/hand-over';
import { createWorkflowUrls } from '../../engine/requests/workflow-urls';
import { EncryptionCodec } from '../../engine/temporal/payload-codec';
import { createTemporalClient } from '../../engine/temporal/temporal-client';
import { readConfig } from '../config';
import { projectRoot } from '../root';
import { temporalAccess } from '../servers/backing-services';
import { readRuntimeFile } from '../servers/runtime-file';
import { StartError } from '../start-error';
import { createHealthChecks } from './health-checks';
import { createProcessLog } from './process-log';
import { runApp } from './run-app';
import { runMain } from './run-main';
import { keysInForce } from './services';
import { composeStaffServices } from './staff-services';

/** Connections of this process: the operators' lane is narrow and its own. */
const poolSize = 8;
/** For what every request asks first, and for health. */
const firstLookPoolSize = 2;
/** A city's file of 100 MB over a slow line, ms. */
const uploadWithinMs = 15 * 60_000;

/** The staff app as a process of its own: `DATABASE_URL` and `TEMPORAL_ADDRESS` say where to work. */
async function main(): Promise<number> {
  const config = readConfig(process.env);
  if (config.databaseUrl === undefined)
    throw new StartError('DATABASE_URL is required: "npm start" gives it to this process.');
  const log = createProcessLog('staff');
  const keys = parseKeys(keysInForce(config));
  const pool = { url: config.databaseUrl, applicationName: 'toki staff' };
  const database = openDatabase({ ...pool, poolSize, limits: timeLimits.staff });
  const firstLook = openDatabase({ ...pool, poolSize: firstLookPoolSize, limits: timeLimits.firstLook });
  const services = createDatabaseServices({ database, keys, firstLook });
  const { sessions, outbox, notices, unmetSearches, programmes } = services;
  const figures = createOperatingFigures(database);
  const temporal = createTemporalClient(temporalAccess(config, config.temporalAddress ?? '127.0.0.1:7233'), keys);
  const health = createHealthChecks({ database: firstLook, temporal, outbox: createOutbox(firstLook) });
  const handOver = createHandOver({ client: temporal, outbox, programmes, log });

  // Written when everything runs, so it is read when it is needed.
  const temporalUiOrigin = () => config.temporalUiOrigin ?? readRuntimeFile(config.dataDir)?.temporalUiUrl;

  const app = createStaffApp({
    services: composeStaffServices({
      database,
      keys,
      services,
      temporal,
      handOver,
      health,
      workflowUrl: createWorkflowUrls(temporalUiOrigin, config.temporalNamespace),
      oidc: config.oidc,
      localLogIn: config.staffLocalLogIn,
      hasLine: config.line !== undefined,
      smtpUrl: config.smtpUrl,
      publicUrl: config.publicUrl,
      trustedProxies: config.trustedProxies,
    }),
    health,
    metrics: { figures: () => figures.read(), backlog: () => outbox.backlog() },
    notices,
    codec: new EncryptionCodec(keys),
    temporalUiOrigin,
    demo: config.demo,
    https: (config.staffUrl ?? config.publicUrl).startsWith('https:'),
    log,
    projectRoot,
  });
  return runApp({
    name: 'staff app',
    app,
    port: config.staffPort,
    requestWithinMs: uploadWithinMs,
    sessions,
    handOver,
    unmetSearches,
    temporal,
    databases: [database, firstLook],
    log,
  });
}

void runMain(main);
