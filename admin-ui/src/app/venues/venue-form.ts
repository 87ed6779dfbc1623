import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { FormControl, FormGroup, NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatCheckbox } from '@angular/material/checkbox';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Router, RouterLink } from '@angular/router';

import { type VenueFeature, venueFeatures, venueFeatureWords } from '../../../../domain/schedule/venue-features';
import { Api, type Schema } from '../api/api';
import { ConfirmDialog } from '../shared/confirm-dialog';
import { Conflict, type Difference } from '../shared/conflict';
import { ErrorSummary } from '../shared/error-summary';
import { FormFaults } from '../shared/form-faults';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { Messages } from '../shared/messages';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { Session } from '../shared/session';
import { type Editing, warnBeforeUnload } from '../shared/unsaved-changes';

type Venue = Schema<'VenueRecord'>;

const labels = {
  name: '会場名',
  ward: '区',
  address: '住所',
  access: '行き方',
  mapUrl: '地図のURL',
  features: '設備',
  capacityNotes: '収容の備考',
  citizenNotes: '来場される方へのお知らせ',
  active: '予約の受付',
  position: '並び順',
} as const;
type Field = keyof typeof labels;

/** Adds a venue, or changes one that is there. */
@Component({
  selector: 'toki-venue-form',
  imports: [
    Conflict,
    ErrorSummary,
    Icon,
    MatButton,
    MatCheckbox,
    MatError,
    MatFormField,
    MatHint,
    MatInput,
    MatLabel,
    PageHeader,
    ProblemNote,
    ReactiveFormsModule,
    RouterLink,
  ],
  templateUrl: './venue-form.html',
  styleUrl: './venue-form.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class VenueForm implements Editing {
  /** From the URL; none for a new venue. */
  readonly id = input<string>();

  private readonly api = inject(Api);
  private readonly confirmDialog = inject(ConfirmDialog);
  private readonly router = inject(Router);
  private readonly messages = inject(Messages);
  private readonly session = inject(Session);
  private readonly build = inject(NonNullableFormBuilder);

  protected readonly canEdit = computed(() => this.session.me()?.role === 'city_admin');
  protected readonly features = venueFeatures.map((code) => ({ code, words: venueFeatureWords[code].words }));
  protected readonly form = this.build.group({
    code: ['', Validators.required],
    name: ['', Validators.required],
    ward: ['', Validators.required],
    address: ['', Validators.required],
    access: [''],
    mapUrl: [''],
    capacityNotes: [''],
    citizenNotes: [''],
    active: [true],
    position: [0],
    features: new FormGroup(
      Object.fromEntries(venueFeatures.map((code) => [code, new FormControl(false, { nonNullable: true })])) as Record<
        VenueFeature,
        FormControl<boolean>
      >,
    ),
  });
  protected readonly faults = new FormFaults(this.form);
  protected readonly busy = signal(false);
  protected readonly known = signal<Venue | undefined>(undefined);
  /** Another person's venue, after a 412. */
  protected readonly theirs = signal<Venue | undefined>(undefined);
  protected readonly answer = loaded(() =>
    this.api.client.GET('/api/v1/city/venues/{id}', { params: { path: { id: this.id() ?? '' } } }),
  );
  protected readonly differences = computed<Difference[]>(() => {
    const theirs = this.theirs();
    const mine = this.theirs() && this.valueOf();
    if (!theirs || !mine) return [];
    return (Object.keys(labels) as Field[]).flatMap((field) => {
      const [a, b] = [wordsOf(field, mine[field]), wordsOf(field, theirs[field])];
      return a === b ? [] : [{ label: labels[field], mine: a, theirs: b }];
    });
  });

  constructor() {
    warnBeforeUnload(() => this.hasUnsaved());
    effect(() => {
      if (this.id() !== undefined) untracked(() => void this.load());
    });
  }

  /** How many bookings would stay when new ones are stopped by what is ticked now. */
  protected willStop(): number {
    const venue = this.known();
    return venue?.active && !this.form.controls.active.value ? venue.upcoming : 0;
  }

  hasUnsaved(): boolean {
    return this.form.dirty && !this.busy();
  }

  protected async load(): Promise<void> {
    await this.answer.reload();
    const venue = this.answer.value();
    if (venue) this.show(venue);
  }

  protected async save(): Promise<void> {
    this.theirs.set(undefined);
    const needed = {
      name: '会場名を入力してください。',
      ward: '区を入力してください。',
      address: '住所を入力してください。',
    };
    if (!this.faults.check(this.id() === undefined ? { code: '会場コードを入力してください。', ...needed } : needed))
      return;
    this.busy.set(true);
    const known = this.known();
    const value = this.valueOf();
    const { data, error } = known
      ? await this.api.client.PATCH('/api/v1/city/venues/{id}', {
          params: { path: { id: known.id } },
          body: { ...value, version: known.version },
        })
      : await this.api.client.POST('/api/v1/city/venues', {
          body: { ...value, code: this.form.getRawValue().code.trim() },
        });
    if (data) {
      this.show(data);
      this.messages.done(
        known
          ? '会場を保存しました。市民の画面には2秒以内に反映されます。'
          : '会場を追加しました。次は日程を作ってください。',
      );
      if (!known) await this.router.navigate(['/venues', data.id], { replaceUrl: true });
      this.busy.set(false);
      return;
    }
    this.busy.set(false);
    if (error.code === 'changed_meanwhile' && error.current) this.theirs.set(error.current as Venue);
    else if (error.code === 'venue_code_taken') this.faults.show([{ field: 'code', sentence: error.detail }]);
    else this.faults.refuse(error);
  }

  /** After a 412: what the other person saved takes the place of what was typed. */
  protected takeTheirs(): void {
    const theirs = this.theirs();
    if (theirs) this.show(theirs);
  }

  /** After a 412: my words, on top of the version that I have now seen. */
  protected async keepMine(): Promise<void> {
    const theirs = this.theirs();
    if (!theirs) return;
    this.known.set(theirs);
    await this.save();
  }

  protected async remove(): Promise<void> {
    const venue = this.known();
    if (!venue) return;
    const sure = await this.confirmDialog.yes({
      heading: `「${venue.name}」を消しますか`,
      sentences: [
        'この会場の情報がなくなります。元に戻すことはできません。',
        '日程や枠がある会場は消せません。使わないときは、受付を止めてください。',
      ],
      yes: '消す',
      danger: true,
    });
    if (!sure) return;
    this.busy.set(true);
    const { error } = await this.api.client.DELETE('/api/v1/city/venues/{id}', {
      params: { path: { id: venue.id }, query: { version: String(venue.version) } },
    });
    if (!error) {
      this.form.markAsPristine();
      this.messages.done(`「${venue.name}」を消しました。`);
      await this.router.navigate(['/venues']);
    } else if (error.code === 'changed_meanwhile' && error.current) this.theirs.set(error.current as Venue);
    else this.faults.show([{ field: '', sentence: `${error.detail}${whereUsed(error.facts)}` }]);
    this.busy.set(false);
  }

  private show(venue: Venue): void {
    this.known.set(venue);
    this.theirs.set(undefined);
    this.faults.clear();
    this.form.reset({
      ...venue,
      mapUrl: venue.mapUrl ?? '',
      features: Object.fromEntries(venueFeatures.map((code) => [code, venue.features.includes(code)])),
    });
    this.form.controls.code.disable();
    if (!this.canEdit()) this.form.disable();
  }

  private valueOf() {
    const { code: _code, features, mapUrl, position, ...rest } = this.form.getRawValue();
    return {
      ...rest,
      mapUrl: mapUrl.trim() === '' ? null : mapUrl.trim(),
      position,
      features: venueFeatures.filter((feature) => features[feature]),
    };
  }
}

function wordsOf(field: Field, value: unknown): string {
  if (field === 'features') return (value as VenueFeature[]).map((code) => venueFeatureWords[code].column).join('・');
  if (field === 'active') return value === true ? '受け付ける' : '止める';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function whereUsed(facts: Readonly<Record<string, string | number>> | undefined): string {
  const words: Readonly<Record<string, string>> = { schedules: '日程', slots: '枠', bookings: 'これからの予約' };
  const places = Object.entries(facts ?? {}).map(
    ([place, count]) => `${words[place] ?? 'ほかの記録'}${words[place] ? `${String(count)}件` : ''}`,
  );
  return places.length > 0 ? `（使われている場所：${places.join('、')}）` : '';
}
