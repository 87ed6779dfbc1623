import { Readable } from 'node:stream';

import { z } from 'zod';

import type { DataExport, DataExports, ExportedBooking, ExportOutcome } from '../../../database/bookings';
import type { Programmes } from '../../../database/programmes';
import { stateWords } from '../../../domain/bookings/booking-words';
import { formatReference } from '../../../domain/bookings/reference';
import { cityDate, cityTime, daysBetween } from '../../../domain/calendar/city-time';
import { channelWords } from '../../../domain/contracts/channels';
import { byteOrderMark, csvLine } from '../../../domain/csv/write-csv';
import type { ProgrammeDocument } from '../../../domain/programmes/document';
import { groupOf } from '../../../domain/programmes/eligibility';
import { refuseStaff } from '../../../domain/staff/refusals';
import { disclosureTo, protectedWords } from '../../../domain/staff/visibility';
import { type Outcome, type StaffRoute, staffRoute } from '../frame/define-route';
import { byId, instant, plainDate, uuid } from '../frame/shapes';

const askers = ['supervisor', 'city_admin'] as const;
/** The person who approves answers for it: the city alone. */
const approvers = ['city_admin'] as const;
const mostDays = 366;

const person = z.object({ id: uuid, name: z.string() });
const exportShape = z
  .object({
    id: uuid,
    from: z.string(),
    to: z.string(),
    venueId: uuid.nullable(),
    reason: z.string(),
    askedBy: person,
    askedAt: instant,
    decidedBy: person.nullable(),
    decidedAt: instant.nullable(),
    state: z.enum(['waiting', 'approved', 'rejected', 'downloaded', 'expired']),
    usableUntil: instant.nullable(),
    downloadedAt: instant.nullable(),
    bookings: z.int(),
  })
  .meta({ id: 'DataExport' });

/** Files with many residents' data: two persons let them out, once. */
export function exportRoutes({
  dataExports,
  programmes,
}: {
  dataExports: DataExports;
  programmes: Pick<Programmes, 'current'>;
}): StaffRoute[] {
  return [
    staffRoute({
      method: 'get',
      path: '/exports',
      summary: 'What was asked for, by whom and why, and what became of it',
      roles: [...askers, 'auditor'],
      answer: z.object({ exports: z.array(exportShape) }),
      handle: async () => ({ answer: { exports: (await dataExports.list()).map(exportJson) } }),
    }),
    staffRoute({
      method: 'post',
      path: '/exports',
      summary: 'Ask for the bookings of some days, with a reason',
      roles: askers,
      status: 201,
      answer: exportShape,
      body: z.object({
        from: plainDate,
        to: plainDate,
        venueId: uuid.nullable().default(null),
        reason: z.string().trim().min(10).max(500),
      }),
      async handle({ body: { reason, ...parameters }, actor, staff }) {
        const days = daysBetween(parameters.from, parameters.to) + 1;
        if (days < 1 || days > mostDays) return refuseStaff('range_too_long', { mostDays });
        return exportOutcome(
          await dataExports.ask(actor, staff.staffId, (await programmes.current()).programmeId, parameters, reason),
        );
      },
    }),
    staffRoute({
      method: 'post',
      path: '/exports/:id/approve',
      summary: 'Let it out; never the person who asked',
      roles: approvers,
      params: byId,
      answer: exportShape,
      handle: async ({ params, actor, staff }) =>
        exportOutcome(await dataExports.decide(actor, staff.staffId, params.id, true)),
    }),
    staffRoute({
      method: 'post',
      path: '/exports/:id/reject',
      summary: 'Do not let it out',
      roles: approvers,
      params: byId,
      answer: exportShape,
      handle: async ({ params, actor, staff }) =>
        exportOutcome(await dataExports.decide(actor, staff.staffId, params.id, false)),
    }),
    staffRoute({
      // A POST: it happens once, and no other page may cause it.
      method: 'post',
      path: '/exports/:id/file',
      summary: 'The file, once, for the person who asked, within 24 hours of the approval',
      roles: askers,
      params: byId,
      answer: z.unknown(),
      async handle({ params, actor, staff, ctx }) {
        const result = await dataExports.take(actor, staff.staffId, params.id);
        if (!result.ok) return result;
        const { programmeId, document } = await programmes.current();
        const { from, to } = result.item.parameters;
        ctx.set('Content-Type', 'text/csv; charset=utf-8');
        ctx.set('Content-Disposition', `attachment; filename="bookings-${from}-${to}.csv"`);
        return { answer: Readable.from(csvOf(dataExports.bookings(programmeId, result.item.parameters), document)) };
      },
    }),
  ];
}

function exportOutcome(result: ExportOutcome): Outcome<z.input<typeof exportShape>> {
  return result.ok ? { answer: exportJson(result.item) } : result;
}

function exportJson({ parameters, ...item }: DataExport): z.input<typeof exportShape> {
  return {
    ...item,
    ...parameters,
    askedAt: item.askedAt.toISOString(),
    decidedAt: item.decidedAt?.toISOString() ?? null,
    usableUntil: item.usableUntil?.toISOString() ?? null,
    downloadedAt: item.downloadedAt?.toISOString() ?? null,
  };
}

/** Rows in the reader's pace; the form's fields as columns of their own. */
async function* csvOf(bookings: AsyncIterable<ExportedBooking>, document: ProgrammeDocument): AsyncGenerator<string> {
  const fields = document.form.fields.filter((field) => field.kind !== 'consent');
  yield `${byteOrderMark}${csvLine(['受付番号', '状態', '日', '時刻', '会場', '回', '窓口', '対象区分', '接種券番号', '生年月日', 'カナ', ...fields.map((field) => field.label)])}\r\n`;
  for await (const item of bookings) {
    if (disclosureTo('file', item) !== 'whole') {
      // The row keeps the count true, and leads to nobody and nowhere.
      const empty = Array<null>(5 + fields.length).fill(null);
      yield `${csvLine([protectedWords, stateWords(item.state), null, null, null, item.dose, ...empty])}\r\n`;
      continue;
    }
    const group = item.groupCode === null ? '' : (groupOf(document, item.groupCode)?.label ?? item.groupCode);
    const answers = fields.map((field) => {
      const answer = item.answers[field.name];
      // Codes, as for one choice: the file is for programs too.
      return typeof answer === 'string' ? answer : Array.isArray(answer) ? answer.join(' ') : '';
    });
    yield `${csvLine([
      formatReference(item.reference),
      stateWords(item.state),
      cityDate(item.startsAt),
      cityTime(item.startsAt),
      item.venueName,
      item.dose,
      channelWords[item.channel],
      group,
      item.couponNumber,
      item.birthDate,
      item.kana,
      ...answers,
    ])}\r\n`;
  }
}
