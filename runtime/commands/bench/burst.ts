import { bookingTaskQueue } from '../../../domain/contracts/booking-workflow';
import { bookAll, type Load, percentile } from './http-load';
import { type Figure, round, seconds } from './measure';
import { openSubject, type Subject } from './subject';
import { startWorkerProcess } from './worker-process';

const bookings = 2_000;
const noticesWithinS = 300;

/**
 * 2,000 bookings, 64 requests at once, with Temporal and a worker on the same machine, beside the same without Temporal;
 * and how long it takes until everybody has the confirmation.
 */
export async function burstVsQuiet(serverUrl: string, temporalAddress: string): Promise<Figure> {
  const quiet = await withSubject({ serverUrl, databaseName: 'toki_bench_quiet' }, warmAndBook);
  const { load, noticesS } = await withSubject(
    { serverUrl, databaseName: 'toki_bench_burst', temporalAddress },
    async (subject) => {
      const worker = await startWorkerProcess(subject.city, temporalAddress, bookingTaskQueue);
      try {
        const taken = await warmAndBook(subject);
        return { load: taken, noticesS: await seconds(() => allNotices(subject, taken.pairMs.length)) };
      } finally {
        await worker.stop();
      }
    },
  );
  const value = load.perSecond / quiet.perSecond;
  const p99 = percentile(load.holdMs, 0.99);
  return {
    name: 'burstVsQuiet',
    value: round(value),
    wanted: '>= 0.6, p99 <= 300 ms, 300 s',
    holds: value >= 0.6 && p99 <= 300 && noticesS <= noticesWithinS,
    detail: {
      bookings,
      'with Temporal /s': round(load.perSecond, 0),
      'without /s': round(quiet.perSecond, 0),
      'hold p50, p99 ms with Temporal': `${percentile(load.holdMs, 0.5).toFixed(0)}, ${p99.toFixed(0)}`,
      'hold p50, p99 ms without': `${percentile(quiet.holdMs, 0.5).toFixed(0)}, ${percentile(quiet.holdMs, 0.99).toFixed(0)}`,
      'all confirmations out after s': round(noticesS, 1),
    },
  };
}

async function withSubject<Result>(
  options: Parameters<typeof openSubject>[0],
  work: (subject: Subject) => Promise<Result>,
): Promise<Result> {
  const subject = await openSubject(options);
  try {
    return await work(subject);
  } finally {
    await subject.close();
  }
}

async function warmAndBook(subject: Subject): Promise<Load> {
  await bookAll(subject, await subject.logIn(300));
  return bookAll(subject, await subject.logIn(bookings));
}

async function allNotices({ city }: Subject, count: number): Promise<void> {
  const deadline = Date.now() + 2 * noticesWithinS * 1000;
  for (;;) {
    const row = await city.database('notice').where({ status: 'sent' }).count<{ count: number }[]>('*').first();
    if (Number(row?.count) >= count) return;
    if (Date.now() > deadline) throw new Error(`only ${String(row?.count)} of ${String(count)} confirmations went out`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
