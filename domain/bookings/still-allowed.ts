import type { RefusalCode } from '../contracts/booking-refusals';
import type { Channel } from '../contracts/booking-workflow';
import type { ProgrammeDocument } from '../programmes/document';
import type { Person } from '../programmes/eligibility';
import { type BookingForRules, decideHold } from './rules';

/**
 * Why a document would not allow a booking that is held or confirmed. The rules are those of `decideHold`, of which some are
 * about the booking and some about the moment at which a person books. Only the first kind is asked here:
 *
 *   about the booking: the person belongs to a group; the group is open at this venue, by this channel and for this dose at
 *   all; the channel and the dose exist; the day lies within the first and last day of all; vaccine and interval fit the
 *   dose before.
 *   about the moment: the group is not open yet or not any more; the rolling window; the time has begun; how many seats are
 *   open; how often and until when something may be changed. These never count against a person who has booked.
 *
 * Once per pair: the later dose is reported, not both, because one of them has to move.
 */
export const notAllowedReasons = [
  'not_eligible',
  'closed',
  'wrong_dose',
  'outside_window',
  'other_vaccine',
  'previous_dose_missing',
  'too_early_for_dose',
  'too_late_for_dose',
] as const;
export type NotAllowedReason = (typeof notAllowedReasons)[number];

/** For staff. */
export const notAllowedWords: Readonly<Record<NotAllowedReason, string>> = {
  not_eligible: '対象区分から外れる',
  closed: 'この会場・窓口・回では受け付けない対象区分になる',
  wrong_dose: 'この回がなくなる',
  outside_window: '予約できる最初の日・最後の日から外れる',
  other_vaccine: '前の回とワクチンが違ってしまう',
  previous_dose_missing: '前の回の予約がない',
  too_early_for_dose: '前の回からの日数が足りなくなる',
  too_late_for_dose: '前の回からの日数が長すぎる',
};

/** A booking that is held or confirmed, with what the rules need to know beside it. */
export interface BookingToCome extends Pick<BookingForRules, 'dose' | 'slotStartsAt' | 'venueCode'> {
  readonly channel: Channel;
  readonly person: Person;
  /** The booking of the dose before: confirmed, attended, or held in the same go. */
  readonly previous: BookingForRules | undefined;
  /** A supervisor let this person be booked whatever the opening of their group says. */
  readonly isPermitted: boolean;
}

/** What a document says against a booking that is held or confirmed; undefined: nothing. */
export function whyNotStillAllowed(
  document: ProgrammeDocument,
  { person, previous, isPermitted, ...booking }: BookingToCome,
): NotAllowedReason | undefined {
  const decision = decideHold(
    document,
    person,
    previous ? [previous] : [],
    { dose: booking.dose, startsAt: booking.slotStartsAt, venueCode: booking.venueCode },
    {
      dose: booking.dose,
      channel: booking.channel,
      isBookedAlready: true,
      isPermitted,
      ...(previous?.state === 'held' ? { pairOf: previous.id } : {}),
    },
    noMoment,
  );
  if (decision.ok) return undefined;
  if (isNotAllowedReason(decision.code)) return decision.code;
  throw new Error(`a booking to come was refused for what binds the moment of booking: ${decision.code}`);
}

/** No rule that is asked here looks at it. */
const noMoment = new Date(0);

function isNotAllowedReason(code: RefusalCode): code is NotAllowedReason {
  return (notAllowedReasons as readonly string[]).includes(code);
}
