import type { Instant } from '../calendar/city-time';
import type { ProgrammeDocument } from './document';

export type OpeningState = 'before' | 'open' | 'closed';

export interface GroupOpening {
  readonly label: string;
  readonly state: OpeningState;
  readonly opensAt: Instant;
  readonly closesAt: Instant | undefined;
}

export interface Opening {
  /** `open` as soon as one group may book; `before` while the first is still to come. */
  readonly state: OpeningState;
  /** The next opening of any group, when there is one to come. */
  readonly nextOpensAt: Instant | undefined;
  readonly groups: readonly GroupOpening[];
}

/** Who may book at `now`, for the front page. */
export function openingOf(document: ProgrammeDocument, now: Date): Opening {
  const time = now.getTime();
  const groups = document.groups.map((group): GroupOpening => {
    const state = time < Date.parse(group.opensAt) ? 'before' : group.closesAt !== undefined && time >= Date.parse(group.closesAt) ? 'closed' : 'open';
    return { label: group.label, state, opensAt: group.opensAt, closesAt: group.closesAt };
  });
  const toCome = groups.filter((group) => group.state === 'before').map((group) => group.opensAt);
  const nextOpensAt = toCome.sort((a, b) => new Date(a).getTime() - new Date(b).getTime())[0];
  const state = groups.some((group) => group.state === 'open') ? 'open' : nextOpensAt === undefined ? 'closed' : 'before';
  return { state, nextOpensAt, groups };
}
