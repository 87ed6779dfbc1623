import { setTimeout as sleep } from 'node:timers/promises';

import type { Client } from '@temporalio/client';

import { createTemporalClient, type TemporalAccess } from '../activities/temporal-client';
import { type Database, migrate, openDatabase } from '../database/connection';
import { type KeyRing, parseKeys } from '../database/keys';
import { timeLimits } from '../database/time-limits';
import { bookingTaskQueue, noticeTaskQueue } from '../domain/contracts/booking-workflow';
import { importTaskQueue } from '../domain/contracts/import-workflow';
import { connectTemporal, startDatabase, startTemporal } from './backing-services';
import { startChild } from './child-process';
import { ChildrenFile } from './children-file';
import type { Config } from './config';
import { holdDataFolder } from './data-folder';
import { demoPerson } from './demo/residents';
import { addDemoStaff, demoPassword, demoStaff } from './demo/staff';
import { isPortFree } from './free-port';
import { loadDemoCity } from './load-demo-city';
import { childLine, tokiLine } from './log-line';
import { markProcess } from './process-identity';
import { removeRuntimeFile, writeRuntimeFile } from './runtime-file';
import { keysInForce } from './services';
import { StartError } from './start-error';
import { Supervised } from './supervised';
import { pollersOf } from './task-queues';

const READY_WITHIN_MS = 120_000;

/** Imports a file of residents through the workflow and approves it; resolves when it is applied. */
export type ImportFile = (
  services: { readonly database: Database; readonly keys: KeyRing; readonly temporal: Client },
  file: { readonly name: string; readonly content: Buffer },
) => Promise<void>;

export interface SupervisorOptions {
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute paths of the children's programs, JavaScript. */
  readonly programs: { readonly worker: string; readonly citizen: string; readonly staff: string };
  readonly write: (line: string) => void;
  /** Brings in the demo city's residents. */
  readonly importFile: ImportFile;
}

/** Resolves when Toki has been asked to stop: by a signal, or by the end of the process that started this one. */
function stopRequest(): AbortController {
  const controller = new AbortController();
  // A second Ctrl-C changes nothing: every step of stopping has a limit of its own.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      controller.abort();
    });
  if (process.channel) {
    process.on('disconnect', () => {
      controller.abort();
    });
    process.channel.unref();
  }
  return controller;
}

async function checkPort(variable: string, port: number): Promise<void> {
  if ((await isPortFree(port)) && (await isPortFree(port, '127.0.0.1'))) return;
  throw new StartError(
    `Port ${String(port)} is in use by another program: stop that program, or choose another port with ${variable}.`,
  );
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    return response.ok;
  } catch {
    return false;
  }
}

async function isPolling(access: TemporalAccess): Promise<boolean> {
  try {
    const connection = await connectTemporal(access);
    try {
      const queues = [bookingTaskQueue, noticeTaskQueue, importTaskQueue];
      const pollers = await Promise.all(queues.map((queue) => pollersOf(connection, access.namespace, queue)));
      return pollers.every((count) => count > 0);
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}

/**
 * Starts everything in the order of need, prints where it is and `Toki is ready`, keeps it running, and stops it in
 * the opposite order when asked to, or when the start fails half-way. Resolves with the exit code when nothing is left.
 *
 * @throws StartError when something cannot be started, after everything that was has been stopped again.
 */
export async function runSupervisor({ config, env, programs, write, importFile }: SupervisorOptions): Promise<number> {
  const say = (line: string) => {
    write(tokiLine(line, new Date()));
  };
  const request = stopRequest();
  const stopping: (() => unknown)[] = [];
  const held = holdDataFolder(config.dataDir);
  stopping.unshift(() => {
    held.release();
  });
  try {
    await up();
    await new Promise<void>((resolve) => {
      if (request.signal.aborted) resolve();
      request.signal.addEventListener('abort', () => {
        resolve();
      });
    });
    return 0;
  } catch (error) {
    // Asked to stop in the middle of the start: whatever fails because of that is no error.
    if (request.signal.aborted) return 0;
    throw error;
  } finally {
    const servers = stopping.length > 1;
    if (servers) say('Stopping');
    for (const stop of stopping) await stop();
    if (servers) say('Stopped');
  }

  async function up(): Promise<void> {
    const children = new ChildrenFile(config.dataDir);
    if (held.abandoned) {
      say('The last run was killed; what it left behind is stopped first');
      await children.stopLeftOver();
    }
    await checkPort('CITIZEN_PORT', config.citizenPort);
    await checkPort('STAFF_PORT', config.staffPort);

    say(config.databaseUrl === undefined ? 'Starting PostgreSQL' : 'Connecting to PostgreSQL');
    const postgres = await startDatabase(config, say);
    stopping.unshift(() => postgres.stop());
    request.signal.throwIfAborted();

    say(config.temporalAddress === undefined ? 'Starting Temporal' : 'Connecting to Temporal');
    const temporal = await startTemporal({ config, env, say, signal: request.signal });
    stopping.unshift(() => temporal.stop());
    request.signal.throwIfAborted();

    const database = openDatabase({
      url: postgres.address,
      applicationName: 'toki start',
      poolSize: 4,
      limits: timeLimits.upkeep,
    });
    try {
      const applied = await migrate(database);
      if (applied.length > 0) say(`Migrated the database: ${applied.join(', ')}`);
      request.signal.throwIfAborted();

      const keys = keysInForce(config);
      const childEnv: NodeJS.ProcessEnv = {
        ...env,
        DATABASE_URL: postgres.address,
        TEMPORAL_ADDRESS: temporal.address.access.address,
        TEMPORAL_NAMESPACE: config.temporalNamespace,
        CITIZEN_PORT: String(config.citizenPort),
        STAFF_PORT: String(config.staffPort),
        TOKI_DATA_DIR: config.dataDir,
        TOKI_DEMO: config.demo ? '1' : '0',
        TOKI_KEYS: keys,
        PUBLIC_URL: config.publicUrl,
      };
      const citizenUrl = `http://localhost:${String(config.citizenPort)}`;
      const staffUrl = `http://localhost:${String(config.staffPort)}`;

      /** Starts a child, waits until it is ready, and keeps it running from then on. */
      const child = async (
        name: 'worker' | 'citizen' | 'staff',
        stopWithinMs: number,
        ready: () => Promise<boolean>,
      ) => {
        const supervised = new Supervised({
          name,
          say,
          start: () =>
            startChild({
              name,
              program: programs[name],
              env: childEnv,
              stopWithinMs,
              onLine: (line) => {
                write(childLine(name, line, new Date()));
              },
            }),
          onChange: (pid) => {
            children.set(name, pid === undefined ? undefined : markProcess(pid));
          },
        });
        const first = await supervised.start();
        const stop = () => supervised.stop();
        stopping.unshift(stop);
        let ended: string | undefined;
        void first.exited.then((how) => {
          ended = how;
        });
        const deadline = Date.now() + READY_WITHIN_MS;
        while (!(await ready())) {
          request.signal.throwIfAborted();
          if (ended !== undefined)
            throw new StartError(`The ${name} did not start (${ended}): its lines above say why.`);
          if (Date.now() > deadline)
            throw new StartError(
              `The ${name} was not ready within ${String(READY_WITHIN_MS / 1000)} s: its lines above may say why.`,
            );
          await sleep(200, undefined, { signal: request.signal });
        }
      };

      say('Starting the worker');
      await child('worker', 30_000, () => isPolling(temporal.address.access));
      if (config.demo) {
        const keyRing = parseKeys(keys);
        const client = createTemporalClient(temporal.address.access, keyRing);
        try {
          await loadDemoCity({
            database,
            keys: keyRing,
            now: new Date(),
            say,
            importFile: (file) => importFile({ database, keys: keyRing, temporal: client }, file),
          });
          await addDemoStaff({ database, keys: keyRing });
        } finally {
          await client.connection.close();
        }
        request.signal.throwIfAborted();
      }
      say('Starting the staff app and the citizen app');
      await child('staff', 15_000, () => isReady(staffUrl));
      await child('citizen', 15_000, () => isReady(citizenUrl));

      const mark = markProcess(process.pid);
      if (mark) {
        writeRuntimeFile(config.dataDir, {
          ...mark,
          databaseUrl: postgres.address,
          temporalAddress: temporal.address.access.address,
          citizenUrl,
          staffUrl,
          temporalUiUrl: temporal.address.uiUrl,
        });
        stopping.unshift(() => {
          removeRuntimeFile(config.dataDir);
        });
      }

      write('');
      write(`  Booking site   ${citizenUrl}`);
      write(`  Staff app      ${staffUrl}`);
      if (config.demo) {
        write(`  Inbox          ${staffUrl}/inbox   (what would have been sent)`);
      }
      if (temporal.address.uiUrl !== undefined) write(`  Temporal UI    ${temporal.address.uiUrl}`);
      if (config.demo) write(`  Demo coupon    ${demoPerson.couponNumber}, born ${demoPerson.birthDate}`);
      if (config.demo)
        write(`  Demo staff     ${demoStaff.map((item) => item.login).join(', ')}   (password: ${demoPassword})`);
      write('');
      write('Toki is ready');
    } finally {
      await database.destroy();
    }
  }
}
