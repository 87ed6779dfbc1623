import { canonicalText, type ProgrammeDocument } from './document';
import { checkOpen, groupsOf, type Person } from './eligibility';

/** People about whom the rules know the same. */
export interface PeopleAlike extends Person {
  readonly count: number;
}

export interface EligiblePeople {
  /** Who belongs to a group. */
  readonly eligible: number;
  /** Who belongs to none. */
  readonly inNoGroup: number;
  /** Who may book at this moment somewhere, by some channel. */
  readonly mayBookNow: number;
  /** By group, in the document's order. A person in two groups counts in both. */
  readonly groups: readonly GroupSize[];
}

export interface GroupSize {
  readonly code: string;
  readonly label: string;
  readonly people: number;
  /** Others may belong to it by declaring so: who they are is known only when they do. */
  readonly byDeclaration: boolean;
}

/** How many people a document lets book. */
export function countEligible(document: ProgrammeDocument, people: Iterable<PeopleAlike>, now: Date): EligiblePeople {
  const sizes = new Map(document.groups.map((group) => [group.code, 0]));
  let eligible = 0;
  let inNoGroup = 0;
  let mayBookNow = 0;
  for (const alike of people) {
    const groups = groupsOf(document, alike);
    if (groups.length === 0) inNoGroup += alike.count;
    else {
      eligible += alike.count;
      if (checkOpen(document, alike, now).ok) mayBookNow += alike.count;
    }
    for (const { code } of groups) sizes.set(code, (sizes.get(code) ?? 0) + alike.count);
  }
  return {
    eligible,
    inNoGroup,
    mayBookNow,
    groups: document.groups.map(({ code, label, members }) => ({
      code,
      label,
      people: sizes.get(code) ?? 0,
      byDeclaration: members?.some((member) => member.kind === 'declared') ?? false,
    })),
  };
}

/** Whether two documents say the same of who may book what: then no booking to come is touched. */
export function haveSameRules(left: ProgrammeDocument, right: ProgrammeDocument): boolean {
  const rules = ({ groups, channels, doses, vaccines, bookingWindow }: ProgrammeDocument) =>
    canonicalText([
      groups.map(({ label: _label, importedAs: _texts, isDefault: _default, ...group }) => group),
      channels,
      doses.map(({ label: _label, ...dose }) => dose),
      vaccines ?? [],
      bookingWindow,
    ]);
  return rules(left) === rules(right);
}
