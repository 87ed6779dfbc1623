import { ChangeDetectionStrategy, Component, input } from '@angular/core';

export interface SeatCounts {
  readonly planned: number;
  readonly held: number;
  readonly booked: number;
  readonly free: number;
}

/** Booked, held and free seats as one bar; the numbers stand beside it in words. */
@Component({
  selector: 'toki-seat-bar',
  template: `
    <span class="bar" aria-hidden="true">
      @let counts = seats();
      @if (counts.booked > 0) {
        <span class="booked" [style.flex-grow]="counts.booked"></span>
      }
      @if (counts.held > 0) {
        <span class="held" [style.flex-grow]="counts.held"></span>
      }
      @if (counts.free > 0) {
        <span class="free" [style.flex-grow]="counts.free"></span>
      }
    </span>
  `,
  styles: `
    :host {
      display: block;
    }
    .bar {
      display: flex;
      height: 8px;
      border-radius: 4px;
      overflow: hidden;
      background: #e6e6e6;
      forced-color-adjust: none;
    }
    .bar > span {
      flex-basis: 0;
      min-width: 2px;
    }
    .booked {
      background: #0017c1;
    }
    .held {
      background: repeating-linear-gradient(45deg, #b78f00 0 3px, #ffe380 3px 6px);
    }
    .free {
      background: #9bd4b5;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SeatBar {
  readonly seats = input.required<SeatCounts>();
}
