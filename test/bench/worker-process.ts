import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Connection } from '@temporalio/client';

import { projectRoot } from '../../runtime/root';
import { pollersOf } from '../../runtime/task-queues';
import type { BenchCity } from './bench-city';

export interface WorkerProcess {
  /** Resident set now, and the largest since the process began, in MiB (Linux). */
  memory(): { now: number; peak: number };
  stop(): Promise<void>;
}

/** The worker as `npm start` runs it; resolves when it polls `queue`. */
export async function startWorkerProcess(
  city: BenchCity,
  temporalAddress: string,
  queue: string,
): Promise<WorkerProcess> {
  const child: ChildProcess = spawn(process.execPath, [join(projectRoot, 'dist', 'runtime', 'worker.js')], {
    env: {
      ...process.env,
      DATABASE_URL: city.databaseUrl,
      TEMPORAL_ADDRESS: temporalAddress,
      TOKI_KEYS: city.keysText,
      TOKI_DEMO: '1',
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    for (let attempt = 0; (await pollersOf(connection, 'default', queue)) === 0; attempt++) {
      if (child.exitCode !== null) throw new Error(`the worker ended with ${String(child.exitCode)}`);
      if (attempt > 300) throw new Error('the worker did not come up within 60 s');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  } catch (error) {
    await stop();
    throw error;
  } finally {
    await connection.close();
  }
  return {
    memory() {
      const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8');
      const mebibytes = (name: string) =>
        Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN) / 1024;
      return { now: mebibytes('VmRSS'), peak: mebibytes('VmHWM') };
    },
    stop,
  };
}
