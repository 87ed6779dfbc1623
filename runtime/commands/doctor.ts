import { createConnection } from 'node:net';
import { connect as connectTls } from 'node:tls';

import { createLineApi, LineApiError } from '../../activities/notices/line-api';
import { createOutbox } from '../../database/bookings';
import { type Database, openDatabase, pendingMigrations } from '../../database/foundation/connection';
import { parseKeys } from '../../database/foundation/keys';
import { timeLimits } from '../../database/foundation/time-limits';
import { createListServices } from '../../database/lists';
import { newestSealedField } from '../../database/upkeep';
import { bookingTaskQueue, noticeTaskQueue } from '../../domain/contracts/booking-workflow';
import { searchAttributes } from '../../domain/contracts/search-attributes';
import { importTaskQueue } from '../../domain/imports/import-workflow';
import { commandToAdd, missingSearchAttributes } from '../../engine/temporal/search-attributes';
import { pollersOf } from '../../engine/temporal/task-queues';
import { canSkipTime } from '../../engine/temporal/time-skipping';
import type { Config, LineConfig } from '../config';
import { keysInForce } from '../processes/services';
import { checkPostgres, connectTemporal, temporalAccess } from '../servers/backing-services';
import { isDataFolder } from '../servers/data-folder';
import { readRuntimeFile } from '../servers/runtime-file';
import type { Command } from './command';

const lineAnswersWithinMs = 5_000;
/** The relay takes up what was not handed over within seconds; events older than this say that it does not. */
const backlogTooOldMs = 5 * 60_000;
/** Lists follow within two seconds, after a rush within some more; older than this says that nothing copies. */
const listsTooOldMs = 60_000;

/** One line of the report. `todo` is a sentence for the person who has to put it right, or may: what is `ok` works without it. */
export type Finding =
  | { readonly about: string; readonly ok: true; readonly detail: string; readonly todo?: string }
  | { readonly about: string; readonly ok: false; readonly detail: string; readonly todo: string };

type Verdict =
  | { readonly ok: true; readonly detail: string; readonly todo?: string }
  | { readonly ok: false; readonly detail: string; readonly todo: string };
type Check = () => Promise<Verdict>;

function messageOf(error: unknown): string {
  const { details, message, code, cause } = error as {
    details?: string;
    message?: string;
    code?: string;
    cause?: unknown;
  };
  // fetch says only that it failed; the reason is inside.
  if (typeof cause === 'object' && cause !== null) return messageOf(cause);
  return (details || message || code || String(error)).split('\n')[0] ?? '';
}

async function examine(about: string, todo: string, check: Check): Promise<Finding> {
  try {
    return { about, ...(await check()) };
  } catch (error) {
    return { about, ok: false, detail: messageOf(error), todo };
  }
}

/** Whether the copy that lists and figures read is what it copies. */
async function checkLists(database: Database): Promise<Verdict> {
  const { listedBookings: lists } = createListServices({ database });
  if (await lists.isForeign())
    return {
      ok: false,
      detail: 'they were copied in another server',
      todo: 'A worker copies them again by itself; or run "npm run toki -- lists rebuild".',
    };
  const { waiting, oldestAt, differences, compared, different } = await lists.compare();
  const ageMs = oldestAt ? Date.now() - oldestAt.getTime() : 0;
  const behind =
    waiting === 0
      ? 'up to date'
      : `${String(waiting)} changes wait, the oldest for ${String(Math.max(0, Math.round(ageMs / 1000)))} s`;
  const sums = differences.map(
    ({ state, bookings, listed }) => `${state} ${String(bookings)} and ${String(listed)} in the lists`,
  );
  if (sums.length > 0 || different > 0)
    return {
      ok: false,
      detail: [`${String(different)} of ${String(compared)} bookings differ`, ...sums].join('; '),
      todo: 'Run "npm run toki -- lists rebuild": it copies every booking again, beside everything else.',
    };
  return ageMs <= listsTooOldMs
    ? { ok: true, detail: `${behind}; ${String(compared)} bookings compared` }
    : { ok: false, detail: behind, todo: 'The worker keeps them: see whether one runs.' };
}

async function checkDatabase(databaseUrl: string, keysText: () => string): Promise<Finding[]> {
  const server = await examine('PostgreSQL', 'Start PostgreSQL, or correct DATABASE_URL.', async () => {
    const { version } = await checkPostgres(databaseUrl);
    return { ok: true, detail: `version ${version} answers` };
  });
  if (!server.ok) return [server];
  const database = openDatabase({
    url: databaseUrl,
    applicationName: 'toki doctor',
    poolSize: 2,
    limits: timeLimits.staff,
  });
  try {
    const tables = await examine('Tables', 'Look into the log of PostgreSQL.', async () => {
      const pending = await pendingMigrations(database);
      return pending.length === 0
        ? { ok: true, detail: 'up to date' }
        : { ok: false, detail: `not applied: ${pending.join(', ')}`, todo: 'Run "npm run toki -- migrate".' };
    });
    if (!tables.ok) return [server, tables];
    return [
      server,
      tables,
      await examine('Hand-over', 'Look into the log of the worker.', async () => {
        const { count, oldestAt } = await createOutbox(database).backlog();
        const ageMs = oldestAt ? Date.now() - oldestAt.getTime() : 0;
        const detail =
          count === 0
            ? 'nothing waits'
            : `${String(count)} events wait, the oldest for ${String(Math.round(ageMs / 1000))} s`;
        return ageMs <= backlogTooOldMs
          ? { ok: true, detail }
          : {
              ok: false,
              detail,
              todo: 'The relay runs in the worker: see whether a worker runs and reaches Temporal.',
            };
      }),
      await examine('Lists', 'Look into the log of PostgreSQL.', () => checkLists(database)),
      await examine(
        'Keys in use',
        'Put the key with that id back into TOKI_KEYS: without it these data stay closed.',
        async () => {
          const keys = parseKeys(keysText());
          const sample = await newestSealedField(database);
          if (!sample) return { ok: true, detail: 'no sealed data yet' };
          keys.open(sample);
          return { ok: true, detail: 'the newest resident can be opened' };
        },
      ),
    ];
  } finally {
    await database.destroy();
  }
}

async function checkTemporal(config: Config, address: string): Promise<Finding[]> {
  const access = temporalAccess(config, address);
  let connection: Awaited<ReturnType<typeof connectTemporal>> | undefined;
  const server = await examine(
    'Temporal',
    'Start Temporal, or correct TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE.',
    async () => {
      connection = await connectTemporal(access);
      const { serverVersion } = await connection.workflowService.getSystemInfo({});
      return {
        ok: true,
        detail: `server ${serverVersion} answers at ${address}, namespace "${access.namespace}" is there`,
      };
    },
  );
  if (!connection) return [server];
  const open = connection;
  try {
    return [
      server,
      await examine(
        'Search attributes',
        'Allow this user to list them, or look them up in the Temporal UI.',
        async () => {
          const missing = await missingSearchAttributes(open, access.namespace, searchAttributes);
          return missing.length === 0
            ? { ok: true, detail: 'all registered' }
            : {
                ok: false,
                detail: `missing or of another type: ${missing.join(', ')}`,
                todo: `Start a worker with the right to register them, or run "${commandToAdd(access.namespace, missing, searchAttributes)}".`,
              };
        },
      ),
      await examine('Rehearsals', 'Look into the log of Temporal.', async () =>
        (await canSkipTime(open.workflowService, access.namespace))
          ? { ok: true, detail: 'this server can skip time' }
          : {
              ok: true,
              detail: 'this server cannot skip time, so programmes cannot be rehearsed',
              todo: 'Set frontend.WorkflowTimeSkippingEnabled to true in its dynamic configuration (Temporal Server 1.32 or newer; see docs/operations.md), or let whoever publishes waive the rehearsal with a reason.',
            },
      ),
      await examine('Workers', 'Start a worker with "npm start", or see its log.', async () => {
        const counts = await Promise.all(
          [bookingTaskQueue, noticeTaskQueue, importTaskQueue].map(async (queue) => ({
            queue,
            pollers: await pollersOf(open, access.namespace, queue),
          })),
        );
        const idle = counts.filter(({ pollers }) => pollers === 0).map(({ queue }) => queue);
        return idle.length === 0
          ? { ok: true, detail: `working on ${counts.map(({ queue }) => queue).join(', ')}` }
          : {
              ok: false,
              detail: `nobody works on ${idle.join(', ')}`,
              todo: 'Start a worker with "npm start", or see its log.',
            };
      }),
    ];
  } finally {
    await open.close();
  }
}

/** Resolves with the greeting of a mail server. */
function smtpGreeting(smtpUrl: string): Promise<string> {
  const { protocol, hostname, port } = new URL(smtpUrl);
  const host = hostname.replace(/^\[|\]$/g, '');
  const secure = protocol === 'smtps:';
  return new Promise((resolve, reject) => {
    const target = { host, port: Number(port || (secure ? 465 : 587)) };
    const socket = secure ? connectTls({ ...target, servername: host }) : createConnection(target);
    socket.setTimeout(lineAnswersWithinMs, () => {
      socket.destroy(new Error('no answer in time'));
    });
    socket.once('error', reject);
    socket.once('data', (data: Buffer) => {
      socket.end('QUIT\r\n');
      const line = data.toString('latin1').split('\r\n')[0] ?? '';
      if (line.startsWith('220')) resolve(line.slice(4));
      else reject(new Error(`it answered "${line}"`));
    });
  });
}

async function checkIdentityProvider(issuer: string): Promise<Finding> {
  return examine(
    'Identity provider',
    'Correct OIDC_ISSUER, or see whether the provider may be reached from here.',
    async () => {
      const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
        signal: AbortSignal.timeout(lineAnswersWithinMs),
      });
      const { issuer: own } = (await response.json()) as { issuer?: unknown };
      return own === issuer
        ? { ok: true, detail: `${issuer} answers` }
        : {
            ok: false,
            detail: `it calls itself "${String(own)}"`,
            todo: 'Set OIDC_ISSUER to exactly that, if it is the right one.',
          };
    },
  );
}

async function checkLine(line: LineConfig): Promise<Finding> {
  return examine('LINE', 'See whether LINE may be reached from here.', async () => {
    try {
      const { basicId } = await createLineApi({ ...line, answerWithinMs: lineAnswersWithinMs }).botInfo();
      return basicId === line.accountId
        ? { ok: true, detail: `the token is good, the account is ${basicId}` }
        : {
            ok: false,
            detail: `the token belongs to ${basicId}`,
            todo: 'Correct LINE_ACCOUNT_ID, or the token: citizens would be led to another account.',
          };
    } catch (error) {
      if (!(error instanceof LineApiError)) throw error;
      return {
        ok: false,
        detail: error.message,
        todo: 'Correct LINE_CHANNEL_ACCESS_TOKEN: issue a new one in the LINE Developers Console.',
      };
    }
  });
}

async function checkApp(name: string, url: string): Promise<Finding> {
  return examine(name, 'Start it with "npm start", or see its log.', async () => {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(lineAnswersWithinMs) });
    const body = (await response.json()) as { status?: string; missing?: string[] };
    const missing = body.missing ?? [];
    return response.ok && missing.length === 0
      ? { ok: true, detail: `ready at ${url}` }
      : {
          ok: false,
          detail: `${url} says ${body.status ?? String(response.status)}, missing: ${missing.join(', ')}`,
          todo: 'Put right what is missing first.',
        };
  });
}

/** Looks at the whole installation and changes nothing. */
export async function examineInstallation(config: Config): Promise<Finding[]> {
  const running = readRuntimeFile(config.dataDir);
  const databaseUrl = config.databaseUrl ?? running?.databaseUrl;
  const temporalAddress = config.temporalAddress ?? running?.temporalAddress;
  const notRunning = (about: string): Finding => ({
    about,
    ok: false,
    detail: 'the embedded one is not running',
    todo: 'Start it with "npm start", or say where another one is.',
  });
  const findings: Finding[] = [
    { about: 'Settings', ok: true, detail: 'every variable is well-formed' },
    await examine('Keys', 'Correct TOKI_KEYS.', () => {
      // Looking must not make a key: an empty folder has none.
      if (config.keys === undefined && !isDataFolder(config.dataDir))
        return Promise.resolve({ ok: true, detail: 'made at the first start' });
      const keys = parseKeys(keysInForce(config));
      const proof = 'とき';
      if (keys.open(keys.seal(proof)).toString('utf8') !== proof)
        throw new Error('what was sealed did not open to the same');
      return Promise.resolve({
        ok: true,
        detail: `current key "${keys.currentKeyId}", ${String(keys.keyIds.length)} in all`,
      });
    }),
    ...(databaseUrl === undefined
      ? [notRunning('PostgreSQL')]
      : await checkDatabase(databaseUrl, () => keysInForce(config))),
    ...(temporalAddress === undefined ? [notRunning('Temporal')] : await checkTemporal(config, temporalAddress)),
  ];
  const { smtpUrl } = config;
  findings.push(
    smtpUrl === undefined
      ? { about: 'Mail', ok: true, detail: 'SMTP_URL is not set: nothing leaves this machine' }
      : await examine(
          'Mail',
          'Correct SMTP_URL, or see whether the mail server may be reached from here.',
          async () => ({
            ok: true,
            detail: `${new URL(smtpUrl).hostname} answers: ${await smtpGreeting(smtpUrl)}`,
          }),
        ),
    config.line
      ? await checkLine(config.line)
      : { about: 'LINE', ok: true, detail: 'LINE_CHANNEL_SECRET is not set: nothing is sent to LINE' },
    ...(config.oidc ? [await checkIdentityProvider(config.oidc.issuer)] : []),
    await checkApp('Citizen app', running?.citizenUrl ?? `http://localhost:${String(config.citizenPort)}`),
    await checkApp('Staff app', running?.staffUrl ?? `http://localhost:${String(config.staffPort)}`),
  );
  return findings;
}

/** `toki doctor` */
export const doctorCommand: Command = {
  usage: 'doctor',
  summary: 'check the whole installation',
  help: 'Each line says OK or NG, and after NG what to do. The exit code is 1 when anything is NG.',
  async run(args, io) {
    if (args.length > 0) return io.refuse(`"doctor" takes no arguments, but got: ${args.join(' ')}.`);
    const findings = await examineInstallation(io.config);
    const width = Math.max(...findings.map(({ about }) => about.length));
    for (const finding of findings) {
      io.say(`${finding.ok ? 'OK' : 'NG'}  ${finding.about.padEnd(width)}  ${finding.detail}`);
      if (finding.todo !== undefined) io.say(`    ${' '.repeat(width)}  -> ${finding.todo}`);
    }
    return findings.every(({ ok }) => ok) ? 0 : 1;
  },
};
