import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  effect,
  type ElementRef,
  inject,
  input,
  viewChild,
} from '@angular/core';
import { BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, Tooltip } from 'chart.js';

import type { Line } from './lines';

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Legend, Tooltip);

/** Told apart by lightness as well as by hue; the table beside says the same in numbers. */
const series = [
  { label: '来場済み', colour: '#115a36', of: (line: Line) => line.attended },
  { label: '予約済み', colour: '#3460fb', of: (line: Line) => line.confirmed },
  { label: '仮押さえ', colour: '#9db7f9', of: (line: Line) => line.held },
  { label: '来場なし', colour: '#b78f00', of: (line: Line) => line.noShow },
  { label: '空き', colour: '#d9d9de', of: (line: Line) => line.free ?? 0 },
] as const;

/** Stacked bars, one per line of the table that is beside it. A picture for the eye only: everything in it is in the table. */
@Component({
  selector: 'toki-figure-chart',
  template: `<div class="frame">
    <canvas #canvas role="img" [attr.aria-label]="label() + '（同じ数字が下の表にあります）'"></canvas>
  </div>`,
  styles: `
    .frame {
      position: relative;
      height: 320px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class FigureChart {
  readonly label = input.required<string>();
  readonly lines = input.required<readonly Line[]>();
  private readonly canvas = viewChild.required<ElementRef<HTMLCanvasElement>>('canvas');
  private chart: Chart | undefined;

  constructor() {
    effect(() => {
      const lines = this.lines();
      const data = {
        labels: lines.map((line) => line.label),
        datasets: series.map(({ label, colour, of }) => ({ label, backgroundColor: colour, data: lines.map(of) })),
      };
      if (this.chart) {
        this.chart.data = data;
        this.chart.update('none');
        return;
      }
      this.chart = new Chart(this.canvas().nativeElement, {
        type: 'bar',
        data,
        options: {
          animation: false,
          maintainAspectRatio: false,
          responsive: true,
          font: { family: "'Noto Sans JP', sans-serif", size: 13 },
          scales: {
            x: { stacked: true, grid: { display: false } },
            y: { stacked: true, beginAtZero: true, ticks: { precision: 0 } },
          },
          plugins: { legend: { position: 'bottom' } },
        },
      });
    });
    inject(DestroyRef).onDestroy(() => this.chart?.destroy());
  }
}
