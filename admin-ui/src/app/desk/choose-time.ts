import { ChangeDetectionStrategy, Component, computed, effect, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';

import { defined } from '../../../../domain/text/defined';
import { Api, type Schema } from '../api/api';
import { CityTime } from '../shared/city-time';
import { loaded } from '../shared/loaded';
import { ProblemNote } from '../shared/problem-note';
import { ChoiceList } from './choice-list';
import { DeskCall } from './desk-call';
import { Seats } from './seats';

type VenueSeats = Schema<'VenueSeats'>;
type DaySeats = Schema<'DaySeats'>;
type Slot = Schema<'Slot'>;

/** Venue, then day, then time: three lists, one after the other. Choosing a time holds the seat. */
@Component({
  selector: 'toki-choose-time',
  imports: [ChoiceList, CityTime, MatButton, ProblemNote, Seats],
  templateUrl: './choose-time.html',
  styleUrl: './choose-time.css',
  host: { '(keydown.escape)': 'onEscape($event)' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ChooseTime {
  private readonly api = inject(Api).client;
  protected readonly call = inject(DeskCall);
  protected readonly wanted = this.call.wanted;
  protected readonly venue = this.call.venue;
  protected readonly day = this.call.day;
  /** Times that turned out to be full while the list was shown. */
  protected readonly gone = signal<readonly string[]>([]);

  /** Of whom the seats are asked too: what is open to them counts, and a wish that no venue can fulfil is theirs. */
  private readonly range = computed(
    () => {
      const resident = this.call.person()?.resident.id;
      return {
        dose: String(this.wanted()?.dose.number ?? 1),
        from: this.wanted()?.dose.dates?.first ?? '',
        to: this.wanted()?.dose.dates?.last ?? '',
        ...defined({ resident }),
      };
      // The person is read again behind the list: that alone must not begin it again while a person types.
    },
    { equal: (left, right) => JSON.stringify(left) === JSON.stringify(right) },
  );
  protected readonly venues = loaded(() => this.api.GET('/api/v1/slots/venues', { params: { query: this.range() } }));
  protected readonly days = loaded(() =>
    this.api.GET('/api/v1/slots/days', { params: { query: { ...this.range(), venue: this.venue()?.id ?? '' } } }),
  );
  protected readonly slots = loaded(() =>
    this.api.GET('/api/v1/slots', {
      params: {
        query: { ...this.range(), venue: this.venue()?.id ?? '', from: this.day() ?? '', to: this.day() ?? '' },
      },
    }),
  );

  protected readonly noPhoneSeats = (item: { phone: { free: number } }): boolean => item.phone.free === 0;
  protected readonly slotOff = (slot: Slot): boolean => slot.phone.free === 0 || this.gone().includes(slot.id);
  /** Each list starts again, with the focus, when what it hangs on changes. */
  protected readonly venueList = computed(() => this.venues.value()?.venues ?? []);
  protected readonly dayList = computed(() => (this.days.loading() ? [] : (this.days.value()?.days ?? [])));
  protected readonly slotList = computed(() => (this.slots.loading() ? [] : (this.slots.value()?.slots ?? [])));

  constructor() {
    effect(() => {
      this.range();
      void this.venues.reload();
    });
    effect(() => {
      this.range();
      if (this.venue()) void this.days.reload();
    });
    effect(() => {
      this.range();
      if (this.venue() && this.day()) void this.slots.reload();
    });
  }

  protected takeVenue({ venue }: VenueSeats): void {
    this.day.set(undefined);
    this.venue.set(venue);
  }

  protected takeDay({ day }: DaySeats): void {
    this.gone.set([]);
    this.day.set(day);
  }

  protected async take(slot: Slot): Promise<void> {
    await this.call.hold(slot.id);
    const code = this.call.problem()?.code;
    if (code !== 'slot_full' && code !== 'slot_closed') return;
    this.gone.update((ids) => [...ids, slot.id]);
    void this.slots.reload();
  }

  protected otherVenue(): void {
    this.day.set(undefined);
    this.venue.set(undefined);
    void this.venues.reload();
  }

  protected otherDay(): void {
    this.day.set(undefined);
    void this.days.reload();
  }

  /** Esc: from the times to the days, to the venues, to the person. */
  protected onEscape(event: Event): void {
    if (this.day()) this.otherDay();
    else if (this.venue()) this.otherVenue();
    else return;
    event.stopPropagation();
  }
}
