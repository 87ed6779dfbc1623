import type { ProgrammeDrafts } from '../../database/programmes/programme-drafts';
import { type BackgroundLoop, createBackgroundLoop } from './background-loop';
import type { Log } from './log';

/** Starts the workflow of every release that waits for its time: those that were asked for while Temporal was away, or ended by hand. */
export function createReleaseSweeper({
  drafts,
  start,
  log,
  everyMs = 15_000,
}: {
  readonly drafts: Pick<ProgrammeDrafts, 'scheduledReleases'>;
  readonly start: (releaseId: string, publishAt: Date) => Promise<void>;
  readonly log: Log;
  readonly everyMs?: number;
}): BackgroundLoop {
  return createBackgroundLoop({
    name: 'the release sweeper',
    log,
    round: async () => {
      for (const { id, publishAt } of await drafts.scheduledReleases()) await start(id, publishAt);
      return everyMs;
    },
  });
}
