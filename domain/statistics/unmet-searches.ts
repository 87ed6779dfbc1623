import type { ProgrammeDocument } from '../programmes/document';
import { countEligible, type PeopleAlike } from '../programmes/eligible-people';

/** People of a group, or of all groups together. */
export interface UnmetSearchCounts {
  readonly eligible: number;
  readonly booked: number;
  /** Looked for a seat and found none. */
  readonly looked: number;
  /** Of these, the people who still have none. */
  readonly without: number;
}

export interface GroupUnmetSearches extends UnmetSearchCounts {
  readonly code: string;
  readonly label: string;
}

interface UnmetSearchPeople {
  readonly listed: readonly PeopleAlike[];
  readonly booked: readonly PeopleAlike[];
  readonly looked: readonly PeopleAlike[];
  readonly without: readonly PeopleAlike[];
}

/** What people wanted and what they got, in all and by group as the document sorts them now. A person in two groups counts in both. */
export function countUnmetSearches(
  document: ProgrammeDocument,
  { listed, booked, looked, without }: UnmetSearchPeople,
  now: Date,
): { readonly total: UnmetSearchCounts; readonly groups: readonly GroupUnmetSearches[] } {
  const [all, have, tried, lack] = [listed, booked, looked, without].map((people) =>
    countEligible(document, people, now),
  );
  const figuresOf = (count: (found: typeof all) => number): UnmetSearchCounts => ({
    eligible: count(all),
    booked: count(have),
    looked: count(tried),
    without: count(lack),
  });
  return {
    total: figuresOf((found) => found?.eligible ?? 0),
    groups: document.groups.map(({ code, label }) => ({
      code,
      label,
      ...figuresOf((found) => found?.groups.find((group) => group.code === code)?.people ?? 0),
    })),
  };
}
