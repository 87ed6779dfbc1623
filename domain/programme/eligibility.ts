import { refuse, type Refusal } from '../booking/refusals';
import type { ProgrammeDocument, ProgrammeGroup } from './document';

/** The group of a resident by the code kept at import; undefined when the version no longer has it. */
export function groupOf(document: ProgrammeDocument, groupCode: string): ProgrammeGroup | undefined {
  return document.groups.find((group) => group.code === groupCode);
}

/** The group that the text of a file's 対象区分 column means. An empty text means the default group, where there is one. */
export function groupForImport(document: ProgrammeDocument, text: string): ProgrammeGroup | undefined {
  const folded = text.normalize('NFKC').trim();
  if (folded === '') return document.groups.find((group) => group.isDefault);
  return document.groups.find((group) => group.code === folded || group.importedAs.some((name) => name.normalize('NFKC').trim() === folded));
}

/** Whether a group may book at `now`. */
export function checkOpen(document: ProgrammeDocument, groupCode: string, now: Date): { ok: true } | Refusal {
  const group = groupOf(document, groupCode);
  if (!group) return refuse('not_eligible');
  if (now.getTime() < Date.parse(group.opensAt)) return refuse('not_open_yet', { opensAt: group.opensAt });
  if (group.closesAt && now.getTime() >= Date.parse(group.closesAt)) return refuse('closed', { closedAt: group.closesAt });
  return { ok: true };
}
