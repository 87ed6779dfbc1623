import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

import type { Schema } from '../api/api';
import { CityTime, cityWords } from '../shared/city-time';
import { TouchedList } from './touched-list';
import { channelOrder, channelWords, seatWords } from './week';

type Preview = Schema<'PlanPreview'>;
type Conflict = Schema<'PlanConflict'>;

const parts = [
  { kind: 'added', words: '新しくできる枠' },
  { kind: 'changed', words: '席数などが変わる枠' },
  { kind: 'removed', words: 'なくなる枠' },
  { kind: 'reopened', words: '受付を再開する枠' },
  { kind: 'kept', words: '手で変えたため、そのまま残す枠' },
] as const;

/** What saving a plan or loading a sheet would do: in numbers, then slot by slot; what is in the way comes first. */
@Component({
  selector: 'toki-plan-preview',
  imports: [CityTime, TouchedList],
  templateUrl: './plan-preview.html',
  styles: `
    details {
      border: 1px solid var(--line);
      border-radius: 8px;
      padding: 8px 16px;
      margin-bottom: 8px;
    }
    summary {
      cursor: pointer;
      font-weight: 700;
      min-height: 32px;
      align-content: center;
    }
    .conflict {
      border-left: 6px solid #a80000;
      padding: 8px 16px;
      margin-bottom: 8px;
      background: var(--bad-soft);
      border-radius: 4px;
    }
    .conflict p {
      margin: 0;
    }
    :host {
      display: block;
      margin-top: 8px;
    }
    .table-frame {
      max-height: 40vh;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PlanPreview {
  readonly preview = input.required<Preview>();
  protected readonly words = seatWords;
  protected readonly shown = computed(() =>
    parts
      .map((part) => ({
        ...part,
        count: part.kind === 'reopened' ? this.preview().reopenedSlots : this.preview().counts[part.kind],
        lines: this.preview()[part.kind],
      }))
      .filter((part) => part.count > 0),
  );
  protected readonly isNothing = computed(() => {
    const { added, changed, removed, conflicts } = this.preview().counts;
    return added + changed + removed + conflicts + this.preview().reopenedSlots === 0;
  });

  protected reasonOf(conflict: Conflict): string {
    switch (conflict.kind) {
      case 'below_booked': {
        const short = channelOrder.filter(
          (channel) =>
            (conflict.after?.[channel] ?? 0) < (conflict.before?.[channel] ?? 0) &&
            conflict.touched.some((booking) => booking.channel === channel),
        );
        return `予約や仮押さえの数より席が少なくなります（${short.map((channel) => channelWords[channel]).join('・')}）。`;
      }
      case 'removed_booked':
        return '日程からなくなる枠ですが、予約か仮押さえがあります。残すと、新しい予約の受付を止めます。';
      case 'length_booked':
        return '枠の長さが変わりますが、予約か仮押さえがあります。';
      case 'overlap': {
        const other = conflict.other;
        return other
          ? `${other.scheduleName === null ? 'ほかの枠' : `日程「${other.scheduleName}」の枠`}（${cityWords.time(other.startsAt)}～${cityWords.time(other.endsAt)}）と時間が重なります。`
          : '';
      }
    }
  }
}
