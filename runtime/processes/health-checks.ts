import type { Client } from '@temporalio/client';

import type { HealthChecks } from '../../api/shared/set-up-health';
import type { Outbox } from '../../database/bookings';
import type { Database } from '../../database/foundation/connection';

const answerWithinMs = 1_500;

/** What both apps ask to know whether they are ready. */
export function createHealthChecks({
  database,
  temporal,
  outbox,
}: {
  database: Database;
  temporal: Client;
  outbox: Pick<Outbox, 'backlog'>;
}): HealthChecks {
  return {
    database: () => database.raw('SELECT 1'),
    temporal: () =>
      temporal.connection.withDeadline(Date.now() + answerWithinMs, () => temporal.workflowService.getSystemInfo({})),
    backlog: () => outbox.backlog(),
  };
}
