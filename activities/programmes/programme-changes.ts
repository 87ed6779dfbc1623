import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';

import type { BookingRepository, Outbox } from '../../database/bookings';
import { isDatabaseUnavailable } from '../../database/foundation/is-database-unavailable';
import type { ProgrammeChanges, Programmes } from '../../database/programmes';
import type { BookingEvent } from '../../domain/contracts/booking-workflow';
import { defined } from '../../domain/text/defined';
import { createEventDelivery } from '../../engine/hand-over/deliver-events';
import { inParallel } from '../../engine/loops/in-parallel';
import type { Log } from '../../engine/loops/log';

export interface ChangeBatch {
  /** Where the next batch begins; undefined: this round is over. */
  readonly next?: string;
  /** The round is over, but holds of older versions may still be confirmed until then (instant). */
  readonly holdsUntil?: string;
  /** The change does not run any more. */
  readonly isStopped: boolean;
}

export interface ChangeActivities {
  /** Deals with bookings after `after` for some seconds. Run again, it goes on where the lost attempt was. */
  changeBookings(changeId: string, after: string | undefined): Promise<ChangeBatch>;
  /** The state in which the change has ended. */
  finishChange(changeId: string): Promise<string>;
}

export interface ChangeActivitiesOptions {
  readonly client: Client;
  readonly changes: Pick<ProgrammeChanges, 'next' | 'lastHoldOfOlder' | 'noteFailed' | 'finish' | 'state'>;
  readonly bookings: Pick<BookingRepository, 'changeVersion'>;
  readonly outbox: Pick<Outbox, 'markDelivered'>;
  readonly programmes: Pick<Programmes, 'version'>;
  readonly log: Log;
}

const pageSize = 200;
const concurrency = 8;
/** The queue has other work too: a rehearsal waits no longer than this for its turn. */
const batchMs = 10_000;
const callWithinMs = 5_000;

export function createChangeActivities({
  client,
  changes,
  bookings,
  outbox,
  programmes,
  log,
}: ChangeActivitiesOptions): ChangeActivities {
  const deliver = createEventDelivery({ client, programmes });

  /** Right after the commit, as the apps do it; what cannot be handed over now is the relay's. */
  async function handOver(event: BookingEvent): Promise<void> {
    try {
      await client.connection.withDeadline(Date.now() + callWithinMs, () => deliver([event]));
      await outbox.markDelivered([event]);
    } catch (error) {
      log.warn(
        { bookingId: event.bookingId, reason: (error as Error).message },
        'a changed booking is left to the relay',
      );
    }
  }

  /** False: the change does not run any more. */
  async function change(changeId: string, bookingId: string): Promise<boolean> {
    try {
      const result = await bookings.changeVersion(bookingId, changeId);
      if (result.outcome === 'moved') await handOver(result.event);
      return result.outcome !== 'stopped';
    } catch (error) {
      // One booking that cannot be dealt with must not hold up the others; a database that is away holds up all of them.
      if (isDatabaseUnavailable(error)) throw error;
      log.error(
        { bookingId, changeId, reason: (error as Error).message },
        'a booking could not be brought under another version',
      );
      await changes.noteFailed(changeId, bookingId, (error as { code?: string }).code ?? (error as Error).name);
      return true;
    }
  }

  return {
    async changeBookings(changeId, from) {
      const context = Context.current();
      const lost = context.info.heartbeatDetails as { readonly after: string } | undefined;
      let after = lost?.after ?? from;
      for (const endsAt = Date.now() + batchMs; Date.now() < endsAt;) {
        context.heartbeat(after === undefined ? undefined : { after });
        if ((await changes.state(changeId)) !== 'running') return { isStopped: true };
        const page = await changes.next(changeId, after, pageSize);
        const round = { isStopped: false, done: 0 };
        await inParallel(page, concurrency, async (bookingId) => {
          if (round.isStopped) return;
          if (!(await change(changeId, bookingId))) round.isStopped = true;
          // The page is not through: another attempt begins with it again, and finds what is left.
          if (++round.done % 25 === 0) context.heartbeat(after === undefined ? undefined : { after });
        });
        if (round.isStopped) return { isStopped: true };
        if (page.length < pageSize) {
          // Who held a seat when this round came by may have confirmed it since.
          if (after !== undefined && (await changes.next(changeId, undefined, 1)).length > 0) {
            after = undefined;
            continue;
          }
          const holdsUntil = await changes.lastHoldOfOlder(changeId);
          return { isStopped: false, ...(holdsUntil ? { holdsUntil: holdsUntil.toISOString() } : {}) };
        }
        after = page.at(-1);
      }
      return { isStopped: false, ...defined({ next: after }) };
    },

    finishChange: async (changeId) => (await changes.finish(changeId)) ?? 'unknown',
  };
}
