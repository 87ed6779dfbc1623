import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Running, Supervised } from './supervised';

/** A real process that lives until it is killed. */
async function startSleeper(): Promise<Running> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const exited = new Promise<string>((resolve) =>
    child.once('exit', (code, signal) => {
      resolve(signal ?? `code ${String(code)}`);
    }),
  );
  await once(child, 'spawn');
  return {
    pid: child.pid ?? 0,
    exited,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it did not happen within 10 s');
    await sleep(10);
  }
}

test('a process that is killed runs again, which the log says', async () => {
  const lines: string[] = [];
  const pids: (number | undefined)[] = [];
  const supervised = new Supervised({
    name: 'worker',
    start: startSleeper,
    say: (line) => lines.push(line),
    onChange: (pid) => pids.push(pid),
    firstPauseMs: 20,
  });
  const first = await supervised.start();
  process.kill(first.pid, 'SIGKILL');
  await until(() => lines.length === 2);
  expect(lines).toEqual(['worker ended unexpectedly (SIGKILL); it is started again in 0.02 s', 'worker runs again']);
  expect(pids).toEqual([first.pid, undefined, expect.any(Number)]);
  const second = pids[2]!;
  expect(second).not.toBe(first.pid);
  expect(isThere(second)).toBe(true);
  await supervised.stop();
  expect(isThere(second)).toBe(false);
  expect(lines).toHaveLength(2);
});

test('a restart that was asked for comes at once, and is no failure', async () => {
  const lines: string[] = [];
  const pids: (number | undefined)[] = [];
  const supervised = new Supervised({
    name: 'worker',
    start: startSleeper,
    say: (line) => lines.push(line),
    onChange: (pid) => pids.push(pid),
    firstPauseMs: 600_000,
  });
  const first = await supervised.start();
  await supervised.restart();
  await until(() => pids.length === 3);
  expect(pids).toEqual([first.pid, undefined, expect.any(Number)]);
  expect(lines).toEqual(['worker runs again']);
  await supervised.stop();
});

test('the pauses double up to the longest', async () => {
  const lines: string[] = [];
  let starts = 0;
  const supervised = new Supervised({
    name: 'staff',
    start: () => {
      starts += 1;
      return starts === 1
        ? Promise.resolve({ pid: 1, exited: Promise.resolve('code 1'), stop: () => Promise.resolve() })
        : Promise.reject(new Error('no port'));
    },
    say: (line) => lines.push(line),
    firstPauseMs: 1,
    longestPauseMs: 4,
  });
  await supervised.start();
  await until(() => lines.length >= 5);
  await supervised.stop();
  expect(lines.slice(0, 5)).toEqual([
    'staff ended unexpectedly (code 1); it is started again in 0.001 s',
    'staff could not be started again (no port); the next attempt is in 0.002 s',
    'staff could not be started again (no port); the next attempt is in 0.004 s',
    'staff could not be started again (no port); the next attempt is in 0.004 s',
    'staff could not be started again (no port); the next attempt is in 0.004 s',
  ]);
});

test('a process that ran long enough begins with the first pause again', async () => {
  const lines: string[] = [];
  const supervised = new Supervised({
    name: 'citizen',
    start: () => Promise.resolve({ pid: 1, exited: sleep(30, 'code 1'), stop: () => Promise.resolve() }),
    say: (line) => lines.push(line),
    firstPauseMs: 1,
    healthyAfterMs: 20,
  });
  await supervised.start();
  await until(() => lines.filter((line) => line.includes('ended')).length >= 3);
  await supervised.stop();
  expect(lines.filter((line) => line.includes('ended')).every((line) => line.endsWith('in 0.001 s'))).toBe(true);
});

test('a first start that fails is the caller’s business', async () => {
  const supervised = new Supervised({ name: 'x', start: () => Promise.reject(new Error('no')), say: () => undefined });
  await expect(supervised.start()).rejects.toThrow('no');
  await supervised.stop();
});

test('stopping in the middle of a pause ends the pause', async () => {
  const lines: string[] = [];
  const supervised = new Supervised({
    name: 'x',
    start: startSleeper,
    say: (line) => lines.push(line),
    firstPauseMs: 600_000,
  });
  const { pid } = await supervised.start();
  process.kill(pid, 'SIGKILL');
  await until(() => lines.length === 1);
  const before = Date.now();
  await supervised.stop();
  expect(Date.now() - before).toBeLessThan(1_000);
});
