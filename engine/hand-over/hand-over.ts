import type { Client } from '@temporalio/client';

import type { EventKey, Outbox } from '../../database/bookings';
import type { Programmes } from '../../database/programmes';
import type { BookingEvent } from '../../domain/contracts/booking-workflow';
import type { Log } from '../loops/log';
import { createEventDelivery, isOutage } from './deliver-events';

export interface HandOverOptions {
  readonly client: Client;
  readonly outbox: Pick<Outbox, 'markDelivered'>;
  readonly programmes: Pick<Programmes, 'version'>;
  readonly log: Log;
  /** Bookings handed over at the same time. */
  readonly concurrency?: number;
  /** Bookings that may wait; further events are left to the relay. */
  readonly queueLimit?: number;
  /** Whether citizens wait at this process: then events are left to the relay. */
  readonly isRush?: () => boolean;
  /** Events that waited longer, ms, are left to the relay, which takes them up after 2 s: nothing is sent twice. */
  readonly maxAgeMs?: number;
}

/** From the commit to the workflow, beside the request. Whatever it cannot do, the relay does. */
export interface HandOver {
  /** Takes events right after their commit. Returns at once and never throws. */
  offer(events: readonly BookingEvent[]): void;
  /** Resolves when everything offered has been handed over, or left to the relay, and is acknowledged. */
  drain(): Promise<void>;
}

const callWithinMs = 5_000;
const pauseAfterOutageMs = 3_000;
const acknowledgeAfterMs = 50;
const acknowledgeAtOnce = 200;

export function createHandOver({
  client,
  outbox,
  programmes,
  log,
  concurrency = 48,
  queueLimit = 5_000,
  isRush = () => false,
  maxAgeMs = 1_500,
}: HandOverOptions): HandOver {
  const deliver = createEventDelivery({ client, programmes });
  /** Events that wait, by booking: those of one booking go one after the other, and together where they met in the queue. */
  const waiting = new Map<string, { readonly since: number; readonly events: BookingEvent[] }>();
  const inFlight = new Set<string>();
  let acknowledged: EventKey[] = [];
  let acknowledging: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let pausedUntil = 0;
  /** After an outage one booking at a time, until one went through. */
  let suspicious = false;
  let idle: (() => void)[] = [];

  function offer(events: readonly BookingEvent[]): void {
    const now = Date.now();
    if (now < pausedUntil || isRush()) return;
    for (const event of events) {
      const known = waiting.get(event.bookingId);
      if (known) known.events.push(event);
      else if (waiting.size < queueLimit) waiting.set(event.bookingId, { since: now, events: [event] });
    }
    pump();
  }

  function pump(): void {
    if (isRush()) waiting.clear();
    const limit = suspicious ? 1 : concurrency;
    for (const [bookingId, { since, events }] of waiting) {
      if (inFlight.size >= limit) break;
      if (inFlight.has(bookingId)) continue;
      waiting.delete(bookingId);
      if (Date.now() - since > maxAgeMs) continue;
      inFlight.add(bookingId);
      void handOver(bookingId, events);
    }
    settle();
  }

  async function handOver(bookingId: string, events: BookingEvent[]): Promise<void> {
    try {
      events.sort((a, b) => a.version - b.version);
      await client.connection.withDeadline(Date.now() + callWithinMs, () => deliver(events));
      suspicious = false;
      acknowledge(events);
    } catch (error) {
      failed(error);
    } finally {
      inFlight.delete(bookingId);
      pump();
    }
  }

  function failed(error: unknown): void {
    if (!isOutage(error)) {
      log.warn({ err: error }, 'an event was not handed over, the relay will try again');
      return;
    }
    if (Date.now() >= pausedUntil)
      log.warn({ left: waiting.size }, 'Temporal does not answer: events are left to the relay');
    pausedUntil = Date.now() + pauseAfterOutageMs;
    suspicious = true;
    waiting.clear();
  }

  function acknowledge(events: readonly BookingEvent[]): void {
    for (const { bookingId, version } of events) acknowledged.push({ bookingId, version });
    if (acknowledged.length >= acknowledgeAtOnce) flush();
    else timer ??= setTimeout(flush, acknowledgeAfterMs);
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (acknowledging || acknowledged.length === 0) return;
    const batch = acknowledged;
    acknowledged = [];
    acknowledging = outbox
      .markDelivered(batch)
      .catch((error: unknown) => {
        // The relay sends them again, and the workflows drop what they have seen.
        log.warn({ err: error, events: batch.length }, 'delivered events could not be marked');
      })
      .finally(() => {
        acknowledging = undefined;
        if (acknowledged.length > 0) flush();
        else settle();
      });
  }

  function isIdle(): boolean {
    return waiting.size === 0 && inFlight.size === 0 && acknowledged.length === 0 && !acknowledging;
  }

  function settle(): void {
    if (idle.length === 0 || !isIdle()) return;
    const resolve = idle;
    idle = [];
    for (const item of resolve) item();
  }

  async function drain(): Promise<void> {
    flush();
    if (!isIdle()) await new Promise<void>((resolve) => idle.push(resolve));
  }

  return { offer, drain };
}
