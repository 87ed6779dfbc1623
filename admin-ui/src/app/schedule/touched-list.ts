import { ChangeDetectionStrategy, Component, input } from '@angular/core';

import { bookingStateWords } from '../../../../domain/bookings/booking-words';
import { formatReference } from '../../../../domain/bookings/reference';
import type { Schema } from '../api/api';
import { CityTime } from '../shared/city-time';
import { channelWords } from './week';

/** Who has a seat: references and states, never names. */
@Component({
  selector: 'toki-touched-list',
  imports: [CityTime],
  template: `
    <ul>
      @for (booking of bookings(); track $index) {
        <li>
          @if (booking.isProtected) {
            保護対象
          } @else if (booking.reference !== null) {
            受付番号 <span class="reference">{{ words(booking.reference) }}</span>
          } @else {
            受付番号なし
          }
          <span class="soft"
            >（{{ channels[booking.channel] }}・{{ states[booking.state] }}
            @if (booking.holdExpiresAt) {
              、{{ booking.holdExpiresAt | city: 'time' }}まで
            }
            ）</span
          >
        </li>
      }
    </ul>
  `,
  styles: `
    ul {
      margin: 0;
      padding-left: 1.2em;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TouchedList {
  readonly bookings = input.required<readonly Schema<'TouchedBooking'>[]>();
  protected readonly channels = channelWords;
  protected readonly states = bookingStateWords;
  protected readonly words = formatReference;
}
