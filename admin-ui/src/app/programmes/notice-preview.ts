import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  linkedSignal,
  model,
  output,
  signal,
} from '@angular/core';
import { MatButton } from '@angular/material/button';

import { OwnEmail } from '../account/own-email';
import { Api } from '../api/api';
import { loaded } from '../shared/loaded';
import { Messages } from '../shared/messages';
import { Session } from '../shared/session';
import { isRecord, type Json, nameOfItem, textOf } from './document';
import { LiveFrame } from './live-frame';
import { languagesOf, languageWords, type PreviewLanguage } from './preview-page-of';
import { ProgrammeStore } from './programme-store';

interface Choice {
  readonly value: string;
  readonly label: string;
}

const byWords = {
  email: 'この人にはメールで届きます。',
  callback: 'メールアドレスがないため、「電話をかける一覧」に載ります。',
  nobody: 'メールアドレスがないため、この人には届きません。',
} as const;
const keptWords = { dose: '回', group: '対象区分', venue: '会場', next_dose: '次の回がないこと' } as const;

/** A text of a notice as people get it, for an invented person; and sending it to oneself. */
@Component({
  selector: 'toki-notice-preview',
  imports: [LiveFrame, MatButton, OwnEmail],
  template: `
    <header>
      <h2>届く文面</h2>
      <div class="row">
        <fieldset class="devices">
          <legend class="visually-hidden">届き方</legend>
          <label [class.on]="way() === 'mail'"
            ><input
              class="visually-hidden"
              type="radio"
              name="notice-way"
              [checked]="way() === 'mail'"
              (change)="way.set('mail')"
            />メール</label
          >
          <label [class.on]="way() === 'plain'"
            ><input
              class="visually-hidden"
              type="radio"
              name="notice-way"
              [checked]="way() === 'plain'"
              (change)="way.set('plain')"
            />LINE・SMS</label
          >
        </fieldset>
        <button type="button" class="plain" (click)="large.set(!large())">
          {{ large() ? '小さくする' : '大きくする' }}
        </button>
        <button type="button" class="plain" (click)="closed.emit()">閉じる</button>
      </div>
    </header>
    <div class="choices">
      <label
        >文面
        <select id="notice-template" (change)="template.set(text($event))">
          @for (item of templates(); track item) {
            <option [value]="item" [selected]="item === template()">{{ store.templateName(item) }}</option>
          }
        </select></label
      >
      @if (steps().length > 1) {
        <label
          >きっかけ
          <select id="notice-step" (change)="step.set(text($event))">
            @for (item of steps(); track item.value) {
              <option [value]="item.value" [selected]="item.value === chosenStep()">{{ item.label }}</option>
            }
          </select></label
        >
      }
      @if (languages().length > 1) {
        <label
          >言語
          <select id="notice-language" (change)="language.set($any(text($event)))">
            @for (item of languages(); track item.value) {
              <option [value]="item.value" [selected]="item.value === language()">{{ item.label }}</option>
            }
          </select></label
        >
      }
      <label
        >受け取る人
        <select id="notice-group" (change)="group.set(text($event))">
          @for (item of people(); track item.value) {
            <option [value]="item.value" [selected]="item.value === group()">{{ item.label }}</option>
          }
        </select></label
      >
      @if (doses().length > 1) {
        <label
          >回
          <select id="notice-dose" (change)="dose.set(text($event))">
            @for (item of doses(); track item.value) {
              <option [value]="item.value" [selected]="item.value === dose()">{{ item.label }}</option>
            }
          </select></label
        >
      }
      <label
        ><input type="checkbox" [checked]="hasEmail()" (change)="hasEmail.set($any($event.target).checked)" />
        メールアドレスがある人</label
      >
    </div>
    <div role="status">
      @if (faults().length > 0) {
        <p class="note warn">
          直すところがあるため、間違いのなかったときの文面を表示しています。<br />{{ faults()[0]?.sentence }}
        </p>
      }
      @if (shown.value(); as found) {
        @if (steps().length === 0) {
          <p class="note warn">この文面は、通知の流れのどのお知らせでも使われていません。</p>
        } @else if (found.keptBy) {
          <p class="note warn">条件（{{ keptWords[found.keptBy] }}）に当てはまらないため、この人には送られません。</p>
        } @else {
          <p class="soft small">
            {{ byWords[found.by] }}{{ found.line.length > 0 ? 'LINEをつないだ方には、先にLINEで届きます。' : '' }}
          </p>
        }
      }
    </div>
    @if (shown.value(); as found) {
      @if (way() === 'mail') {
        <p class="subject">
          <span class="soft">件名</span> <strong>{{ found.subject }}</strong>
        </p>
        @if (address(); as path) {
          <toki-live-frame
            [address]="path"
            label="メールの本文"
            [pageWidth]="large() ? 720 : 360"
            [height]="height() - 60"
          />
        }
      } @else {
        <div class="phone" [style.max-height.px]="height()">
          @for (part of found.line; track $index) {
            <p class="bubble">{{ part }}</p>
          } @empty {
            <p class="bubble">{{ found.text }}</p>
          }
        </div>
      }
    } @else if (shown.problem(); as problem) {
      <p class="note bad">{{ problem.detail }}</p>
    }
    @if (mayEdit) {
      @if (naming()) {
        <section aria-label="自分のメールアドレスの登録">
          <p>テスト送信は、ご自分のメールアドレスにだけ送れます。はじめに一度だけ登録してください。</p>
          <toki-own-email (done)="named()" /><button matButton type="button" (click)="naming.set(false)">やめる</button>
        </section>
      } @else {
        <div class="row">
          <button matButton="outlined" type="button" (click)="send()" [disabled]="busy() || !shown.value()">
            自分に送ってみる</button
          ><span class="soft small">件名の頭に【テスト】が付きます。</span>
        </div>
      }
    }
  `,
  styleUrl: './preview.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class NoticePreview {
  /** The path of the part that is being edited: `templates.reminder.text`, `journey.2.when`. */
  readonly part = input('');
  readonly height = input(640);
  readonly large = model(false);
  readonly closed = output();
  protected readonly store = inject(ProgrammeStore);
  private readonly api = inject(Api);
  private readonly messages = inject(Messages);
  private readonly role = inject(Session).me()?.role;
  protected readonly mayEdit = this.role === 'city_admin' || this.role === 'supervisor';
  protected readonly byWords = byWords;
  protected readonly keptWords = keptWords;
  protected readonly templates = computed(() =>
    isRecord(this.store.value(['templates'])) ? Object.keys(this.store.value(['templates']) as object) : [],
  );
  private readonly place = computed(() => this.placeOf(this.part()), {
    equal: (left, right) =>
      left.template === right.template && left.step === right.step && left.language === right.language,
  });
  protected readonly template = linkedSignal(() => this.place().template);
  protected readonly step = linkedSignal(() => this.place().step);
  protected readonly language = linkedSignal<PreviewLanguage>(() => this.place().language);
  protected readonly group = signal('');
  protected readonly dose = signal('1');
  protected readonly hasEmail = signal(true);
  protected readonly way = signal<'mail' | 'plain'>('mail');
  protected readonly naming = signal(false);
  protected readonly busy = signal(false);
  protected readonly faults = computed(() => this.store.draft()?.faults ?? []);
  protected readonly steps = computed((): Choice[] =>
    this.items('journey')
      .filter((item) => item['template'] === this.template())
      .map((item) => ({ value: String(item['id']), label: this.store.stepName(item) })),
  );
  protected readonly chosenStep = computed(() =>
    this.steps().some((item) => item.value === this.step()) ? this.step() : (this.steps()[0]?.value ?? ''),
  );
  protected readonly people = computed((): Choice[] =>
    this.items('groups').map((item) => ({ value: String(item['code']), label: `見本の人（${nameOfItem(item)}）` })),
  );
  protected readonly doses = computed((): Choice[] =>
    this.items('doses').map((item) => ({ value: String(item['number']), label: nameOfItem(item) })),
  );
  protected readonly languages = computed(() => languagesOf(this.store.value(['translations'])));
  private readonly wish = computed(
    () =>
      ({
        template: this.template(),
        step: this.chosenStep(),
        group: this.group(),
        dose: this.dose(),
        language: this.language(),
        email: this.hasEmail() ? 'yes' : 'no',
        version: String(this.store.draft()?.version ?? 0),
      }) as const,
  );
  protected readonly shown = loaded(() =>
    this.api.client.GET('/api/v1/programmes/{code}/notice-preview', {
      params: { path: { code: this.store.code() }, query: this.wish() },
    }),
  );
  protected readonly address = computed(
    () =>
      `/api/v1/programmes/${encodeURIComponent(this.store.code())}/notice-preview/mail?${new URLSearchParams(this.wish()).toString()}`,
  );

  constructor() {
    effect(() => {
      if (this.wish().template !== '') void this.shown.reload();
    });
  }

  protected text(event: Event): string {
    return (event.target as HTMLSelectElement).value;
  }

  protected async send(): Promise<void> {
    this.busy.set(true);
    await this.store.flush();
    const { template, step, group, language } = this.wish();
    const { data, error } = await this.api.client.POST('/api/v1/programmes/{code}/notice-test', {
      params: { path: { code: this.store.code() } },
      body: { template, step, group, language, dose: Number(this.dose()) },
    });
    this.busy.set(false);
    if (data) this.messages.done(`${data.to} に送りました。`);
    else if (error.code === 'email_unconfirmed') this.naming.set(true);
    else this.messages.problem(error.detail);
  }

  protected named(): Promise<void> {
    this.naming.set(false);
    return this.send();
  }

  private items(list: string): Record<string, Json>[] {
    const items = this.store.value([list]);
    return Array.isArray(items) ? (items as Json[]).filter(isRecord) : [];
  }

  private placeOf(part: string): {
    readonly template: string;
    readonly step: string;
    readonly language: PreviewLanguage;
  } {
    const [, language = 'ja', rest = part] = /^translations\.([a-z-]+)\.(.*)$/.exec(part) ?? [];
    const known = Object.hasOwn(languageWords, language) ? (language as PreviewLanguage) : 'ja';
    const [list, entry = ''] = rest.split('.');
    const item = list === 'journey' ? this.items('journey')[Number(entry === '' ? 0 : entry)] : undefined;
    const template = item ? textOf(item['template']) : entry;
    return {
      template: this.templates().includes(template) ? template : (this.templates()[0] ?? ''),
      step: item ? textOf(item['id']) : '',
      language: known,
    };
  }
}
