import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { searchAttributes } from '../../domain/contracts/search-attributes';
import { startEmbeddedPostgres } from '../../runtime/servers/embedded-postgres';
import { startEmbeddedTemporal } from '../../runtime/servers/embedded-temporal';
import { markProcess } from '../../runtime/servers/process-identity';
import { findTemporalCli } from '../../runtime/servers/temporal-cli';
import { guard } from './guardian';
import { type RunningServices, testDynamicConfig } from './services';

export interface StartedServices {
  readonly running: RunningServices;
  /** Stops both servers and removes the folder. Happens by itself when this process ends in any way. */
  stop(): Promise<void>;
}

/** Starts one PostgreSQL and one Temporal whose data lies in `folder` and is thrown away with it. */
export async function startServices(folder: string): Promise<StartedServices> {
  // As root, PostgreSQL runs as another user who must pass through here.
  chmodSync(folder, 0o755);
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const temporalCli = await findTemporalCli({ cli: process.env['TEMPORAL_CLI'], env: process.env, say });
  const [postgres, temporal] = await Promise.allSettled([
    startEmbeddedPostgres({
      folder: join(folder, 'postgres'),
      logFile: join(folder, 'postgres.log'),
      // The data is thrown away: nothing is gained by waiting for the disk.
      settings: { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '300' },
    }),
    startEmbeddedTemporal({
      cli: temporalCli,
      namespace: 'default',
      searchAttributes,
      stateFile: join(folder, 'temporal.json'),
      logFile: join(folder, 'temporal.log'),
      dynamicConfig: testDynamicConfig,
    }),
  ]);
  if (postgres.status === 'rejected' || temporal.status === 'rejected') {
    for (const result of [postgres, temporal]) if (result.status === 'fulfilled') await result.value.stop();
    rmSync(folder, { recursive: true, force: true });
    throw [postgres, temporal].find((result) => result.status === 'rejected')?.reason;
  }
  const pids = [postgres.value.server.pid, temporal.value.server.pid] as const;
  return {
    running: {
      processes: pids.flatMap((pid) => markProcess(pid) ?? []),
      postgresUrl: postgres.value.url,
      temporalAddress: temporal.value.address,
      temporalCli,
      templateDatabase: '',
    },
    stop: guard(folder, [
      { pid: pids[0], signal: 'SIGINT' },
      { pid: pids[1], signal: 'SIGTERM' },
    ]),
  };
}
