import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';

import { Api } from '../api/api';
import { loaded } from '../shared/loaded';
import { ProblemNote } from '../shared/problem-note';
import { AffectedCard } from './affected';
import { isRecord, nameOfItem } from './document';
import { EditPage } from './edit-page';
import { ProgrammeStore } from './programme-store';
import { SeatShare } from './seat-share';

/** The opening checklist, answered by the system itself. */
@Component({
  selector: 'toki-checks-page',
  imports: [AffectedCard, MatButton, ProblemNote, RouterLink, SeatShare],
  template: `
    <div class="row">
      <p class="soft">
        {{
          of() === 'draft'
            ? '下書きの内容を、いまの会場・枠・対象者と照らし合わせた結果です。'
            : '公開中の内容を、いまの会場・枠・対象者と照らし合わせた結果です。'
        }}
      </p>
      <button matButton="outlined" type="button" (click)="checks.reload()" [disabled]="checks.loading()">
        もう一度確認する
      </button>
    </div>
    <toki-problem-note [problem]="checks.problem()" (again)="checks.reload()" />
    @if (checks.value(); as found) {
      <p class="big" role="status">{{ summary() }}</p>
      <ul>
        @for (check of found.checks; track check.code) {
          <li class="card">
            <p class="row">
              <span
                class="chip"
                [class.good]="check.state === 'good'"
                [class.warn]="check.state === 'open'"
                [class.bad]="check.state === 'stop'"
                >{{ words[check.state] }}</span
              >
              <strong>{{ check.title }}</strong>
            </p>
            @if (check.faults.length > 0) {
              <ul class="faults">
                @for (fault of check.faults; track $index) {
                  <li>
                    {{ fault.sentence }}
                    @if (fault.path; as path) {
                      <a
                        [routerLink]="['../edit']"
                        [queryParams]="{ section: section(path) }"
                        [fragment]="'field-' + path"
                        >直す</a
                      >
                    }
                    @if (fault.page; as page) {
                      <a [routerLink]="page">開く</a>
                    }
                  </li>
                }
              </ul>
            }
            @if (check.code === 'seats') {
              <toki-seat-share [seats]="found.seats" [doseName]="doseName()" (saved)="checks.reload()" />
            }
          </li>
        }
      </ul>
    }
    @if (of() === 'draft' && stops() === 0 && checks.value()) {
      <p class="next"><a routerLink="../rehearsal">つぎは、リハーサルで動きを確かめます</a></p>
    }
    <toki-affected />
  `,
  styles: `
    toki-affected {
      display: block;
      margin-top: 20px;
    }
    ul {
      list-style: none;
      padding: 0;
      margin: 0;
      display: grid;
      gap: 8px;
    }
    .card {
      padding: 10px 16px;
    }
    .card p {
      margin: 0;
    }
    .faults {
      list-style: disc;
      padding: 8px 0 4px 24px;
      gap: 4px;
    }
    .faults a {
      margin-left: 12px;
    }
    .big {
      font-size: 1.2rem;
      margin: 8px 0 12px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ChecksPage {
  private readonly store = inject(ProgrammeStore);
  private readonly api = inject(Api);
  protected readonly words = { good: 'よい', open: '開始までに', stop: '公開を止める' } as const;
  protected readonly section = (path: string) => EditPage.sectionOf(path);
  protected readonly of = computed(() =>
    this.store.draft() ? 'draft' : String(this.store.versions()[0]?.number ?? 1),
  );
  protected readonly doseName = computed(() => {
    const [first] = (this.store.value(['doses']) as unknown[] | undefined) ?? [];
    return isRecord(first) ? nameOfItem(first) : '1回目';
  });
  protected readonly checks = loaded(async () => {
    await this.store.flush();
    return this.api.client.GET('/api/v1/programmes/{code}/checklist', {
      params: { path: { code: this.store.code() }, query: { of: this.of() } },
    });
  });
  protected readonly stops = computed(
    () => (this.checks.value()?.checks ?? []).filter((check) => check.state === 'stop').length,
  );
  protected readonly summary = computed(() => {
    const checks = this.checks.value()?.checks ?? [];
    const stop = checks.filter((check) => check.state === 'stop').length;
    const open = checks.filter((check) => check.state === 'open').length;
    if (stop > 0) return `公開を止める問題が${String(stop)}件あります。`;
    return open > 0 ? `公開できます。受付開始までに確認することが${String(open)}件あります。` : 'すべてよい状態です。';
  });

  constructor() {
    void this.checks.reload();
  }
}
