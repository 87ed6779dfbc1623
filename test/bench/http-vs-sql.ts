import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import autocannon from 'autocannon';

import { sessionCookie } from '../../api/shared/session-gate';
import { createSessionRepository } from '../../database/sessions';
import { findFreePort } from '../../runtime/free-port';
import { projectRoot } from '../../runtime/root';
import { addResidents, benchAnswers, type BenchCity, benchConcurrency, createBenchCity } from './bench-city';
import { type Figure, forEachAtOnce, median, round, seconds } from './measure';

const rounds = 5;
const pairs = 1_500;

/**
 * Hold + confirm through the citizen app (a process of its own, with its sessions, checks and headers) beside the same
 * transactions called bare, in turn, the same number at once. Temporal is left out of both sides: the hand-over is
 * after the commit, beside the request, and has a figure of its own.
 */
export async function httpVsSql(serverUrl: string): Promise<Figure> {
  const city = await createBenchCity(serverUrl, 'toki_bench_http');
  const app = await startCitizenApp(city);
  try {
    const bare: number[] = [];
    const http: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const rates = { bare: await bareRate(city), http: await httpRate(city, app.url) };
      // The first round warms up both.
      if (round > 0) {
        bare.push(rates.bare);
        http.push(rates.http);
      }
    }
    const value = median(http.map((rate, index) => rate / (bare[index] ?? Number.NaN)));
    return {
      name: 'httpVsSql',
      value: round(value),
      wanted: '>= 0.4',
      holds: value >= 0.4,
      detail: {
        'HTTP hold+confirm /s': round(median(http), 0),
        'SQL hold+confirm /s': round(median(bare), 0),
        'at once': benchConcurrency,
        'pairs per round': pairs,
      },
    };
  } finally {
    await app.stop();
    await city.close();
  }
}

async function bareRate(city: BenchCity): Promise<number> {
  const residents = await addResidents(city, pairs);
  const taken = await seconds(() =>
    forEachAtOnce(residents, benchConcurrency, async (residentId, index) => {
      const slotId = city.slotIds[index % city.slotIds.length] as string;
      const held = await city.bookings.hold({
        residentId,
        slotId,
        dose: 1,
        channel: 'web',
        actor: 'citizen',
        idempotencyKey: `hold-${residentId}`,
      });
      if (!held.ok) throw new Error(held.code);
      const confirmed = await city.bookings.confirm({
        residentId,
        bookingId: held.booking.id,
        answers: benchAnswers,
        channel: 'web',
        actor: 'citizen',
        idempotencyKey: `confirm-${residentId}`,
      });
      if (!confirmed.ok) throw new Error(confirmed.code);
    }),
  );
  return pairs / taken;
}

async function httpRate(city: BenchCity, url: string): Promise<number> {
  // Each connection prepares a request or two more than it sends.
  const residents = await addResidents(city, pairs + 8 * benchConcurrency);
  const sessions = createSessionRepository({ database: city.database, keys: city.keys });
  const tokens: string[] = [];
  for (const residentId of residents) tokens.push(await sessions.open(residentId));
  let next = 0;
  const failures: string[] = [];
  const headersOf = (index: number, name: string) => ({
    cookie: `${sessionCookie}=${tokens[index] ?? ''}`,
    'content-type': 'application/json',
    'idempotency-key': `${name}-${String(index)}`,
  });
  interface PairContext {
    index?: number;
    bookingId?: string;
  }
  const result = await autocannon({
    url,
    connections: benchConcurrency,
    amount: pairs * 2,
    requests: [
      {
        method: 'POST',
        path: '/api/v1/bookings',
        setupRequest: (request, context: PairContext) => {
          context.index = next++;
          const slotId = city.slotIds[context.index % city.slotIds.length];
          return { ...request, headers: headersOf(context.index, 'hold'), body: JSON.stringify({ slotId, dose: 1 }) };
        },
        onResponse: (status, body, context: PairContext) => {
          if (status === 201) context.bookingId = (JSON.parse(body) as { id: string }).id;
          else failures.push(`hold ${String(status)} ${body}`);
        },
      },
      {
        method: 'POST',
        setupRequest: (request, context: PairContext) => ({
          ...request,
          path: `/api/v1/bookings/${context.bookingId ?? 'none'}/confirm`,
          headers: headersOf(context.index ?? 0, 'confirm'),
          body: JSON.stringify({ answers: benchAnswers }),
        }),
        onResponse: (status, body) => {
          if (status !== 200) failures.push(`confirm ${String(status)} ${body}`);
        },
      },
    ],
  });
  if (failures.length > 0 || result.errors > 0)
    throw new Error(
      `${String(failures.length)} requests failed, ${String(result.errors)} broke; the first: ${failures[0] ?? ''}`,
    );
  const { rows } = await city.database.raw<{ rows: { count: number }[] }>(
    `SELECT count(*)::int FROM booking WHERE state = 'confirmed' AND resident_id = ANY(?)`,
    [residents],
  );
  const confirmed = rows[0]?.count ?? 0;
  if (confirmed < pairs - benchConcurrency)
    throw new Error(`only ${String(confirmed)} of ${String(pairs)} were confirmed`);
  return (
    confirmed / (((result as { finish: Date }).finish.getTime() - (result as { start: Date }).start.getTime()) / 1000)
  );
}

/** The citizen app as `npm start` runs it, on a free port, with no Temporal to reach. */
async function startCitizenApp(city: BenchCity): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = await findFreePort();
  const url = `http://localhost:${String(port)}`;
  const child: ChildProcess = spawn(process.execPath, [join(projectRoot, 'dist', 'runtime', 'citizen.js')], {
    env: {
      ...process.env,
      DATABASE_URL: city.databaseUrl,
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      TOKI_KEYS: city.keysText,
      CITIZEN_PORT: String(port),
      PUBLIC_URL: url,
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = async () => {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
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
