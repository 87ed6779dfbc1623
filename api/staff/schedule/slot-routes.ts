import { z } from 'zod';

import type { Audit } from '../../../database/audit';
import type { Programmes, ProgrammeVersion } from '../../../database/programmes';
import {
  type PlanPreview,
  sheetFingerprint,
  type SheetPart,
  type ShortSeats,
  type SlotCapacityRepository,
  slotChangeKinds,
  type SlotGrid,
  type SlotHistory,
  type SlotPlanRepository,
  type VenueRecords,
} from '../../../database/schedule';
import { addDays, cityDate, cityTime, daysBetween } from '../../../domain/calendar/city-time';
import { holidaysBetween } from '../../../domain/calendar/holidays';
import { balanceOf } from '../../../domain/schedule/balance';
import { findSlotColumns, readSlotRow, slotSheetHeader, slotSheetRow } from '../../../domain/schedule/slot-sheet';
import { seatCount } from '../../../domain/schedule/week-plan';
import { refuseStaff, type StaffRefusal } from '../../../domain/staff/refusals';
import { csvAnswer, csvFile } from '../frame/csv-answer';
import { type Outcome, type StaffRoute, staffRoute } from '../frame/define-route';
import { readSheet, sheetBodyLimitBytes, sheetContent } from '../frame/read-sheet';
import { byId, channel, instant, plainDate, sheetFault, uuid } from '../frame/shapes';
import { previewJson, previewShape, seatsByChannel, touchedJson, touchedShape } from './schedule-shapes';

const readers = ['city_admin', 'supervisor', 'auditor'] as const;
const writers = ['city_admin'] as const;
/** Days of the grid at once, and of a sheet. */
const mostGridDays = 31;
const mostSheetDays = 400;
/** Row errors that are shown; the number of all of them is told. */
const shownErrors = 500;

const seats = z.object({ planned: z.int(), held: z.int(), booked: z.int(), free: z.int() });
const gridSlot = z
  .object({
    id: uuid,
    dose: z.int(),
    vaccine: z.string().nullable(),
    startsAt: instant,
    endsAt: instant,
    scheduleId: uuid.nullable(),
    setByHand: z.boolean(),
    stopped: z.boolean(),
    seats: z.array(seats.extend({ channel })),
  })
  .meta({ id: 'GridSlot' });
const venueDay = seats
  .extend({ venueId: uuid, date: z.string(), dose: z.int(), slots: z.int(), stoppedSlots: z.int() })
  .meta({ id: 'VenueDay' });
const holiday = z.object({ date: z.string(), name: z.string() });
const balance = z
  .object({
    dose: z.int(),
    nextDose: z.int(),
    seats: z.int(),
    nextSeats: z.int(),
    notPlannedYet: z.int(),
    missing: z.int(),
  })
  .meta({ id: 'DoseBalance' });
const range = z.object({ from: plainDate, to: plainDate });
const slotChange = z
  .object({
    id: uuid,
    at: instant,
    by: z.string().nullable(),
    kind: z.enum(slotChangeKinds),
    added: z.int(),
    changed: z.int(),
    removed: z.int(),
    stopped: z.int(),
    reopened: z.int(),
    items: z.array(
      z.object({
        dose: z.int(),
        startsAt: instant,
        before: seatsByChannel.nullable(),
        after: seatsByChannel.nullable(),
        stopped: z.boolean().nullable(),
      }),
    ),
  })
  .meta({ id: 'SlotChange' });
const sheetPlan = z
  .object({
    errors: z.array(z.object({ line: z.int(), faults: z.array(sheetFault) })),
    errorCount: z.int(),
    rows: z.int(),
    fingerprint: z.string(),
    venues: z.array(z.object({ venueId: uuid, venueName: z.string(), preview: previewShape })),
  })
  .meta({ id: 'SlotSheetPlan' });
const sheet = z.object({ content: sheetContent, overwriteHandSet: z.boolean().default(false) });

export interface SlotRouteDependencies {
  readonly grid: SlotGrid;
  readonly capacities: SlotCapacityRepository;
  readonly plans: SlotPlanRepository;
  readonly history: SlotHistory;
  readonly venues: VenueRecords;
  readonly programmes: Pick<Programmes, 'current'>;
  readonly audit: Audit;
}

interface ReadSlots {
  readonly parts: SheetPart[];
  readonly names: ReadonlyMap<string, string>;
  readonly errors: { line: number; faults: z.input<typeof sheetFault>[] }[];
  readonly rows: number;
}

/** The week grid: what is planned, held, booked and free, and how it is changed. */
export function slotRoutes({
  grid,
  capacities,
  plans,
  history,
  venues,
  programmes,
  audit,
}: SlotRouteDependencies): StaffRoute[] {
  const current = async () => programmes.current();

  async function readSlots(
    content: string,
    { document }: ProgrammeVersion,
  ): Promise<({ readonly ok: true } & ReadSlots) | { readonly ok: false; readonly sentence: string }> {
    const read = readSheet(content);
    if (!read.ok) return read;
    const found = findSlotColumns(read.header.cells);
    if (!found.ok) return found;
    const byCode = new Map((await venues.list()).map((venue) => [venue.code, venue]));
    const doses = document.doses.map((dose) => dose.number);
    const errors: ReadSlots['errors'] = [];
    const parts = new Map<string, { slots: SheetPart['slots'][number][]; lines: number[] }>();
    for (const { line, cells } of read.rows) {
      const row = readSlotRow(cells, found.columns, doses);
      if (!row.ok) {
        errors.push({ line, faults: row.faults });
        continue;
      }
      const venue = byCode.get(row.venueCode);
      if (!venue) {
        errors.push({
          line,
          faults: [
            {
              column: '会場コード',
              code: 'unknown',
              sentence: `会場コード「${row.venueCode.slice(0, 40)}」の会場がありません。先に会場を登録してください。`,
            },
          ],
        });
        continue;
      }
      const part = parts.get(venue.id) ?? { slots: [], lines: [] };
      part.slots.push(row.slot);
      part.lines.push(line);
      parts.set(venue.id, part);
    }
    for (const part of parts.values()) errors.push(...overlapsIn(part));
    return {
      ok: true,
      rows: read.rows.length,
      errors: errors.sort((a, b) => a.line - b.line),
      names: new Map([...byCode.values()].map((venue) => [venue.id, venue.name])),
      parts: [...parts].map(([venueId, { slots }]) => ({ venueId, slots })),
    };
  }

  const sheetJson = (
    read: ReadSlots,
    previews: readonly { venueId: string; preview: PlanPreview }[],
  ): z.input<typeof sheetPlan> => ({
    errors: read.errors.slice(0, shownErrors),
    errorCount: read.errors.length,
    rows: read.rows,
    fingerprint: sheetFingerprint(previews),
    venues: previews.map(({ venueId, preview }) => ({
      venueId,
      venueName: read.names.get(venueId) ?? '',
      preview: previewJson(preview),
    })),
  });

  return [
    staffRoute({
      method: 'get',
      path: '/city/slots/week',
      summary: `Slots of one venue with planned, held, booked and free seats per channel; from and to included, at most ${String(mostGridDays)} days`,
      roles: readers,
      query: range.extend({ venueId: uuid }),
      answer: z.object({ slots: z.array(gridSlot), holidays: z.array(holiday) }),
      async handle({ query: { from, to, venueId } }) {
        if (!isRange(from, to, mostGridDays)) return refuseStaff('range_too_long', { mostDays: mostGridDays });
        const slots = await grid.slots((await current()).programmeId, venueId, from, addDays(to, 1));
        return {
          answer: {
            slots: slots.map((slot) => ({
              ...slot,
              startsAt: slot.startsAt.toISOString(),
              endsAt: slot.endsAt.toISOString(),
              seats: [...slot.seats],
            })),
            holidays: holidaysBetween(from, addDays(to, 1)),
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/city/slots/days',
      summary: `Planned, held, booked and free seats of every venue by day and dose; from and to included, at most ${String(mostGridDays)} days`,
      roles: readers,
      query: range,
      answer: z.object({ days: z.array(venueDay), holidays: z.array(holiday) }),
      async handle({ query: { from, to } }) {
        if (!isRange(from, to, mostGridDays)) return refuseStaff('range_too_long', { mostDays: mostGridDays });
        return {
          answer: {
            days: await grid.days((await current()).programmeId, from, addDays(to, 1)),
            holidays: holidaysBetween(from, addDays(to, 1)),
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/city/slots/balance',
      summary:
        'Whether everybody who gets a dose will find a seat for the next one, from today on; of one venue or of the city',
      roles: readers,
      query: z.object({ venueId: uuid.optional() }),
      answer: z.object({ balance: z.array(balance) }),
      async handle({ query }) {
        const { programmeId, document } = await current();
        return {
          answer: {
            balance: balanceOf(await grid.seatsByDay(programmeId, cityDate(new Date()), query.venueId), document.doses),
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/city/slots/:id/bookings',
      summary: 'Who has a seat of a slot: references and states, no names',
      roles: readers,
      params: byId,
      answer: z.object({ bookings: z.array(touchedShape) }),
      async handle({ params, actor }) {
        const bookings = await grid.bookings((await current()).programmeId, params.id);
        await audit.record(actor, {
          action: 'slot.bookings',
          subject: { kind: 'slot', id: params.id },
          result: bookings ? 'done' : 'slot_not_found',
          detail: { bookings: bookings?.length ?? 0 },
        });
        return bookings ? { answer: { bookings: bookings.map(touchedJson) } } : refuseStaff('slot_not_found');
      },
    }),
    staffRoute({
      method: 'post',
      path: '/city/slots/capacities',
      roles: writers,
      summary:
        'Change the seats of one or many slots, all or none; 412 with the seats in force where one changed since it was seen (`was`), 409 with those in the way below what is booked. `dryRun` only looks',
      body: z.object({
        changes: z
          .array(z.object({ slotId: uuid, channel, was: z.int(), capacity: seatCount }))
          .min(1)
          .max(4_000),
        dryRun: z.boolean().default(false),
      }),
      answer: z.object({ applied: z.boolean(), changed: z.int() }),
      bodyLimitBytes: 1024 * 1024,
      async handle({ body, actor }) {
        const result = await capacities.change(actor, (await current()).programmeId, body.changes, body);
        return result.ok ? { answer: { applied: result.applied, changed: result.changed } } : shortJson(result);
      },
    }),
    staffRoute({
      method: 'get',
      path: '/city/slots/history',
      summary:
        'Who changed the seats of a venue, or of one of its slots, when, with before and after; the newest first',
      roles: readers,
      query: z.object({
        venueId: uuid,
        dose: z
          .string()
          .regex(/^[1-9]$/)
          .transform(Number)
          .optional(),
        startsAt: instant.optional(),
        before: uuid.optional(),
      }),
      answer: z.object({ changes: z.array(slotChange) }),
      async handle({ query }) {
        const slot =
          query.dose !== undefined && query.startsAt !== undefined
            ? { dose: query.dose, startsAt: new Date(query.startsAt) }
            : undefined;
        const changes = await history.list({
          programmeId: (await current()).programmeId,
          venueId: query.venueId,
          slot,
          before: query.before,
          limit: 50,
        });
        return {
          answer: {
            changes: changes.map((change) => ({
              ...change,
              at: change.at.toISOString(),
              items: change.items.map((item) => ({
                ...item,
                startsAt: item.startsAt.toISOString(),
                stopped: item.stopped ?? null,
              })),
            })),
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/city/slots/sheet',
      summary: 'Slots as a CSV file that can be loaded again; from and to included',
      roles: readers,
      query: range.extend({ venueId: uuid.optional() }),
      ...csvFile,
      async handle({ query: { from, to, venueId }, ctx }) {
        if (!isRange(from, to, mostSheetDays)) return refuseStaff('range_too_long', { mostDays: mostSheetDays });
        const slots = await grid.sheet((await current()).programmeId, from, addDays(to, 1), venueId);
        return csvAnswer(
          ctx,
          'slots',
          slotSheetHeader,
          slots.map(({ venueCode, slot }) => slotSheetRow(venueCode, slot)),
        );
      },
    }),
    staffRoute({
      method: 'post',
      path: '/city/slots/sheet/preview',
      summary: 'What loading a CSV file of slots would do at each venue; changes nothing',
      roles: writers,
      bodyLimitBytes: sheetBodyLimitBytes,
      body: sheet,
      answer: sheetPlan,
      async handle({ body }) {
        const version = await current();
        const read = await readSlots(body.content, version);
        if (!read.ok) return refusedSheet(read.sentence);
        return {
          answer: sheetJson(
            read,
            await plans.previewSheet(
              { programmeId: version.programmeId, now: new Date(), overwriteHandSet: body.overwriteHandSet },
              read.parts,
            ),
          ),
        };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/city/slots/sheet',
      summary: 'Load a CSV file of slots as previewed under `fingerprint`; all rows or none, and twice is once',
      roles: writers,
      bodyLimitBytes: sheetBodyLimitBytes,
      body: sheet.extend({ fingerprint: z.string().max(100), leaveConflicts: z.boolean().default(false) }),
      answer: sheetPlan,
      async handle({ body, actor }) {
        const version = await current();
        const read = await readSlots(body.content, version);
        if (!read.ok) return refusedSheet(read.sentence);
        if (read.errors.length > 0) return refuseStaff('sheet_refused', { errors: read.errors.length });
        const result = await plans.loadSheet(
          actor,
          { programmeId: version.programmeId, now: new Date(), overwriteHandSet: body.overwriteHandSet },
          read.parts,
          body,
        );
        if (result.ok) return { answer: sheetJson(read, result.previews) };
        const { previews } = (result.current ?? {}) as { previews?: { venueId: string; preview: PlanPreview }[] };
        return { ...result, ...(previews ? { current: sheetJson(read, previews) } : {}) };
      },
    }),
  ];
}

function isRange(from: string, to: string, mostDays: number): boolean {
  const days = daysBetween(from, to) + 1;
  return days >= 1 && days <= mostDays;
}

/** Rows of one venue that cannot both be: the same slot twice, or one that runs into another of its dose. */
function overlapsIn({ slots, lines }: { slots: SheetPart['slots']; lines: readonly number[] }): ReadSlots['errors'] {
  const sorted = slots
    .map((slot, index) => ({ slot, line: lines[index] ?? 0 }))
    .sort(
      (a, b) => a.slot.dose - b.slot.dose || a.slot.startsAt.getTime() - b.slot.startsAt.getTime() || a.line - b.line,
    );
  const errors: ReadSlots['errors'] = [];
  let last: (typeof sorted)[number] | undefined;
  for (const item of sorted) {
    if (last?.slot.dose === item.slot.dose && last.slot.endsAt > item.slot.startsAt) {
      const same = last.slot.startsAt.getTime() === item.slot.startsAt.getTime();
      const words = same
        ? '同じ会場・回・開始の枠です'
        : `枠（${cityTime(last.slot.startsAt)}から${cityTime(last.slot.endsAt)}）と時間が重なっています`;
      errors.push({
        line: item.line,
        faults: [
          {
            column: '開始',
            code: same ? 'twice' : 'overlap',
            sentence: `${String(last.line)}行目${same ? 'と' : 'の'}${words}。`,
          },
        ],
      });
    }
    if (!last || last.slot.dose !== item.slot.dose || item.slot.endsAt > last.slot.endsAt) last = item;
  }
  return errors;
}

function refusedSheet(sentence: string): Outcome<never> {
  return { ok: false, malformed: [{ field: 'content', code: 'sheet_refused', sentence }] };
}

function shortJson(refusal: StaffRefusal): StaffRefusal {
  const { short } = (refusal.current ?? {}) as { short?: readonly ShortSeats[] };
  return short
    ? {
        ...refusal,
        current: {
          short: short.map((item) => ({
            ...item,
            startsAt: item.startsAt.toISOString(),
            touched: item.touched.map(touchedJson),
          })),
        },
      }
    : refusal;
}
