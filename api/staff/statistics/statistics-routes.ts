import { z } from 'zod';

import type { Programmes } from '../../../database/programmes';
import type { VenueRecords } from '../../../database/schedule';
import {
  type Statistics,
  statisticsDimensions,
  type StatisticsRow,
  type UnmetSearchDay,
  type UnmetSearchFigures,
} from '../../../database/statistics';
import { daysBetween } from '../../../domain/calendar/city-time';
import { channels } from '../../../domain/contracts/booking-workflow';
import { channelWords } from '../../../domain/contracts/channels';
import { csvText } from '../../../domain/csv/write-csv';
import type { ProgrammeDocument } from '../../../domain/programmes/document';
import { groupOf } from '../../../domain/programmes/eligibility';
import { refuseStaff } from '../../../domain/staff/refusals';
import {
  countUnmetSearches,
  type GroupUnmetSearches,
  type UnmetSearchCounts,
} from '../../../domain/statistics/unmet-searches';
import { csvAnswer, csvFile } from '../frame/csv-answer';
import { type StaffRoute, staffRoute } from '../frame/define-route';
import { channel, doseQuery, plainDate, uuid } from '../frame/shapes';

const roles = ['city_admin', 'supervisor', 'auditor'] as const;
/** Days that can be asked for at once: half a year. */
const mostDays = 184;

const numbersQuery = z.object({
  from: plainDate,
  to: plainDate,
  venueId: uuid.optional(),
  dose: doseQuery.optional(),
  channel: z.enum(channels).optional(),
  groupCode: z.string().max(40).optional(),
});
const figuresShape = {
  capacity: z.int(),
  held: z.int(),
  confirmed: z.int(),
  attended: z.int(),
  noShow: z.int(),
  cancelled: z.int(),
  /** People who looked for a seat on that day and found none. */
  unmet: z.int(),
};
const statisticsRow = z
  .object({
    by: z.enum(statisticsDimensions),
    day: z.string().nullable(),
    venueId: uuid.nullable(),
    groupCode: z.string().nullable(),
    dose: z.int().nullable(),
    channel: channel.nullable(),
    ...figuresShape,
  })
  .meta({ id: 'NumberRow' });
const unmetSearchQuery = z.object({ from: plainDate, to: plainDate, dose: doseQuery.default(1) });
const unmetSearchCounts = {
  eligible: z.int(),
  /** People who have a booking of the dose that stands, or were there. */
  booked: z.int(),
  /** People who looked for a seat on the days asked for and found none in the whole city. */
  looked: z.int(),
  /** … and have none to this moment. */
  without: z.int(),
};
const unmetSearchShape = z
  .object({
    dose: z.int(),
    total: z.object(unmetSearchCounts),
    groups: z.array(z.object({ code: z.string(), label: z.string(), ...unmetSearchCounts })),
    days: z.array(z.object({ day: z.string(), booked: z.int(), looked: z.int(), without: z.int() })),
  })
  .meta({ id: 'Demand' });
const named = z.object({ value: z.string(), label: z.string() });

export interface StatisticsRouteDependencies {
  readonly statistics: Statistics;
  readonly unmetSearchFigures: UnmetSearchFigures;
  readonly programmes: Pick<Programmes, 'current'>;
  readonly venues: Pick<VenueRecords, 'list'>;
}

export function statisticsRoutes({
  statistics,
  unmetSearchFigures,
  programmes,
  venues,
}: StatisticsRouteDependencies): StaffRoute[] {
  async function read(
    query: z.output<typeof numbersQuery>,
  ): Promise<{ rows: StatisticsRow[]; document: ProgrammeDocument } | undefined> {
    const days = daysBetween(query.from, query.to) + 1;
    if (days < 1 || days > mostDays) return undefined;
    const { programmeId, document } = await programmes.current();
    return { rows: await statistics.read({ programmeId, ...query }), document };
  }

  async function wanted({
    from,
    to,
    dose,
  }: z.output<typeof unmetSearchQuery>): Promise<
    { total: UnmetSearchCounts; groups: readonly GroupUnmetSearches[]; days: readonly UnmetSearchDay[] } | undefined
  > {
    const days = daysBetween(from, to) + 1;
    if (days < 1 || days > mostDays) return undefined;
    const { programmeId, document } = await programmes.current();
    const found = await unmetSearchFigures.read({ programmeId, from, to, dose });
    return { ...countUnmetSearches(document, found, new Date()), days: found.days };
  }

  return [
    staffRoute({
      method: 'get',
      path: '/numbers/demand',
      roles,
      query: unmetSearchQuery,
      answer: unmetSearchShape,
      summary:
        'People of one dose: eligible, booked, looked for a seat in these days and found none, and of these without one to this moment; in all, by group, by day',
      async handle({ query }) {
        const found = await wanted(query);
        return found
          ? { answer: { dose: query.dose, total: found.total, groups: [...found.groups], days: [...found.days] } }
          : refuseStaff('range_too_long', { mostDays });
      },
    }),
    staffRoute({
      method: 'get',
      path: '/numbers/demand.csv',
      summary: 'The same as a file',
      roles,
      query: unmetSearchQuery,
      ...csvFile,
      async handle({ query, ctx }) {
        const found = await wanted(query);
        if (!found) return refuseStaff('range_too_long', { mostDays });
        return csvAnswer(
          ctx,
          `demand-${query.from}-${query.to}`,
          ['集計の単位', '項目', '対象の方', '予約した方', '空きがなかった方', 'そのうち、まだ予約のない方'],
          [
            ['全体', '', found.total.eligible, found.total.booked, found.total.looked, found.total.without],
            ...found.groups.map((group) => [
              '対象区分',
              group.label,
              group.eligible,
              group.booked,
              group.looked,
              group.without,
            ]),
            ...found.days.map((item) => ['日', item.day, null, item.booked, item.looked, item.without]),
          ],
        );
      },
    }),
    staffRoute({
      method: 'get',
      path: '/numbers',
      roles,
      query: numbersQuery,
      summary: `Seats and bookings of the days asked for (from and to included, at most ${String(mostDays)}): in all, by day, venue, group, dose, channel, and by venue and day`,
      answer: z.object({
        rows: z.array(statisticsRow),
        venues: z.array(named),
        groups: z.array(named),
        doses: z.array(named),
      }),
      async handle({ query }) {
        const found = await read(query);
        if (!found) return refuseStaff('range_too_long', { mostDays });
        return {
          answer: {
            rows: found.rows,
            venues: (await venues.list()).map(({ id, name }) => ({ value: id, label: name })),
            groups: found.document.groups.map(({ code, label }) => ({ value: code, label })),
            doses: found.document.doses.map(({ number, label }) => ({ value: String(number), label })),
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/numbers.csv',
      summary: 'The same as a file',
      roles,
      query: numbersQuery,
      answer: z.string(),
      async handle({ query, ctx }) {
        const found = await read(query);
        if (!found) return refuseStaff('range_too_long', { mostDays });
        const venueNames = new Map((await venues.list()).map(({ id, name }) => [id, name]));
        const wordsOf: Readonly<Record<StatisticsRow['by'], (row: StatisticsRow) => readonly [string, string]>> = {
          total: () => ['全体', ''],
          day: (row) => ['日', row.day ?? ''],
          venue: (row) => ['会場', venueNames.get(row.venueId ?? '') ?? ''],
          venueDay: (row) => ['会場と日', `${venueNames.get(row.venueId ?? '') ?? ''} ${row.day ?? ''}`],
          group: (row) => [
            '対象区分',
            row.groupCode === ''
              ? '不明'
              : (groupOf(found.document, row.groupCode ?? '')?.label ?? row.groupCode ?? ''),
          ],
          dose: (row) => ['回', `${String(row.dose)}回目`],
          channel: (row) => ['窓口', row.channel === null ? '' : channelWords[row.channel]],
        };
        ctx.set('Content-Type', 'text/csv; charset=utf-8');
        ctx.set('Content-Disposition', `attachment; filename="numbers-${query.from}-${query.to}.csv"`);
        return {
          answer: csvText(
            [
              '集計の単位',
              '項目',
              '定員',
              '仮押さえ',
              '予約済み',
              '来場済み',
              '来場なし',
              '取り消し',
              '空きがなかった人',
            ],
            found.rows.map((row) => [
              ...wordsOf[row.by](row),
              row.by === 'group' ? null : row.capacity,
              row.held,
              row.confirmed,
              row.attended,
              row.noShow,
              row.cancelled,
              row.by === 'group' ? null : row.unmet,
            ]),
          ),
        };
      },
    }),
  ];
}
