import type { BookingView } from '../../../database/bookings';
import type { ProgrammeVersion } from '../../../database/programmes';
import type { Draft, Session } from '../../../database/residents';
import type { FreeSlot, FreeSlotQuery, VenueAvailability, VenueView } from '../../../database/schedule';
import { addDays, cityDate, instantOf, weekdayOf } from '../../../domain/calendar/city-time';
import type { BookingState } from '../../../domain/contracts/booking-lifecycle';
import type { ProgrammeDocument } from '../../../domain/programmes/document';
import { asIfOpen, asIfReviewed, sampleAnswers } from '../../../domain/programmes/editing/as-if';
import { latestBefore } from '../../../domain/programmes/interval';
import { scopeAt } from '../../../domain/programmes/scopes';
import { intervalOf, seatOf, vaccineAt } from '../../../domain/programmes/vaccines';
import { bookingWindow } from '../../../domain/programmes/window';
import { samplePersonOf } from '../../../domain/rehearsal/sample-person';
import { asTheSiteSays } from '../../../domain/site/settings';
import type { PreviewWish } from '../../shared/page-preview';

/** An id that no row of a database has; the same every time, so that a page looks the same every time. */
const sampleId = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
const residentId = sampleId(1);
const programmeId = sampleId(2);
const versionId = sampleId(3);
const slotId = sampleId(4);
const minuteMs = 60_000;
const capacity = 10;

const times = ['09:30', '10:30', '11:30', '13:30', '14:30', '15:30'] as const;
/** Free seats by time and day: plenty, few, none, so that every word for it can be seen. */
const freeSeats = [8, 2, 0, 6, 10, 1] as const;

const inventedVenues: readonly VenueView[] = (
  [
    ['A', '中央区', ['step_free', 'parking']],
    ['B', '東区', ['step_free', 'accessible_toilet']],
  ] as const
).map(([name, ward, features], index) => ({
  id: sampleId(100 + index),
  code: `sample-${name.toLowerCase()}`,
  name: `見本会場${name}`,
  ward,
  address: `新潟市${ward}（見本の住所）`,
  access: 'バス停「見本」から歩いて3分',
  features: [...features],
  mapUrl: null,
  citizenNotes: '',
}));

const sundays = (date: string): boolean => weekdayOf(date) === 0;

/** The invented person's world: what the pages ask of the database, answered from memory. Nothing in it is anybody's. */
export class SampleWorld {
  readonly version: ProgrammeVersion;
  readonly session: Session;
  readonly dose: number;
  readonly venue: VenueView;
  /** City date of the invented appointment. */
  readonly day: string;
  readonly answers: Draft;
  readonly #venues: readonly VenueView[];
  readonly #bookings: readonly BookingView[];

  constructor(
    readonly wish: PreviewWish,
    private readonly now: Date,
  ) {
    const translated = asIfReviewed(wish.document, wish.language);
    // The front page says when it opens; behind the log-in it has opened.
    const document = asTheSiteSays(wish.page === 'front' ? translated : asIfOpen(translated, now), wish.site);
    this.version = { id: versionId, programmeId, programmeCode: 'preview', number: 1, document };
    const groupCode =
      document.groups.find((group) => group.code === wish.groupCode)?.code ?? document.groups[0]?.code ?? '';
    const person = samplePersonOf(document, groupCode);
    this.session = {
      tokenHash: Buffer.alloc(32),
      residentId,
      programmeId,
      groupCode: person.groupCode,
      channel: 'web',
      birthDate: person.birthDate,
      declared: person.declared,
    };
    this.dose = document.doses.find((dose) => dose.number === wish.dose)?.number ?? document.doses[0]?.number ?? 1;
    this.#venues = wish.venues.length > 0 ? wish.venues : inventedVenues;
    const open =
      this.#venues.find((venue) =>
        scopeAt(document, person, { venueCode: venue.code, channel: 'web', dose: this.dose }, now),
      ) ?? this.#venues[0];
    if (!open) throw new Error('a sample world has venues');
    this.venue = open;
    const scope = scopeAt(document, person, { venueCode: open.code, channel: 'web', dose: this.dose }, now);
    const { first } = scope?.range ?? bookingWindow(document, now, { channel: 'web' });
    const soon = addDays(first, 2);
    this.day = sundays(soon) ? addDays(soon, 1) : soon;
    this.answers = sampleAnswers(document, wish.language, cityDate(now));
    this.#bookings = this.#bookingsFor(document);
  }

  /** The appointments that a person who looks at the page has: the doses before, and where the page shows it this one. */
  #bookingsFor(document: ProgrammeDocument): BookingView[] {
    const { page } = this.wish;
    const own: BookingState | undefined =
      page === 'details' || page === 'review'
        ? 'held'
        : page === 'bookings' || page === 'done'
          ? 'confirmed'
          : undefined;
    const bookings: BookingView[] = own === undefined ? [] : [this.#booking(this.dose, this.day, own)];
    let { day } = this;
    for (let dose = this.dose; dose > 1; dose--) {
      const seat = seatOf(document, dose, this.venue.code);
      day =
        seat.mode === 'chosen'
          ? latestBefore(intervalOf(document, dose, vaccineAt(document, this.venue.code, day)), day)
          : addDays(day, -seat.afterDays);
      bookings.unshift(this.#booking(dose - 1, day, day < cityDate(this.now) ? 'attended' : 'confirmed'));
    }
    return bookings;
  }

  bookingId(): string {
    return sampleId(10 + this.dose);
  }

  #booking(dose: number, day: string, state: BookingState): BookingView {
    const startsAt = instantOf(day, '10:30');
    return {
      id: sampleId(10 + dose),
      residentId,
      programmeVersionId: versionId,
      state,
      dose,
      channel: 'web',
      version: 2,
      reference: state === 'held' ? null : '482913505',
      holdExpiresAt: new Date(this.now.getTime() + this.version.document.policies.holdMinutes * minuteMs),
      replaces: null,
      replacedBy: null,
      pairOf: null,
      changes: 0,
      endReason: null,
      slot: { id: slotId, startsAt, endsAt: new Date(startsAt.getTime() + 30 * minuteMs), venue: this.venue },
    };
  }

  readonly programmes = { current: () => Promise.resolve(this.version), version: () => Promise.resolve(this.version) };

  readonly residents = {
    find: () =>
      Promise.resolve({
        id: residentId,
        programmeId,
        groupCode: this.session.groupCode,
        birthDate: this.session.birthDate,
        declared: [...this.session.declared],
        isProtected: false,
      }),
    declare: nothingHappens,
  };

  readonly sessions = {
    draftOf: () => Promise.resolve(this.wish.page === 'review' ? this.answers : {}),
    saveDraft: nothingHappens,
  };

  readonly bookings = {
    listOf: () => Promise.resolve([...this.#bookings]),
    find: (id: string) => Promise.resolve(this.#bookings.find((booking) => booking.id === id)),
    hold: nothingHappens,
    confirm: nothingHappens,
    cancel: nothingHappens,
  };

  readonly slots = {
    venues: () => Promise.resolve([...this.#venues]),
    freeByVenue: ({ from, until, venueIds }: FreeSlotQuery): Promise<VenueAvailability[]> =>
      Promise.resolve(
        this.#venues.flatMap((venue, index) => {
          if (venueIds !== undefined && !venueIds.includes(venue.id)) return [];
          const nextDay = [from, addDays(from, 1)].find((day) => !sundays(day) && day < until) ?? null;
          // Of many venues one is full, so that this can be seen too.
          return [
            index === 2 || nextDay === null
              ? { venueId: venue.id, free: 0, capacity, nextDay: null }
              : { venueId: venue.id, free: index === 1 ? 2 : 8, capacity, nextDay },
          ];
        }),
      ),
    freeSlots: ({ venueId, dose, from, until }: FreeSlotQuery): Promise<FreeSlot[]> => {
      const slots: FreeSlot[] = [];
      for (let day = from, index = 0; day < until && index < 62; day = addDays(day, 1), index++) {
        if (sundays(day)) continue;
        times.forEach((time, at) => {
          const startsAt = instantOf(day, time);
          slots.push({
            id: sampleId(1000 + index * 10 + at),
            venueId: venueId ?? this.venue.id,
            dose,
            startsAt,
            endsAt: new Date(startsAt.getTime() + 30 * minuteMs),
            free: index % 7 === 5 ? 0 : (freeSeats[(index + at) % freeSeats.length] ?? 0),
            capacity,
          });
        });
      }
      return Promise.resolve(slots);
    },
  };
}

/** Nobody can press anything in a preview. */
function nothingHappens(): Promise<never> {
  return Promise.reject(new Error('a preview changes nothing'));
}
