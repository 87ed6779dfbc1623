import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { Connection } from '@temporalio/client';

import { bookingTaskQueue, noticeTaskQueue } from '../../domain/contracts/booking-workflow';
import { pollersOf } from '../../engine/temporal/task-queues';
import { projectRoot } from '../../runtime/root';

/** One of Toki's own programs as `npm start` runs it, to be killed. */
export interface TokiProcess {
  isAlive(): boolean;
  /** Resolves when it is gone. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/** Starts the built program; `npm test` builds before any test runs. */
export function startTokiProcess(
  program: 'worker' | 'citizen' | 'staff',
  env: Readonly<Record<string, string>>,
): TokiProcess {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(TOKI|TEMPORAL|SMTP|DATABASE)_/.test(name)),
  );
  const child = spawn(process.execPath, [join(projectRoot, 'dist', 'runtime', 'processes', `${program}.js`)], {
    env: { ...inherited, LOG_LEVEL: 'fatal', TOKI_DEMO: '1', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let alive = true;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      alive = false;
      resolve();
    });
  });
  return {
    isAlive: () => alive,
    async kill(signal) {
      if (alive) child.kill(signal);
      await ended;
    },
  };
}

/** Keeps a program running: whenever it ends by itself, it is started again, as the supervisor does. */
export class KeptProcess {
  #process: TokiProcess;
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly start: () => TokiProcess) {
    this.#process = start();
    this.#timer = setInterval(() => {
      if (!this.#process.isAlive()) this.#process = this.start();
    }, 200);
  }

  /** Kills it without warning; it is started again. */
  async killOnce(): Promise<void> {
    await this.#process.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#process.kill('SIGTERM');
  }
}

/** Resolves when a worker asks for work. */
export async function untilPolled(address: string, namespace = 'default'): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    for (let attempt = 0; attempt < 600; attempt++) {
      const pollers = await Promise.all(
        [bookingTaskQueue, noticeTaskQueue].map((queue) => pollersOf(connection, namespace, queue)),
      );
      if (pollers.every((count) => count > 0)) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('no worker came up within a minute');
  } finally {
    await connection.close();
  }
}
