import { z } from 'zod';

import type { OpenedResidents } from '../../../database/residents';
import type { VenueRecords } from '../../../database/schedule';
import { refusalInProgramme } from '../../../domain/bookings/refusal-words';
import { explainBirthDateFault, parseBirthDate } from '../../../domain/calendar/birth-date';
import { cityDate } from '../../../domain/calendar/city-time';
import { bookingStates } from '../../../domain/contracts/booking-lifecycle';
import { refuse } from '../../../domain/contracts/booking-refusals';
import { csvText } from '../../../domain/csv/write-csv';
import { checkOpen, groupOf } from '../../../domain/programmes/eligibility';
import { wordsOf } from '../../../domain/programmes/words';
import { letThroughReasons, undoReasons } from '../../../domain/reception/check-in';
import { mostTicks } from '../../../domain/reception/ticks';
import { parseCouponNumber } from '../../../domain/residents/coupon-number';
import { refuseStaff } from '../../../domain/staff/refusals';
import { disclosureTo } from '../../../domain/staff/visibility';
import { idempotencyKeyOf, type StaffRoute, staffRoute } from '../frame/define-route';
import { bookingJson, bookingShape, byId, instant, plainDate, uuid } from '../frame/shapes';
import type { CheckIns, CheckInsDependencies } from './check-ins';
import { dayCsvHeader, dayCsvRow, entryJson, entryShape, entryStateShape } from './day-list-shapes';
import type { DayFileContent } from './offline/day-file';

const roles = ['reception', 'supervisor', 'city_admin'] as const;

const dayOfVenue = z.object({ venueId: uuid, date: plainDate });
/** A booking of a protected resident, as far as a venue needs it. */
const protectedBookingShape = z
  .object({ id: uuid, state: z.enum(bookingStates), version: z.int(), isProtected: z.literal(true) })
  .meta({ id: 'ProtectedBooking' });
const checkInShape = z
  .object({
    outcome: z.enum(['checked_in', 'already', 'warning']),
    /** What does not fit; with `outcome: warning` nothing was done yet. */
    warnings: z.array(z.object({ code: z.string(), sentence: z.string() })),
    entry: entryShape,
    venueName: z.string(),
  })
  .meta({ id: 'CheckIn' });
const ticksShape = z.object({
  kind: z.literal('toki-day-ticks'),
  file: uuid,
  ticks: z.array(z.tuple([uuid, z.int().min(0).max(9_999_999_999)])).max(mostTicks),
  signature: z.string().max(100),
});

export interface ReceptionRouteDependencies extends Pick<
  CheckInsDependencies,
  'dayLists' | 'dayFiles' | 'programmes' | 'residents' | 'bookings' | 'audit'
> {
  readonly checkIns: CheckIns;
  readonly reader: Pick<OpenedResidents, 'opened' | 'isProtected'>;
  readonly venues: Pick<VenueRecords, 'find'>;
  readonly writeDayFile: (content: DayFileContent, passphrase: string) => Promise<string>;
}

/** The venue's day: who is expected, who is there. */
export function receptionRoutes({
  checkIns,
  dayLists,
  dayFiles,
  programmes,
  residents,
  reader,
  bookings,
  venues,
  writeDayFile,
  audit,
}: ReceptionRouteDependencies): StaffRoute[] {
  async function listOf(venueId: string, date: string) {
    const venue = await venues.find(venueId);
    if (!venue) return undefined;
    const { programmeId, document } = await programmes.current();
    return { venue, programmeId, document, entries: await dayLists.list(programmeId, venueId, date) };
  }

  return [
    staffRoute({
      method: 'get',
      path: '/reception/day',
      summary: 'Everybody expected at a venue on a day, cancelled bookings included',
      roles,
      query: dayOfVenue,
      answer: z.object({
        venueName: z.string(),
        date: z.string(),
        readAt: instant,
        entries: z.array(entryShape),
        /** Where nobody is expected: the next day on which a person is. */
        nextDay: z.string().nullable(),
      }),
      async handle({ query: { venueId, date }, actor }) {
        const readAt = new Date();
        const list = await listOf(venueId, date);
        if (!list) return refuseStaff('venue_unknown');
        await audit.record(actor, {
          action: 'day_list.read',
          subject: { kind: 'venue', id: venueId },
          result: 'done',
          detail: { date, bookings: list.entries.length },
        });
        const nextDay = list.entries.length === 0 ? await dayLists.nextDay(list.programmeId, venueId, date) : null;
        return {
          answer: {
            venueName: list.venue.name,
            date,
            nextDay,
            readAt: readAt.toISOString(),
            entries: list.entries.map((entry) => entryJson(entry, list.document)),
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/reception/day/changes',
      summary: 'What moved on that list since a moment; nothing of it says who',
      roles,
      query: dayOfVenue.extend({ since: instant }),
      answer: z.object({
        readAt: instant,
        changes: z.array(
          z.object({ bookingId: uuid, state: entryStateShape, version: z.int(), arrivedAt: instant.nullable() }),
        ),
        /** A seat without a name has changed: the list is to be read again. */
        seatsChanged: z.boolean(),
      }),
      async handle({ query: { venueId, date, since } }) {
        const readAt = new Date();
        const changes = await dayLists.changes(
          (await programmes.current()).programmeId,
          venueId,
          date,
          new Date(since),
        );
        return {
          answer: {
            readAt: readAt.toISOString(),
            changes: changes
              .filter((item) => disclosureTo('venue_day', item) === 'whole')
              .map(({ bookingId, state, version, arrivedAt }) => ({
                bookingId,
                state,
                version,
                arrivedAt: arrivedAt?.toISOString() ?? null,
              })),
            seatsChanged: changes.some((item) => disclosureTo('venue_day', item) !== 'whole'),
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/reception/day.csv',
      summary: 'The same list as a file',
      roles,
      query: dayOfVenue,
      answer: z.string(),
      async handle({ query: { venueId, date }, actor, ctx }) {
        const list = await listOf(venueId, date);
        if (!list) return refuseStaff('venue_unknown');
        await audit.record(actor, {
          action: 'day_list.export',
          subject: { kind: 'venue', id: venueId },
          result: 'done',
          detail: { date, bookings: list.entries.length },
        });
        ctx.set('Content-Type', 'text/csv; charset=utf-8');
        ctx.set('Content-Disposition', attachment(`受付名簿_${date}_${list.venue.name}.csv`));
        return {
          answer: csvText(
            dayCsvHeader,
            list.entries.map((entry) => dayCsvRow(entry, list.document)),
          ),
        };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/reception/day-files',
      summary: 'The list as one page for work without the network, encrypted under a passphrase that is kept nowhere',
      roles,
      body: dayOfVenue.extend({ passphrase: z.string().trim().min(12).max(200) }),
      answer: z.string(),
      async handle({ body: { venueId, date, passphrase }, actor, ctx, staff }) {
        const list = await listOf(venueId, date);
        if (!list) return refuseStaff('venue_unknown');
        const { id, tickKey } = await dayFiles.add({
          programmeId: list.programmeId,
          venueId,
          day: date,
          bookings: list.entries.length,
          staffId: staff.staffId,
        });
        await audit.record(actor, {
          action: 'day_file.make',
          subject: { kind: 'day_file', id },
          result: 'done',
          detail: { venueId, date, bookings: list.entries.length },
        });
        const page = await writeDayFile(
          {
            fileId: id,
            tickKey,
            venueName: list.venue.name,
            day: date,
            madeAt: new Date(),
            entries: list.entries,
            seatIdOf: (bookingId) => dayFiles.seatId(id, bookingId),
          },
          passphrase,
        );
        ctx.set('Content-Type', 'text/html; charset=utf-8');
        ctx.set('Content-Disposition', attachment(`受付名簿_${date}_${list.venue.name}.html`));
        return { answer: page };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/reception/ticks',
      summary: 'Load the arrivals that such a page wrote; the same file again changes nothing',
      roles,
      body: ticksShape,
      answer: z
        .object({
          applied: z.int(),
          already: z.int(),
          refused: z.array(z.object({ bookingId: uuid, reference: z.string().nullable(), sentence: z.string() })),
        })
        .meta({ id: 'LoadedTicks' }),
      async handle({ body, actor }) {
        const outcomes = await checkIns.applyTicks(actor, body);
        if ('staffCode' in outcomes) return outcomes;
        return {
          answer: {
            applied: outcomes.filter((item) => item.outcome === 'applied').length,
            already: outcomes.filter((item) => item.outcome === 'already').length,
            refused: outcomes.flatMap(({ bookingId, reference, outcome, sentence }) =>
              outcome === 'refused' ? [{ bookingId, reference, sentence: sentence ?? '' }] : [],
            ),
          },
        };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/check-ins',
      summary:
        'Check a person in by reference, coupon number or from the list; `letThrough`: although something does not fit',
      roles,
      body: z
        .object({
          venueId: uuid,
          dose: z.int().min(1).max(9).optional(),
          code: z.string().max(100).optional(),
          /** What the person says, as people write it: asked for where the resident is protected. */
          birthDate: z.string().max(100).optional(),
          bookingId: uuid.optional(),
          letThrough: z.enum(letThroughReasons).optional(),
        })
        .refine(({ code, bookingId }) => (code === undefined) !== (bookingId === undefined)),
      answer: checkInShape,
      async handle({ body: { code = '', bookingId, birthDate, ...input }, actor, staff }) {
        const said = birthDate === undefined ? undefined : parseBirthDate(birthDate, cityDate(new Date()));
        if (said && !said.ok)
          return {
            ok: false,
            code: 'invalid_answers',
            faults: [{ field: 'birthDate', code: 'malformed', sentence: explainBirthDateFault(said.fault) }],
          };
        const result = await checkIns.checkIn(actor, staff.staffId, {
          ...input,
          ...(said ? { birthDate: said.value } : {}),
          shown: bookingId === undefined ? { code } : { bookingId },
        });
        if ('ok' in result) return result;
        const { document } = await programmes.current();
        return {
          answer: {
            outcome: result.outcome,
            warnings: [...result.warnings],
            venueName: result.venueName,
            entry: entryJson(result.entry, document, { withId: true }),
          },
        };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/bookings/:id/undo-check-in',
      summary: 'Take a check-in back; the booking stands as before',
      roles,
      params: byId,
      body: z.object({ reason: z.enum(undoReasons) }),
      answer: z.union([bookingShape, protectedBookingShape]),
      async handle({ params, body, actor }) {
        const result = await checkIns.undoCheckIn(actor, params.id, body.reason);
        if (!result.ok) return result;
        const isProtected = await reader.isProtected(result.booking.residentId);
        const { id, state, version } = result.booking;
        return {
          answer:
            disclosureTo('venue_day', { isProtected }) === 'whole'
              ? bookingJson(result.booking)
              : { id, state, version, isProtected: true as const },
        };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/reception/persons',
      summary: 'A person without a booking: who they are, what they may have here today',
      roles,
      body: z.object({ venueId: uuid, couponNumber: z.string().max(100) }),
      answer: z
        .object({
          resident: z.object({
            id: uuid,
            birthDate: z.string(),
            kana: z.string().nullable(),
            group: z.string().nullable(),
          }),
          bookings: z.array(bookingShape),
          /** Why nothing is offered; null when something is. */
          sentence: z.string().nullable(),
          dose: z.int().nullable(),
          slots: z.array(
            z.object({ id: uuid, startsAt: instant, endsAt: instant, dose: z.int(), free: z.int(), capacity: z.int() }),
          ),
        })
        .meta({ id: 'PersonAtVenue' }),
      async handle({ body: { venueId, couponNumber }, actor }) {
        const { programmeId, document } = await programmes.current();
        const number = parseCouponNumber(couponNumber, document.identification.couponNumber);
        if (!number.ok) return refuseStaff('number_malformed');
        const resident = await residents.findByCoupon(programmeId, number.value);
        await audit.record(actor, {
          action: 'resident.find',
          residentId: resident?.id,
          result: resident ? 'done' : 'resident_unknown',
          detail: { by: 'couponNumber', venueId },
        });
        const person = resident && (await reader.opened(resident.id));
        if (!resident || !person) return refuseStaff('resident_unknown');
        const list = await bookings.listOf(resident.id);
        const given = list
          .filter((item) => item.state === 'confirmed' || item.state === 'attended')
          .map((item) => item.dose);
        const dose = document.doses.find((item) => !given.includes(item.number))?.number ?? null;
        const open = checkOpen(document, resident, new Date(), {
          channel: 'venue',
          ...(dose === null ? {} : { dose }),
        });
        const slots = (await dayLists.walkInSlots(programmeId, venueId, cityDate(new Date()))).filter(
          (slot) => slot.dose === dose,
        );
        const sentence = !open.ok
          ? refusalInProgramme(document, open)
          : dose === null
            ? `すべての回の予約または${wordsOf(document).service}が済んでいます。`
            : slots.every((slot) => slot.free <= 0)
              ? '今日のこの会場に、予約のない方のための席は残っていません。'
              : null;
        return {
          answer: {
            resident: {
              id: resident.id,
              birthDate: person.birthDate,
              kana: person.kana ?? null,
              group: groupOf(document, resident.groupCode)?.label ?? null,
            },
            // Number and name are known to people close by: they lead to no booking of a protected person.
            bookings: disclosureTo('venue_day', person) === 'whole' ? list.map(bookingJson) : [],
            sentence,
            dose,
            slots: slots.map((slot) => ({
              ...slot,
              startsAt: slot.startsAt.toISOString(),
              endsAt: slot.endsAt.toISOString(),
            })),
          },
        };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/reception/walk-ins',
      summary: 'Book a seat of the venue for a person who is there, and check them in',
      roles,
      status: 201,
      idempotent: true,
      answer: bookingShape,
      body: z.object({
        residentId: uuid,
        slotId: uuid,
        dose: z.int().min(1).max(9),
        answers: z.record(z.string().max(100), z.unknown()),
      }),
      async handle({ body, actor, ctx, staff }) {
        const key = idempotencyKeyOf(ctx, staff);
        if (!key) return refuse('invalid_request');
        const result = await checkIns.walkIn(actor, { ...body, ...key });
        if (!result.ok) return result.code === 'not_logged_in' ? refuseStaff('resident_unknown') : result;
        return { answer: bookingJson(result.booking) };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/reception/missing',
      summary: 'How many a closing of the day would count as not come',
      roles,
      query: dayOfVenue,
      answer: z.object({ count: z.int() }),
      async handle({ query: { venueId, date } }) {
        return {
          answer: { count: (await dayLists.missing((await programmes.current()).programmeId, venueId, date)).length },
        };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/reception/close-day',
      summary: 'Count as not come whose time is over and who was not seen',
      roles,
      body: dayOfVenue,
      answer: z.object({ missed: z.int(), left: z.int() }),
      async handle({ body: { venueId, date }, actor }) {
        return { answer: await checkIns.closeDay(actor, (await programmes.current()).programmeId, venueId, date) };
      },
    }),
  ];
}

/** A file name of any letters (RFC 6266). */
function attachment(name: string): string {
  return `attachment; filename*=UTF-8''${encodeURIComponent(name)}`;
}
