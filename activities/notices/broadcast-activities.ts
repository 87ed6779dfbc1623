import { ApplicationFailure } from '@temporalio/activity';

import type { LineBroadcast, LineBroadcasts } from '../../database/notices';
import type { Programmes } from '../../database/programmes';
import type { CountBroadcastSeats } from '../../database/schedule';
import { isInTime, writeBroadcast } from '../../domain/notices/broadcast';
import type { BroadcastInput, BroadcastOutcome } from '../../domain/notices/broadcast-workflow';
import { lineTexts } from '../../domain/notices/line-texts';
import type { LineSender } from './line-api';

export interface BroadcastActivitiesOptions {
  readonly broadcasts: Omit<LineBroadcasts, 'open' | 'underWay' | 'recent'>;
  readonly programmes: Pick<Programmes, 'version'>;
  readonly seats: CountBroadcastSeats;
  /** `inbox`: for the demo, instead of LINE. Left out: nothing is sent. */
  readonly sender?: Pick<LineSender, 'broadcast'> | 'inbox';
  /** The citizen site, without a slash at the end. */
  readonly publicUrl: string;
  readonly clock?: () => Date;
}

/** Two more activities of the queue `notice`. */
export interface BroadcastActivities {
  sendBroadcast(input: BroadcastInput): Promise<BroadcastOutcome>;
  settleBroadcast(input: BroadcastInput): Promise<BroadcastOutcome>;
}

const recipient = 'LINEの友だち全員';

/** Sends one broadcast, at most once: LINE knows its row's id again, as it does that of a notice (`notices.ts`). */
export function createBroadcastActivities({
  broadcasts,
  programmes,
  seats,
  sender,
  publicUrl,
  clock = () => new Date(),
}: BroadcastActivitiesOptions): BroadcastActivities {
  async function rowOf(id: string): Promise<LineBroadcast> {
    const row = await broadcasts.find(id);
    if (!row) throw ApplicationFailure.nonRetryable(`broadcast ${id} is not in the database`, 'BroadcastUnknown');
    return row;
  }

  async function endOf(id: string): Promise<BroadcastOutcome> {
    const { status, reason } = await rowOf(id);
    if (status === 'queued' || status === 'sending')
      throw ApplicationFailure.retryable('the broadcast is on its way', 'BroadcastInProgress');
    return { status, ...(reason === null ? {} : { reason }) };
  }

  async function push(
    row: LineBroadcast,
    line: Pick<LineSender, 'broadcast'>,
    body: string,
    attempt: number,
    isFirst: boolean,
  ): Promise<BroadcastOutcome> {
    const outcome = await line.broadcast(lineTexts(body), row.id);
    if (outcome.status === 'sent') await broadcasts.markSent(row.id);
    else if (outcome.status === 'unclear' || !isFirst || !(await broadcasts.giveWay(row.id, attempt, outcome.code))) {
      throw ApplicationFailure.retryable(
        `whether LINE took the broadcast is not known (${outcome.code})`,
        'LineUnclear',
      );
    } else if (outcome.status === 'refused') await broadcasts.markFailed(row.id, outcome.code);
    else throw ApplicationFailure.retryable(`LINE did not take the broadcast (${outcome.code})`, 'LineNotTaken');
    return endOf(row.id);
  }

  async function send(row: LineBroadcast): Promise<BroadcastOutcome> {
    const version = await programmes.version(row.programmeVersionId);
    const broadcast = version.document.broadcasts?.find((item) => item.id === row.broadcast);
    if (!broadcast)
      throw ApplicationFailure.nonRetryable(`the programme has no broadcast "${row.broadcast}"`, 'BroadcastUnknown');
    const now = clock();
    if (!isInTime(broadcast, row.day, now)) {
      await broadcasts.skip(row.id, 'too_late');
      return endOf(row.id);
    }
    if (sender === undefined) {
      await broadcasts.skip(row.id, 'no_line');
      return endOf(row.id);
    }
    const venues = await seats(version, broadcast, row.day, now);
    const counts = { venues: venues.length, seats: venues.reduce((sum, venue) => sum + venue.seats, 0) };
    if (counts.seats === 0 && broadcast.evenWithoutSeats !== true) {
      await broadcasts.skip(row.id, 'no_seats');
      return endOf(row.id);
    }
    const body = writeBroadcast(version.document, broadcast, venues, row.day, publicUrl);
    if (body === '') {
      await broadcasts.skip(row.id, 'empty');
      return endOf(row.id);
    }
    if (sender === 'inbox') {
      await broadcasts.deliverToInbox(row.id, { ...counts, body, recipient, subject: broadcast.label ?? broadcast.id });
      return endOf(row.id);
    }
    const attempt = await broadcasts.startSending(row.id, { ...counts, body });
    if (attempt === undefined)
      throw ApplicationFailure.retryable('another attempt is sending this broadcast', 'BroadcastInProgress');
    return push(row, sender, body, attempt, true);
  }

  return {
    /** Throws (and is tried again with back-off) while LINE is away, or its answer was lost. */
    async sendBroadcast({ broadcastId }) {
      const row = await rowOf(broadcastId);
      if (row.status === 'queued') return send(row);
      if (row.status !== 'sending') return endOf(row.id);
      const attempt =
        sender === undefined || sender === 'inbox' || row.body === null ? undefined : await broadcasts.resume(row.id);
      if (attempt !== undefined && sender !== undefined && sender !== 'inbox' && row.body !== null)
        return push(row, sender, row.body, attempt, false);
      await broadcasts.markUnclear(row.id, 'line unclear');
      return endOf(row.id);
    },

    /** Closes the row when the attempts are used up: never taken means failed, otherwise unclear. */
    async settleBroadcast({ broadcastId }) {
      const row = await rowOf(broadcastId);
      if (row.status === 'queued') await broadcasts.markFailed(row.id, row.reason ?? 'attempts used up');
      else if (row.status === 'sending') await broadcasts.markUnclear(row.id, 'attempts used up');
      return endOf(row.id);
    },
  };
}
