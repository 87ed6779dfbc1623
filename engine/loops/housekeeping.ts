import type { Removed } from '../../database/upkeep';
import { type BackgroundLoop, createBackgroundLoop } from './background-loop';
import type { Log } from './log';

const everyMs = 3_600_000;

/** Every hour: removes what is kept for a time only (request keys, uploaded files). */
export function createHousekeeping({
  removeOutdated,
  log,
}: {
  removeOutdated: () => Promise<Removed>;
  log: Log;
}): BackgroundLoop {
  return createBackgroundLoop({
    name: 'the housekeeping',
    log,
    round: async () => {
      const removed = await removeOutdated();
      if (removed.idempotencyKeys + removed.importFiles > 0) log.info(removed, 'removed what was kept long enough');
      return everyMs;
    },
  });
}
