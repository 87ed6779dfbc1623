import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  ElementRef,
  inject,
  input,
  output,
  signal,
  untracked,
} from '@angular/core';
import { FormControl, FormGroup, ReactiveFormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';

import { Api, type Schema } from '../api/api';
import { CityTime, cityWords } from '../shared/city-time';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import type { GridSlot } from './grid-model';
import { TouchedList } from './touched-list';
import { byChannel, type Channel, channelOrder, channelWords } from './week';

/** What the API takes: seats of one slot and channel, seen and wanted. */
export interface SeatChange {
  readonly slotId: string;
  readonly channel: Channel;
  readonly was: number;
  readonly capacity: number;
}

interface ShortSeats {
  readonly slotId: string;
  readonly channel: Channel;
  readonly startsAt: string;
  readonly taken: number;
  readonly wanted: number;
  readonly touched: readonly Schema<'TouchedBooking'>[];
}

const mostSeats = 999;

/** Beside the grid: the seats of the chosen slots, to be changed in place, with who is touched. */
@Component({
  selector: 'toki-seat-panel',
  imports: [CityTime, Icon, MatButton, ReactiveFormsModule, TouchedList],
  templateUrl: './seat-panel.html',
  styleUrl: './seat-panel.css',
  host: { '(keydown.escape)': 'closed.emit()' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SeatPanel {
  readonly slots = input.required<readonly GridSlot[]>();
  readonly channels = input.required<readonly Channel[]>();
  readonly canEdit = input.required<boolean>();
  readonly closed = output();
  /** Done: what was changed, so that it can be taken back. */
  readonly changed = output<readonly SeatChange[]>();
  /** Another person was faster: what is shown is old. */
  readonly stale = output();

  private readonly api = inject(Api);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);
  protected readonly words = channelWords;
  protected readonly form = new FormGroup({
    how: new FormControl<'set' | 'add'>('set', { nonNullable: true }),
    ...byChannel(() => new FormControl<number | null>(null)),
  });
  protected readonly busy = signal(false);
  protected readonly problem = signal('');
  protected readonly short = signal<readonly ShortSeats[]>([]);
  protected readonly single = computed(() => (this.slots().length === 1 ? this.slots()[0] : undefined));
  /** Slots among them that take no new bookings. */
  protected readonly stopped = computed(() => this.slots().filter((slot) => slot.stopped).length);
  protected readonly shownChannels = computed(() =>
    channelOrder.filter(
      (channel) =>
        this.channels().includes(channel) || this.slots().some((slot) => this.seatsOf(slot, channel).planned > 0),
    ),
  );
  protected readonly bookings = loaded(() =>
    this.api.client.GET('/api/v1/city/slots/{id}/bookings', { params: { path: { id: this.single()?.id ?? '' } } }),
  );
  private readonly ids = computed(() =>
    this.slots()
      .map((slot) => slot.id)
      .join(' '),
  );

  constructor() {
    effect(() => {
      this.ids();
      untracked(() => this.begin());
    });
  }

  focusFirst(): void {
    setTimeout(() =>
      (
        this.host.nativeElement.querySelector<HTMLElement>('input[type=number]') ??
        this.host.nativeElement.querySelector<HTMLElement>('button')
      )?.focus(),
    );
  }

  protected sumOf(channel: Channel) {
    const seats = this.slots().map((slot) => this.seatsOf(slot, channel));
    const sum = (pick: 'planned' | 'held' | 'booked' | 'free') => seats.reduce((all, seat) => all + seat[pick], 0);
    return { planned: sum('planned'), held: sum('held'), booked: sum('booked'), free: sum('free') };
  }

  protected async save(): Promise<void> {
    this.problem.set('');
    this.short.set([]);
    const changes = this.changesOf();
    if (typeof changes === 'string') {
      this.problem.set(changes);
      return;
    }
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/city/slots/capacities', { body: { changes } });
    this.busy.set(false);
    if (data) this.changed.emit(changes);
    else if (error.code === 'below_booked') {
      this.problem.set(error.detail);
      this.short.set((error.current as { short?: ShortSeats[] } | undefined)?.short ?? []);
    } else if (error.code === 'changed_meanwhile') {
      this.problem.set(
        'ほかの人が先に席数を変えました。新しい数を読み込みました。確認してから、もう一度操作してください。',
      );
      this.stale.emit();
    } else this.problem.set(error.faults?.[0]?.sentence ?? error.detail);
  }

  protected timeOf(moment: string): string {
    return cityWords.moment(moment);
  }

  /** The changes that the form asks for, or what is wrong with it. */
  private changesOf(): SeatChange[] | string {
    const { how, ...values } = this.form.getRawValue();
    const asked = this.shownChannels().flatMap((channel) => {
      const value = values[channel];
      return value === null || (how === 'add' && value === 0) ? [] : [{ channel, value }];
    });
    if (
      asked.some(
        ({ value }) => !Number.isInteger(value) || value < (how === 'set' ? 0 : -mostSeats) || value > mostSeats,
      )
    )
      return `席数は0から${String(mostSeats)}までの数で入力してください。`;
    const changes = this.slots()
      .flatMap((slot) =>
        asked.map(({ channel, value }): SeatChange => {
          const was = this.seatsOf(slot, channel).planned;
          return {
            slotId: slot.id,
            channel,
            was,
            capacity: how === 'set' ? value : Math.min(mostSeats, Math.max(0, was + value)),
          };
        }),
      )
      .filter((change) => change.capacity !== change.was);
    return changes.length > 0 ? changes : '変わる席がありません。席数を入力してください。';
  }

  private seatsOf(slot: GridSlot, channel: Channel) {
    return slot.seats.find((seat) => seat.channel === channel) ?? { channel, planned: 0, held: 0, booked: 0, free: 0 };
  }

  private begin(): void {
    const single = this.single();
    const planned = (channel: Channel) => (single ? this.seatsOf(single, channel).planned : null);
    this.form.reset({
      how: 'set',
      ...byChannel(planned),
    });
    this.problem.set('');
    this.short.set([]);
    if (single) void this.bookings.reload();
  }
}
