import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Client, Connection } from '@temporalio/client';

import { type Database, openDatabase } from '../../database/foundation/connection';
import { parseKeys } from '../../database/foundation/keys';
import { timeLimits } from '../../database/foundation/time-limits';
import type { ProgrammeVersion } from '../../database/programmes';
import { createDatabaseServices, type DatabaseServices } from '../../database/services';
import { bookingTaskQueue, noticeTaskQueue } from '../../domain/contracts/booking-workflow';
import { importTaskQueue } from '../../domain/imports/import-workflow';
import { pollersOf } from '../../engine/temporal/task-queues';
import { createTemporalClient } from '../../engine/temporal/temporal-client';
import type { Config } from '../config';
import { loadDemoResidents, prepareDemoCity } from '../demo/load-demo-city';
import { demoPerson } from '../demo/residents';
import { addDemoStaff, demoPassword, demoStaff } from '../demo/staff';
import { keysInForce } from '../processes/services';
import { startDatabase, startTemporal } from '../servers/backing-services';
import { bringUpToDate } from '../servers/bring-up-to-date';
import { holdDataFolder } from '../servers/data-folder';
import { isPortFree } from '../servers/free-port';
import { markProcess } from '../servers/process-identity';
import { removeRuntimeFile, writeRuntimeFile } from '../servers/runtime-file';
import { Supervised } from '../servers/supervised';
import { StartError } from '../start-error';
import { startChild } from './child-process';
import { ChildrenFile } from './children-file';
import { childLine, tokiLine } from './log-line';

const readyWithinMs = 120_000;

/** Imports a file of residents through the workflow and approves it; resolves when it is applied. */
export type ImportFile = (
  services: DatabaseServices & { readonly temporal: Client },
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
  /** The staff's application may be being built still; rejects with a StartError when that fails. */
  readonly adminBuilt: Promise<void>;
  /** Told how a child can be started again, from new code. */
  readonly onceUp?: (restart: (name: string) => void) => void;
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

async function isPolling(connection: Connection, namespace: string): Promise<boolean> {
  try {
    const queues = [bookingTaskQueue, noticeTaskQueue, importTaskQueue];
    const pollers = await Promise.all(queues.map((queue) => pollersOf(connection, namespace, queue)));
    return pollers.every((count) => count > 0);
  } catch {
    return false;
  }
}

/**
 * Waits for all of them, also where one fails: nothing may still be at work when what it works with is stopped. The
 * first failure aborts `others`, so that they end soon, and is what this rejects with.
 */
async function allOrFirstFailure(works: readonly Promise<void>[], others: AbortController): Promise<void> {
  const watched = works.map((work) =>
    work.catch((error: unknown) => {
      others.abort(error);
    }),
  );
  await Promise.all(watched);
  others.signal.throwIfAborted();
}

/** Resolves and rejects with `work`, or rejects when the signal is aborted meanwhile. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await Promise.race([
    work,
    once(signal, 'abort').then(() => {
      signal.throwIfAborted();
    }),
  ]);
}

/** What the demo needs before anybody looks: its programme, venues and staff. */
async function prepareDemo({
  database,
  services,
  say,
}: {
  database: Database;
  services: DatabaseServices;
  say: (line: string) => void;
}): Promise<ProgrammeVersion> {
  say('Preparing the demo city');
  const [version] = await Promise.all([
    prepareDemoCity({ database, services, now: new Date() }),
    addDemoStaff(services),
  ]);
  return version;
}

/**
 * Starts everything in the order of need, prints where it is and `Toki is ready`, keeps it running, and stops it in
 * the opposite order when asked to, or when the start fails half-way. Resolves with the exit code when nothing is left.
 *
 * @throws StartError when something cannot be started, after everything that was has been stopped again.
 */
export async function runSupervisor({
  config,
  env,
  programs,
  write,
  importFile,
  adminBuilt,
  onceUp,
}: SupervisorOptions): Promise<number> {
  const say = (line: string) => {
    write(tokiLine(line, new Date()));
  };
  const request = stopRequest();
  const stopping: (() => unknown)[] = [];
  const held = holdDataFolder(config.dataDir);
  stopping.unshift(() => {
    held.letGo();
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
    say(config.temporalAddress === undefined ? 'Starting Temporal' : 'Connecting to Temporal');
    const startingTemporal = startTemporal({ config, env, say, signal: request.signal });
    // If one of them fails, the other one is waited for: what has started is stopped in order.
    const [postgresStart, temporalStart] = await Promise.allSettled([startDatabase(config, say), startingTemporal]);
    for (const result of [postgresStart, temporalStart])
      if (result.status === 'fulfilled') stopping.unshift(() => result.value.stop());
    request.signal.throwIfAborted();
    if (postgresStart.status === 'rejected') throw postgresStart.reason;
    if (temporalStart.status === 'rejected') throw temporalStart.reason;
    const [postgres, temporal] = [postgresStart.value, temporalStart.value];

    const database = openDatabase({
      url: postgres.address,
      applicationName: 'toki start',
      poolSize: 4,
      limits: timeLimits.upkeep,
    });
    const closing: (() => Promise<unknown>)[] = [() => database.destroy()];
    try {
      const applied = await bringUpToDate(database);
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

      const supervisedChildren = new Map<string, Supervised>();
      const failure = new AbortController();
      const giveUp = AbortSignal.any([request.signal, failure.signal]);
      /** Starts a child and keeps it running from then on; what it resolves to waits until it is ready. */
      const child = async (
        name: 'worker' | 'citizen' | 'staff',
        stopWithinMs: number,
        ready: () => Promise<boolean>,
      ): Promise<() => Promise<void>> => {
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
        supervisedChildren.set(name, supervised);
        const first = await supervised.start();
        const stop = () => supervised.stop();
        stopping.unshift(stop);
        let ended: string | undefined;
        void first.exited.then((how) => {
          ended = how;
        });
        const deadline = Date.now() + readyWithinMs;
        return async () => {
          while (!(await ready())) {
            giveUp.throwIfAborted();
            if (ended !== undefined)
              throw new StartError(`The ${name} did not start (${ended}): its lines above say why.`);
            if (Date.now() > deadline)
              throw new StartError(
                `The ${name} was not ready within ${String(readyWithinMs / 1000)} s: its lines above may say why.`,
              );
            await sleep(150, undefined, { signal: giveUp });
          }
        };
      };

      say('Starting the worker');
      const keyRing = parseKeys(keys);
      const services = createDatabaseServices({ database, keys: keyRing });
      const client = createTemporalClient(temporal.address.access, keyRing);
      closing.push(() => client.connection.close());
      const { namespace } = temporal.address.access;
      const workerReady = await child('worker', 30_000, () => isPolling(client.connection, namespace));
      // The apps find the programme in place; its residents come in beside their start.
      const version = config.demo ? await prepareDemo({ database, services, say }) : undefined;
      request.signal.throwIfAborted();
      say('Starting the citizen app and the staff app');
      const citizenReady = await child('citizen', 15_000, () => isReady(citizenUrl));
      const loadResidents = async () => {
        await workerReady();
        if (!version) return;
        await loadDemoResidents({
          database,
          services,
          version,
          now: new Date(),
          importFile: (file) => importFile({ ...services, temporal: client }, file),
        });
      };
      const staffReady = async () => {
        // It reads the admin's pages when it starts.
        await unlessAborted(adminBuilt, giveUp);
        giveUp.throwIfAborted();
        await (
          await child('staff', 15_000, () => isReady(staffUrl))
        )();
      };
      await allOrFirstFailure([loadResidents(), citizenReady(), staffReady()], failure);
      request.signal.throwIfAborted();

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
      onceUp?.((name) => void supervisedChildren.get(name)?.restart());
    } finally {
      for (const close of closing) await close();
    }
  }
}
