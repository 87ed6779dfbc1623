import type { IsRush } from '../../database/bookings';
import type { ListedBookings } from '../../database/lists';
import { type BackgroundLoop, createBackgroundLoop } from './background-loop';
import type { Log } from './log';
import { restInRush } from './rest-in-rush';

const atOnce = 2_000;
/** While citizens wait. */
const rushAtOnce = 500;

/**
 * Copies what changed to the table that lists and figures read. Runs in every worker; one of them copies at a time. Where the database
 * came from another server, all is copied again first.
 */
export function createListKeeper({
  lists,
  log,
  isRush = () => Promise.resolve(false),
  pollMs = 500,
}: {
  readonly lists: Pick<ListedBookings, 'bringUpToDate' | 'isForeign' | 'rebuild'>;
  readonly log: Log;
  readonly isRush?: IsRush;
  /** Between two looks. */
  readonly pollMs?: number;
}): BackgroundLoop {
  return createBackgroundLoop({
    name: 'the list keeper',
    log,
    longestPauseMs: 5_000,
    round: async () => {
      const startedAt = Date.now();
      const isSteppingBack = await isRush();
      const limit = isSteppingBack ? rushAtOnce : atOnce;
      const changes = await lists.bringUpToDate(limit);
      if (changes === undefined && (await lists.isForeign())) {
        log.warn({}, 'the lists were copied in another server: all bookings are copied again');
        log.info({ rows: await lists.rebuild() }, 'the lists were copied again');
      }
      if (isSteppingBack) return restInRush(startedAt, pollMs);
      return changes === limit ? 0 : pollMs;
    },
  });
}
