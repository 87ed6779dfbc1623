import type { ProgrammeChanges } from '../../database/programmes';
import { type BackgroundLoop, createBackgroundLoop } from './background-loop';
import type { Log } from './log';

/** Starts the workflow of every change that runs by the database: those that were approved while Temporal was away, or ended by hand. */
export function createChangeSweeper({
  changes,
  start,
  log,
  everyMs = 15_000,
}: {
  readonly changes: Pick<ProgrammeChanges, 'running'>;
  readonly start: (changeId: string) => Promise<void>;
  readonly log: Log;
  readonly everyMs?: number;
}): BackgroundLoop {
  return createBackgroundLoop({
    name: 'the change sweeper',
    log,
    round: async () => {
      for (const id of await changes.running()) await start(id);
      return everyMs;
    },
  });
}
