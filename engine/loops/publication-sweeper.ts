import type { ProgrammeDrafts } from '../../database/programmes';
import { type BackgroundLoop, createBackgroundLoop } from './background-loop';
import type { Log } from './log';

/** Starts the workflow of every publication that waits for its time: those that were asked for while Temporal was away, or ended by hand. */
export function createPublicationSweeper({
  drafts,
  start,
  log,
  everyMs = 15_000,
}: {
  readonly drafts: Pick<ProgrammeDrafts, 'scheduledPublications'>;
  readonly start: (publicationId: string, publishAt: Date) => Promise<void>;
  readonly log: Log;
  readonly everyMs?: number;
}): BackgroundLoop {
  return createBackgroundLoop({
    name: 'the publication sweeper',
    log,
    round: async () => {
      for (const { id, publishAt } of await drafts.scheduledPublications()) await start(id, publishAt);
      return everyMs;
    },
  });
}
