import { type CitizenAppDependencies, createCitizenApp } from '../../api/citizen/app';
import { createOutbox } from '../../database/bookings';
import { openDatabase, waitingForConnection } from '../../database/foundation/connection';
import { parseKeys } from '../../database/foundation/keys';
import { timeLimits } from '../../database/foundation/time-limits';
import { createLoginBrake } from '../../database/residents';
import { createDatabaseServices } from '../../database/services';
import { createHandOver } from '../../engine/hand-over/hand-over';
import { createRushMeter } from '../../engine/hand-over/rush-meter';
import { createTemporalClient } from '../../engine/temporal/temporal-client';
import { type Config, readConfig } from '../config';
import { projectRoot } from '../root';
import { temporalAccess } from '../servers/backing-services';
import { StartError } from '../start-error';
import { createHealthChecks } from './health-checks';
import { createProcessLog } from './process-log';
import { runApp } from './run-app';
import { runMain } from './run-main';
import { keysInForce } from './services';

/** Connections of this process. More would not make PostgreSQL faster; the staff app has its own. */
const poolSize = 20;
/** For what every request asks first, and for health. */
const firstLookPoolSize = 4;

/** The citizens' app as a process of its own: `DATABASE_URL` and `TEMPORAL_ADDRESS` say where to work. */
async function main(): Promise<number> {
  const config = readConfig(process.env);
  if (config.databaseUrl === undefined)
    throw new StartError('DATABASE_URL is required: "npm start" gives it to this process.');
  const log = createProcessLog('citizen');
  const keys = parseKeys(keysInForce(config));
  const pool = { url: config.databaseUrl, applicationName: 'toki citizen' };
  const database = openDatabase({ ...pool, poolSize, limits: timeLimits.citizen });
  const firstLook = openDatabase({ ...pool, poolSize: firstLookPoolSize, limits: timeLimits.firstLook });
  const services = createDatabaseServices({ database, keys, firstLook });
  const { programmes, outbox, residentSessions: sessions, unmetSearches, lineLinks, lineEvents } = services;
  // Without Temporal bookings go on: the connection is made when it is first needed, and again whenever it was lost.
  const temporal = createTemporalClient(temporalAccess(config, config.temporalAddress ?? '127.0.0.1:7233'), keys);
  const rushMeter = createRushMeter({
    signs: services.rush,
    log,
    waiting: () => waitingForConnection(database) + waitingForConnection(firstLook),
  });
  const handOver = createHandOver({ client: temporal, outbox, programmes, log, isRush: () => rushMeter.isRush() });
  rushMeter.start();

  const app = createCitizenApp({
    bookings: services.bookings,
    programmes,
    residents: services.residents,
    slots: services.slots,
    sessions,
    site: services.siteInForce,
    throttle: services.throttle,
    brake: createLoginBrake(database, (isOn) => {
      log.warn({ isOn }, 'too many log-ins of the whole site fail: devices that nobody knows wait');
    }),
    keys,
    handOver,
    unmetSearches,
    health: createHealthChecks({ database: firstLook, temporal, outbox: createOutbox(firstLook) }),
    log,
    publicUrl: config.publicUrl,
    trustedProxies: config.trustedProxies,
    ...lineOf(config, { links: lineLinks, events: lineEvents }),
    projectRoot,
  });
  return runApp({
    name: 'citizen app',
    app,
    port: config.citizenPort,
    sessions,
    handOver,
    unmetSearches,
    temporal,
    databases: [database, firstLook],
    log,
  });
}

/** With the official account, or in the demo with a page that plays its part; otherwise nothing is said of LINE. */
function lineOf(
  { line, demo }: Config,
  tables: Omit<NonNullable<CitizenAppDependencies['line']>, 'connection' | 'channelSecret'>,
): Pick<CitizenAppDependencies, 'line'> {
  if (line)
    return {
      line: {
        ...tables,
        connection: { kind: 'account', accountId: line.accountId, accessUrl: line.accessUrl },
        channelSecret: line.channelSecret,
      },
    };
  return demo ? { line: { ...tables, connection: { kind: 'demo' } } } : {};
}

void runMain(main);
