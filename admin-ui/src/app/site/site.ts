import { ChangeDetectionStrategy, Component, computed, inject, type OnInit, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ReactiveFormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatCheckbox } from '@angular/material/checkbox';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { map } from 'rxjs';

import { Api, type Schema } from '../api/api';
import { CityTime } from '../shared/city-time';
import { Conflict } from '../shared/conflict';
import { ErrorSummary } from '../shared/error-summary';
import { FormFaults } from '../shared/form-faults';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { Messages } from '../shared/messages';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { Session } from '../shared/session';
import { FrontPreview } from './front-preview';
import { PublicAddress } from './public-address';
import {
  cityInstant,
  differences,
  fillForm,
  type LanguageState,
  languageState,
  type NoticeForm,
  noticeForm,
  noticeState,
  settingsOf,
  siteForm,
  type SiteLanguage,
  type SiteSettings,
} from './site-form';

const mostNotices = 5;

/** サイト: what the city says to everybody: notices, telephone, lost coupons, the printed address. Beside the form stands what citizens will see. */
@Component({
  selector: 'toki-site',
  imports: [
    CityTime,
    Conflict,
    ErrorSummary,
    FrontPreview,
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
    PublicAddress,
    ReactiveFormsModule,
  ],
  templateUrl: './site.html',
  styleUrl: './site.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Site implements OnInit {
  private readonly api = inject(Api);
  private readonly messages = inject(Messages);
  protected readonly mayChange = inject(Session).me()?.role === 'city_admin';
  protected readonly site = loaded(() => this.api.client.GET('/api/v1/site'));
  protected readonly history = loaded(() => this.api.client.GET('/api/v1/site/history'));
  protected readonly form = siteForm();
  protected readonly faults = new FormFaults(this.form);
  protected readonly busy = signal(false);
  protected readonly conflict = signal<
    { readonly theirs: Schema<'SiteVersion'>; readonly list: ReturnType<typeof differences> } | undefined
  >(undefined);
  /** The version that the form was filled from. */
  private readonly version = signal(0);
  protected readonly wanted = toSignal(this.form.valueChanges.pipe(map(() => settingsOf(this.form))), {
    initialValue: settingsOf(this.form),
  });
  protected readonly addressInForce = computed(() => {
    const site = this.site.value();
    return site?.current.settings.publicAddress ?? site?.usual.publicAddress ?? '';
  });
  protected readonly addressUnsaved = computed(
    () => (this.wanted().publicAddress ?? null) !== (this.site.value()?.current.settings.publicAddress ?? null),
  );
  protected readonly changes = computed(() => {
    const versions = this.history.value()?.versions ?? [];
    const none: SiteSettings = {
      publicAddress: null,
      callCentre: null,
      notices: [],
      couponHelp: null,
      couponLost: null,
      reviewedLanguages: [],
    };
    return versions.map((version, index) => ({
      ...version,
      what: differences(version.settings, versions[index + 1]?.settings ?? none),
    }));
  });
  protected readonly maxNotices = mostNotices;

  ngOnInit(): void {
    void this.begin();
  }

  private async begin(): Promise<void> {
    if (!this.mayChange) this.form.disable({ emitEvent: false });
    await this.load();
    void this.history.reload();
  }

  protected async load(): Promise<void> {
    await this.site.reload();
    const site = this.site.value();
    if (site) this.fill(site.current);
  }

  protected stateOf(notice: NoticeForm): { readonly label: string; readonly tone: 'good' | 'warn' | 'plain' } {
    const { from, until } = notice.getRawValue();
    const state = noticeState({ from: cityInstant(from), until: cityInstant(until) }, new Date());
    return {
      running: { label: '掲載中になります', tone: 'good' },
      to_come: { label: 'これから掲載', tone: 'warn' },
      over: { label: '掲載終了', tone: 'plain' },
    }[state] as { label: string; tone: 'good' };
  }

  protected stateOfLanguage(language: SiteLanguage): LanguageState {
    return languageState(language, this.wanted().reviewedLanguages.includes(language.language));
  }

  protected addNotice(): void {
    this.form.controls.notices.push(noticeForm());
    const index = this.form.controls.notices.length - 1;
    setTimeout(() => document.getElementById(`field-notices.${String(index)}.text`)?.focus());
  }

  protected removeNotice(index: number): void {
    const [removed] = this.form.controls.notices.controls.slice(index, index + 1);
    this.form.controls.notices.removeAt(index);
    if (removed)
      this.messages.undoable('お知らせを外しました。保存すると反映されます。', () =>
        this.form.controls.notices.insert(index, removed),
      );
  }

  protected async save(): Promise<void> {
    this.faults.clear();
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/site', {
      body: { version: this.version(), settings: settingsOf(this.form) },
    });
    this.busy.set(false);
    if (data) {
      this.inForce(data);
      this.messages.done('保存しました。数秒で予約サイトに反映されます。');
    } else if (error.code === 'changed_meanwhile') await this.compare();
    else this.faults.refuse(error);
  }

  protected takeTheirs(): void {
    const found = this.conflict();
    if (found) this.inForce(found.theirs);
  }

  protected async keepMine(): Promise<void> {
    const found = this.conflict();
    if (!found) return;
    this.version.set(found.theirs.version);
    this.conflict.set(undefined);
    await this.save();
  }

  private async compare(): Promise<void> {
    const { data, error } = await this.api.client.GET('/api/v1/site');
    if (data)
      this.conflict.set({ theirs: data.current, list: differences(settingsOf(this.form), data.current.settings) });
    else this.faults.refuse(error);
  }

  private inForce(version: Schema<'SiteVersion'>): void {
    const site = this.site.value();
    if (site) this.site.set({ ...site, current: version });
    this.conflict.set(undefined);
    this.fill(version);
    void this.history.reload();
    void this.languagesAnew();
  }

  /** Who marked a language, and when, is worked out by the server. */
  private async languagesAnew(): Promise<void> {
    const { data } = await this.api.client.GET('/api/v1/site');
    const site = this.site.value();
    if (data && site) this.site.set({ ...site, languages: data.languages });
  }

  private fill(version: Schema<'SiteVersion'>): void {
    const site = this.site.value();
    if (!site) return;
    this.version.set(version.version);
    fillForm(this.form, version.settings, site.usual);
  }
}
