import { DecimalPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, DestroyRef, effect, inject, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';

import { Api, type Schema } from '../api/api';
import { figure } from '../imports/words';
import { CityTime } from '../shared/city-time';
import { loaded } from '../shared/loaded';
import { ProblemNote } from '../shared/problem-note';
import { isRecord } from './document';
import { ProgrammeStore } from './programme-store';

/** The parts of a document that decide who may book what. */
const rules = ['groups', 'releases', 'bookingWindow', 'channels', 'doses', 'vaccines'] as const;
/** After a save the next one often follows at once, ms. */
const pauseMs = 800;

/** Whom the draft touches: how many may book now and before, and bookings to come that it would not allow. Counted again after each save that matters. */
@Component({
  selector: 'toki-affected',
  imports: [CityTime, DecimalPipe, ProblemNote, RouterLink],
  template: `
    @if (store.draft()) {
      <section class="card" aria-labelledby="affected-heading" [attr.aria-busy]="counted.loading()">
        <h2 id="affected-heading">だれに影響するか</h2>
        @if (counted.problem()?.code === 'draft_invalid') {
          <p class="soft">下書きに直すところがあるあいだは、数えられません。直すと、ここに人数と予約の件数が出ます。</p>
        } @else {
          <toki-problem-note [problem]="counted.problem()" (again)="counted.reload()" />
          @if (counted.value(); as found) {
            <p class="sum" role="status">
              予約できる対象の方：この下書きでは <strong>{{ found.now.eligible | number }}人</strong>
              @if (found.before; as before) {
                、公開中の版では <strong>{{ before.eligible | number }}人</strong>
                <span class="chip" [class]="change() === 0 ? 'plain' : 'warn'">{{ changeWords() }}</span>
              }
            </p>
            @if (found.before) {
              @if (found.bookings.noLonger > 0) {
                <p class="note warn">
                  これからの予約 {{ found.bookings.checked | number }}件のうち、<strong
                    >{{ found.bookings.noLonger | number }}件</strong
                  >は、この下書きでは認められない予約になります。公開しても、取られた予約が自動で取り消されることはありません。
                </p>
                <ul class="reasons">
                  @for (reason of found.bookings.reasons; track reason.fault) {
                    <li>
                      {{ reason.words }}：<a
                        [routerLink]="['/programme', store.code(), 'affected']"
                        [queryParams]="{ fault: reason.fault }"
                        >{{ reason.count | number }}件</a
                      >
                    </li>
                  }
                </ul>
              } @else {
                <p>これからの予約 {{ found.bookings.checked | number }}件は、どれもこの下書きで認められます。</p>
              }
              @if (found.bookings.alreadyNot > 0) {
                <p class="soft">
                  このほかに、公開中の版でも認められない予約が {{ found.bookings.alreadyNot | number }}件あります。
                </p>
              }
            }
            <details>
              <summary>対象区分ごとの人数</summary>
              <div class="table-frame" tabindex="0" role="region" aria-label="対象区分ごとの人数">
                <table class="dense">
                  <thead>
                    <tr>
                      <th scope="col">対象区分</th>
                      <th scope="col" class="number">この下書き</th>
                      <th scope="col" class="number">公開中の版</th>
                    </tr>
                  </thead>
                  <tbody>
                    @for (group of found.groups; track group.code) {
                      <tr>
                        <th scope="row">
                          {{ group.label }}
                          @if (group.byDeclaration) {
                            <span class="soft">（自己申告を含む）</span>
                          }
                        </th>
                        <td class="number">{{ group.now === null ? '—' : (group.now | number) }}</td>
                        <td class="number">{{ group.before === null ? '—' : (group.before | number) }}</td>
                      </tr>
                    }
                    <tr>
                      <th scope="row">どの対象区分にも入らない方</th>
                      <td class="number">{{ found.now.inNoGroup | number }}</td>
                      <td class="number">{{ found.before ? (found.before.inNoGroup | number) : '—' }}</td>
                    </tr>
                    <tr>
                      <th scope="row">いまこの時点で予約できる方</th>
                      <td class="number">{{ found.now.mayBookNow | number }}</td>
                      <td class="number">{{ found.before ? (found.before.mayBookNow | number) : '—' }}</td>
                    </tr>
                  </tbody>
                </table>
              </div>
              @if (declares()) {
                <p class="soft">
                  自己申告の対象区分は、すでに申告した方だけを数えています。ほかにだれが当てはまるかは、申告されるまでわかりません。
                </p>
              }
              @if (found.withoutBirthDate > 0) {
                <p class="soft">
                  生年月日を照合できない方が
                  {{ found.withoutBirthDate | number }}人います。年齢による対象区分には数えていません。
                </p>
              }
            </details>
            <p class="soft small">
              @if (found.lastImport; as run) {
                {{ run.appliedAt | city: 'full' }}の<a [routerLink]="['/imports', run.id]">取込</a>による対象者
                {{ found.residents | number }}人で数えました。
              } @else {
                取込の記録はありません。登録されている対象者 {{ found.residents | number }}人で数えました。
              }
              複数の対象区分に入る方は、それぞれに数えます。
            </p>
          } @else if (counted.loading()) {
            <p class="soft">数えています…</p>
          }
        }
      </section>
    }
  `,
  styles: `
    h2 {
      margin-bottom: 8px;
    }
    .sum {
      margin-bottom: 8px;
    }
    .sum strong {
      font-size: 1.2rem;
    }
    .sum .chip {
      margin-left: 8px;
    }
    .reasons {
      margin: 0 0 12px;
      padding-left: 24px;
    }
    .small {
      font-size: 0.875rem;
      margin: 12px 0 0;
    }
    summary {
      cursor: pointer;
      padding: 6px 0;
    }
    .number {
      text-align: right;
      font-variant-numeric: tabular-nums;
    }
    details p {
      margin: 8px 0 0;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AffectedCard {
  protected readonly store = inject(ProgrammeStore);
  private readonly api = inject(Api);
  protected readonly counted = loaded<Schema<'Affected'>>(() =>
    this.api.client.GET('/api/v1/programmes/{code}/affected', { params: { path: { code: this.store.code() } } }),
  );
  protected readonly change = computed(
    () => (this.counted.value()?.now.eligible ?? 0) - (this.counted.value()?.before?.eligible ?? 0),
  );
  protected readonly changeWords = computed(() =>
    this.change() === 0 ? '変わりません' : `${this.change() > 0 ? '＋' : '－'}${figure(Math.abs(this.change()))}人`,
  );
  protected readonly declares = computed(
    () => this.counted.value()?.groups.some((group) => group.byDeclaration) ?? false,
  );
  /** What was saved of the rules; a text that was edited counts nobody again, but a fault that was mended does. */
  private readonly saved = computed(() => {
    const draft = this.store.draft();
    return draft && isRecord(draft.document)
      ? JSON.stringify([
          draft.faults.length > 0,
          ...rules.map((part) => (draft.document as Record<string, unknown>)[part]),
        ])
      : undefined;
  });

  constructor() {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isFirst = true;
    inject(DestroyRef).onDestroy(() => clearTimeout(timer));
    effect(() => {
      if (this.saved() === undefined) return;
      clearTimeout(timer);
      timer = setTimeout(() => untracked(() => void this.counted.reload()), isFirst ? 0 : pauseMs);
      isFirst = false;
    });
  }
}
