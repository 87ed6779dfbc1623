import { ChangeDetectionStrategy, Component, effect, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';

import { Api, type Problem, type Schema } from '../api/api';
import { figure } from '../imports/words';
import { Icon } from '../shared/icon';
import { ProblemNote } from '../shared/problem-note';
import type { AssignmentRun } from './words';

/** Rows that are not booked, with why; counted by kind, and as a file. */
@Component({
  selector: 'toki-assignment-rows',
  imports: [MatButton, Icon, ProblemNote],
  template: `
    <div class="row head">
      <h2>予約しない行とその理由</h2>
      <a matButton="outlined" [href]="'/api/v1/assignments/' + run().id + '/faults.csv'" download
        ><toki-icon name="download" /> CSVでダウンロード</a
      >
    </div>
    <ul>
      @for (kind of run().faults; track kind.code) {
        <li>{{ kind.sentence }}（{{ figure(kind.count) }}行）</li>
      }
    </ul>
    <toki-problem-note [problem]="problem()" (again)="more()" />
    @if (rows().length > 0) {
      <div class="table-frame" tabindex="0" role="region" aria-label="予約しない行とその理由">
        <table class="dense">
          <thead>
            <tr>
              <th scope="col" class="number">行</th>
              <th scope="col">接種券番号</th>
              <th scope="col">会場</th>
              <th scope="col">日付</th>
              <th scope="col">開始</th>
              <th scope="col">回</th>
              <th scope="col">理由</th>
            </tr>
          </thead>
          <tbody>
            @for (row of rows(); track row.line) {
              <tr>
                <td class="number">{{ figure(row.line) }}</td>
                <td class="numbers">{{ row.number }}</td>
                <td class="short">{{ row.venue }}</td>
                <td class="short">{{ row.date }}</td>
                <td class="short">{{ row.time }}</td>
                <td>{{ row.dose }}</td>
                <td>{{ row.sentence }}</td>
              </tr>
            }
          </tbody>
        </table>
      </div>
      @if (hasMore()) {
        <div class="paging"><button matButton="outlined" type="button" (click)="more()">続きを見る</button></div>
      }
    }
  `,
  styles: `
    :host {
      display: block;
      margin-bottom: 28px;
    }
    .head {
      justify-content: space-between;
    }
    ul {
      margin: 8px 0 12px;
    }
    .short {
      white-space: nowrap;
      max-width: 14rem;
      overflow: hidden;
      text-overflow: ellipsis;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AssignmentRows {
  private readonly api = inject(Api);
  readonly run = input.required<AssignmentRun>();
  protected readonly rows = signal<readonly Schema<'AssignmentRow'>[]>([]);
  protected readonly hasMore = signal(false);
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly figure = figure;
  private readFor = '';

  constructor() {
    effect(() => {
      const { id, faults } = this.run();
      // Once when it stands, not at every look at the progress.
      const key = `${id} ${JSON.stringify(faults)}`;
      if (key === this.readFor) return;
      this.readFor = key;
      void this.read([]);
    });
  }

  protected more(): void {
    void this.read(this.rows());
  }

  private async read(known: readonly Schema<'AssignmentRow'>[]): Promise<void> {
    const last = known.at(-1);
    const { data, error } = await this.api.client.GET('/api/v1/assignments/{id}/rows', {
      params: { path: { id: this.run().id }, query: last ? { afterLine: String(last.line) } : {} },
    });
    this.problem.set(error);
    if (!data) return;
    this.rows.set([...known, ...data.rows]);
    this.hasMore.set(data.more);
  }
}
