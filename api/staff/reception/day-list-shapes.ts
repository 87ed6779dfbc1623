import { z } from 'zod';

import type { DayListEntry } from '../../../database/reception';
import { stateWords } from '../../../domain/bookings/booking-words';
import { formatReference } from '../../../domain/bookings/reference';
import { cityTime } from '../../../domain/calendar/city-time';
import type { CsvCell } from '../../../domain/csv/write-csv';
import type { ProgrammeDocument } from '../../../domain/programmes/document';
import { groupOf } from '../../../domain/programmes/eligibility';
import { toldWords } from '../../../domain/reception/told';
import { disclosureTo, protectedWords } from '../../../domain/staff/visibility';
import { channel, instant, uuid } from '../frame/shapes';

const seatFields = {
  startsAt: instant,
  endsAt: instant,
  dose: z.int(),
  state: z.enum(['confirmed', 'attended', 'no_show', 'cancelled']),
  arrivedAt: instant.nullable(),
};
const wholeEntryShape = z
  .object({
    isProtected: z.literal(false),
    bookingId: uuid,
    residentId: uuid,
    reference: z.string(),
    ...seatFields,
    channel,
    version: z.int(),
    group: z.string().nullable(),
    /** The last four digits: enough to compare with the paper, too little to log in with. */
    couponEnd: z.string(),
    birthDate: z.string(),
    kana: z.string().nullable(),
    /** Answers to the form's fields with `shownAtReception`, in words. */
    told: z.array(z.object({ name: z.string(), label: z.string(), words: z.string() })),
  })
  .meta({ id: 'DayListEntry' });
/** The seat of a protected resident: that a person comes, and when. */
const protectedEntryShape = z
  .object({
    isProtected: z.literal(true),
    ...seatFields,
    /** Only in the answer to a check-in, so that it can be undone. */
    bookingId: uuid.nullable(),
  })
  .meta({ id: 'ProtectedDayListEntry' });
export const entryShape = z.union([wholeEntryShape, protectedEntryShape]);
export const entryStateShape = seatFields.state;

export function entryJson(
  { couponNumber, groupCode, isProtected, ...entry }: DayListEntry,
  document: ProgrammeDocument,
  { withId = false }: { readonly withId?: boolean } = {},
): z.input<typeof entryShape> {
  const seat = {
    startsAt: entry.startsAt.toISOString(),
    endsAt: entry.endsAt.toISOString(),
    dose: entry.dose,
    state: entry.state,
    arrivedAt: entry.arrivedAt?.toISOString() ?? null,
  };
  return disclosureTo('venue_day', { isProtected }) === 'whole'
    ? {
        ...entry,
        ...seat,
        told: [...entry.told],
        isProtected: false,
        couponEnd: couponNumber.slice(-4),
        group: groupLabel(groupCode, document),
      }
    : { ...seat, isProtected: true, bookingId: withId ? entry.bookingId : null };
}

export const dayCsvHeader = [
  '時刻',
  '受付番号',
  'カナ',
  '生年月日',
  '接種券番号の下4桁',
  '回',
  '対象区分',
  '状態',
  '来場時刻',
  '受付への連絡',
];

export function dayCsvRow(entry: DayListEntry, document: ProgrammeDocument): CsvCell[] {
  const isWhole = disclosureTo('venue_day', entry) === 'whole';
  return [
    cityTime(entry.startsAt),
    isWhole ? formatReference(entry.reference) : protectedWords,
    isWhole ? entry.kana : null,
    isWhole ? entry.birthDate : null,
    isWhole ? entry.couponNumber.slice(-4) : null,
    entry.dose,
    isWhole ? groupLabel(entry.groupCode, document) : null,
    stateWords(entry.state),
    entry.arrivedAt && cityTime(entry.arrivedAt),
    isWhole ? toldWords(entry.told) : null,
  ];
}

function groupLabel(groupCode: string | null, document: ProgrammeDocument): string | null {
  return groupCode === null ? null : (groupOf(document, groupCode)?.label ?? groupCode);
}
