import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

import { cityWords } from '../shared/city-time';
import { Icon, type IconName } from '../shared/icon';
import type { Entry } from './day-list';

/** The result of a check-in, for staff who look up from the next person. */
export interface CheckInOutcome {
  readonly kind: 'good' | 'warn' | 'bad';
  readonly headline: string;
  readonly sentences: readonly string[];
  readonly entry?: Entry | undefined;
}

const icons: Readonly<Record<CheckInOutcome['kind'], IconName>> = { good: 'check', warn: 'warn', bad: 'close' };

/** The big answer below the check-in box: colour, sign and words say the same. */
@Component({
  selector: 'toki-check-in-result',
  imports: [Icon],
  template: `
    @if (result(); as found) {
      <div class="result" [class]="found.kind">
        <toki-icon [name]="icons[found.kind]" />
        <div>
          <p class="headline">{{ found.headline }}</p>
          @for (sentence of found.sentences; track $index) {
            <p>{{ sentence }}</p>
          }
          @for (item of told(); track item.name) {
            <p class="told">{{ item.label }}：{{ item.words }}</p>
          }
          @if (line(); as text) {
            <p class="who">{{ text }}</p>
          }
          <ng-content />
        </div>
      </div>
    } @else {
      <p class="result idle">ここに結果が大きく出ます。QRコードの読み取り機は、この画面を開いたまま使えます。</p>
    }
  `,
  styles: `
    .result {
      display: flex;
      gap: 16px;
      border-radius: 8px;
      padding: 16px 20px;
      min-height: 104px;
      border: 4px solid currentcolor;
      margin: 0;
    }
    .idle {
      border: 2px dashed #949494;
      color: var(--ink-soft);
      align-items: center;
    }
    .good {
      color: #115a36;
      background: var(--good-soft);
    }
    .warn {
      color: #6f4f00;
      background: var(--warn-soft);
    }
    .bad {
      color: #a80000;
      background: var(--bad-soft);
    }
    toki-icon {
      font-size: 2.2rem;
      align-self: start;
    }
    p {
      margin: 0 0 4px;
      color: var(--ink);
    }
    .headline {
      font-size: 1.75rem;
      font-weight: 700;
      line-height: 1.35;
      color: inherit;
    }
    .idle p,
    p.idle {
      color: var(--ink-soft);
    }
    .good .headline {
      color: #115a36;
    }
    .warn .headline {
      color: #6f4f00;
    }
    .bad .headline {
      color: #a80000;
    }
    .told {
      width: fit-content;
      padding: 2px 10px;
      border-inline-start: 6px solid #0017c1;
      background: #fff;
      font-size: 1.375rem;
      font-weight: 700;
    }
    .who {
      font-size: 1.125rem;
      font-weight: 700;
    }
    @media (max-width: 40rem) {
      .result {
        padding: 12px;
        gap: 10px;
      }
      .headline {
        font-size: 1.4rem;
      }
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class CheckInResult {
  readonly result = input<CheckInOutcome>();
  protected readonly icons = icons;
  /** What this person asked for; of a protected resident nothing is shown. */
  protected readonly told = computed(() => {
    const entry = this.result()?.entry;
    return entry && !entry.isProtected ? entry.told : [];
  });
  protected readonly line = computed(() => {
    const entry = this.result()?.entry;
    if (entry?.isProtected)
      return `${cityWords.moment(entry.startsAt)}　${String(entry.dose)}回目　保護対象（お名前は表示しません）`;
    return (
      entry &&
      `${cityWords.moment(entry.startsAt)}　${String(entry.dose)}回目　${entry.kana ?? '（カナなし）'}　${birthWords(entry.birthDate)}生まれ　接種券 …${entry.couponEnd}`
    );
  });
}

/** `1947年（昭和22年）4月1日` */
export function birthWords(date: string): string {
  const at = new Date(`${date}T00:00:00+09:00`);
  const era = new Intl.DateTimeFormat('ja-JP-u-ca-japanese', {
    timeZone: 'Asia/Tokyo',
    era: 'long',
    year: 'numeric',
  }).format(at);
  return `${String(Number(date.slice(0, 4)))}年（${era}）${String(Number(date.slice(5, 7)))}月${String(Number(date.slice(8)))}日`;
}
