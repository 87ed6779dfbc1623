import { ChangeDetectionStrategy, Component, computed, DestroyRef, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';

import { channelWords } from '../../../../domain/contracts/channels';
import { Api, type Schema } from '../api/api';
import { cityDay, CityTime } from '../shared/city-time';
import { Messages } from '../shared/messages';
import { isRecord, type Json, nameOfItem, textOf, toInstant, toLocal } from './document';
import { NoDraft } from './no-draft';
import { ProgrammeStore } from './programme-store';

type Rehearsal = Schema<'Rehearsal'>;
type Script = Rehearsal['script'];
type Channel = Extract<Script, { kind: 'person' }>['person']['channel'];
type StoryKind = Extract<Script, { kind: 'person' }>['story']['kind'];

const stories: readonly { readonly value: StoryKind; readonly label: string }[] = [
  { value: 'attends', label: '予約して、来場する' },
  { value: 'does_not_come', label: '予約して、来ない' },
  { value: 'cancels', label: '予約して、取り消す' },
  { value: 'moves', label: '予約して、別の日に変更し、来場する' },
  { value: 'city_cancels', label: '予約して、市の都合で取り消される' },
  { value: 'hold_runs_out', label: '席を選んだまま、確定しない' },
  { value: 'gives_up', label: '席を選んで、やめる' },
];

/** Plays a story on the real engine with skipped time, and shows everything that the citizen would get. */
@Component({
  selector: 'toki-rehearsal-page',
  imports: [CityTime, MatButton, NoDraft],
  templateUrl: './rehearsal-page.html',
  styleUrl: './rehearsal-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RehearsalPage {
  protected readonly store = inject(ProgrammeStore);
  private readonly api = inject(Api);
  private readonly messages = inject(Messages);
  private readonly destroyed = inject(DestroyRef);
  protected readonly stories = stories;
  protected readonly groups = computed(() =>
    ((this.store.value(['groups']) as Json[] | undefined) ?? [])
      .filter(isRecord)
      .map((group) => ({ value: String(group['code']), label: nameOfItem(group), opensAt: textOf(group['opensAt']) })),
  );
  protected readonly group = signal('');
  protected readonly story = signal<StoryKind>('attends');
  protected readonly hasEmail = signal(true);
  protected readonly channel = signal<Channel>('web');
  protected readonly channels = computed(() =>
    ((this.store.value(['channels']) as Channel[] | undefined) ?? ['web']).map((value) => ({
      value,
      label: channelWords[value],
    })),
  );
  /** The code of a venue; empty: one of which the programme says nothing. */
  protected readonly venue = signal('');
  protected readonly venues = signal<readonly { readonly code: string; readonly name: string }[]>([]);
  protected readonly ways: Readonly<Record<string, string>> = { email: 'メール', line: 'LINE' };
  protected readonly bookedAt = signal('');
  protected readonly daysAhead = signal(7);
  protected readonly time = signal('10:30');
  protected readonly people = signal(300);
  protected readonly rehearsal = signal<Rehearsal | undefined>(undefined);
  protected readonly busy = computed(
    () => this.rehearsal()?.state === 'waiting' || this.rehearsal()?.state === 'running',
  );
  protected readonly chosen = computed(
    () => this.groups().find((group) => group.value === this.group()) ?? this.groups()[0],
  );
  protected readonly startsAt = computed(() => this.bookedAt() || toLocal(this.chosen()?.opensAt));
  protected readonly busiest = computed(() =>
    Math.max(1, ...(this.rehearsal()?.report?.noticesPerHour ?? []).map((hour) => hour.notices)),
  );
  protected readonly dayOf = (at: string) => cityDay(at);
  private gone = false;

  constructor() {
    this.destroyed.onDestroy(() => {
      this.gone = true;
    });
    void this.loadVenues();
  }

  private async loadVenues(): Promise<void> {
    const { data } = await this.api.client.GET('/api/v1/city/venues');
    if (data) this.venues.set(data.venues);
  }

  protected text(event: Event): string {
    return (event.target as HTMLInputElement).value;
  }

  protected playPerson(): Promise<void> {
    return this.play({
      kind: 'person',
      person: { groupCode: this.chosen()?.value ?? '', hasEmail: this.hasEmail(), channel: this.channel() },
      story: {
        kind: this.story(),
        bookedAt: toInstant(this.startsAt()),
        daysAhead: this.daysAhead(),
        time: this.time(),
        actsDaysBefore: 2,
        ...(this.venue() === '' ? {} : { venueCode: this.venue() }),
      },
    });
  }

  protected playAll(): Promise<void> {
    return this.play({ kind: 'programme', people: this.people(), seed: 1 });
  }

  private async play(script: Script): Promise<void> {
    await this.store.flush();
    const { data, error } = await this.api.client.POST('/api/v1/programmes/{code}/rehearsals', {
      params: { path: { code: this.store.code() } },
      body: { of: 'draft', script },
    });
    if (!data) {
      this.messages.problem(error.detail);
      return;
    }
    while (!this.gone) {
      const { data: found } = await this.api.client.GET('/api/v1/rehearsals/{id}', {
        params: { path: { id: data.id } },
      });
      if (found) this.rehearsal.set(found);
      if (found && found.state !== 'waiting' && found.state !== 'running') break;
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    await this.store.reload();
  }
}
