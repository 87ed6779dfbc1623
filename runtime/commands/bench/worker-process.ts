import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { Connection } from '@temporalio/client';

import { pollersOf } from '../../../engine/temporal/task-queues';
import { projectRoot } from '../../root';
import type { BenchCity } from './bench-city';
import { childWatch } from './subject';

export interface WorkerProcess {
  readonly pid: number;
  stop(): Promise<void>;
}

/** The worker as `npm start` runs it; resolves when it polls `queue`. */
export async function startWorkerProcess(
  city: BenchCity,
  temporalAddress: string,
  queue: string,
): Promise<WorkerProcess> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--require', childWatch, join(projectRoot, 'dist', 'runtime', 'processes', 'worker.js')],
    {
      env: {
        ...process.env,
        DATABASE_URL: city.databaseUrl,
        TEMPORAL_ADDRESS: temporalAddress,
        TOKI_KEYS: city.keysText,
        TOKI_DEMO: '1',
        LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
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
    pid: child.pid ?? 0,
    stop,
  };
}
