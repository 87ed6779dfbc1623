import { expiryStep, noShowStep, type OwnStep, planStep, planVersionChange } from '../../domain/bookings/plan-steps';
import type { StayReason } from '../../domain/bookings/version-change';
import { type BookingState, isEnded } from '../../domain/contracts/booking-lifecycle';
import { refuse } from '../../domain/contracts/booking-refusals';
import type { BookingEvent } from '../../domain/contracts/booking-workflow';
import type { Database } from '../foundation/connection';
import { inTransaction } from '../foundation/transaction';
import type { Programmes } from '../programmes';
import type { BookingReader } from './booking-reader';
import type { BookingChange, ChangeBooking } from './change';
import { everyDose } from './questions';

/**
 * The result of a step that the workflow asked for: the event that ended the booking (also when an earlier attempt did it),
 * or null when it was not to be ended.
 */
export interface SystemChange {
  readonly event: BookingEvent | null;
  readonly state: BookingState;
}

/**
 * The result for a booking that was to be brought under another version. `over`: nothing to do any more; `stopped`: the change
 * does not run (any more).
 */
export type VersionChange =
  | { readonly outcome: 'moved'; readonly event: BookingEvent }
  | { readonly outcome: 'stayed'; readonly reason: StayReason }
  | { readonly outcome: 'over' | 'stopped' };

const runningText = `SELECT programme_version_id FROM programme_change WHERE id = $1 AND state = 'running' FOR SHARE`;
const noteText = `INSERT INTO programme_change_booking (change_id, booking_id, outcome, reason) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`;

/** Steps that a workflow asks for: each is the same when it is asked for again. */
export function createWorkflowSteps({
  database,
  programmes,
  changer,
  reader,
}: {
  database: Database;
  programmes: Programmes;
  changer: ChangeBooking;
  reader: BookingReader;
}) {
  /** The result of the activity is the hand-over, so the event counts as delivered, and a retry finds what the lost attempt did. */
  async function take(bookingId: string, step: OwnStep): Promise<SystemChange> {
    const answer = await changer.change({
      question: { bookingIds: [bookingId] },
      isDelivered: true,
      unknown: refuse('booking_unknown'),
      decide: (context) => planStep(context, bookingId, step),
    });
    if (answer.ok) return { event: answer.events[0] ?? null, state: answer.booking.state };
    const booking = await reader.find(bookingId);
    if (!booking) throw new Error(`booking ${bookingId} is not in the database`);
    const event = isEnded(booking.state) ? await reader.lastEvent(bookingId) : undefined;
    if (event)
      await database('booking_event')
        .where({ booking_id: bookingId, version: event.version })
        .update({ delivered_at: database.fn.now() });
    return { event: event ?? null, state: booking.state };
  }

  return {
    /** Ends a hold whose time is over at `asOf` (ISO instant: the workflow's own time). */
    expireHold: (bookingId: string, asOf: string) => take(bookingId, expiryStep(new Date(asOf))),

    /** Counts a booking as not come when its slot is over at `asOf`. */
    markNoShow: (bookingId: string, asOf: string) => take(bookingId, noShowStep(new Date(asOf))),

    /**
     * Brings a confirmed booking that is still to come under the version of a change (`programme_change`) that runs. It is judged as it is at
     * this moment, whatever was seen when the change was asked for. What the person answered, the seat and the reference stay.
     */
    async changeVersion(bookingId: string, changeId: string): Promise<VersionChange> {
      const published = await programmes.allPublished();
      return inTransaction(database, async (sql): Promise<VersionChange> => {
        const [running] = await sql<{ programme_version_id: string }>(runningText, [changeId]);
        if (!running) return { outcome: 'stopped' };
        const to = await programmes.version(running.programme_version_id, sql);
        let stays: StayReason | undefined;
        const answer = await changer.changeIn(
          sql,
          {
            question: { bookingIds: [bookingId], doses: everyDose },
            unknown: refuse('booking_unknown'),
            decide(context) {
              const plan = planVersionChange(context, bookingId, to);
              stays = plan && 'stays' in plan ? plan.stays : undefined;
              return plan && !('stays' in plan) ? plan : refuse('not_confirmed');
            },
          },
          published,
        );
        if (!answer.ok && stays === undefined) return { outcome: 'over' };
        await sql(noteText, [changeId, bookingId, answer.ok ? 'moved' : 'stayed', stays ?? null]);
        return answer.ok ? moved(answer) : { outcome: 'stayed', reason: stays ?? 'address_field_gone' };
      });
    },
  };
}

function moved({ events: [event] }: BookingChange): VersionChange {
  return event ? { outcome: 'moved', event } : { outcome: 'over' };
}
