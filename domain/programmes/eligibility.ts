import { type Refusal, refuse } from '../contracts/booking-refusals';
import type { Channel } from '../contracts/booking-workflow';
import { ageOn } from './age';
import type { GroupMembership, ProgrammeDocument, ProgrammeGroup } from './document';

/** What the rules need to know of a person. What is not known makes nobody a member. */
export interface Person {
  /** As imported. */
  readonly groupCode: string;
  /** `YYYY-MM-DD` */
  readonly birthDate?: string | undefined;
  /** Codes of the groups that the person declared to belong to. */
  readonly declared?: readonly string[] | undefined;
}

/** Where and by which way a person wants to book. What is left out may be any. */
export interface Place {
  readonly venueCode?: string | undefined;
  readonly channel?: Channel | undefined;
  readonly dose?: number | undefined;
}

/** The group code of residents who were imported without one, where no group takes them in. */
export const noGroup = 'none';

/** The group of a code; undefined when the version no longer has it. */
export function groupOf(document: ProgrammeDocument, groupCode: string): ProgrammeGroup | undefined {
  return document.groups.find((group) => group.code === groupCode);
}

/**
 * The group that the text of a file's 対象区分 column means. An empty text means the default group, where there is one;
 * where groups go by age or declaration, nobody needs one.
 */
export function groupForImport(document: ProgrammeDocument, text: string): { readonly code: string } | undefined {
  const folded = text.normalize('NFKC').trim();
  if (folded === '')
    return (
      document.groups.find((group) => group.isDefault) ??
      (document.groups.some((group) => group.members?.some((member) => member.kind !== 'imported'))
        ? { code: noGroup }
        : undefined)
    );
  return document.groups.find(
    (group) => group.code === folded || group.importedAs.some((name) => name.normalize('NFKC').trim() === folded),
  );
}

/** Whether a group goes by age, so that the sealed birth date has to be opened. */
export function needsBirthDate(document: ProgrammeDocument): boolean {
  return document.groups.some((group) =>
    group.members?.some((member) => member.kind === 'born' || member.kind === 'age'),
  );
}

/** Every group that a person belongs to, in the document's order. */
export function groupsOf(document: ProgrammeDocument, person: Person): ProgrammeGroup[] {
  return document.groups.filter((group) =>
    (group.members ?? imported).some((member) => isMember(group, member, person)),
  );
}

const imported: readonly GroupMembership[] = [{ kind: 'imported' }];

function isMember(group: ProgrammeGroup, member: GroupMembership, { groupCode, birthDate, declared }: Person): boolean {
  switch (member.kind) {
    case 'imported':
      return groupCode === group.code;
    case 'born':
      return (
        birthDate !== undefined &&
        (member.from === undefined || birthDate >= member.from) &&
        (member.until === undefined || birthDate <= member.until)
      );
    case 'age': {
      if (birthDate === undefined) return false;
      const age = ageOn(birthDate, member.on);
      return (member.from === undefined || age >= member.from) && (member.until === undefined || age <= member.until);
    }
    case 'declared':
      return declared?.includes(group.code) ?? false;
  }
}

/** The groups that a person may declare to belong to, with the statement to tick: those of the document that they are not in yet. */
export function declarable(
  document: ProgrammeDocument,
  person: Person,
): { readonly code: string; readonly label: string; readonly statement: string; readonly help: string | undefined }[] {
  const already = new Set(groupsOf(document, person).map((group) => group.code));
  return document.groups.flatMap((group) => {
    const member = group.members?.find((item) => item.kind === 'declared');
    return member === undefined || already.has(group.code)
      ? []
      : [{ code: group.code, label: group.label, statement: member.statement, help: member.help }];
  });
}

/** The groups that a person has declared when `asked` are declared beside those before; what nobody can declare is left out. */
export function declaredWith(document: ProgrammeDocument, person: Person, asked: readonly string[]): string[] {
  const possible = new Set(declarable(document, person).map((item) => item.code));
  return [...new Set([...(person.declared ?? []), ...asked.filter((code) => possible.has(code))])];
}

/** From when until when; undefined `opensAt`: not at all. */
export interface OpeningTimes {
  readonly opensAt: string | undefined;
  readonly closesAt: string | undefined;
}

/**
 * The opening times of a group that may count at `place`: one where everything is known, several where it is still open
 * which venue, channel or dose it will be.
 */
export function openingTimes(group: ProgrammeGroup, place: Place): OpeningTimes[] {
  const times: OpeningTimes[] = [];
  for (const opening of group.openings ?? []) {
    const fit = [
      fits(opening.venues, place.venueCode),
      fits(opening.channels, place.channel),
      fits(opening.doses, place.dose),
    ];
    if (fit.includes('no')) continue;
    times.push(
      opening.closed
        ? { opensAt: undefined, closesAt: undefined }
        : { opensAt: opening.opensAt ?? group.opensAt, closesAt: opening.closesAt ?? group.closesAt },
    );
    if (!fit.includes('maybe')) return times;
  }
  return [...times, { opensAt: group.opensAt, closesAt: group.closesAt }];
}

/** Whether a list that is left out for "any" has `value`; `maybe` when the value is not known yet. */
export function fits<Value>(list: readonly Value[] | undefined, value: Value | undefined): 'yes' | 'no' | 'maybe' {
  if (list === undefined) return 'yes';
  if (value === undefined) return 'maybe';
  return list.includes(value) ? 'yes' : 'no';
}

export function isOpenAt({ opensAt, closesAt }: OpeningTimes, now: Date): boolean {
  return (
    opensAt !== undefined &&
    now.getTime() >= Date.parse(opensAt) &&
    (closesAt === undefined || now.getTime() < Date.parse(closesAt))
  );
}

/** Whether a person may book at `now`, and by which of their groups (in the document's order). */
export function checkOpen(
  document: ProgrammeDocument,
  person: Person,
  now: Date,
  place: Place = {},
): { ok: true; groups: readonly ProgrammeGroup[] } | Refusal {
  const groups = groupsOf(document, person);
  if (groups.length === 0) return refuse('not_eligible');
  const open = groups.filter((group) => openingTimes(group, place).some((times) => isOpenAt(times, now)));
  if (open.length > 0) return { ok: true, groups: open };
  const all = groups.flatMap((group) => openingTimes(group, place));
  const toCome = earliest(
    all.flatMap(({ opensAt }) => (opensAt !== undefined && now.getTime() < Date.parse(opensAt) ? [opensAt] : [])),
  );
  if (toCome !== undefined) return refuse('not_open_yet', { opensAt: toCome });
  const closed = all
    .flatMap(({ closesAt }) => (closesAt === undefined ? [] : [closesAt]))
    .sort((a, b) => Date.parse(b) - Date.parse(a))[0];
  return closed === undefined ? refuse('closed') : refuse('closed', { closedAt: closed });
}

/**
 * As `checkOpen`, whatever the time: refused is who belongs to no group, or only to groups that are not open at `place` at all.
 * That the time has not come yet, or is over, refuses nobody here.
 */
export function checkEverOpen(
  document: ProgrammeDocument,
  person: Person,
  place: Place = {},
): { ok: true; groups: readonly ProgrammeGroup[] } | Refusal {
  const groups = groupsOf(document, person);
  if (groups.length === 0) return refuse('not_eligible');
  const open = groups.filter((group) => openingTimes(group, place).some(({ opensAt }) => opensAt !== undefined));
  return open.length > 0 ? { ok: true, groups: open } : refuse('closed');
}

export function earliest(instants: readonly string[]): string | undefined {
  return [...instants].sort((a, b) => Date.parse(a) - Date.parse(b))[0];
}
