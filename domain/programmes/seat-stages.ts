import type { ProgrammeDocument, ProgrammeGroup, SeatStageRule } from './document';
import { fits, type Place } from './eligibility';

/** How many seats of a slot a person may have: `share` % of them, shared with all who book under the rule `code`. */
export interface SeatShare {
  readonly code: string;
  /** 0–100 */
  readonly share: number;
}

/** By which group a person books, and which part of the seats is open to it. No `limit`: all of them. */
export interface OpenSeats {
  readonly group: ProgrammeGroup;
  readonly limit: SeatShare | null;
}

/** The share that a rule has opened by `now`, in %. */
export function openShare(rule: SeatStageRule, now: Date): number {
  return rule.stages.filter((stage) => now.getTime() >= Date.parse(stage.at)).at(-1)?.share ?? 0;
}

/**
 * The best of a person's open groups at `place`: one that no rule holds back, else the one with the largest share.
 * A rule whose whole share is open holds nothing back.
 */
export function seatStageFor(
  document: ProgrammeDocument,
  groups: readonly ProgrammeGroup[],
  place: Place,
  now: Date,
): OpenSeats | undefined {
  let best: OpenSeats | undefined;
  for (const group of groups) {
    const rule = document.releases?.find(
      (item) =>
        item.groups.includes(group.code) &&
        fits(item.venues, place.venueCode) !== 'no' &&
        fits(item.channels, place.channel) !== 'no',
    );
    const share = rule ? openShare(rule, now) : 100;
    if (!rule || share === 100) return { group, limit: null };
    if (!best?.limit || share > best.limit.share) best = { group, limit: { code: rule.code, share } };
  }
  return best;
}

/** Seats of a slot and channel that a share is: rounded down, so that never more seats open than was said. */
export function seatsOfShare(capacity: number, share: number): number {
  return Math.floor((capacity * share) / 100);
}
