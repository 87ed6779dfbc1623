import { createHash, randomInt } from 'node:crypto';

import { v7 as uuidv7 } from 'uuid';

import { type AnswerFault, type Answers, checkAnswers } from '../../domain/bookings/form';
import { referenceFrom } from '../../domain/bookings/reference';
import { type BookingForRules, decideCancel, decideHold, replacedNow } from '../../domain/bookings/rules';
import { reasonToStay, type StayReason } from '../../domain/bookings/version-change';
import { addDays, cityDate, cityTime, instantOf } from '../../domain/calendar/city-time';
import {
  type BookingEventType,
  type BookingState,
  countsForDose,
  isEnded,
  stateAfter,
  takesEndBack,
  takesSeat,
} from '../../domain/contracts/booking-lifecycle';
import { type Refusal, refuse } from '../../domain/contracts/booking-refusals';
import type {
  ActorKind,
  BookingEvent,
  BookingFacts,
  Channel,
  EndReason,
} from '../../domain/contracts/booking-workflow';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import { groupsOf, needsBirthDate, type Person } from '../../domain/programmes/eligibility';
import { seatOf } from '../../domain/programmes/vaccines';
import { defined } from '../../domain/text/defined';
import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import { inTransaction, type Sql } from '../foundation/transaction';
import type { Programmes, ProgrammeVersion } from '../programmes';
import { type SealedResident, telephoneKeyOfAnswers } from '../residents';
import {
  coolSeat,
  type CountedSeat,
  giveShareBack,
  lockQuotas,
  prefixedVenueColumns,
  type PrefixedVenueRow,
  readPrefixedVenue,
  reopenSeats,
  shareSlots,
  staleHoldInShare,
  takeShare,
  type VenueView,
} from '../schedule';

export interface BookingView {
  readonly id: string;
  readonly residentId: string;
  readonly programmeVersionId: string;
  readonly state: BookingState;
  readonly dose: number;
  readonly channel: Channel;
  readonly version: number;
  readonly reference: string | null;
  readonly holdExpiresAt: Date;
  readonly replaces: string | null;
  readonly replacedBy: string | null;
  /** The booking of the dose before that was held in the same go: both are confirmed together. */
  readonly pairOf: string | null;
  readonly changes: number;
  readonly endReason: EndReason | null;
  readonly slot: { readonly id: string; readonly startsAt: Date; readonly endsAt: Date; readonly venue: VenueView };
}

/** A booking as the rules look at it. */
export function bookingForRules({ slot, ...booking }: BookingView): BookingForRules {
  return {
    id: booking.id,
    dose: booking.dose,
    state: booking.state,
    slotStartsAt: slot.startsAt,
    venueCode: slot.venue.code,
    holdExpiresAt: booking.holdExpiresAt,
    replaces: booking.replaces,
    changes: booking.changes,
  };
}

/** `events`: what the change appended, to be handed to the workflows after the commit. `replayed`: the answer to an earlier request with the same key. */
export interface BookingChange {
  readonly ok: true;
  readonly booking: BookingView;
  /** The next dose, held or confirmed in the same go. */
  readonly pair?: BookingView;
  readonly events: readonly BookingEvent[];
  readonly replayed: boolean;
}

export interface InvalidAnswers {
  readonly ok: false;
  readonly code: 'invalid_answers';
  readonly faults: readonly AnswerFault[];
}

/** The result of a step that the workflow asked for: the event that ended the booking (also when an earlier attempt did it), or null when it was not to be ended. */
export interface SystemChange {
  readonly event: BookingEvent | null;
  readonly state: BookingState;
}

/** The result for a booking that was to be brought under another version. `over`: nothing to do any more; `stopped`: the change does not run (any more). */
export type VersionChange =
  | { readonly outcome: 'moved'; readonly event: BookingEvent }
  | { readonly outcome: 'stayed'; readonly reason: StayReason }
  | { readonly outcome: 'over' | 'stopped' };

interface Change {
  readonly channel: Channel;
  readonly actor: ActorKind;
  readonly idempotencyKey?: string;
}

interface HoldInput extends Change {
  readonly residentId: string;
  readonly slotId: string;
  readonly dose: number;
  readonly replaces?: string;
  /** Takes a seat for the next dose in the same go, all or nothing: in this slot, or (left out) where the programme's rule puts it. */
  readonly next?: { readonly slotId?: string };
  /** The resident's hold of the dose before, with which this one is to be confirmed. */
  readonly pairOf?: string;
  /** Both doses are to be moved: the next dose as it is now does not bind; confirming asks for both. */
  readonly movesPair?: true;
  /** The person is at the venue: see `HoldRequest.walkInUntil`. */
  readonly isWalkIn?: true;
}

/** A hold with what only this repository decides. */
interface HoldStep extends HoldInput {
  /** See `HoldRequest.ignoresWindow`. */
  readonly ignoresWindow?: true;
}

/** Where the next dose is held with this one. `slotId`: undefined where the programme's rule finds no slot. */
interface NextSeat {
  readonly slotId: string | undefined;
  readonly isByRule: boolean;
}

interface ConfirmInput extends Change {
  readonly residentId: string;
  readonly bookingId: string;
  readonly answers: Readonly<Record<string, unknown>>;
  /** Nobody was asked: what the form requires may be missing. `answers` are those that are known, checked before. */
  readonly isUnasked?: true;
}

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

export type BookingRepository = ReturnType<typeof createBookingRepository>;

/** A row of `booking` with its slot and venue, as the statements below select it. */
interface BookingRow extends PrefixedVenueRow {
  id: string;
  resident_id: string;
  programme_version_id: string;
  dose: number;
  state: BookingState;
  channel: Channel;
  version: number;
  reference: string | null;
  hold_expires_at: Date;
  replaces: string | null;
  replaced_by: string | null;
  changes: number;
  end_reason: EndReason | null;
  share_code: string | null;
  pair_of: string | null;
  slot_id: string;
  starts_at: Date;
  ends_at: Date;
}

type SlotRow = Pick<BookingRow, 'slot_id' | 'starts_at' | 'ends_at' | 'dose' | keyof PrefixedVenueRow> & {
  programme_id: string;
  /** Neither the slot nor its venue is stopped: new bookings are taken. */
  is_open: boolean;
};

const slotColumns = `s.id AS slot_id, s.starts_at, s.ends_at, ${prefixedVenueColumns('v')}`;
const bookingSelect = `SELECT b.id, b.resident_id, b.programme_version_id, b.dose, b.state, b.channel, b.version, b.reference, b.hold_expires_at,
    b.replaces, b.replaced_by, b.changes, b.end_reason, b.share_code, b.pair_of, ${slotColumns}
  FROM booking b JOIN slot s ON s.id = b.slot_id JOIN venue v ON v.id = s.venue_id`;

const statements = {
  /** First of every change: changes of one resident come one after the other. A statement of its own, so that what follows sees what the one before committed. */
  lockResident: `SELECT programme_id, group_code, status, declared, sealed, clock_timestamp() AS now FROM resident WHERE id = $1 FOR NO KEY UPDATE`,
  idempotency: `SELECT operation, response FROM idempotency_key WHERE resident_id = $1 AND key = $2`,
  liveBookings: `${bookingSelect} WHERE b.resident_id = $1 AND b.state IN ('held', 'confirmed', 'attended')`,
  slot: `SELECT s.programme_id, s.dose, ${slotColumns}, v.active AND NOT s.stopped AS is_open FROM slot s JOIN venue v ON v.id = s.venue_id WHERE s.id = $1`,
  /** As `slot`, for a person who takes a seat: who stops the slot or its venue waits until that is done, or was first and is seen. See `shareSlots`. */
  slotToHold: `SELECT s.programme_id, s.dose, ${slotColumns}, v.active AND NOT s.stopped AS is_open FROM slot s JOIN venue v ON v.id = s.venue_id WHERE s.id = $1 FOR KEY SHARE OF s, v`,
  booking: `${bookingSelect} WHERE b.id = $1`,
  /** The booking with the hold of the next dose that is to be confirmed with it. */
  bookingToConfirm: `${bookingSelect.replace('b.id,', `b.id, (SELECT p.id FROM booking p WHERE p.pair_of = b.id AND p.state = 'held' LIMIT 1) AS pair_id,`)} WHERE b.id = $1`,
  slotAt: `SELECT id FROM slot WHERE programme_id = $1 AND venue_id = $2 AND dose = $3 AND starts_at = $4`,
  permit: `SELECT id FROM booking_permit WHERE resident_id = $1 AND programme_id = $2 AND dose = $3 AND revoked_at IS NULL AND expires_at > $4`,
  lockBooking: `SELECT 1 FROM booking WHERE id = $1 FOR NO KEY UPDATE`,
  /** Seats are counted by this conditional update alone; no row means that there is none. */
  hold: `WITH seat AS (
      UPDATE slot_quota SET taken = taken + 1 WHERE slot_id = $6 AND channel = $7 AND taken < capacity RETURNING slot_id
    ), new_booking AS (
      INSERT INTO booking (id, programme_id, programme_version_id, resident_id, dose, slot_id, channel, state, version, hold_expires_at, replaces, changes, created_at, updated_at, group_code, share_code, pair_of)
      SELECT $1, $2, $3, $4, $5, slot_id, $7, 'held', 1, $8, $9, $10, $11, $11, $17, $18, $19 FROM seat RETURNING id
    ), new_key AS (
      INSERT INTO idempotency_key (resident_id, key, operation, response) SELECT $4, $12, $13, $14::jsonb FROM new_booking WHERE $12::text IS NOT NULL
    )
    INSERT INTO booking_event (booking_id, version, type, at, actor, facts) SELECT id, 1, 'held', $11, $15, $16::jsonb FROM new_booking RETURNING booking_id`,
  /** A hold whose time is over, of anybody: the next person may have its seat before its workflow gives it back. */
  staleHold: `SELECT id FROM booking WHERE slot_id = $1 AND channel = $2 AND state = 'held' AND hold_expires_at <= $3
    ORDER BY hold_expires_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED`,
  /** Whether seats of a slot that count as taken can be given back now: then it is worth taking the quota. */
  isSeatDue: `SELECT 1 WHERE EXISTS (SELECT 1 FROM booking WHERE slot_id = $1 AND channel = $2 AND state = 'held' AND hold_expires_at <= $3)
    OR EXISTS (SELECT 1 FROM slot_cooling WHERE slot_id = $1 AND channel = $2 AND reopens_at <= $3)`,
  confirm: `WITH changed AS (
      UPDATE booking SET state = 'confirmed', reference = $3, sealed_answers = $4, telephone_key = $12, version = version + 1, updated_at = $5
       WHERE id = $1 AND version = $2 AND state = 'held' RETURNING id, version
    ), new_key AS (
      INSERT INTO idempotency_key (resident_id, key, operation, response) SELECT $6, $7, $8, $9::jsonb FROM changed WHERE $7::text IS NOT NULL
    )
    INSERT INTO booking_event (booking_id, version, type, at, actor, facts) SELECT id, version, 'confirmed', $5, $10, $11::jsonb FROM changed RETURNING booking_id`,
  /** Any other step. The seat is given back where $9 says so. */
  step: `WITH changed AS (
      UPDATE booking SET state = $3, end_reason = $4, replaced_by = $5, version = version + 1, updated_at = $6
       WHERE id = $1 AND version = $2 RETURNING id, version, slot_id, channel
    ), seat AS (
      UPDATE slot_quota q SET taken = taken - 1 FROM changed c WHERE $9 AND q.slot_id = c.slot_id AND q.channel = c.channel
    )
    INSERT INTO booking_event (booking_id, version, type, at, actor, reason, facts) SELECT id, version, $10, $6, $7, $4, $8::jsonb FROM changed RETURNING booking_id`,
  runningChange: `SELECT programme_version_id FROM programme_change WHERE id = $1 AND state = 'running' FOR SHARE`,
  everPermitted: `SELECT id FROM booking_permit WHERE resident_id = $1 AND programme_id = $2 AND dose = $3 LIMIT 1`,
  stay: `INSERT INTO programme_change_booking (change_id, booking_id, outcome, reason) VALUES ($1, $2, 'stayed', $3) ON CONFLICT DO NOTHING`,
  /** The table lets nobody change the version but a change that runs. */
  changeVersion: `WITH changed AS (
      UPDATE booking SET programme_version_id = $3, version = version + 1, updated_at = $4 WHERE id = $1 AND version = $2 AND state = 'confirmed' RETURNING id, version
    ), noted AS (
      INSERT INTO programme_change_booking (change_id, booking_id, outcome) SELECT $5, id, 'moved' FROM changed
    )
    INSERT INTO booking_event (booking_id, version, type, at, actor, facts) SELECT id, version, 'programme_changed', $4, 'city', $6::jsonb FROM changed RETURNING booking_id`,
  storeKey: `INSERT INTO idempotency_key (resident_id, key, operation, response) VALUES ($1, $2, $3, $4::jsonb)`,
  lastEvent: `SELECT booking_id, version, type, at, actor, reason, facts FROM booking_event WHERE booking_id = $1 ORDER BY version DESC LIMIT 1`,
  delivered: `UPDATE booking_event SET delivered_at = now() WHERE booking_id = $1 AND version = $2`,
} as const;

/**
 * Every change of a booking: one short transaction each, in which PostgreSQL decides. The rules themselves are in
 * `domain/bookings`; the capacity, the one live booking and the allowed steps are also constraints of the tables.
 * Each change appends its `booking_event` in the same transaction.
 */
export function createBookingRepository({
  database,
  keys,
  programmes,
}: {
  database: Database;
  keys: KeyRing;
  programmes: Programmes;
}) {
  /**
   * Takes a seat for the hold time of the programme's published version. The booking pins that version.
   * With `replaces`: a hold is given back in the same transaction; a confirmed booking stays until the new one is confirmed.
   * With `next`, and where the programme assigns the next dose's seat: both are held, or neither is.
   */
  async function hold(input: HoldInput): Promise<BookingChange | Refusal> {
    const operation = operationOf('hold', [
      input.slotId,
      input.dose,
      input.replaces ?? null,
      input.channel,
      ...(input.next ? [input.next.slotId ?? 'by rule'] : []),
    ]);
    // Before the transaction: see `programmes.version`.
    const published = await programmes.allPublished();
    return changeBooking(input, operation, (sql, resident) => holdAsRuled(sql, resident, published, input, operation));
  }

  /** One seat, or that of the next dose too, where it is asked for or the programme assigns it. */
  async function holdAsRuled(
    sql: Sql,
    resident: ResidentRow,
    published: readonly ProgrammeVersion[],
    input: HoldInput,
    operation: string,
  ): Promise<BookingChange | Refusal> {
    const next = await nextSeatOf(sql, resident, published, input);
    if (!next) return holdIn(sql, resident, published, input, operation);
    await takeLocks(sql, input.residentId, [input, { slotId: next.slotId, channel: input.channel }]);
    return holdBoth(sql, resident, published, input, next, operation);
  }

  /** The seat of the next dose that is to be held with this one: asked for, or assigned by the programme. */
  async function nextSeatOf(
    sql: Sql,
    resident: ResidentRow,
    published: readonly ProgrammeVersion[],
    { slotId, dose, next }: Pick<HoldInput, 'slotId' | 'dose' | 'next'>,
  ): Promise<NextSeat | undefined> {
    const document = published.find((item) => item.programmeId === resident.programme_id)?.document;
    const mayBeAssigned = document?.doses.some(
      (item) => item.number === dose + 1 && (item.seat?.mode === 'assigned' || item.seatAt !== undefined),
    );
    if (!document || (!next && !mayBeAssigned)) return undefined;
    if (next?.slotId !== undefined) return { slotId: next.slotId, isByRule: false };
    const [slot] = await sql<SlotRow>(statements.slot, [slotId]);
    const rule = slot && seatOf(document, dose + 1, slot.venue_code);
    if (!next && rule?.mode !== 'assigned') return undefined;
    return { slotId: slot && (await slotByRule(sql, resident.programme_id, slot, dose + 1, rule)), isByRule: true };
  }

  /** Takes the locks of everything that holding these seats, and confirming them at once, may change: each kind in one order. */
  async function takeLocks(
    sql: Sql,
    residentId: string,
    wanted: readonly { readonly slotId: string | undefined; readonly channel: Channel }[],
  ): Promise<void> {
    const seats = wanted.flatMap(({ slotId, channel }) => (slotId === undefined ? [] : [{ slotId, channel }]));
    await shareSlots(
      sql,
      seats.map((seat) => seat.slotId),
    );
    const live = await sql<BookingRow>(statements.liveBookings, [residentId]);
    await lockQuotas(sql, [...seats, ...live.map(seatCounted)]);
  }

  /** A dose and the one after it, all or nothing. */
  async function holdBoth(
    sql: Sql,
    resident: ResidentRow,
    published: readonly ProgrammeVersion[],
    input: HoldInput,
    { slotId, isByRule }: NextSeat,
    operation: string,
  ): Promise<BookingChange | Refusal> {
    const first = await holdIn(sql, resident, published, { ...input, movesPair: true }, operation);
    if (!first.ok) return first;
    if (slotId === undefined) return refuse('no_seat_for_next_dose');
    const dose = input.dose + 1;
    const known = (await sql<BookingRow>(statements.liveBookings, [input.residentId])).filter(
      (row) => row.dose === dose,
    );
    const replaces = (known.find((row) => row.state === 'held') ?? known.find((row) => row.state === 'confirmed'))?.id;
    const second = await holdIn(
      sql,
      resident,
      published,
      {
        residentId: input.residentId,
        channel: input.channel,
        actor: input.actor,
        slotId,
        dose,
        pairOf: first.booking.id,
        ...defined({ replaces }),
        ...(isByRule ? { ignoresWindow: true } : {}),
      },
      operation,
    );
    if (!second.ok) return isByRule && isSeatMissing(second) ? refuse('no_seat_for_next_dose') : second;
    return { ...first, pair: second.booking, events: [...first.events, ...second.events] };
  }

  /** The slot where the programme's rule puts the next dose: the same venue and time, some days later. */
  async function slotByRule(
    sql: Sql,
    programmeId: string,
    slot: SlotRow,
    dose: number,
    rule: ReturnType<typeof seatOf> | undefined,
  ): Promise<string | undefined> {
    if (!rule || rule.mode === 'chosen') return undefined;
    const startsAt = instantOf(addDays(cityDate(slot.starts_at), rule.afterDays), cityTime(slot.starts_at));
    const [found] = await sql<{ id: string }>(statements.slotAt, [programmeId, slot.venue_id, dose, startsAt]);
    return found?.id;
  }

  /** The part of `hold` that is done inside a transaction of the caller too. */
  async function holdIn(
    sql: Sql,
    resident: ResidentRow,
    published: readonly ProgrammeVersion[],
    input: HoldStep,
    operation: string,
  ): Promise<BookingChange | Refusal> {
    const [slot] = await sql<SlotRow>(statements.slotToHold, [input.slotId]);
    if (slot?.programme_id !== resident.programme_id) return refuse('slot_unknown');
    if (!slot.is_open) return refuse('slot_closed');
    if (resident.status !== 'active') return refuse('not_eligible');
    const version = published.find((item) => item.programmeId === slot.programme_id);
    if (!version) return refuse('slot_unknown');
    const rows = await sql<BookingRow>(statements.liveBookings, [input.residentId]);
    const isStale = (row: BookingRow) => row.state === 'held' && row.hold_expires_at <= resident.now;
    const stale = rows.filter(isStale);
    const live = rows.filter((row) => !isStale(row));
    const replaces = await replacedIn(sql, input, live, resident.now);
    const replacedHold = live.find((row) => row.id === replaces && row.state === 'held');
    // A person who chooses another time for the second of two keeps the two together.
    const pairOf =
      input.pairOf ??
      (live.some((row) => row.id === replacedHold?.pair_of && row.state === 'held')
        ? (replacedHold?.pair_of ?? undefined)
        : undefined);
    const decision = decideHold(
      version.document,
      personOf(version.document, resident),
      live.map(rowForRules),
      { dose: slot.dose, startsAt: slot.starts_at, venueCode: slot.venue_code },
      {
        dose: input.dose,
        channel: input.channel,
        isPermitted: await isPermitted(sql, input, resident, input.dose),
        ...defined({ replaces }),
        ...(input.isWalkIn ? { walkInUntil: slot.ends_at } : {}),
        ...defined({ pairOf }),
        ...(input.movesPair ? { movesPair: true } : {}),
        ...(input.ignoresWindow ? { ignoresWindow: true } : {}),
      },
      resident.now,
    );
    if (!decision.ok) return decision;

    const events: BookingEvent[] = [];
    const givenBack = live.filter(
      (row) =>
        decision.givesBack !== null &&
        (row.id === decision.givesBack || (row.pair_of === decision.givesBack && row.state === 'held')),
    );
    const ending = [...stale, ...givenBack];
    const seat = { slotId: slot.slot_id, channel: input.channel };
    if (ending.length > 0 || decision.limit) await lockQuotas(sql, [seat, ...ending.map(seatCounted)]);
    for (const row of stale) events.push(await recordStep(sql, row, 'expired', 'hold_expired', 'system', resident.now));
    for (const row of givenBack)
      events.push(await recordStep(sql, row, 'released', 'given_up', input.actor, resident.now));

    const id = uuidv7();
    const holdExpiresAt = new Date(resident.now.getTime() + version.document.policies.holdMinutes * 60_000);
    const row: BookingRow = {
      ...slot,
      id,
      resident_id: input.residentId,
      programme_version_id: version.id,
      state: 'held',
      channel: input.channel,
      version: 1,
      reference: null,
      hold_expires_at: holdExpiresAt,
      replaces: decision.replaces,
      replaced_by: null,
      changes: decision.changes,
      end_reason: null,
      share_code: decision.limit?.code ?? null,
      pair_of: pairOf ?? null,
    };
    const event = eventOf(row, version, 'held', input.actor, resident.now);
    /** Gives back the seat of a hold of another person whose time is over. */
    const endStale = async (staleId: string | undefined): Promise<boolean> => {
      const [old] = staleId === undefined ? [] : await sql<BookingRow>(statements.booking, [staleId]);
      if (old) events.push(await recordStep(sql, old, 'expired', 'hold_expired', 'system', resident.now));
      return old !== undefined;
    };
    if (decision.limit && !(await takeShare(sql, slot.slot_id, input.channel, decision.limit))) {
      const isFreed =
        (await reopenSeats(sql, slot.slot_id, input.channel, resident.now)) > 0 ||
        (await endStale(await staleHoldInShare(sql, slot.slot_id, input.channel, decision.limit, resident.now)));
      if (!isFreed || !(await takeShare(sql, slot.slot_id, input.channel, decision.limit))) return refuse('slot_full');
    }
    const take = () =>
      sql(statements.hold, [
        id,
        slot.programme_id,
        version.id,
        input.residentId,
        slot.dose,
        slot.slot_id,
        input.channel,
        holdExpiresAt,
        decision.replaces,
        decision.changes,
        resident.now,
        input.idempotencyKey ?? null,
        operation,
        JSON.stringify({ bookingId: id }),
        input.actor,
        JSON.stringify(event.facts),
        decision.groupCode,
        row.share_code,
        row.pair_of,
      ]);
    if ((await take()).length === 0) {
      const due = [slot.slot_id, input.channel, resident.now];
      if ((await sql(statements.isSeatDue, due)).length === 0) return refuse('slot_full');
      // The quota before the hold that is over: the person of that hold takes them in this order too.
      await lockQuotas(sql, [seat]);
      const [old] = await sql<{ id: string }>(statements.staleHold, due);
      const isFreed =
        (await endStale(old?.id)) || (await reopenSeats(sql, slot.slot_id, input.channel, resident.now)) > 0;
      if (!isFreed || (await take()).length === 0) return refuse('slot_full');
    }
    events.push(event);
    return { ok: true, booking: viewOf(row), events, replayed: false };
  }

  /** The booking that a hold takes the place of, whatever state the one has that the request names. One of another person stays unknown. */
  async function replacedIn(
    sql: Sql,
    { replaces, residentId }: HoldStep,
    live: readonly BookingRow[],
    now: Date,
  ): Promise<string | undefined> {
    if (replaces === undefined || live.some((row) => row.id === replaces)) return replaces;
    const [named] = await sql<BookingRow>(statements.booking, [replaces]);
    return named?.resident_id === residentId ? replacedNow(rowForRules(named), live.map(rowForRules), now) : replaces;
  }

  /** What the rules need to know of the resident; the birth date is opened only where a group goes by age. */
  function personOf(document: ProgrammeDocument, resident: ResidentRow): Person {
    const person = { groupCode: resident.group_code, declared: resident.declared };
    return needsBirthDate(document)
      ? { ...person, birthDate: (JSON.parse(keys.open(resident.sealed).toString('utf8')) as SealedResident).birthDate }
      : person;
  }

  /** A supervisor's permit counts where an operator books, and nowhere else. */
  async function isPermitted(
    sql: Sql,
    input: { actor: ActorKind; residentId: string },
    resident: ResidentRow,
    dose: number,
  ): Promise<boolean> {
    return (
      input.actor === 'operator' &&
      (await sql(statements.permit, [input.residentId, resident.programme_id, dose, resident.now])).length > 0
    );
  }

  /** Confirms a hold whose time is not over. A booking that it replaces is cancelled in the same transaction. */
  async function confirm(input: ConfirmInput): Promise<BookingChange | Refusal | InvalidAnswers> {
    const operation = operationOf('confirm', [input.bookingId, digestOf(keys, input.answers)]);
    return changeBooking<InvalidAnswers>(input, operation, (sql, resident) =>
      confirmIn(sql, resident, input, operation),
    );
  }

  /** The part of `confirm` that is done inside a transaction of the caller too. `withFirst`: the booking of the dose before that was confirmed just now. */
  async function confirmIn(
    sql: Sql,
    resident: ResidentRow,
    input: ConfirmInput,
    operation: string,
    withFirst?: string,
  ): Promise<BookingChange | Refusal | InvalidAnswers> {
    const [row] = await sql<BookingRow & { pair_id: string | null }>(statements.bookingToConfirm, [input.bookingId]);
    if (row?.resident_id !== input.residentId) return refuse('booking_unknown');
    // The second click, or a retry after a lost answer: the first answer again.
    if (row.state === 'confirmed') return { ok: true, booking: viewOf(row), events: [], replayed: true };
    if (row.state !== 'held')
      return refuse(row.state === 'expired' || row.state === 'released' ? 'hold_expired' : 'not_confirmed');
    if (row.hold_expires_at <= resident.now) return refuse('hold_expired');
    if (row.pair_of !== null && !withFirst) {
      const [first] = await sql<BookingRow>(statements.booking, [row.pair_of]);
      if (first?.state === 'held') return refuse('pair_first');
      if (first?.state !== 'confirmed' && first?.state !== 'attended') return refuse('hold_expired');
    }
    const version = await programmes.version(row.programme_version_id, sql);
    const person = personOf(version.document, resident);
    const checked = input.isUnasked
      ? { ok: true as const, answers: input.answers as Answers }
      : checkAnswers(version.document, input.answers, {
          dose: row.dose,
          channel: row.channel,
          groups: groupsOf(version.document, person).map((group) => group.code),
          today: cityDate(resident.now),
        });
    if (!checked.ok) return { ok: false, code: 'invalid_answers', faults: checked.faults };

    const events: BookingEvent[] = [];
    if (row.pair_id !== null) {
      const all = await sql<BookingRow>(statements.liveBookings, [input.residentId]);
      const second = all.find((item) => item.id === row.pair_id);
      await lockQuotas(
        sql,
        all.filter((item) => item.id === row.replaces || item.id === second?.replaces).map(seatCounted),
      );
    }
    if (row.replaces !== null) {
      await sql(statements.lockBooking, [row.replaces]);
      const [old] = await sql<BookingRow>(statements.booking, [row.replaces]);
      if (old?.state !== 'confirmed') return refuse('not_confirmed');
      const live = (await sql<BookingRow>(statements.liveBookings, [input.residentId])).filter(
        (item) => item.id !== row.id,
      );
      // The other dose may have been moved since the hold.
      const again = decideHold(
        version.document,
        person,
        live.map(rowForRules),
        { dose: row.dose, startsAt: row.starts_at, venueCode: row.venue_code },
        {
          dose: row.dose,
          channel: input.channel,
          replaces: old.id,
          isPermitted: await isPermitted(sql, input, resident, row.dose),
          ignoresWindow: true,
          ...(row.pair_id === null ? {} : { movesPair: true }),
          ...(withFirst ? { pairOf: withFirst } : {}),
        },
        resident.now,
      );
      // By now the time may have come when one has to say that a move of one dose needs the other: nothing of it is done.
      if (!again.ok) return again;
      events.push(
        await recordStep(sql, { ...old, replaced_by: row.id }, 'cancelled', 'moved', input.actor, resident.now),
      );
    }
    const confirmed: BookingRow = {
      ...row,
      state: 'confirmed',
      version: row.version + 1,
      reference: referenceFrom(randomInt(100_000_000)),
    };
    const event = eventOf(confirmed, version, 'confirmed', input.actor, resident.now);
    const done = await sql(statements.confirm, [
      row.id,
      row.version,
      confirmed.reference,
      keys.seal(JSON.stringify(checked.answers)),
      resident.now,
      input.residentId,
      input.idempotencyKey ?? null,
      operation,
      JSON.stringify({ bookingId: row.id }),
      input.actor,
      JSON.stringify(event.facts),
      telephoneKeyOfAnswers(keys, version.document, checked.answers),
    ]);
    if (done.length === 0) throw new StaleRowError();
    events.push(event);
    if (row.pair_id === null) return { ok: true, booking: viewOf(confirmed), events, replayed: false };
    const { idempotencyKey: _key, ...second } = input;
    const pair = await confirmIn(sql, resident, { ...second, bookingId: row.pair_id }, operation, row.id);
    return pair.ok
      ? {
          ok: true,
          booking: viewOf(confirmed),
          pair: pair.booking,
          events: [...events, ...pair.events],
          replayed: false,
        }
      : pair;
  }

  /**
   * A person without a booking is there: hold, confirmation and check-in in one transaction, on a seat of the venue's own
   * for today. All of it or nothing.
   */
  async function walkIn({
    idempotencyKey,
    answers,
    ...person
  }: {
    residentId: string;
    slotId: string;
    dose: number;
    answers: Readonly<Record<string, unknown>>;
    idempotencyKey?: string;
  }): Promise<BookingChange | Refusal | InvalidAnswers> {
    const input = { ...person, channel: 'venue', actor: 'venue' } as const;
    const operation = operationOf('walk-in', [input.slotId, input.dose]);
    const published = await programmes.allPublished();
    return changeBooking<InvalidAnswers>(
      { ...input, ...defined({ idempotencyKey }) },
      operation,
      async (sql, resident) => {
        const held = await holdIn(
          sql,
          resident,
          published,
          { ...input, isWalkIn: true, ...defined({ idempotencyKey }) },
          operation,
        );
        if (!held.ok) return held;
        const confirmed = await confirmIn(sql, resident, { ...input, bookingId: held.booking.id, answers }, operation);
        if (!confirmed.ok) return confirmed;
        const [row] = await sql<BookingRow>(statements.booking, [held.booking.id]);
        if (!row) return refuse('booking_unknown');
        const attended = await recordStep(sql, row, 'attended', 'checked_in', input.actor, resident.now);
        return {
          ok: true,
          booking: viewOf({ ...row, state: 'attended', end_reason: 'checked_in', version: attended.version }),
          events: [...held.events, ...confirmed.events, attended],
          replayed: false,
        };
      },
    );
  }

  /** Hold and confirmation in one go, by the city: the seat, the rules and the constraints are everybody's. */
  async function assignIn(
    sql: Sql,
    resident: ResidentRow,
    published: readonly ProgrammeVersion[],
    { answers, ...seat }: AssignInput,
  ): Promise<BookingChange | Refusal | InvalidAnswers> {
    const operation = operationOf('assign', [seat.slotId, seat.dose]);
    const input = { ...seat, actor: 'city' } as const;
    const held = await holdAsRuled(sql, resident, published, input, operation);
    if (!held.ok) return held;
    const confirmed = await confirmIn(
      sql,
      resident,
      { ...input, bookingId: held.booking.id, answers, isUnasked: true },
      operation,
    );
    return confirmed.ok ? { ...confirmed, events: [...held.events, ...confirmed.events] } : confirmed;
  }

  /**
   * The city gives a person an appointment. `record` writes down in the same transaction that it was done; false: it was
   * done before, and nothing is done now (`already_booked`).
   */
  async function assign(
    input: AssignInput,
    record: (sql: Sql, booking: BookingView) => Promise<boolean>,
  ): Promise<BookingChange | Refusal> {
    const published = await programmes.allPublished();
    const result = await changeBooking<InvalidAnswers>(
      { residentId: input.residentId, channel: input.channel, actor: 'city' },
      'assign',
      async (sql, resident) => {
        const done = await assignIn(sql, resident, published, input);
        return !done.ok || (await record(sql, done.booking)) ? done : refuse('already_booked');
      },
    );
    return result.ok || result.code !== 'invalid_answers' ? result : refuse('invalid_answers');
  }

  /**
   * What would become of these appointments of one person, one after the other: done in a transaction that is never
   * committed. Null: it would be booked.
   */
  async function rehearseAssignments(
    residentId: string,
    inputs: readonly Omit<AssignInput, 'residentId'>[],
  ): Promise<(Refusal | null)[]> {
    const published = await programmes.allPublished();
    const { results } = await inTransaction(database, async (sql) => {
      const [resident] = await sql<ResidentRow>(statements.lockResident, [residentId]);
      const found: (Refusal | null)[] = [];
      if (resident) {
        const seats: { slotId: string | undefined; channel: Channel }[] = [...inputs];
        for (const input of inputs) {
          const next = await nextSeatOf(sql, resident, published, input);
          seats.push({ slotId: next?.slotId, channel: input.channel });
        }
        await takeLocks(sql, residentId, seats);
      }
      for (const input of inputs) {
        const result = resident
          ? await assignIn(sql, resident, published, { ...input, residentId })
          : refuse('not_eligible');
        found.push(result.ok ? null : result.code === 'invalid_answers' ? refuse('invalid_answers') : result);
      }
      return { ok: false as const, results: found };
    });
    return results;
  }

  /** Gives a hold back, or cancels a confirmed booking within the cut-off. What has ended already is answered as it is. */
  async function cancel(input: Change & { residentId: string; bookingId: string }): Promise<BookingChange | Refusal> {
    const operation = operationOf('cancel', [input.bookingId]);
    return changeBooking(input, operation, async (sql, resident) => {
      const [row] = await sql<BookingRow>(statements.booking, [input.bookingId]);
      if (row?.resident_id !== input.residentId) return refuse('booking_unknown');
      if (row.state === 'cancelled' || row.state === 'released' || row.state === 'expired')
        return { ok: true, booking: viewOf(row), events: [], replayed: true };
      if (row.state !== 'held') {
        const version = await programmes.version(row.programme_version_id, sql);
        const live = await sql<BookingRow>(statements.liveBookings, [input.residentId]);
        const decision = decideCancel(
          version.document,
          rowForRules(row),
          live.filter((item) => item.id !== row.id && item.replaces !== row.id).map(rowForRules),
          input.channel,
          resident.now,
        );
        if (!decision.ok) return decision;
      }
      // A move under way would confirm a booking for a dose that is cancelled, and the second of two has no first any more.
      const withIt = (await sql<BookingRow>(statements.liveBookings, [input.residentId])).filter(
        (item) => item.state === 'held' && (row.state === 'held' ? item.pair_of === row.id : item.replaces === row.id),
      );
      if (withIt.length > 0) await lockQuotas(sql, [row, ...withIt].map(seatCounted));
      const events: BookingEvent[] = [];
      for (const item of withIt)
        events.push(await recordStep(sql, item, 'released', 'given_up', input.actor, resident.now));
      const [state, reason] =
        row.state === 'held' ? (['released', 'given_up'] as const) : (['cancelled', reasonOf(input.actor)] as const);
      events.push(await recordStep(sql, row, state, reason, input.actor, resident.now));
      if (input.idempotencyKey !== undefined) {
        await sql(statements.storeKey, [
          input.residentId,
          input.idempotencyKey,
          operation,
          JSON.stringify({ bookingId: row.id }),
        ]);
      }
      return {
        ok: true,
        booking: viewOf({ ...row, state, end_reason: reason, version: row.version + 1 }),
        events,
        replayed: false,
      };
    });
  }

  /** A step that the system, the venue or the city takes on one booking of any resident. */
  async function runStep(
    bookingId: string,
    to: BookingEventType,
    reason: EndReason | null,
    actor: ActorKind,
    may: (row: BookingRow, now: Date, sql: Sql) => true | Refusal | Promise<true | Refusal>,
  ): Promise<
    { ok: true; row: BookingRow; event: BookingEvent } | { ok: false; row: BookingRow | undefined; refusal: Refusal }
  > {
    return inTransaction(database, async (sql) => {
      const [known] = await sql<BookingRow>(statements.booking, [bookingId]);
      if (!known) return { ok: false, row: undefined, refusal: refuse('booking_unknown') };
      const [resident] = await sql<ResidentRow>(statements.lockResident, [known.resident_id]);
      // The seat's count before the booking: who looks for holds that ran out has the count, and skips bookings that are locked.
      if (takesSeat(known.state) && !takesSeat(stateAfter(to))) await lockQuotas(sql, [seatCounted(known)]);
      await sql(statements.lockBooking, [bookingId]);
      const [row] = await sql<BookingRow>(statements.booking, [bookingId]);
      if (!row || !resident) return { ok: false, row, refusal: refuse('booking_unknown') };
      const allowed = await may(row, resident.now, sql);
      if (allowed !== true) return { ok: false, row, refusal: allowed };
      const event = await recordStep(sql, row, to, reason, actor, resident.now);
      return { ok: true, row: { ...row, state: stateAfter(to), end_reason: reason, version: event.version }, event };
    });
  }

  /** As `runStep`, for an activity: its result is the hand-over, so the event counts as delivered, and a retry finds what the lost attempt did. */
  async function systemStep(
    bookingId: string,
    to: 'expired' | 'no_show',
    from: BookingState,
    reason: EndReason,
    due: (row: BookingRow) => boolean,
  ): Promise<SystemChange> {
    const result = await runStep(bookingId, to, reason, 'system', (row) =>
      row.state === from && due(row) ? true : refuse('not_confirmed'),
    );
    if (!result.row) throw new Error(`booking ${bookingId} is not in the database`);
    let event: BookingEvent | null = result.ok ? result.event : null;
    if (!result.ok && isEnded(result.row.state)) event = await lastEvent(bookingId);
    if (event)
      await database.raw(statements.delivered.replace('$1', '?').replace('$2', '?'), [bookingId, event.version]);
    return { event, state: result.row.state };
  }

  async function lastEvent(bookingId: string): Promise<BookingEvent | null> {
    const { rows } = await database.raw<{ rows: EventRow[] }>(statements.lastEvent.replace('$1', '?'), [bookingId]);
    return rows[0] ? readEvent(rows[0]) : null;
  }

  /** Appends the event of a step and gives the seat back where the new state takes none. */
  async function recordStep(
    sql: Sql,
    row: BookingRow,
    type: BookingEventType,
    reason: EndReason | null,
    actor: ActorKind,
    now: Date,
  ): Promise<BookingEvent> {
    const version = await programmes.version(row.programme_version_id, sql);
    const state = stateAfter(type);
    const plain = eventOf({ ...row, state, version: row.version + 1, end_reason: reason }, version, type, actor, now);
    const made = takesEndBack(row.state, state)
      ? { ...plain, facts: { ...plain.facts, takesEndBack: true as const } }
      : plain;
    // The workflow then need not find out that there is nobody to invite.
    const isNextDoseBooked =
      state === 'attended' &&
      (await sql<BookingRow>(statements.liveBookings, [row.resident_id])).some(
        (item) => item.dose === row.dose + 1 && countsForDose(item.state),
      );
    const event = isNextDoseBooked ? { ...made, facts: { ...made.facts, nextDoseBooked: true } } : made;
    const givesSeatBack = takesSeat(row.state) && !takesSeat(state);
    const reopensAt =
      givesSeatBack && row.state === 'confirmed' && actor !== 'city' && actor !== 'system'
        ? coolingEnd(version.document, now)
        : undefined;
    const done = await sql(statements.step, [
      row.id,
      row.version,
      state,
      reason,
      row.replaced_by,
      now,
      actor,
      JSON.stringify(event.facts),
      givesSeatBack && !reopensAt,
      type,
    ]);
    if (done.length === 0) throw new StaleRowError();
    if (reopensAt) await coolSeat(sql, row.id, seatCounted(row), reopensAt);
    else if (givesSeatBack) await giveShareBack(sql, seatCounted(row));
    return event;
  }

  async function changeBooking<Other = never>(
    input: Change & { residentId: string },
    operation: string,
    work: (sql: Sql, resident: ResidentRow) => Promise<BookingChange | Refusal | Other>,
  ): Promise<BookingChange | Refusal | Other> {
    return inTransaction(database, async (sql) => {
      const [resident] = await sql<ResidentRow>(statements.lockResident, [input.residentId]);
      if (!resident) return refuse('not_logged_in');
      if (input.idempotencyKey !== undefined) {
        const [known] = await sql<{ operation: string; response: { bookingId: string } }>(statements.idempotency, [
          input.residentId,
          input.idempotencyKey,
        ]);
        if (known) {
          if (known.operation !== operation) return refuse('idempotency_mismatch');
          const [row] = await sql<BookingRow>(statements.booking, [known.response.bookingId]);
          return row ? { ok: true, booking: viewOf(row), events: [], replayed: true } : refuse('booking_unknown');
        }
      }
      return work(sql, resident);
    });
  }

  /**
   * Brings a confirmed booking that is still to come under the version of a change (`programme_change`) that runs. It is judged as it is at
   * this moment, whatever was seen when the change was asked for. What the person answered, the seat and the reference stay.
   */
  async function changeVersion(bookingId: string, changeId: string): Promise<VersionChange> {
    return inTransaction(database, async (sql): Promise<VersionChange> => {
      const [change] = await sql<{ programme_version_id: string }>(statements.runningChange, [changeId]);
      if (!change) return { outcome: 'stopped' };
      const [known] = await sql<BookingRow>(statements.booking, [bookingId]);
      const [resident] = known ? await sql<ResidentRow>(statements.lockResident, [known.resident_id]) : [];
      await sql(statements.lockBooking, [bookingId]);
      const [row] = await sql<BookingRow>(statements.booking, [bookingId]);
      if (
        !row ||
        !resident ||
        row.state !== 'confirmed' ||
        row.starts_at <= resident.now ||
        row.programme_version_id === change.programme_version_id
      )
        return { outcome: 'over' };
      const [from, to] = [
        await programmes.version(row.programme_version_id, sql),
        await programmes.version(change.programme_version_id, sql),
      ];
      const live = await sql<BookingRow>(statements.liveBookings, [row.resident_id]);
      const previous = live.find((item) => item.dose === row.dose - 1 && countsForDose(item.state));
      const reason = reasonToStay(from.document, to.document, {
        dose: row.dose,
        channel: row.channel,
        slotStartsAt: row.starts_at,
        venueCode: row.venue_code,
        person: personOf(to.document, resident),
        previous: previous && rowForRules(previous),
        isPermitted:
          (await sql(statements.everPermitted, [row.resident_id, resident.programme_id, row.dose])).length > 0,
      });
      if (reason !== undefined) {
        await sql(statements.stay, [changeId, bookingId, reason]);
        return { outcome: 'stayed', reason };
      }
      const changed = { ...row, programme_version_id: to.id, version: row.version + 1 };
      const event = eventOf(changed, to, 'programme_changed', 'city', resident.now);
      const done = await sql(statements.changeVersion, [
        row.id,
        row.version,
        to.id,
        resident.now,
        changeId,
        JSON.stringify(event.facts),
      ]);
      if (done.length === 0) throw new StaleRowError();
      return { outcome: 'moved', event };
    });
  }

  return {
    hold,
    confirm,
    cancel,
    changeVersion,

    /** All bookings of a resident, the newest first. Holds whose time is over are shown as expired, also before their rows say so. */
    async listOf(residentId: string): Promise<BookingView[]> {
      const { rows } = await database.raw<{ rows: (BookingRow & { is_stale: boolean })[] }>(
        `${bookingSelect.replace('b.id,', `b.id, b.state = 'held' AND b.hold_expires_at <= now() AS is_stale,`)} WHERE b.resident_id = ? ORDER BY b.id DESC LIMIT 200`,
        [residentId],
      );
      return rows.map((row) => viewOf(row.is_stale ? { ...row, state: 'expired', end_reason: 'hold_expired' } : row));
    },

    async find(bookingId: string): Promise<BookingView | undefined> {
      const { rows } = await database.raw<{ rows: BookingRow[] }>(statements.booking.replace('$1', '?'), [bookingId]);
      return rows[0] && viewOf(rows[0]);
    },

    /** The answers given at confirmation, opened; undefined before it. */
    async answersOf(bookingId: string): Promise<Answers | undefined> {
      const row = await database('booking')
        .where({ id: bookingId })
        .first<{ sealed_answers: Buffer | null } | undefined>('sealed_answers');
      return row?.sealed_answers ? (JSON.parse(keys.open(row.sealed_answers).toString('utf8')) as Answers) : undefined;
    },

    /** Who took the booking's last step; undefined where there is no booking. */
    async lastActor(bookingId: string): Promise<ActorKind | undefined> {
      return (await lastEvent(bookingId))?.actor;
    },

    /** Whether the resident of this booking has one for `dose` that counts (confirmed or attended). */
    async hasBookingForDose(residentId: string, dose: number): Promise<boolean> {
      const row = await database('booking')
        .where({ resident_id: residentId, dose })
        .whereIn('state', ['confirmed', 'attended'])
        .first<{ id: string } | undefined>('id');
      return row !== undefined;
    },

    /** Ends a hold whose time is over at `asOf` (ISO instant: the workflow's own time). */
    expireHold: (bookingId: string, asOf: string): Promise<SystemChange> =>
      systemStep(
        bookingId,
        'expired',
        'held',
        'hold_expired',
        (row) => row.hold_expires_at.getTime() <= Date.parse(asOf),
      ),

    /** Counts a booking as not come when its slot is over at `asOf`. */
    markNoShow: (bookingId: string, asOf: string): Promise<SystemChange> =>
      systemStep(bookingId, 'no_show', 'confirmed', 'day_over', (row) => row.ends_at.getTime() <= Date.parse(asOf)),

    walkIn,
    assign,
    rehearseAssignments,

    /**
     * Cancels a booking of the city's that nobody has touched since `version`: not moved, not cancelled, not come, no
     * later dose booked upon it, and still to come. Done before, it is answered as the first time.
     */
    async takeBackAssignment(bookingId: string, version: number): Promise<BookingChange | Refusal> {
      const result = await runStep(bookingId, 'cancelled', 'city', 'city', async (row, now, sql) => {
        if (row.state !== 'confirmed' || row.version !== version) return refuse('not_confirmed');
        if (row.starts_at <= now) return refuse('slot_past');
        const live = await sql<BookingRow>(statements.liveBookings, [row.resident_id]);
        // A move under way would confirm a booking for what was just cancelled.
        if (live.some((item) => item.replaces === row.id)) return refuse('not_confirmed');
        return live.some((item) => item.dose > row.dose) ? refuse('later_dose_booked') : true;
      });
      const isDoneBefore = !result.ok && result.row?.version === version + 1 && result.row.end_reason === 'city';
      return result.ok || isDoneBefore ? sameAnswerWhenRepeated(result, 'cancelled') : result.refusal;
    },

    /**
     * The person is there, or was although they counted as not come. A second check-in is answered as the first.
     * `at`: when it was noted, where that was earlier (a list off line); the programme's check-in window goes by it.
     */
    async checkIn(bookingId: string, actor: ActorKind, at?: Date): Promise<BookingChange | Refusal> {
      const result = await runStep(bookingId, 'attended', 'checked_in', actor, async (row, now, sql) => {
        if (row.state === 'confirmed')
          return checkInWindow((await programmes.version(row.programme_version_id, sql)).document, row, at ?? now);
        if (row.state !== 'no_show') return refuse('not_confirmed');
        // They may have booked this dose again since.
        const live = await sql<BookingRow>(statements.liveBookings, [row.resident_id]);
        return live.some((item) => item.dose === row.dose) ? refuse('already_booked') : true;
      });
      return sameAnswerWhenRepeated(result, 'attended');
    },

    /** The check-in was a mistake: the booking is as before. A second one is answered as the first. */
    async undoCheckIn(bookingId: string, actor: ActorKind): Promise<BookingChange | Refusal> {
      const result = await runStep(bookingId, 'check_in_undone', null, actor, async (row, _now, sql) => {
        if (row.state !== 'attended') return refuse('not_checked_in');
        const live = await sql<BookingRow>(statements.liveBookings, [row.resident_id]);
        return live.some((item) => item.dose > row.dose && item.state === 'attended')
          ? refuse('later_dose_given')
          : true;
      });
      // A booking that is confirmed without ever having been checked in is no repeated undo, but the answer is as true.
      return sameAnswerWhenRepeated(result, 'confirmed');
    },

    /** Counts a booking as not come when its slot is over: the venue closes its day. */
    async closeAsMissed(bookingId: string, actor: ActorKind): Promise<BookingChange | Refusal> {
      const result = await runStep(bookingId, 'no_show', 'day_over', actor, (row, now) =>
        row.state === 'confirmed' && row.ends_at <= now ? true : refuse('not_confirmed'),
      );
      return sameAnswerWhenRepeated(result, 'no_show');
    },

    /** Cancels without the citizen's limits. A second one is answered as the first. */
    async cancelByCity(bookingId: string, reason: 'operator' | 'city'): Promise<BookingChange | Refusal> {
      return sameAnswerWhenRepeated(
        await runStep(bookingId, 'cancelled', reason, reason, (row) =>
          row.state === 'confirmed' ? true : refuse('not_confirmed'),
        ),
        'cancelled',
      );
    },
  };
}

interface ResidentRow {
  programme_id: string;
  group_code: string;
  declared: string[];
  sealed: Buffer;
  status: 'active' | 'missing';
  now: Date;
}

interface EventRow {
  booking_id: string;
  version: number;
  type: BookingEventType;
  at: Date;
  actor: ActorKind;
  reason: EndReason | null;
  facts: BookingFacts;
}

/** The row changed between look and update: `inTransaction` looks again. */
class StaleRowError extends Error {
  override name = 'StaleRowError';
  readonly code = '40001';
}

/** A row of `booking_event` as the event that travels to the workflow. */
export function readEvent(row: EventRow): BookingEvent {
  return {
    bookingId: row.booking_id,
    version: row.version,
    type: row.type,
    at: row.at.toISOString(),
    actor: row.actor,
    ...(row.reason === null ? {} : { reason: row.reason }),
    facts: row.facts,
  };
}

function eventOf(
  row: BookingRow,
  version: ProgrammeVersion,
  type: BookingEventType,
  actor: ActorKind,
  at: Date,
): BookingEvent {
  return {
    bookingId: row.id,
    version: row.version,
    type,
    at: at.toISOString(),
    actor,
    ...(row.end_reason === null ? {} : { reason: row.end_reason }),
    facts: factsOf(row, version),
  };
}

function factsOf(row: BookingRow, version: ProgrammeVersion): BookingFacts {
  return {
    state: row.state,
    programmeCode: version.programmeCode,
    programmeVersionId: version.id,
    programmeVersion: version.number,
    dose: row.dose,
    channel: row.channel,
    venueCode: row.venue_code,
    venueName: row.venue_name,
    slotStartsAt: row.starts_at.toISOString(),
    slotEndsAt: row.ends_at.toISOString(),
    ...(row.state === 'held' ? { holdExpiresAt: row.hold_expires_at.toISOString() } : {}),
    ...(row.replaces === null ? {} : { replaces: row.replaces }),
    ...(row.replaced_by === null ? {} : { replacedBy: row.replaced_by }),
  };
}

function viewOf(row: BookingRow): BookingView {
  return {
    id: row.id,
    residentId: row.resident_id,
    programmeVersionId: row.programme_version_id,
    state: row.state,
    dose: row.dose,
    channel: row.channel,
    version: row.version,
    reference: row.reference,
    holdExpiresAt: row.hold_expires_at,
    replaces: row.replaces,
    replacedBy: row.replaced_by,
    pairOf: row.pair_of,
    changes: row.changes,
    endReason: row.end_reason,
    slot: { id: row.slot_id, startsAt: row.starts_at, endsAt: row.ends_at, venue: readPrefixedVenue(row) },
  };
}

function rowForRules(row: BookingRow): BookingForRules {
  return bookingForRules(viewOf(row));
}

function checkInWindow({ policies: { checkIn } }: ProgrammeDocument, row: BookingRow, at: Date): true | Refusal {
  if (!checkIn) return true;
  if (at.getTime() < row.starts_at.getTime() - checkIn.fromMinutesBefore * 60_000) return refuse('check_in_too_early');
  if (at.getTime() > row.ends_at.getTime() + checkIn.untilMinutesAfter * 60_000) return refuse('check_in_too_late');
  return true;
}

/** The seat itself is not to be had, whatever the rules say of the person. */
function isSeatMissing({ code }: Refusal): boolean {
  return code === 'slot_full' || code === 'slot_closed' || code === 'slot_unknown';
}

function seatCounted(row: BookingRow): CountedSeat {
  return { slotId: row.slot_id, channel: row.channel, shareCode: row.share_code };
}

/** When the seat of a booking that is cancelled now opens again; undefined: at once. */
function coolingEnd({ policies }: ProgrammeDocument, now: Date): Date | undefined {
  return policies.coolingMinutes ? new Date(now.getTime() + policies.coolingMinutes * 60_000) : undefined;
}

function sameAnswerWhenRepeated(
  result:
    { ok: true; row: BookingRow; event: BookingEvent } | { ok: false; row: BookingRow | undefined; refusal: Refusal },
  same: BookingState,
): BookingChange | Refusal {
  if (result.ok) return { ok: true, booking: viewOf(result.row), events: [result.event], replayed: false };
  if (result.row?.state === same) return { ok: true, booking: viewOf(result.row), events: [], replayed: true };
  return result.refusal;
}

function reasonOf(actor: ActorKind): EndReason {
  return actor === 'citizen' ? 'citizen' : actor === 'city' ? 'city' : 'operator';
}

/** Operation and content of a request in one short text: the same key with another one is refused. */
function operationOf(name: string, content: readonly unknown[]): string {
  return `${name} ${createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22)}`;
}

/** Answers are personal: their digest is keyed. */
function digestOf(keys: KeyRing, answers: Readonly<Record<string, unknown>>): string {
  return keys
    .blindIndex(JSON.stringify(Object.entries(answers).sort(([a], [b]) => (a < b ? -1 : 1))))
    .toString('base64url');
}
