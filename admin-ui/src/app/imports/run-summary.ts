import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

import { namesakesApart } from '../../../../domain/imports/carry-over';
import { figure, type ImportRun } from './words';

/** What an import does, in numbers: before the approval what it would do. */
@Component({
  selector: 'toki-run-summary',
  template: `
    <h2>{{ run().result ? 'したこと' : 'すること' }}</h2>
    <div class="cards">
      @for (card of cards(); track card.label) {
        <div class="card" [class.quiet]="card.value === 0">
          <div class="big numbers">
            {{ figure(card.value) }}<small>{{ card.unit }}</small>
          </div>
          <div>
            <strong>{{ card.label }}</strong>
          </div>
          <div class="soft">{{ card.note }}</div>
        </div>
      }
    </div>
  `,
  styles: `
    :host {
      display: block;
      margin-bottom: 28px;
    }
    h2 {
      margin-bottom: 8px;
    }
    .cards {
      display: grid;
      gap: 12px;
      grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr));
    }
    small {
      font-size: 1rem;
      font-weight: 400;
      margin-left: 2px;
    }
    .quiet .big {
      color: var(--ink-soft);
      font-weight: 400;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RunSummary {
  readonly run = input.required<ImportRun>();
  protected readonly figure = figure;

  protected readonly cards = computed(() => {
    const { summary, result } = this.run();
    if (!summary) return [];
    const facts = result ?? summary;
    const booked = (count: number): string => (count > 0 ? `うち予約のある方 ${figure(count)}人。` : '');
    const cards = [
      { label: '新しい方', value: facts.created, unit: '人', note: '加わると、ログインして予約できます' },
      { label: '変わる方', value: facts.changed, unit: '人', note: '生年月日・カナ・区分が変わる方、戻ってきた方' },
      { label: '同じ方', value: facts.unchanged, unit: '人', note: '何も変わりません' },
      {
        label: '取り込めない行',
        value: summary.bad,
        unit: '行',
        note: summary.bad > 0 ? '下の一覧で、行ごとの理由がわかります' : 'ありません',
      },
    ];
    if (facts.newNumber > 0)
      cards.push({
        label: '番号が変わる方',
        value: facts.newNumber,
        unit: '人',
        note: `${booked(summary.newNumberWithBooking)}同じ人として、予約を新しい番号に引き継ぎます`,
      });
    if (namesakesApart(summary) > 0)
      cards.push({
        label: '同じカナ・生年月日の方',
        value: namesakesApart(summary),
        unit: '人',
        note: 'ほかの人と同じですが、別の人として登録します',
      });
    if (summary.crowded)
      cards.push({
        label: '同じ人かどうか確かめられない行',
        value: summary.crowded,
        unit: '行',
        note: 'カナ・生年月日の同じ方が多すぎます。列の指定をお確かめください',
      });
    if (facts.gone > 0)
      cards.push({
        label: '転出・死亡の方',
        value: facts.gone,
        unit: '人',
        note: `${booked(facts.goneWithBooking)}対象から外します。予約は残ります`,
      });
    if (summary.isFullSet) {
      const note = summary.removalBlocked
        ? '番号を読み取れない行があり、だれの行かわからないため、外しません'
        : `${booked(summary.missingWithBooking)}対象から外します（2回目の承認があります）`;
      cards.push({ label: 'ファイルにない方', value: summary.missing, unit: '人', note });
    } else {
      cards.push({ label: 'ファイルにない方', value: summary.missing, unit: '人', note: 'そのままにします' });
    }
    return cards;
  });
}
