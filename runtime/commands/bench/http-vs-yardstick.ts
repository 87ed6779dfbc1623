import { bookAll, bookAtRate, httpConcurrency, type Load, logInAll, percentile } from './http-load';
import { type Figure, median, round } from './measure';
import { openSubject, type Subject } from './subject';
import { bookingYardstick } from './yardstick';

const rounds = 5;
const pairs = 1_500;
const loginsPerRound = 1_000;
const connections = 24;

/**
 * Hold + confirm through the citizen app (a process of its own, with its sessions, checks and headers), 64 at once and
 * with Temporal left out, beside the least possible work on the same server, in turn. The hand-over is after the commit,
 * beside the request, and has a figure of its own.
 */
export async function httpVsYardstick(serverUrl: string): Promise<Figure> {
  const subject = await openSubject({ serverUrl, databaseName: 'toki_bench_http' });
  try {
    const ratios: number[] = [];
    const loads: Load[] = [];
    const bare: number[] = [];
    for (let turn = 0; turn <= rounds; turn++) {
      const { perSecond } = await bookingYardstick(serverUrl, 5_000, connections);
      const load = await bookAll(subject, await subject.logIn(pairs));
      // The first turn warms up both.
      if (turn === 0) continue;
      bare.push(perSecond);
      loads.push(load);
      ratios.push(load.perSecond / perSecond);
    }
    const value = median(ratios);
    return {
      name: 'httpVsYardstick',
      value: round(value, 3),
      wanted: '>= 0.3',
      holds: value >= 0.3,
      detail: {
        'HTTP hold+confirm /s': round(median(loads.map((load) => load.perSecond)), 0),
        'yardstick hold+confirm /s': round(median(bare), 0),
        'hold p50, p99 ms': `${percentile(allHolds(loads), 0.5).toFixed(0)}, ${percentile(allHolds(loads), 0.99).toFixed(0)}`,
        'requests at once': httpConcurrency,
        'yardstick connections': connections,
        'pairs per round': pairs,
      },
    };
  } finally {
    await subject.close();
  }
}

function allHolds(loads: readonly Load[]): number[] {
  return loads.flatMap((load) => load.holdMs);
}

/** p99 of a hold while 70 % of what the app can do arrives, beside the yardstick's p99 of a pair. */
export async function holdAtSeventy(serverUrl: string): Promise<Figure> {
  const subject = await openSubject({ serverUrl, databaseName: 'toki_bench_seventy' });
  try {
    await bookAll(subject, await subject.logIn(pairs));
    const capacity = (await bookAll(subject, await subject.logIn(pairs))).perSecond;
    const results: { readonly p99: number; readonly bare: number }[] = [];
    for (let turn = 0; turn < 3; turn++) {
      const bare = (await bookingYardstick(serverUrl, 5_000, connections)).p99;
      const load = await bookAtRate(subject, await subject.logIn(pairs), capacity * 0.7);
      results.push({ p99: percentile(load.holdMs, 0.99), bare });
    }
    const value = median(results.map(({ p99, bare }) => p99 / bare));
    return {
      name: 'holdAtSeventy',
      value: round(value, 1),
      wanted: '<= 10',
      holds: value <= 10,
      detail: {
        'arrivals /s': round(capacity * 0.7, 0),
        'hold p99 ms': results.map(({ p99 }) => p99.toFixed(0)).join(' / '),
        'yardstick p99 ms': results.map(({ bare }) => bare.toFixed(1)).join(' / '),
      },
    };
  } finally {
    await subject.close();
  }
}

/** Hold + confirm and log-ins over HTTP beside an older revision, in turn on the same server. `dist`: its compiled code. */
export async function httpVsBefore(serverUrl: string, dist: string, revision: string): Promise<Figure> {
  const now = await openSubject({ serverUrl, databaseName: 'toki_bench_now' });
  let before: Subject | undefined;
  try {
    before = await openSubject({ serverUrl, databaseName: 'toki_bench_before', dist });
    const turns: { now: Rates; before: Rates }[] = [];
    for (let turn = 0; turn <= rounds; turn++) turns.push({ before: await ratesOf(before), now: await ratesOf(now) });
    const counted = turns.slice(1);
    const value = median(counted.map((turn) => turn.now.bookings / turn.before.bookings));
    const logIns = median(counted.map((turn) => turn.now.logIns / turn.before.logIns));
    return {
      name: 'httpVsBefore',
      value: round(value),
      wanted: '>= 3.5, 2',
      holds: value >= 3.5 && logIns >= 2,
      detail: {
        revision,
        'hold+confirm /s, before': round(median(counted.map((turn) => turn.before.bookings)), 0),
        'hold+confirm /s, now': round(median(counted.map((turn) => turn.now.bookings)), 0),
        'log-ins beside before': round(logIns),
        'log-ins /s, before': round(median(counted.map((turn) => turn.before.logIns)), 0),
        'log-ins /s, now': round(median(counted.map((turn) => turn.now.logIns)), 0),
      },
    };
  } finally {
    await before?.close();
    await now.close();
  }
}

interface Rates {
  readonly bookings: number;
  readonly logIns: number;
}

async function ratesOf(subject: Subject): Promise<Rates> {
  return {
    bookings: (await bookAll(subject, await subject.logIn(pairs))).perSecond,
    logIns: await logInAll(subject, await subject.addCoupons(loginsPerRound)),
  };
}
