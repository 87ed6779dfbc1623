import { ChangeDetectionStrategy, Component, input } from '@angular/core';

import { CityTime } from './city-time';

export interface TimelineItem {
  readonly at: string;
  readonly title: string;
  /** Who, by which way, why. */
  readonly detail?: string;
  readonly tone?: 'good' | 'bad' | 'soft' | 'next';
}

/** What happened and what is to come, in order; what is to come is drawn open. */
@Component({
  selector: 'toki-timeline',
  imports: [CityTime],
  template: `
    <ol>
      @for (item of items(); track $index) {
        <li [class]="item.tone ?? ''">
          <span class="numbers soft when">{{ item.at | city: 'moment' }}</span>
          <span>
            @if (item.tone === 'next') {
              <span class="soft">予定：</span>
            }
            {{ item.title }}
            @if (item.detail) {
              <span class="soft detail">{{ item.detail }}</span>
            }
          </span>
        </li>
      }
    </ol>
  `,
  styles: `
    ol {
      list-style: none;
      margin: 0;
      padding: 0;
    }
    li {
      display: grid;
      grid-template-columns: 9.5rem 1fr;
      gap: 12px;
      padding: 5px 0 5px 20px;
      position: relative;
      border-left: 2px solid var(--line);
      margin-left: 6px;
    }
    li::before {
      content: '';
      position: absolute;
      left: -7px;
      top: 12px;
      width: 10px;
      height: 10px;
      border-radius: 50%;
      background: var(--ink-soft);
      border: 1px solid #fff;
    }
    li.good::before {
      background: var(--good);
    }
    li.bad::before {
      background: var(--bad);
    }
    li.next::before {
      background: #fff;
      border: 2px solid var(--ink-soft);
    }
    .detail {
      display: block;
      font-size: 0.875rem;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Timeline {
  readonly items = input.required<readonly TimelineItem[]>();
}
