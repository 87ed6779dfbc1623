import type { Client } from '@temporalio/client';

import type { EventKey, IsRush, Outbox } from '../../database/bookings';
import type { Programmes } from '../../database/programmes';
import type { BookingEvent } from '../../domain/contracts/booking-workflow';
import { type BackgroundLoop, createBackgroundLoop } from '../loops/background-loop';
import { inParallel } from '../loops/in-parallel';
import type { Log } from '../loops/log';
import { restInRush } from '../loops/rest-in-rush';
import { createEventDelivery, isOutage } from './deliver-events';

export interface RelayOptions {
  readonly client: Client;
  readonly outbox: Outbox;
  readonly programmes: Pick<Programmes, 'version'>;
  readonly log: Log;
  /** While citizens wait the relay works a fifth of the time; left out: nobody ever waits. */
  readonly isRush?: IsRush;
  /** Younger events are the hand-over's. */
  readonly olderThanMs?: number;
  /** Between two looks at an empty outbox. */
  readonly pollMs?: number;
}

const batch = 400;
const concurrency = 32;
/** While citizens wait. */
const rushBatch = 16;
const rushConcurrency = 2;
const callWithinMs = 10_000;
/** Longer than a batch can take: a process that holds a claim and lives has finished by then. */
const leaseMs = 60_000;

/**
 * Hands over the events that nobody acknowledged: the hand-over was full, its process died, Temporal was down. Runs in
 * every worker; a claim with a lease keeps two of them from the same event, and a double delivery would do no harm.
 */
export function createRelay({
  client,
  outbox,
  programmes,
  log,
  isRush = () => Promise.resolve(false),
  olderThanMs = 2_000,
  pollMs = 500,
}: RelayOptions): BackgroundLoop {
  const deliver = createEventDelivery({ client, programmes });

  async function round(signal: AbortSignal): Promise<number> {
    const startedAt = Date.now();
    const isSteppingBack = await isRush();
    const limit = isSteppingBack ? rushBatch : batch;
    const events = await outbox.claimUndelivered({ olderThanMs, limit, leaseMs });
    if (events.length === 0) return pollMs;
    const open = new Map(events.map((event) => [keyOf(event), event]));
    const delivered: EventKey[] = [];
    let failed = 0;
    try {
      await inParallel(byBooking(events), isSteppingBack ? rushConcurrency : concurrency, async (ofBooking) => {
        // A rush that begins in the middle of a batch ends it: what is left goes back at once.
        if (signal.aborted || (!isSteppingBack && (await isRush()))) return;
        try {
          await client.connection.withDeadline(Date.now() + callWithinMs, () => deliver(ofBooking));
          delivered.push(...ofBooking);
          for (const event of ofBooking) open.delete(keyOf(event));
        } catch (error) {
          if (isOutage(error)) throw error;
          // One booking that cannot be handed over must not hold up the others; its lease runs out, and it comes again.
          failed += 1;
          log.error(
            { bookingId: ofBooking[0]?.bookingId, reason: error instanceof Error ? error.message : String(error) },
            'an event cannot be handed over',
          );
          for (const event of ofBooking) open.delete(keyOf(event));
        }
      });
    } finally {
      await outbox.markDelivered(delivered);
      await outbox.unclaim([...open.values()]);
    }
    log.info({ delivered: delivered.length, failed }, 'the relay handed over events');
    if (isSteppingBack) return restInRush(startedAt, pollMs);
    return events.length < batch ? pollMs : 0;
  }

  return createBackgroundLoop({ name: 'the relay', log, round, longestPauseMs: 5_000 });
}

function byBooking(events: readonly BookingEvent[]): BookingEvent[][] {
  const groups = new Map<string, BookingEvent[]>();
  for (const event of events) {
    const group = groups.get(event.bookingId);
    if (group) group.push(event);
    else groups.set(event.bookingId, [event]);
  }
  return [...groups.values()].map((group) => group.sort((a, b) => a.version - b.version));
}

function keyOf({ bookingId, version }: BookingEvent): string {
  return `${bookingId} ${String(version)}`;
}
