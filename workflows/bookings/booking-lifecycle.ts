import { defineSearchAttributeKey } from '@temporalio/common';
import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  currentUpdateInfo,
  defineQuery,
  defineSignal,
  defineUpdate,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';

import {
  type BookingEvent,
  bookingEventSignalName,
  type BookingLifecycleInput,
  type CancelBookingInput,
  cancelUpdateName,
  type NoticeOutcome,
  type ResendNoticeInput,
  resendNoticeUpdateName,
  type Timeline,
  timelineQueryName,
} from '../../domain/contracts/booking-workflow';
import { Alarm } from './alarm';
import { BookingEntity } from './booking-entity';
import { BookingTasks } from './booking-tasks';

/** A change of the booking, from the outbox. */
export const bookingEventSignal = defineSignal<[BookingEvent]>(bookingEventSignalName);
/** What was done, what is to come. */
export const timelineQuery = defineQuery<Timeline>(timelineQueryName);
/** An operator cancels the booking. Resolves when it is cancelled. */
export const cancelUpdate = defineUpdate<{ state: Timeline['state'] }, [CancelBookingInput]>(cancelUpdateName);
/** An operator has a notice sent once more. Resolves with what came of it. */
export const resendNoticeUpdate = defineUpdate<NoticeOutcome, [ResendNoticeInput]>(resendNoticeUpdateName);

const bookingStatus = defineSearchAttributeKey('BookingStatus', 'KEYWORD');
const programmeVersion = defineSearchAttributeKey('ProgrammeVersion', 'INT');
const attentionNeeded = defineSearchAttributeKey('AttentionNeeded', 'BOOL');

/**
 * What happens to one booking, and when: from its hold to its end. Whether anything may happen is decided by the
 * database alone; its events come in as the argument and by signal, in any order and more than once.
 */
export async function bookingLifecycle({ bookingId, events = [] }: BookingLifecycleInput): Promise<Timeline['state']> {
  const booking = new BookingEntity(bookingId);
  const tasks = new BookingTasks(booking);
  const alarm = new Alarm();
  for (const event of events) booking.receive(event);
  // Before the handlers: an Update that arrives with the first workflow task finds the booking as it is.
  let due = booking.advance(Date.now());

  setHandler(bookingEventSignal, (event) => {
    booking.receive(event);
  });
  setHandler(timelineQuery, () => booking.timeline(), { description: 'これまでとこれからの一覧' });
  setHandler(
    cancelUpdate,
    async (input) => {
      const outcome = await tasks.cancelByCity(input);
      if (!outcome.ok) throw ApplicationFailure.nonRetryable(outcome.sentence, outcome.code);
      for (const event of outcome.events) booking.receive(event);
      await condition(() => !booking.hasNews);
      return { state: booking.state };
    },
    {
      description: '予約を取り消す。入力例 {"reason": "operator"}',
      validator: (input: CancelBookingInput | undefined) => {
        refuseIf(booking.refusalOfCancel(input));
      },
    },
  );
  setHandler(
    resendNoticeUpdate,
    (input) => tasks.send(booking.startResend(input, currentUpdateInfo()?.id ?? '', Date.now())),
    {
      description: 'お知らせをもう一度送る。入力例 {"step": "confirmation"}',
      validator: (input: ResendNoticeInput | undefined) => {
        refuseIf(booking.refusalOfResend(input));
      },
    },
  );

  let wasEnded = false;
  for (;;) {
    if (booking.isEnded !== wasEnded) {
      wasEnded = booking.isEnded;
      tasks.dropNotices();
    }
    for (const task of due) tasks.start(task);
    publish(booking);
    if (booking.isOver) {
      await condition(allHandlersFinished);
      // While a handler was finishing, the end may have been taken back.
      if (!booking.hasMore) break;
      due = booking.advance(Date.now());
      continue;
    }
    if (booking.isEnded && !booking.hasLaterNotices) {
      await condition(() => booking.hasNews);
    } else {
      const next = booking.nextDeadline();
      alarm.set(next?.at, next?.label ?? '');
      await condition(() => booking.hasNews || alarm.hasRung);
    }
    due = booking.advance(Date.now());
  }
  return booking.state;
}

function refuseIf(sentence: string | undefined): void {
  if (sentence !== undefined) throw ApplicationFailure.nonRetryable(sentence, 'refused');
}

/** Tells the Temporal UI the state of the booking. Search attributes cost an event, so only where they change. */
function publish(booking: BookingEntity): void {
  setCurrentDetails(booking.details());
  const { typedSearchAttributes: known } = workflowInfo();
  const status = booking.facts?.state;
  const isStatusNew = status !== undefined && known.get(bookingStatus) !== status;
  const isAttentionNew = booking.needsAttention !== (known.get(attentionNeeded) ?? false);
  // Asked only of bookings that a change reached: what others began with is what they have.
  const version = booking.hasChangedProgramme ? booking.facts?.programmeVersion : undefined;
  const isVersionNew = version !== undefined && known.get(programmeVersion) !== version;
  if (!isStatusNew && !isAttentionNew && !isVersionNew) return;
  upsertSearchAttributes([
    ...(isStatusNew ? [{ key: bookingStatus, value: status }] : []),
    ...(isVersionNew ? [{ key: programmeVersion, value: version }] : []),
    ...(isAttentionNew ? [{ key: attentionNeeded, value: booking.needsAttention }] : []),
  ]);
}
