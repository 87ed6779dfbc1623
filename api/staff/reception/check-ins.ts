import type { Audit, AuditActor } from '../../../database/audit';
import {
  type BookingChange,
  bookingForRules,
  type BookingRepository,
  type BookingView,
  type InvalidAnswers,
} from '../../../database/bookings';
import type { Programmes } from '../../../database/programmes';
import type { DayFile, DayFiles, DayListEntry, DayLists } from '../../../database/reception';
import type { IdentityChecks, OpenedResidents, ResidentRepository } from '../../../database/residents';
import { cityDate } from '../../../domain/calendar/city-time';
import { type Refusal, refusals, refuse } from '../../../domain/contracts/booking-refusals';
import {
  type BookingToCheckIn,
  bookingToCheckIn,
  decideCheckIn,
  isExpectedAt,
  type LetThroughReason,
  readShownCode,
  type ReceptionPlace,
  type UndoReason,
  warningSentence,
} from '../../../domain/reception/check-in';
import type { DayTicks } from '../../../domain/reception/ticks';
import { failuresAllowed } from '../../../domain/residents/identity';
import { refuseStaff, type StaffRefusal } from '../../../domain/staff/refusals';
import { disclosureTo } from '../../../domain/staff/visibility';
import { type ChangeRecorderDependencies, createChangeRecorder } from '../frame/recorded-change';

export interface CheckInsDependencies extends ChangeRecorderDependencies {
  readonly bookings: BookingRepository;
  readonly programmes: Pick<Programmes, 'current' | 'version'>;
  readonly residents: Pick<ResidentRepository, 'findByCoupon'>;
  readonly reader: Pick<OpenedResidents, 'findByReference' | 'opened' | 'isProtected'>;
  readonly identityChecks: Pick<IdentityChecks, 'keep' | 'recentFailures'>;
  readonly dayLists: DayLists;
  readonly dayFiles: DayFiles;
  readonly audit: Audit;
}

export interface CheckInInput {
  readonly venueId: string;
  readonly dose?: number | undefined;
  /** What was shown, or the booking that was chosen from the list. */
  readonly shown: { readonly code: string } | { readonly bookingId: string };
  readonly letThrough?: LetThroughReason | undefined;
  /** What the person said, `YYYY-MM-DD`: asked for where the resident is protected. */
  readonly birthDate?: string | undefined;
}

export interface CheckInAnswer {
  readonly outcome: 'checked_in' | 'already' | 'warning';
  readonly warnings: readonly { readonly code: string; readonly sentence: string }[];
  readonly entry: DayListEntry;
  readonly venueName: string;
}

/** The result of one tick of a list that worked off line. */
export interface TickOutcome {
  readonly bookingId: string;
  readonly reference: string | null;
  readonly outcome: 'applied' | 'already' | 'refused';
  readonly sentence: string | null;
}

export type CheckIns = ReturnType<typeof createCheckIns>;

/** What happens at a venue on the day. Each change is recorded and goes to the booking's workflow. */
export function createCheckIns(dependencies: CheckInsDependencies) {
  const { bookings, programmes, residents, reader, identityChecks, dayLists, dayFiles, audit } = dependencies;
  const record = createChangeRecorder(dependencies);
  const action = 'booking.check_in';

  async function onBooking(
    by: AuditActor,
    name: string,
    bookingId: string,
    detail: Readonly<Record<string, string>>,
    work: () => Promise<BookingChange | Refusal>,
  ): Promise<BookingChange | Refusal> {
    const booking = await bookings.find(bookingId);
    if (!booking) return refuse('booking_unknown');
    return record(
      by,
      { action: name, residentId: booking.residentId, subject: { kind: 'booking', id: bookingId }, detail },
      work,
    );
  }

  /** The booking that a person came for. Not finding it is recorded too: it is a look at residents. */
  async function bookingOf(
    by: AuditActor,
    shown: CheckInInput['shown'],
    place: ReceptionPlace,
  ): Promise<BookingView | Refusal | StaffRefusal> {
    const notFound = async (refusal: Refusal | StaffRefusal, residentId?: string) => {
      await audit.record(by, {
        action,
        residentId,
        result: 'staffCode' in refusal ? refusal.staffCode : refusal.code,
        detail: { venueId: place.venueId },
      });
      return refusal;
    };
    if ('bookingId' in shown) return (await bookings.find(shown.bookingId)) ?? notFound(refuse('booking_unknown'));
    const { programmeId, document } = await programmes.current();
    const code = readShownCode(shown.code, document.identification.couponNumber);
    if (!code) return refuseStaff('code_malformed');
    if (code.by === 'reference') {
      const found = await reader.findByReference(programmeId, code.value);
      return (found && (await bookings.find(found.bookingId))) ?? notFound(refuse('booking_unknown'));
    }
    const resident = await residents.findByCoupon(programmeId, code.value);
    if (!resident) return notFound(refuseStaff('resident_unknown'));
    const list = await bookings.listOf(resident.id);
    const chosen = bookingToCheckIn(list.map(forCheckIn), place);
    return list.find((item) => item.id === chosen?.id) ?? notFound(refuseStaff('nothing_booked'), resident.id);
  }

  /**
   * What is in the way of checking a protected resident in. Somewhere else or on another day there is nothing to be found; here they
   * say their birth date, which is compared and not shown.
   */
  async function refusalAtReception(
    booking: BookingView,
    place: ReceptionPlace,
    { shown, birthDate, staffId }: { shown: CheckInInput['shown']; birthDate: string | undefined; staffId: string },
  ): Promise<Refusal | StaffRefusal | undefined> {
    const resident = await reader.opened(booking.residentId);
    if (!resident || disclosureTo('venue_day', resident) === 'whole') return undefined;
    if ('bookingId' in shown) return refuse('booking_unknown');
    if (!isExpectedAt(forCheckIn(booking), place))
      return (await isCouponNumber(shown.code)) ? refuseStaff('nothing_booked') : refuse('booking_unknown');
    if (birthDate === undefined) return refuseStaff('birth_date_needed');
    if ((await identityChecks.recentFailures(resident.id)) >= failuresAllowed) return refuseStaff('identity_locked');
    if (birthDate === resident.birthDate) return undefined;
    await identityChecks.keep({ staffId, residentId: resident.id, passed: false, items: ['birthDate'] });
    return refuseStaff('birth_date_other');
  }

  async function isCouponNumber(code: string): Promise<boolean> {
    const { document } = await programmes.current();
    return readShownCode(code, document.identification.couponNumber)?.by === 'couponNumber';
  }

  /** The bookings of a file's day by what a file calls those of protected residents; also of people who are not protected any more. */
  async function seatsOf({ id, programmeId, venueId, day }: DayFile): Promise<ReadonlyMap<string, string>> {
    const entries = await dayLists.list(programmeId, venueId, day);
    return new Map(
      entries.flatMap(({ bookingId }) => dayFiles.seatIds(id, bookingId).map((seat) => [seat, bookingId] as const)),
    );
  }

  async function referenceTold(booking: BookingView): Promise<string | null> {
    const isProtected = await reader.isProtected(booking.residentId);
    return disclosureTo('venue_day', { isProtected }) === 'whole' ? booking.reference : null;
  }

  return {
    /** Checks a person in, or says what does not fit. `letThrough`: the venue decided to take them all the same. */
    async checkIn(
      by: AuditActor,
      staffId: string,
      { venueId, dose, shown, letThrough, birthDate }: CheckInInput,
    ): Promise<CheckInAnswer | Refusal | StaffRefusal> {
      const place: ReceptionPlace = { venueId, today: cityDate(new Date()), dose };
      const booking = await bookingOf(by, shown, place);
      if ('ok' in booking) return booking;
      const subject = { kind: 'booking' as const, id: booking.id };
      const { document } = await programmes.version(booking.programmeVersionId);
      const others = booking.dose === 1 ? [] : (await bookings.listOf(booking.residentId)).map(bookingForRules);
      const decision = decideCheckIn(document, forCheckIn(booking), others, place);
      const told = (result: string) =>
        audit.record(by, { action, residentId: booking.residentId, subject, result, detail: { venueId } });
      const hidden = await refusalAtReception(booking, place, { shown, birthDate, staffId });
      if (hidden) {
        await told('staffCode' in hidden ? hidden.staffCode : hidden.code);
        return hidden;
      }
      if ('staffCode' in decision) {
        await told(decision.staffCode);
        return decision;
      }
      const entry = await dayLists.entry(booking.id);
      if (!entry) return refuseStaff('booking_not_confirmed');
      const answer = { entry, venueName: booking.slot.venue.name };
      if (decision.kind === 'already') {
        await told('already');
        return { ...answer, outcome: 'already', warnings: [] };
      }
      const warnings =
        decision.kind === 'warn'
          ? decision.warnings.map((warning) => ({
              code: warning.code,
              sentence: warningSentence(warning, booking.slot.startsAt),
            }))
          : [];
      if (warnings.length > 0 && letThrough === undefined) {
        await told(`warned:${warnings.map(({ code }) => code).join(',')}`);
        return { ...answer, outcome: 'warning', warnings };
      }
      const detail = {
        venueId,
        ...(letThrough === undefined || warnings.length === 0
          ? {}
          : { letThrough, although: warnings.map(({ code }) => code).join(',') }),
      };
      const result = await record(by, { action, residentId: booking.residentId, subject, detail }, () =>
        bookings.checkIn(booking.id, 'venue'),
      );
      if (!result.ok) return result;
      return {
        ...answer,
        entry: { ...entry, state: 'attended', version: result.booking.version, arrivedAt: new Date() },
        outcome: result.replayed ? 'already' : 'checked_in',
        warnings,
      };
    },

    undoCheckIn: (by: AuditActor, bookingId: string, reason: UndoReason) =>
      onBooking(by, 'booking.undo_check_in', bookingId, { reason }, () => bookings.undoCheckIn(bookingId, 'venue')),

    /** A person without a booking takes a seat of the venue, in one step. */
    async walkIn(
      by: AuditActor,
      input: {
        residentId: string;
        slotId: string;
        dose: number;
        answers: Readonly<Record<string, unknown>>;
        idempotencyKey?: string;
      },
    ): Promise<BookingChange | Refusal | InvalidAnswers> {
      const result = await record(
        by,
        { action: 'booking.walk_in', residentId: input.residentId, subject: { kind: 'slot', id: input.slotId } },
        () => bookings.walkIn(input),
      );
      if (result.ok || result.code === 'invalid_answers') return result;
      // The days in a refusal are counted from the resident's other bookings.
      const isProtected = await reader.isProtected(input.residentId);
      return disclosureTo('venue_day', { isProtected }) === 'whole' ? result : refuse(result.code);
    },

    /** Counts as not come whose time is over and who was not seen. How many that were, and how many were quicker than the closing. */
    async closeDay(
      by: AuditActor,
      programmeId: string,
      venueId: string,
      day: string,
    ): Promise<{ missed: number; left: number }> {
      const missing = await dayLists.missing(programmeId, venueId, day);
      let missed = 0;
      for (const { bookingId } of missing) {
        const result = await onBooking(by, 'booking.close_as_missed', bookingId, { venueId, day }, () =>
          bookings.closeAsMissed(bookingId, 'venue'),
        );
        if (result.ok && !result.replayed) missed += 1;
      }
      return { missed, left: missing.length - missed };
    },

    /** Loads what a list ticked while it was off line. The same file again changes nothing. */
    async applyTicks(by: AuditActor, ticks: DayTicks): Promise<TickOutcome[] | StaffRefusal> {
      const file = await dayFiles.find(ticks.file);
      const subject = { kind: 'day_file' as const, id: ticks.file };
      const refusal = !file
        ? refuseStaff('day_file_unknown')
        : !dayFiles.isSigned(ticks)
          ? refuseStaff('day_file_changed')
          : undefined;
      await audit.record(by, {
        action: 'day_file.load',
        ...(file ? { subject } : {}),
        result: refusal?.staffCode ?? 'begun',
        detail: { ticks: ticks.ticks.length },
      });
      if (!file || refusal) return refusal ?? refuseStaff('day_file_unknown');
      const outcomes: TickOutcome[] = [];
      const bookingOfSeat = await seatsOf(file);
      for (const [id, at] of ticks.ticks) {
        const bookingId = bookingOfSeat.get(id) ?? id;
        const detail = { dayFile: ticks.file, arrivedAt: new Date(at * 1_000).toISOString() };
        const result = await onBooking(by, action, bookingId, detail, () =>
          bookings.checkIn(bookingId, 'venue', new Date(at * 1_000)),
        );
        if (result.ok)
          outcomes.push({
            bookingId,
            reference: await referenceTold(result.booking),
            outcome: result.replayed ? 'already' : 'applied',
            sentence: null,
          });
        else {
          const booking = await bookings.find(bookingId);
          outcomes.push({
            bookingId,
            reference: booking ? await referenceTold(booking) : null,
            outcome: 'refused',
            sentence: refusals[result.code].sentence,
          });
        }
      }
      return outcomes;
    },
  };
}

function forCheckIn(booking: BookingView): BookingToCheckIn {
  const { venue, startsAt } = booking.slot;
  return {
    id: booking.id,
    state: booking.state,
    dose: booking.dose,
    venueId: venue.id,
    venueName: venue.name,
    startsAt,
  };
}
