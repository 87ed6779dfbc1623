import { computed, type Signal, signal } from '@angular/core';

import type { Api, Problem, Schema } from '../api/api';

export type OpenEntry = Schema<'DayListEntry'>;
/** The seat of a protected resident has no name. */
export type Entry = OpenEntry | Schema<'ProtectedDayListEntry'>;
export type Show = 'all' | 'waiting' | 'arrived';

/** What is moved by others in between is asked for this often, ms. */
const everyMs = 10_000;

/** The list of one venue and day: read whole once, then only what moved, which says nothing of who. */
export class DayList {
  private readonly list = signal<readonly Entry[]>([]);
  private readonly trouble = signal<Problem | undefined>(undefined);
  private readonly busy = signal(false);
  private readonly next = signal<string | null>(null);
  private since = '';
  private chosen: { venueId: string; date: string } | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;

  readonly entries = this.list.asReadonly();
  readonly problem = this.trouble.asReadonly();
  readonly loading = this.busy.asReadonly();
  /** Where nobody is expected: the next day on which a person is. */
  readonly nextDay = this.next.asReadonly();
  readonly counts: Signal<{ expected: number; arrived: number; missed: number; cancelled: number }> = computed(() => {
    const of = (state: Entry['state']) => this.list().filter((entry) => entry.state === state).length;
    return {
      expected: this.list().length - of('cancelled'),
      arrived: of('attended'),
      missed: of('no_show'),
      cancelled: of('cancelled'),
    };
  });

  constructor(private readonly api: Api) {}

  async open(venueId: string, date: string): Promise<void> {
    this.chosen = { venueId, date };
    clearInterval(this.timer);
    this.timer = setInterval(() => document.hidden || void this.follow(), everyMs);
    this.since = '';
    this.list.set([]);
    await this.reload();
  }

  close(): void {
    clearInterval(this.timer);
  }

  async reload(): Promise<void> {
    if (!this.chosen) return;
    const asked = this.chosen;
    this.busy.set(true);
    const { data, error } = await this.api.client.GET('/api/v1/reception/day', { params: { query: asked } });
    if (asked !== this.chosen) return;
    this.busy.set(false);
    this.trouble.set(error);
    if (!data) return;
    this.since = data.readAt;
    this.next.set(data.nextDay);
    this.list.set(data.entries);
  }

  /** What a person did here, without waiting for the next look. */
  put(entry: Entry): void {
    if (entry.isProtected) {
      void this.reload();
      return;
    }
    this.list.update((entries) => entries.map((item) => (item.bookingId === entry.bookingId ? entry : item)));
  }

  private async follow(): Promise<void> {
    if (!this.chosen || this.since === '') return;
    const asked = this.chosen;
    const { data } = await this.api.client.GET('/api/v1/reception/day/changes', {
      params: { query: { ...asked, since: this.since } },
    });
    if (!data || asked !== this.chosen) return;
    const changes = new Map(data.changes.map((change) => [change.bookingId, change]));
    const known = new Set(this.list().map((entry) => entry.bookingId));
    // A new person has to be read with their line.
    if (data.seatsChanged || [...changes.keys()].some((id) => !known.has(id))) {
      await this.reload();
      return;
    }
    this.since = data.readAt;
    if (changes.size > 0)
      this.list.update((entries) =>
        entries.map((entry) => (entry.isProtected ? entry : { ...entry, ...changes.get(entry.bookingId) })),
      );
  }
}

/** Lines that fit what was typed (kana, reference, the end of the coupon number, time) and what is to be shown. */
export function linesOf(entries: readonly Entry[], text: string, show: Show): readonly Entry[] {
  const wanted = fold(text);
  return entries.filter(
    (entry) =>
      (show === 'all' || (show === 'waiting' ? entry.state === 'confirmed' : entry.state === 'attended')) &&
      (wanted === '' ||
        (entry.isProtected ? ['保護対象'] : [entry.kana ?? '', entry.reference, entry.couponEnd]).some((part) =>
          fold(part).includes(wanted),
        )),
  );
}

/** Katakana without blanks and hyphens, whatever script it was typed in. */
function fold(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s-]/g, '')
    .replace(/[ぁ-ゖ]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60));
}
