import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { projectRoot } from '../../root';
import { findFreePort } from '../../servers/free-port';
import type * as BenchCityModule from './bench-city';
import { forEachAtOnce } from './measure';

/** A person of a subject's city who is logged in. */
export interface LoggedIn {
  /** `Cookie` header of the session. */
  readonly cookie: string;
}

/** One revision of Toki under measurement: its own compiled code, database and citizen app. */
export interface Subject {
  readonly city: BenchCityModule.BenchCity;
  /** Address of its citizen app, a process of its own. */
  readonly url: string;
  /** Adds residents with nothing booked and opens a session for each. */
  logIn(count: number): Promise<LoggedIn[]>;
  /** Adds residents with nothing booked; returns their coupon numbers. All are born on `birthDate`. */
  addCoupons(count: number): Promise<string[]>;
  close(): Promise<void>;
}

export const birthDate = '1947-04-01';

/** Loaded into a process of the bench, it ends that process when the bench is gone, however it went. */
export const childWatch = join(projectRoot, 'dist', 'runtime', 'supervisor', 'child-watch.js');

interface SessionsModule {
  createSessionRepository(parts: Pick<BenchCityModule.BenchCity, 'database' | 'keys'>): {
    open(residentId: string): Promise<string>;
  };
}

/** Where the bench looks for a module of a revision, newest layout first. */
const paths = {
  benchCity: ['runtime/commands/bench/bench-city.js', 'test/bench/bench-city.js'],
  sessions: ['database/residents/resident-sessions.js', 'database/sessions.js'],
  sessionCheck: ['api/shared/session-check.js', 'api/shared/session-gate.js'],
  citizen: ['runtime/processes/citizen.js', 'runtime/citizen.js'],
} as const;

function find(dist: string, name: keyof typeof paths): string {
  const require = createRequire(join(dist, 'index.js'));
  for (const path of paths[name]) {
    try {
      return require.resolve(join(dist, path));
    } catch {
      // Another layout of the folders.
    }
  }
  throw new Error(`${dist} holds none of ${paths[name].join(', ')}: the bench does not know this revision's layout`);
}

function load<Module>(dist: string, name: keyof typeof paths): Module {
  return createRequire(join(dist, 'index.js'))(find(dist, name)) as Module;
}

export interface SubjectOptions {
  readonly serverUrl: string;
  /** Name of its database, made again. */
  readonly databaseName: string;
  /** Folder of the compiled code; this revision's own when left out. */
  readonly dist?: string;
  /** Where its events are handed over; left out: nowhere, Temporal cannot be reached. */
  readonly temporalAddress?: string;
}

/** Makes a subject's city and starts its citizen app as `npm start` runs it. */
export async function openSubject({
  serverUrl,
  databaseName,
  dist = join(projectRoot, 'dist'),
  temporalAddress = '127.0.0.1:1',
}: SubjectOptions): Promise<Subject> {
  const { createBenchCity, addResidents } = load<typeof BenchCityModule>(dist, 'benchCity');
  const { sessionCookie } = load<{ sessionCookie: string }>(dist, 'sessionCheck');
  const city = await createBenchCity(serverUrl, databaseName);
  const sessions = load<SessionsModule>(dist, 'sessions').createSessionRepository(city);
  const app = await startCitizenApp(find(dist, 'citizen'), city, temporalAddress).catch(async (error: unknown) => {
    await city.close();
    throw error;
  });
  let nextCoupon = 9_000_000_000;
  return {
    city,
    url: app.url,
    async logIn(count) {
      const people: LoggedIn[] = [];
      await forEachAtOnce(await addResidents(city, count), 8, async (residentId) => {
        people.push({ cookie: `${sessionCookie}=${await sessions.open(residentId)}` });
      });
      return people;
    },
    async addCoupons(count) {
      const ids = await addResidents(city, count);
      const coupons = ids.map(() => String(nextCoupon++));
      await forEachAtOnce(ids, 8, async (id, index) => {
        const number = coupons[index] ?? '';
        await city
          .database('resident')
          .where({ id })
          .update({
            coupon_index: city.keys.blindIndex(number),
            sealed: city.keys.seal(JSON.stringify({ number, birthDate })),
          });
      });
      return coupons;
    },
    async close() {
      await app.stop();
      await city.close();
    },
  };
}

async function startCitizenApp(
  program: string,
  city: BenchCityModule.BenchCity,
  temporalAddress: string,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = await findFreePort();
  const url = `http://localhost:${String(port)}`;
  const child = spawn(process.execPath, ['--require', childWatch, program], {
    env: {
      ...process.env,
      DATABASE_URL: city.databaseUrl,
      TEMPORAL_ADDRESS: temporalAddress,
      TOKI_KEYS: city.keysText,
      CITIZEN_PORT: String(port),
      PUBLIC_URL: url,
      TOKI_TRUSTED_PROXIES: '127.0.0.0/8,::1/128',
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  for (let attempt = 0; attempt < 150; attempt++) {
    if (child.exitCode !== null) throw new Error(`the citizen app ended with ${String(child.exitCode)}`);
    const alive = await fetch(`${url}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
    if (alive) return { url, stop };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await stop();
  throw new Error('the citizen app did not come up within 30 s');
}
