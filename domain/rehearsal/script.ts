import type { Channel } from '../contracts/booking-workflow';

/** What a person in a rehearsal does. A closed set: each is played on the real workflow. */
export const stories = [
  'attends',
  'hold_runs_out',
  'gives_up',
  'cancels',
  'moves',
  'does_not_come',
  'city_cancels',
] as const;
export type StoryKind = (typeof stories)[number];

export const storyWords: Readonly<Record<StoryKind, string>> = {
  attends: '予約して、来場する',
  hold_runs_out: '席を選んだまま、確定しない',
  gives_up: '席を選んで、やめる',
  cancels: '予約して、取り消す',
  moves: '予約して、別の日に変更し、来場する',
  does_not_come: '予約して、来ない',
  city_cancels: '予約して、市の都合で取り消される',
};

export interface SamplePerson {
  readonly groupCode: string;
  /** Gives a mail address in the form. */
  readonly hasEmail: boolean;
  readonly channel: Channel;
}

export interface Story {
  readonly kind: StoryKind;
  /** When the seat is chosen; an instant. */
  readonly bookedAt: string;
  /** The appointment: days after the day of booking, and its time in the city. */
  readonly daysAhead: number;
  readonly time: string;
  /** For `cancels`, `moves` and `city_cancels`: how many days before the appointment. */
  readonly actsDaysBefore: number;
  /** Where: what the programme says of this venue counts. Left out: a venue of which it says nothing. */
  readonly venueCode?: string | undefined;
}

export type RehearsalScript =
  | { readonly kind: 'person'; readonly person: SamplePerson; readonly story: Story }
  | { readonly kind: 'programme'; readonly people: number; readonly seed: number };

/** What the citizen, or the city, would see at one moment. */
export interface RehearsalEntry {
  /** Instant in the rehearsal's own time. */
  readonly at: string;
  readonly kind: 'event' | 'notice' | 'deadline' | 'refusal';
  readonly label: string;
  readonly status: 'done' | 'skipped' | 'failed';
  readonly dose: number;
  /** Of a notice that went out: on which channel, as rendered. */
  readonly notice?: { readonly channel: string; readonly subject: string; readonly text: string };
  /** The notice could not go out, and staff are to telephone in its place. */
  readonly isCall?: true;
}

export interface RehearsalFault {
  readonly sentence: string;
  /** A part of the document. */
  readonly path?: string;
}

/** How the seats were used, over all people. */
export interface RehearsalSeats {
  readonly dose: number;
  readonly offered: number;
  readonly attended: number;
  readonly noShow: number;
  readonly cancelled: number;
  readonly expired: number;
  /** People who found no seat. */
  readonly unmet: number;
}

export interface RehearsalReport {
  readonly people: number;
  /** How long it took in real time, ms. */
  readonly durationMs: number;
  readonly faults: readonly RehearsalFault[];
  /** One person's: everything, in order. */
  readonly timeline?: readonly RehearsalEntry[];
  /** A whole programme's. */
  readonly seats?: readonly RehearsalSeats[];
  readonly noticesPerHour?: readonly { readonly hour: string; readonly notices: number }[];
  readonly noticesByStep?: readonly { readonly step: string; readonly sent: number; readonly skipped: number }[];
}
