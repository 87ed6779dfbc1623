import {
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  inject,
  linkedSignal,
  signal,
  untracked,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';

import { Conflict } from '../shared/conflict';
import { ErrorSummary } from '../shared/error-summary';
import { matches } from '../shared/matches';
import { urlState } from '../shared/url-state';
import { AffectedCard } from './affected';
import { NoDraft } from './no-draft';
import { NoticePreview } from './notice-preview';
import { PagePreview } from './page-preview';
import { PartField } from './part-field';
import { ProgrammeStore } from './programme-store';

interface Section {
  readonly key: string;
  readonly label: string;
  readonly lead: string;
  readonly parts: readonly string[];
}

const sections: readonly Section[] = [
  {
    key: 'groups',
    label: '対象と受付',
    lead: 'だれが、いつから、どの席を予約できるかを決めます。',
    parts: ['groups', 'releases', 'bookingWindow', 'channels'],
  },
  {
    key: 'doses',
    label: '回とワクチン',
    lead: '何回受けるか、回と回のあいだを何日あけるかを決めます。',
    parts: ['doses', 'vaccines'],
  },
  {
    key: 'policies',
    label: '予約の決まり',
    lead: '席を取っておく時間、変更や取り消しの期限、本人の確認方法を決めます。',
    parts: ['policies', 'identification'],
  },
  { key: 'form', label: '入力項目', lead: '予約のときに市民が入力する項目です。', parts: ['form'] },
  {
    key: 'journey',
    label: '通知の流れ',
    lead: 'どんなときに、どの文面を送るかを決めます。',
    parts: ['journey', 'noticeCaps', 'broadcasts'],
  },
  {
    key: 'templates',
    label: '文面',
    lead: 'お知らせの件名と本文です。{{項目}} の部分には、予約ごとの内容が入ります。',
    parts: ['templates'],
  },
  {
    key: 'texts',
    label: '名前と文章',
    lead: '予約サイトに表示される名前と文章です。',
    parts: ['name', 'city', 'callCentre', 'words', 'texts', 'notices'],
  },
  {
    key: 'languages',
    label: 'ほかの言語',
    lead: '翻訳は、人が確認するまで市民には表示されません。',
    parts: ['translations', 'noticeLanguage'],
  },
];

/** The draft in sections by task; it saves itself. */
@Component({
  selector: 'toki-edit-page',
  imports: [
    AffectedCard,
    Conflict,
    ErrorSummary,
    MatButton,
    NoDraft,
    NoticePreview,
    PagePreview,
    PartField,
    RouterLink,
  ],
  template: `
    @if (store.draft(); as draft) {
      @if (store.conflict(); as differences) {
        <toki-conflict [differences]="differences" (takeTheirs)="store.reload()" (keepMine)="store.keepMine()" />
      }
      @if (draft.release; as release) {
        <p class="note warn">
          公開の予定が入っているため、内容は変更できません。「違いの確認と公開」で予定を取りやめると編集できます。
        </p>
      }
      <div class="frame" [class.beside]="isShown() && wide()" [class.large]="isShown() && large()">
        <nav aria-label="編集する項目">
          <ul>
            @for (section of shown(); track section.key) {
              <li>
                <button
                  type="button"
                  [class.here]="section.key === current().key"
                  [attr.aria-current]="section.key === current().key ? 'true' : null"
                  (click)="url.set({ section: section.key })"
                >
                  {{ section.label }}
                  @if (section.faults > 0) {
                    <span class="chip bad">{{ section.faults }}</span>
                  }
                </button>
              </li>
            }
          </ul>
        </nav>
        <section [attr.aria-label]="current().label" class="stack" (focusin)="follow($event)">
          <div class="lead">
            <div>
              <h2>{{ current().label }}</h2>
              <p class="soft">{{ current().lead }}</p>
            </div>
            @if (!isShown()) {
              <button matButton="outlined" type="button" (click)="show(true)">
                {{ isOfNotices() ? '届く文面を表示する' : '市民に見えるページを表示する' }}
              </button>
            }
          </div>
          @if (current().key === 'groups' || current().key === 'doses') {
            <toki-affected />
          }
          <toki-error-summary [faults]="faults()" />
          @for (part of current().parts; track part) {
            <toki-part-field
              [node]="store.schema().properties?.[part] ?? {}"
              [path]="[part]"
              [optional]="!(store.schema().required ?? []).includes(part)"
            />
          }
          <p class="next">
            @if (following(); as section) {
              <button matButton="outlined" type="button" (click)="url.set({ section: section.key })">
                つぎ：{{ section.label }}
              </button>
            }
            <a routerLink="../checks">チェックリストで確かめる</a>
          </p>
        </section>
        @if (isShown()) {
          <aside aria-label="見え方">
            @if (isOfNotices()) {
              <toki-notice-preview [part]="part()" [height]="height()" [(large)]="large" (closed)="show(false)" />
            } @else {
              <toki-page-preview [part]="part()" [height]="height()" [(large)]="large" (closed)="show(false)" />
            }
          </aside>
        }
      </div>
    } @else {
      <toki-no-draft />
    }
  `,
  styles: `
    .frame {
      display: grid;
      grid-template-columns: 11rem minmax(0, 1fr);
      gap: 24px;
      align-items: start;
    }
    nav ul {
      list-style: none;
      margin: 0;
      padding: 0;
      position: sticky;
      top: 16px;
    }
    nav button {
      display: flex;
      justify-content: space-between;
      align-items: center;
      width: 100%;
      border: 0;
      background: none;
      font: inherit;
      text-align: left;
      padding: 10px 12px;
      border-radius: 8px;
      cursor: pointer;
      color: var(--ink);
    }
    nav button:hover {
      background: var(--paper-soft);
    }
    nav button.here {
      background: #e8f1fe;
      color: #00118f;
      font-weight: 700;
    }
    .next {
      display: flex;
      flex-wrap: wrap;
      gap: 8px 20px;
      align-items: center;
      margin: 8px 0 0;
      padding-top: 16px;
      border-top: 1px solid var(--line);
    }
    .lead {
      display: flex;
      flex-wrap: wrap;
      justify-content: space-between;
      gap: 8px 16px;
      align-items: start;
    }
    .frame.beside {
      grid-template-columns: minmax(0, 1fr) 24rem;
    }
    .frame.beside > nav {
      grid-column: 1 / -1;
    }
    .frame.beside > nav ul {
      position: static;
      display: flex;
      flex-wrap: wrap;
      gap: 4px;
    }
    .frame.beside > aside {
      position: sticky;
      top: 68px;
    }
    aside {
      border: 1px solid var(--line);
      border-radius: 8px;
      background: var(--paper-soft);
      padding: 12px;
      min-width: 0;
    }
    /* Over the page where there is no room beside it, or where somebody wants it large. */
    .frame:not(.beside) > aside,
    .frame.large > aside {
      position: fixed;
      z-index: 9;
      inset: 56px 0 0;
      overflow: auto;
      border-radius: 0;
    }
    @media (min-width: 100rem) {
      .frame.beside {
        grid-template-columns: 11rem minmax(0, 1fr) 26rem;
      }
      .frame.beside > nav {
        grid-column: auto;
      }
      .frame.beside > nav ul {
        position: sticky;
        top: 68px;
        display: block;
      }
    }
    @media (max-width: 48rem) {
      .frame {
        grid-template-columns: minmax(0, 1fr);
      }
      nav ul {
        position: static;
        display: flex;
        flex-wrap: wrap;
      }
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class EditPage {
  /** Wide enough for the preview beside the form. */
  protected readonly wide = matches('(min-width: 75rem)');
  private readonly asked = signal<boolean | undefined>(undefined);
  protected readonly isShown = computed(() => this.asked() ?? this.wide());
  protected readonly large = signal(false);
  private readonly sectionKey = computed(() => this.current().key);
  /** The part in which a person is, by its path; a save changes nothing about it. */
  protected readonly part = linkedSignal({
    source: this.sectionKey,
    computation: () => untracked(() => this.current().parts[0] ?? ''),
  });
  /** Texts of notices are not on any page. */
  protected readonly isOfNotices = computed(() =>
    /^(templates|journey|noticeCaps)\b|^translations\.[a-z-]+\.templates\b/.test(this.part()),
  );
  protected readonly height = computed(() =>
    Math.max(360, this.windowHeight() - (this.large() || !this.wide() ? 240 : 300)),
  );
  private readonly windowHeight = signal(window.innerHeight);
  protected readonly store = inject(ProgrammeStore);
  protected readonly url = urlState('section');
  private readonly all = computed((): readonly Section[] => {
    const known = new Set(['schema', ...sections.flatMap((section) => section.parts)]);
    const properties = Object.keys(this.store.schema().properties ?? {});
    const rest = properties.filter((part) => !known.has(part));
    const present = sections
      .map((section) => ({ ...section, parts: section.parts.filter((part) => properties.includes(part)) }))
      .filter((section) => section.parts.length > 0);
    return rest.length === 0 ? present : [...present, { key: 'other', label: 'その他', lead: '', parts: rest }];
  });
  private readonly byPart = computed(() =>
    (this.store.draft()?.faults ?? []).map((fault) => ({ ...fault, part: fault.path.split('.')[0] ?? '' })),
  );
  protected readonly shown = computed(() =>
    this.all().map((section) => ({
      ...section,
      faults: this.byPart().filter((fault) => section.parts.includes(fault.part)).length,
    })),
  );
  protected readonly current = computed(
    () =>
      this.shown().find((section) => section.key === this.url.values().section) ??
      this.shown()[0] ?? { key: '', label: '', lead: '', parts: [], faults: 0 },
  );
  protected readonly following = computed(
    () => this.shown()[this.shown().findIndex((section) => section.key === this.current().key) + 1],
  );
  protected readonly faults = computed(() =>
    this.byPart()
      .filter((fault) => this.current().parts.includes(fault.part))
      .map((fault) => ({ field: fault.path, sentence: fault.sentence })),
  );

  constructor() {
    const resized = () => this.windowHeight.set(window.innerHeight);
    addEventListener('resize', resized);
    inject(DestroyRef).onDestroy(() => removeEventListener('resize', resized));
  }

  protected show(isShown: boolean): void {
    this.asked.set(isShown);
    this.large.set(false);
  }

  protected follow(event: FocusEvent): void {
    // The button beside a field belongs to that field, not to the list around it.
    const id = (event.target as HTMLElement).closest('toki-part-field')?.querySelector('[id^="field-"]')?.id;
    if (id !== undefined) this.part.set(id.slice('field-'.length));
  }

  /** The section in which a part is edited. */
  static sectionOf(path: string): string {
    const part = path.split('.')[0] ?? '';
    return sections.find((section) => section.parts.includes(part))?.key ?? 'other';
  }
}
