import type { BookingView } from '../../domain/bookings/booking';
import type { Answers } from '../../domain/bookings/form';
import { draftOf } from '../../domain/bookings/plan';
import { planAssignment } from '../../domain/bookings/plan-confirm';
import { planTakeBack } from '../../domain/bookings/plan-steps';
import { type Refusal, refuse } from '../../domain/contracts/booking-refusals';
import type { Channel } from '../../domain/contracts/booking-workflow';
import type { ProgrammeVersion } from '../../domain/programmes/version';
import type { Database } from '../foundation/connection';
import { inTransaction, type Sql } from '../foundation/transaction';
import type { Programmes } from '../programmes';
import { type BookingChange, type ChangeBooking, makers, type WantedChange } from './change';
import { type ContextQuestion } from './load';
import { holdQuestion, plain } from './questions';

/** An appointment that the city gives to a person. */
export interface AssignInput {
  readonly residentId: string;
  readonly slotId: string;
  readonly dose: number;
  /** The lane whose seats are given. */
  readonly channel: Channel;
  /** What is known of the form's fields, checked. */
  readonly answers: Answers;
}

/** Appointments that the city gives: the seats, the rules and the constraints are everybody's. */
export function createAssignments({
  database,
  programmes,
  changer,
}: {
  database: Database;
  programmes: Programmes;
  changer: ChangeBooking;
}) {
  return {
    /**
     * The city gives a person an appointment. `record` writes down in the same transaction that it was done; false: it was
     * done before, and nothing is done now (`already_booked`).
     */
    async assign(
      input: AssignInput,
      record: (sql: Sql, booking: BookingView) => Promise<boolean>,
    ): Promise<BookingChange | Refusal> {
      const published = await programmes.allPublished();
      const wanted: WantedChange = {
        question: { ...questionOf([input], published), residentId: input.residentId },
        unknown: refuse('not_logged_in'),
        decide: (context) => planAssignment(draftOf(context), input, makers),
      };
      return inTransaction(database, async (sql) => {
        const done = plain(await changer.changeIn(sql, wanted, published));
        return !done.ok || (await record(sql, done.booking)) ? done : refuse('already_booked');
      });
    },

    /** What would become of these appointments of one person, one after the other: decided, and never written. Null: it would be booked. */
    async rehearseAssignments(
      residentId: string,
      inputs: readonly Omit<AssignInput, 'residentId'>[],
    ): Promise<(Refusal | null)[]> {
      const published = await programmes.allPublished();
      const context = await changer.load({ ...questionOf(inputs, published), residentId }, published);
      if (!context) return inputs.map(() => refuse('not_eligible'));
      let draft = draftOf(context);
      return inputs.map((input) => {
        const decision = planAssignment(draft, input, makers);
        if ('draft' in decision) draft = decision.draft;
        if (decision.ok) return null;
        return 'faults' in decision ? refuse('invalid_answers') : decision;
      });
    },

    /**
     * Cancels a booking of the city's that nobody has touched since `version`. Done before, it is answered as the first time.
     */
    takeBackAssignment: async (bookingId: string, version: number): Promise<BookingChange | Refusal> =>
      plain(
        await changer.change({
          question: { bookingIds: [bookingId] },
          unknown: refuse('booking_unknown'),
          decide: (context) => planTakeBack(context, bookingId, version),
        }),
      ),
  };
}

function questionOf(
  inputs: readonly Omit<AssignInput, 'residentId'>[],
  published: readonly ProgrammeVersion[],
): ContextQuestion {
  const questions = inputs.map((input) => holdQuestion({ ...input, actor: 'city' }, published));
  return {
    slotIds: questions.flatMap((item) => item.slotIds ?? []),
    channels: questions.flatMap((item) => item.channels ?? []),
    daysToNextDose: questions.flatMap((item) => item.daysToNextDose ?? []),
  };
}
