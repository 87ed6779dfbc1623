import type { Answers } from '../../bookings/form';
import { parseBirthDate } from '../../calendar/birth-date';
import { addDays, instantOf } from '../../calendar/city-time';
import { unguardFormula } from '../../csv/write-csv';
import type { ProgrammeDocument } from '../../programmes/document';
import { type CouponNumberFault, type CouponNumberRule, parseCouponNumber } from '../../residents/coupon-number';
import { readTime } from '../../schedule/slot-sheet';
import { defined } from '../../text/defined';
import { parseEmailAddress } from '../../text/email-address';
import { foldWidth } from '../../text/fold-width';
import { parseTelephone } from '../../text/telephone';
import { type AssignmentColumn, assignmentColumns, type AssignmentPositions } from './columns';

/** What a row says, as it is in the file: kept sealed for the list of faults. */
export type AssignmentCells = Readonly<Partial<Record<AssignmentColumn, string>>>;

/** A row that can be read. Whether its person, venue and time are there is for the database to say. */
export interface AssignmentRow {
  readonly number: string;
  readonly venueId: string;
  readonly startsAt: Date;
  readonly dose: number;
  /** Digits of the telephone number and the e-mail address, where the file has them. */
  readonly telephone?: string;
  readonly email?: string;
}

export type AssignmentRowFault =
  | `number_${CouponNumberFault}`
  | 'venue_missing'
  | 'venue_unknown'
  | 'venue_ambiguous'
  | 'date_missing'
  | 'date_malformed'
  | 'time_missing'
  | 'time_malformed'
  | 'dose_unknown'
  | 'telephone_malformed'
  | 'email_malformed';

export type ReadAssignmentRow =
  { readonly ok: true; readonly row: AssignmentRow } | { readonly ok: false; readonly fault: AssignmentRowFault };

export type FoundVenue = { readonly id: string } | 'unknown' | 'ambiguous';

export interface AssignmentRowRules {
  readonly columns: AssignmentPositions;
  readonly couponNumber: CouponNumberRule;
  /** Numbers of the programme's doses. */
  readonly doses: readonly number[];
  /** The venue that the file means. */
  readonly venueOf: (text: string) => FoundVenue;
  /** The city's date, `YYYY-MM-DD`. */
  readonly today: string;
}

/** Nobody assigns appointments further ahead; a year with a slip of the hand is noticed. Days. */
const furthestAhead = 730;

export function cellsOf(cells: readonly string[], columns: AssignmentPositions): AssignmentCells {
  return Object.fromEntries(
    assignmentColumns.flatMap((column) => {
      const at = columns[column];
      const text = at === undefined ? '' : (cells[at] ?? '').trim().slice(0, 100);
      return text === '' ? [] : [[column, text]];
    }),
  );
}

/** Reads one row, or names the first thing that is wrong with it. */
export function readAssignmentRow(
  cells: AssignmentCells,
  { couponNumber, doses, venueOf, today }: AssignmentRowRules,
): ReadAssignmentRow {
  const textOf = (column: AssignmentColumn): string => unguardFormula(cells[column] ?? '').replace(/^="(.*)"$/, '$1');
  const refused = (fault: AssignmentRowFault): ReadAssignmentRow => ({ ok: false, fault });

  const number = parseCouponNumber(textOf('number'), couponNumber);
  if (!number.ok) return refused(`number_${number.fault}`);
  const venueText = textOf('venueCode') === '' ? textOf('venue') : textOf('venueCode');
  if (venueText === '') return refused('venue_missing');
  const venue = venueOf(venueText);
  if (typeof venue === 'string') return refused(`venue_${venue}`);

  const dateText = foldWidth(textOf('date'))
    .replace(/[(（].[)）]$/, '')
    .trim();
  if (dateText === '') return refused('date_missing');
  // The forms are those of birth dates, eras included; only that these lie ahead.
  const date = parseBirthDate(dateText, addDays(today, furthestAhead));
  if (!date.ok) return refused('date_malformed');
  const timeText = textOf('time');
  if (timeText === '') return refused('time_missing');
  const time = readTime(timeText);
  if (time === undefined) return refused('time_malformed');

  const doseText = foldWidth(textOf('dose'))
    .trim()
    .replace(/^第/, '')
    .replace(/回目?$/, '');
  const dose = doseText === '' && doses.length === 1 ? doses[0] : doses.find((known) => String(known) === doseText);
  if (dose === undefined) return refused('dose_unknown');

  const telephone = textOf('telephone') === '' ? undefined : parseTelephone(textOf('telephone'));
  if (telephone?.ok === false) return refused('telephone_malformed');
  const email = textOf('email') === '' ? undefined : parseEmailAddress(textOf('email'));
  if (email?.ok === false) return refused('email_malformed');
  return {
    ok: true,
    row: {
      number: number.value,
      venueId: venue.id,
      startsAt: instantOf(date.value, time),
      dose,
      ...defined({ telephone: telephone?.value.digits, email: email?.value }),
    },
  };
}

/** What the file tells of the fields that the programme's form asks for: those of a kind for which it has a column. */
export function knownAnswers({ form }: Pick<ProgrammeDocument, 'form'>, cells: AssignmentCells): Answers {
  const telephone = parseTelephone(cells.telephone ?? '');
  const email = parseEmailAddress(cells.email ?? '');
  const known = {
    telephone: telephone.ok ? telephone.value.digits : undefined,
    email: email.ok ? email.value : undefined,
  };
  return Object.fromEntries(
    (['telephone', 'email'] as const).flatMap((kind) => {
      const field = form.fields.find((item) => item.kind === kind);
      const value = known[kind];
      return field && value !== undefined ? [[field.name, value]] : [];
    }),
  );
}

/** Finds venues by code, or by name however it is spaced and however wide. */
export function venueFinder(
  venues: readonly { readonly id: string; readonly code: string; readonly name: string }[],
): AssignmentRowRules['venueOf'] {
  const plain = (text: string) => text.normalize('NFKC').replace(/\s/g, '').toLowerCase();
  const byName = new Map<string, FoundVenue>();
  for (const { id, name } of venues) byName.set(plain(name), byName.has(plain(name)) ? 'ambiguous' : { id });
  // A code is one venue's alone, so it goes before a name that reads the same.
  for (const { id, code } of venues) byName.set(plain(code), { id });
  return (text) => byName.get(plain(text)) ?? 'unknown';
}
