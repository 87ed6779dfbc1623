import type { ProgrammeDocument } from '../programmes/document';
import { countEligible, type PeopleAlike } from '../programmes/eligible-people';

/** People of a group, or of all groups together. */
export interface DemandFigures {
  readonly eligible: number;
  readonly booked: number;
  /** Looked for a seat and found none. */
  readonly looked: number;
  /** … and have none to this moment. */
  readonly without: number;
}

export interface GroupDemand extends DemandFigures {
  readonly code: string;
  readonly label: string;
}

interface DemandPeople {
  readonly listed: readonly PeopleAlike[];
  readonly booked: readonly PeopleAlike[];
  readonly looked: readonly PeopleAlike[];
  readonly without: readonly PeopleAlike[];
}

/** What people wanted and what they got, in all and by group as the document sorts them now. Somebody in two groups counts in both. */
export function countDemand(
  document: ProgrammeDocument,
  { listed, booked, looked, without }: DemandPeople,
  now: Date,
): { readonly total: DemandFigures; readonly groups: readonly GroupDemand[] } {
  const [all, have, tried, lack] = [listed, booked, looked, without].map((people) =>
    countEligible(document, people, now),
  );
  const figuresOf = (count: (found: typeof all) => number): DemandFigures => ({
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
