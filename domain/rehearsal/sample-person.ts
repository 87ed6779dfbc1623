import { addDays } from '../calendar/city-time';
import type { ProgrammeDocument } from '../programmes/document';
import { groupsOf, type Person } from '../programmes/eligibility';

const usualBirthDate = '1950-04-01';
/** A person of each age, for groups that go by something else than age. */
const otherBirthDates = ['1960-04-01', '1975-04-01', '1990-04-01', '2005-04-01'] as const;

/** A person who belongs to a group of the document, whatever it goes by; to no other group, where such a person can be. */
export function samplePersonOf(
  document: ProgrammeDocument,
  groupCode: string,
): Person & { readonly birthDate: string; readonly declared: readonly string[] } {
  const group = document.groups.find((item) => item.code === groupCode);
  const [member] = group?.members ?? [];
  const birthDates: string[] = [usualBirthDate, ...otherBirthDates];
  if (member?.kind === 'born') birthDates.unshift(...[member.from, member.until].filter((date) => date !== undefined));
  if (member?.kind === 'age') {
    const years = member.from ?? member.until ?? 0;
    // A day beside the birthday: how the law counts the day itself does not matter then.
    birthDates.unshift(
      addDays(
        `${String(Number(member.on.slice(0, 4)) - years).padStart(4, '0')}${member.on.slice(4).replace('-02-29', '-02-28')}`,
        -30,
      ),
    );
  }
  const people = birthDates.map((birthDate) => ({
    groupCode: member === undefined || member.kind === 'imported' ? groupCode : 'none',
    birthDate,
    declared: member?.kind === 'declared' ? [groupCode] : [],
  }));
  const found = people
    .map((person) => ({ person, groups: groupsOf(document, person) }))
    .filter(({ groups }) => groups.some((item) => item.code === groupCode));
  return (
    (found.find(({ groups }) => groups.length === 1) ?? found[0])?.person ?? {
      groupCode,
      birthDate: usualBirthDate,
      declared: [],
    }
  );
}
