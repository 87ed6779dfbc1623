import { neededItemsProtected } from '../residents/identity';
import { isSupervising, type StaffRole } from './roles';

/** What a list shows in place of a protected resident. */
export const protectedWords = '保護対象';

/** A person whose whereabouts may be a secret. */
export interface Guarded {
  readonly isProtected: boolean;
}

/** An identity check that is open for a member of staff: the role that they have now, and how many answers were right. */
export interface OpenCheck {
  readonly role: StaffRole;
  readonly items: number;
}

/** Whether a check opens a resident's data: for a protected one only the stronger check, three answers and a supervisor, does. */
export function opensData({ role, items }: OpenCheck, { isProtected }: Guarded): boolean {
  return !isProtected || (isSupervising(role) && items >= neededItemsProtected);
}

/**
 * Where something of a resident is read. `one`: a question about one booking, notice or resident. `list`: rows of many people.
 * `review`: lists beside other work, in which nobody is identified. `venue_day`: the list of a venue's day, also as a file that is
 * taken along. `file`: a file that leaves.
 */
export type ReadingPlace = 'one' | 'list' | 'review' | 'venue_day' | 'file';

/**
 * How much is told. `whole`: everything. `seat`: that a seat is taken, where and when, and nothing of whose it is. `row`: that there is
 * an entry and what state it has; neither whose it is nor where and when. `refused`: nothing.
 */
export type Disclosure = 'whole' | 'seat' | 'row' | 'refused';

/**
 * What staff are told of a booking, a notice or a resident: the one rule of all lists, look-ups and files.
 * @param isChecked whether a check that `opensData` is open for who asks
 */
export function disclosureTo(place: ReadingPlace, { isProtected }: Guarded, isChecked = false): Disclosure {
  if (!isProtected) return 'whole';
  switch (place) {
    case 'one':
      return isChecked ? 'whole' : 'refused';
    case 'list':
      return isChecked ? 'whole' : 'row';
    case 'venue_day':
      return 'seat';
    case 'review':
    case 'file':
      return 'row';
  }
}

/** What is kept of a resident's protection. */
export interface Protection extends Guarded {
  /** The address that a supervisor confirmed while the resident is protected. */
  readonly confirmedAddress?: string | undefined;
}

/**
 * How notices may leave. `usual`: as the programme says. `withheld`: not by machine, a supervisor calls. Otherwise by mail to one
 * address, and never by LINE, which stands open on a telephone that others may hold.
 */
export function noticeWayOf({
  isProtected,
  confirmedAddress,
}: Protection): 'usual' | 'withheld' | { readonly mailTo: string } {
  if (!isProtected) return 'usual';
  return confirmedAddress === undefined ? 'withheld' : { mailTo: confirmedAddress };
}

/** Kinds of subjects in the audit that lead from a person to a place and a time. */
const leadingSubjects: ReadonlySet<string> = new Set(['booking', 'slot', 'notice', 'venue', 'day_file']);
/** Details that lead nowhere. */
const harmlessDetails: ReadonlySet<string> = new Set([
  'asked',
  'wrong',
  'outcome',
  'fields',
  'reason',
  'withholds',
  'unlinked',
]);

/** An entry of the audit about a resident, without what leads to where and when. Who did what, and when they did it, stays. */
export function auditEntryTold<
  Entry extends { subjectKind: string | null; subjectId: string | null; detail: Readonly<Record<string, unknown>> },
>(entry: Entry, disclosure: Disclosure): Entry {
  if (disclosure === 'whole') return entry;
  return {
    ...entry,
    ...(entry.subjectKind !== null && leadingSubjects.has(entry.subjectKind) ? { subjectId: null } : {}),
    detail: Object.fromEntries(Object.entries(entry.detail).filter(([name]) => harmlessDetails.has(name))),
  };
}
