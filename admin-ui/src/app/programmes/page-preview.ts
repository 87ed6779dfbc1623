import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  input,
  linkedSignal,
  model,
  output,
  signal,
} from '@angular/core';

import { isRecord, type Json, nameOfItem } from './document';
import { LiveFrame } from './live-frame';
import { languagesOf, pageWords, type PreviewLanguage, type PreviewPage, previewPageOf } from './preview-page-of';
import { ProgrammeStore } from './programme-store';

interface Choice {
  readonly value: string;
  readonly label: string;
}

/** The citizens' page on which the part shows that is being edited, as it will look. */
@Component({
  selector: 'toki-page-preview',
  imports: [LiveFrame],
  template: `
    <header>
      <h2>市民に見えるページ</h2>
      <div class="row">
        <fieldset class="devices">
          <legend class="visually-hidden">画面の大きさ</legend>
          <label [class.on]="device() === 'phone'"
            ><input
              class="visually-hidden"
              type="radio"
              name="preview-device"
              [checked]="device() === 'phone'"
              (change)="device.set('phone')"
            />スマートフォン</label
          >
          <label [class.on]="device() === 'desktop'"
            ><input
              class="visually-hidden"
              type="radio"
              name="preview-device"
              [checked]="device() === 'desktop'"
              (change)="device.set('desktop')"
            />パソコン</label
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
        >ページ
        <select id="preview-page" (change)="chosenPage.set($any(text($event)))">
          @for (item of pages; track item.value) {
            <option [value]="item.value" [selected]="item.value === page()">{{ item.label }}</option>
          }
        </select></label
      >
      @if (languages().length > 1) {
        <label
          >言語
          <select id="preview-language" (change)="chosenLanguage.set($any(text($event)))">
            @for (item of languages(); track item.value) {
              <option [value]="item.value" [selected]="item.value === language()">{{ item.label }}</option>
            }
          </select></label
        >
      }
      @if (groups().length > 1) {
        <label
          >見る人
          <select id="preview-group" (change)="group.set(text($event))">
            @for (item of groups(); track item.value) {
              <option [value]="item.value" [selected]="item.value === group()">{{ item.label }}</option>
            }
          </select></label
        >
      }
      @if (doses().length > 1) {
        <label
          >回
          <select id="preview-dose" (change)="dose.set(text($event))">
            @for (item of doses(); track item.value) {
              <option [value]="item.value" [selected]="item.value === dose()">{{ item.label }}</option>
            }
          </select></label
        >
      }
    </div>
    <div role="status">
      @if (failed()) {
        <p class="note bad">ページを表示できませんでした。内容を保存すると、もう一度表示します。</p>
      } @else if (faults().length > 0) {
        <p class="note warn">
          直すところが{{ faults().length }}件あるため、間違いのなかったときの内容を表示しています。<br />{{
            faults()[0]?.sentence
          }}
        </p>
      }
    </div>
    @if (address(); as path) {
      <toki-live-frame
        [address]="path"
        [label]="'市民に見えるページ：' + pageWords[page()]"
        [pageWidth]="device() === 'phone' ? 360 : 1200"
        [height]="height()"
        (loaded)="failed.set(!$event)"
      />
    }
    <p class="soft small">見本の人に表示した場合です。会場の空きや予約は架空のもので、ボタンやリンクは動きません。</p>
  `,
  styleUrl: './preview.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PagePreview {
  /** The path of the part that is being edited: `form.fields.2.label`. */
  readonly part = input('');
  readonly height = input(640);
  readonly large = model(false);
  readonly closed = output();
  protected readonly store = inject(ProgrammeStore);
  protected readonly pageWords = pageWords;
  protected readonly pages = Object.entries(pageWords).map(([value, label]) => ({ value, label }));
  private readonly place = computed(() => previewPageOf(this.part(), (path) => this.store.value(path)), {
    equal: (left, right) => left.page === right.page && left.language === right.language,
  });
  /** Chosen by hand, until another part is edited that shows elsewhere. */
  protected readonly chosenPage = linkedSignal<PreviewPage>(() => this.place().page);
  protected readonly chosenLanguage = linkedSignal<PreviewLanguage>(() => this.place().language ?? 'ja');
  protected readonly device = signal<'phone' | 'desktop'>('phone');
  protected readonly group = signal('');
  protected readonly dose = signal('1');
  protected readonly failed = signal(false);
  protected readonly page = computed(() => this.chosenPage());
  protected readonly languages = computed(() => languagesOf(this.store.value(['translations'])));
  protected readonly language = computed(() =>
    this.languages().some((item) => item.value === this.chosenLanguage()) ? this.chosenLanguage() : 'ja',
  );
  protected readonly groups = computed(() => this.itemsOf('groups', 'code'));
  protected readonly doses = computed(() => this.itemsOf('doses', 'number'));
  protected readonly faults = computed(() => this.store.draft()?.faults ?? []);
  protected readonly address = computed(() => {
    const draft = this.store.draft();
    if (!draft) return undefined;
    const query = new URLSearchParams({
      page: this.page(),
      language: this.language(),
      group: this.group(),
      dose: this.dose(),
      version: String(draft.version),
    });
    return `/api/v1/programmes/${encodeURIComponent(this.store.code())}/preview?${query.toString()}`;
  });

  protected text(event: Event): string {
    return (event.target as HTMLSelectElement).value;
  }

  private itemsOf(list: string, key: string): Choice[] {
    const items = this.store.value([list]);
    return (Array.isArray(items) ? (items as Json[]) : [])
      .filter(isRecord)
      .map((item) => ({ value: String(item[key]), label: nameOfItem(item) }));
  }
}
