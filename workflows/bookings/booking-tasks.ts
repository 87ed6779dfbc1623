import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';

import type { BookingActivities, CancelOutcome } from '../../activities/bookings/booking-activities';
import type { NoticeActivities } from '../../activities/notices/notice-activities';
import { noticeWords } from '../../domain/bookings/booking-words';
import { type CancelBookingInput, type NoticeOutcome, noticeQueueOf } from '../../domain/contracts/booking-workflow';
import type { BookingEntity, Task } from './booking-entity';

type NoticeTask = Task & { kind: 'send_notice' };

const patience = {
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
} as const;
const { expireHold } = proxyActivities<BookingActivities>({ ...patience, summary: '仮押さえを解く' });
const { markNoShow } = proxyActivities<BookingActivities>({ ...patience, summary: '来場なしとする' });
const { loadBookingEvents } = proxyActivities<BookingActivities>({ ...patience, summary: '届いていない記録を読む' });
const { cancelByCity } = proxyActivities<BookingActivities>({ ...patience, summary: '予約を取り消す' });

/** About three hours of trying: 5, 10, 20 s … 30 min. The heartbeat tells of a dead worker long before the time is up. */
const noticeOptions = {
  startToCloseTimeout: '3 minutes',
  heartbeatTimeout: '12 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '5 seconds', backoffCoefficient: 2, maximumInterval: '30 minutes', maximumAttempts: 15 },
} as const;

/** Has the tasks of a booking done by activities, and tells the entity what came of them. */
export class BookingTasks {
  #notices = new CancellationScope();

  constructor(readonly booking: BookingEntity) {}

  /** Returns at once; what comes of it is news to the entity. */
  start(task: Task): void {
    this.#run(task).catch((error: unknown) => {
      // The workflow itself was cancelled by hand: it ends, and so does this.
      if (!isCancellation(error)) throw error;
    });
  }

  /** The booking is over, or its end was taken back: what was still to be told before is not told any more. */
  dropNotices(): void {
    this.#notices.cancel();
    this.#notices = new CancellationScope();
  }

  async send(task: NoticeTask): Promise<NoticeOutcome> {
    const outcome = await this.#notices
      .run(() => this.#attempt(task))
      .catch((error: unknown): NoticeOutcome => {
        if (isCancellation(error)) return { status: 'skipped', reason: 'booking_over' };
        throw error;
      });
    this.booking.settleNotice(task, outcome, Date.now());
    return outcome;
  }

  cancelByCity({ reason }: CancelBookingInput): Promise<CancelOutcome> {
    return cancelByCity(this.booking.bookingId, reason, this.booking.version);
  }

  async #run(task: Task): Promise<void> {
    const { bookingId, version } = this.booking;
    const asOf = new Date().toISOString();
    switch (task.kind) {
      case 'expire_hold':
        this.booking.settleChange(task, await expireHold(bookingId, asOf), Date.now());
        return;
      case 'mark_no_show':
        this.booking.settleChange(task, await markNoShow(bookingId, asOf), Date.now());
        return;
      case 'load_events':
        this.booking.settleEvents(task, await loadBookingEvents(bookingId, version));
        return;
      case 'send_notice':
        await this.send(task);
    }
  }

  async #attempt({ step, occurrence }: NoticeTask): Promise<NoticeOutcome> {
    const request = { bookingId: this.booking.bookingId, step: step.id, occurrence };
    const options = { ...noticeOptions, taskQueue: noticeQueueOf(workflowInfo().taskQueue) };
    const { sendNotice, settleNotice } = proxyActivities<NoticeActivities>({ ...options, summary: noticeWords(step) });
    try {
      return await sendNotice(request);
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      return settleNotice.executeWithOptions(
        {
          ...options,
          retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
          summary: `${noticeWords(step)}: 送れなかったことを記す`,
        },
        [request],
      );
    }
  }
}
