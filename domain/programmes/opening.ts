import type { Instant } from '../calendar/city-time';
import type { Channel } from '../contracts/booking-workflow';
import type { ProgrammeDocument } from './document';
import { earliest, isOpenAt, openingTimes } from './eligibility';

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

/** Who may book at `now` by `channel` (left out: by any), for the front page: at some venue, if not at all. */
export function openingOf(document: ProgrammeDocument, now: Date, channel?: Channel): Opening {
  const groups = document.groups.map((group): GroupOpening => {
    const times = openingTimes(group, { channel });
    const open = times.filter((item) => isOpenAt(item, now));
    if (open.length > 0) {
      const [first] = open;
      const closes = open.map((item) => item.closesAt);
      return {
        label: group.label,
        state: 'open',
        opensAt: first?.opensAt ?? group.opensAt,
        closesAt: closes.includes(undefined)
          ? undefined
          : closes.toSorted((a, b) => Date.parse(b ?? '') - Date.parse(a ?? ''))[0],
      };
    }
    const next = earliest(
      times.flatMap(({ opensAt }) => (opensAt !== undefined && now.getTime() < Date.parse(opensAt) ? [opensAt] : [])),
    );
    return {
      label: group.label,
      state: next === undefined ? 'closed' : 'before',
      opensAt: next ?? group.opensAt,
      closesAt: group.closesAt,
    };
  });
  const nextOpensAt = earliest(
    groups.filter((group) => group.state === 'before').map((group) => String(group.opensAt)),
  );
  const state = groups.some((group) => group.state === 'open')
    ? 'open'
    : nextOpensAt === undefined
      ? 'closed'
      : 'before';
  return { state, nextOpensAt, groups };
}
