import { ChangeDetectionStrategy, Component, effect, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';

import { Api, type Problem, type Schema } from '../api/api';
import { Icon } from '../shared/icon';
import { ProblemNote } from '../shared/problem-note';
import { columnWords, figure, type FileColumn, type ImportRun } from './words';

/** Row errors and notes by line, counted by kind, and as a file. */
@Component({
  selector: 'toki-run-errors',
  imports: [MatButton, Icon, ProblemNote],
  template: `
    <div class="row head">
      <h2>行ごとの誤りとお知らせ</h2>
      <a matButton="outlined" [href]="'/api/v1/imports/' + run().id + '/errors.csv'" download
        ><toki-icon name="download" /> CSVでダウンロード</a
      >
    </div>
    <ul>
      @for (kind of run().errors; track kind.code) {
        <li>
          {{ kind.sentence }}（{{ figure(kind.count) }}行
          @if (kind.isNote) {
            、お知らせ
          }
          ）
        </li>
      }
    </ul>
    <toki-problem-note [problem]="problem()" (again)="more()" />
    @if (rows().length > 0) {
      <div class="table-frame" tabindex="0" role="region" aria-label="行ごとの誤りとお知らせ">
        <table class="dense">
          <thead>
            <tr>
              <th scope="col" class="number">行</th>
              <th scope="col">列</th>
              <th scope="col">書かれている値</th>
              <th scope="col">内容</th>
            </tr>
          </thead>
          <tbody>
            @for (row of rows(); track row.line + row.code) {
              <tr>
                <td class="number">{{ figure(row.line) }}</td>
                <td class="short">{{ columnOf(row.column) }}</td>
                <td class="short">{{ row.value }}</td>
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
      max-width: 20rem;
      overflow: hidden;
      text-overflow: ellipsis;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RunErrors {
  private readonly api = inject(Api);
  readonly run = input.required<ImportRun>();
  protected readonly rows = signal<readonly Schema<'ImportRowError'>[]>([]);
  protected readonly hasMore = signal(false);
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly figure = figure;
  private readFor = '';

  constructor() {
    effect(() => {
      const { id, rowsDone, errors } = this.run();
      // Once when it stands, not at every look at the progress; and again when the comparison added to it.
      const key = `${id} ${String(rowsDone)} ${JSON.stringify(errors)}`;
      if (key === this.readFor) return;
      this.readFor = key;
      void this.read([]);
    });
  }

  protected more(): void {
    void this.read(this.rows());
  }

  protected columnOf(column: string | null): string {
    return column === null ? '' : columnWords[column as FileColumn];
  }

  private async read(known: readonly Schema<'ImportRowError'>[]): Promise<void> {
    const last = known.at(-1);
    const { data, error } = await this.api.client.GET('/api/v1/imports/{id}/errors', {
      params: {
        path: { id: this.run().id },
        query: last ? { afterLine: String(last.line), afterCode: last.code } : {},
      },
    });
    this.problem.set(error);
    if (!data) return;
    this.rows.set([...known, ...data.errors]);
    this.hasMore.set(data.more);
  }
}
