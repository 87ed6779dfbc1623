import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { openDatabase } from '../../database/foundation/connection';
import { timeLimits } from '../../database/foundation/time-limits';
import { createThroughput, type Throughput } from '../../database/statistics';
import { cityClock } from '../../domain/calendar/city-time';
import { readRuntimeFile } from '../servers/runtime-file';
import type { Command } from './command';

const everyMs = 1_000;
const linesUnderHeader = 20;

const columns: readonly { readonly title: string; readonly width: number; text: (now: Throughput) => string }[] = [
  { title: 'time', width: 8, text: ({ until }) => cityClock(until) },
  { title: 'held/s', width: 7, text: (now) => perSecond(now, now.held) },
  { title: 'confirmed/s', width: 11, text: (now) => perSecond(now, now.confirmed) },
  { title: 'ended/s', width: 7, text: (now) => perSecond(now, now.ended) },
  { title: 'to hand over', width: 12, text: ({ toHandOver }) => String(toHandOver) },
  { title: 'oldest', width: 7, text: ({ oldestS }) => `${oldestS.toFixed(0)} s` },
  { title: 'notices/s', width: 9, text: (now) => perSecond(now, now.noticesSent) },
  { title: 'waiting', width: 7, text: ({ noticesWaiting }) => String(noticesWaiting) },
  { title: 'citizens wait', width: 13, text: ({ isRush }) => (isRush ? 'yes' : 'no') },
];

function perSecond({ from, until }: Throughput, count: number): string {
  const seconds = Math.max(0.001, (until.getTime() - from.getTime()) / 1000);
  return (count / seconds).toFixed(count < 10 * seconds && count > 0 ? 1 : 0);
}

/** One line of the table; without a look, its header. */
export function lineOf(now?: Throughput): string {
  return columns.map(({ title, width, text }) => (now ? text(now) : title).padStart(width)).join('  ');
}

interface Totals {
  held: number;
  confirmed: number;
  ended: number;
  noticesSent: number;
}

async function watch(
  databaseUrl: string,
  signal: AbortSignal,
  { seconds, json, say }: { seconds: number; json: boolean; say: (line: string) => void },
): Promise<Totals> {
  const database = openDatabase({
    url: databaseUrl,
    applicationName: 'toki watch',
    poolSize: 1,
    limits: timeLimits.staff,
  });
  const throughput = createThroughput(database);
  const totals: Totals = { held: 0, confirmed: 0, ended: 0, noticesSent: 0 };
  const endsAt = Date.now() + seconds * 1000;
  let from: Date | undefined;
  try {
    for (let line = 0; !signal.aborted && Date.now() < endsAt; line++) {
      const startedAt = Date.now();
      const now = await throughput.since(from);
      from = now.until;
      for (const key of Object.keys(totals) as (keyof Totals)[]) totals[key] += now[key];
      if (json) say(JSON.stringify(now));
      else {
        if (line % linesUnderHeader === 0) say(lineOf());
        say(lineOf(now));
      }
      const restMs = Math.max(0, everyMs - (Date.now() - startedAt));
      await sleep(Math.min(restMs, Math.max(0, endsAt - Date.now())), undefined, { signal }).catch(() => undefined);
    }
    return totals;
  } finally {
    await database.destroy();
  }
}

/** `toki watch`: what happens at this moment, a line a second. Changes nothing. */
export const watchCommand: Command = {
  usage: 'watch [--seconds N] [--json]',
  summary: 'watch bookings, hand-over and notices, a line a second',
  help: [
    'Ends with Ctrl-C, or after --seconds N; then it says the sums.',
    '"to hand over": events that wait for their workflows; "citizens wait": hand-over and notices step back meanwhile.',
    'A line tells of a second that ended a second ago. --json: one JSON object a line.',
  ].join('\n'),
  async run(args, io) {
    let values: { seconds?: string; json?: boolean };
    try {
      ({ values } = parseArgs({
        args: [...args],
        options: { seconds: { type: 'string' }, json: { type: 'boolean' } },
      }));
    } catch (error) {
      return io.refuse(`${(error as Error).message} ("watch --help" says what it takes)`);
    }
    const seconds = values.seconds === undefined ? Infinity : Number(values.seconds);
    if (!(seconds > 0)) return io.refuse(`--seconds takes a number above 0, but got: ${String(values.seconds)}.`);
    const databaseUrl = io.config.databaseUrl ?? readRuntimeFile(io.config.dataDir)?.databaseUrl;
    if (databaseUrl === undefined)
      return io.refuse('There is nothing to watch: start Toki with "npm start", or set DATABASE_URL.');
    const stopping = new AbortController();
    const stop = () => {
      stopping.abort();
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    for (const signal of signals) process.on(signal, stop);
    process.on('disconnect', stop);
    try {
      const json = values.json === true;
      const totals = await watch(databaseUrl, stopping.signal, { seconds, json, say: io.say });
      if (!json)
        io.say(
          `In all: ${String(totals.held)} held, ${String(totals.confirmed)} confirmed, ${String(totals.ended)} ended, ${String(totals.noticesSent)} notices sent.`,
        );
      return 0;
    } finally {
      for (const signal of signals) process.off(signal, stop);
      process.off('disconnect', stop);
      process.channel?.unref();
    }
  },
};
