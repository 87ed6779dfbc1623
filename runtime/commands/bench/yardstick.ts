import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { projectRoot } from '../../root';

const folder = join(projectRoot, 'runtime', 'commands', 'bench', 'yardstick');

export interface BookingYardstick {
  /** Hold + confirm a second with the least possible work. */
  readonly perSecond: number;
  /** ms of a pair. */
  readonly p50: number;
  readonly p99: number;
}

/** Runs `yardstick/booking.mjs`: `pairs` of hold + confirm over `connections`. */
export async function bookingYardstick(url: string, pairs: number, connections = 24): Promise<BookingYardstick> {
  return (await run('booking.mjs', url, String(pairs), String(connections))) as BookingYardstick;
}

/** Runs `yardstick/residents.mjs` on a city's file. ms. */
export async function residentsYardstick(url: string, file: string): Promise<{ copyMs: number; mergeMs: number }> {
  return (await run('residents.mjs', url, file)) as { copyMs: number; mergeMs: number };
}

async function run(program: string, ...args: string[]): Promise<unknown> {
  const child = spawn(process.execPath, [join(folder, program), ...args], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`yardstick/${program} ended with ${String(code)}`);
  return JSON.parse(output);
}
