import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';

/** One field that two people changed. */
export interface Difference {
  readonly label: string;
  readonly mine: string;
  readonly theirs: string;
}

/** After a 412: who came second sees what differs, and chooses. Nothing is overwritten unasked. */
@Component({
  selector: 'toki-conflict',
  imports: [MatButton],
  template: `
    <section class="note warn" role="alert">
      <h2>ほかの人が先に変更しました</h2>
      <p>あなたの入力はまだ保存されていません。違いを確認して、どちらにするか選んでください。</p>
      @if (differences().length > 0) {
        <div class="table-frame">
          <table class="dense">
            <thead>
              <tr>
                <th scope="col">項目</th>
                <th scope="col">保存されている内容</th>
                <th scope="col">あなたの入力</th>
              </tr>
            </thead>
            <tbody>
              @for (difference of differences(); track difference.label) {
                <tr>
                  <th scope="row">{{ difference.label }}</th>
                  <td>{{ difference.theirs || '（なし）' }}</td>
                  <td>{{ difference.mine || '（なし）' }}</td>
                </tr>
              }
            </tbody>
          </table>
        </div>
      }
      <div class="actions">
        <button matButton="outlined" type="button" (click)="takeTheirs.emit()">保存されている内容にする</button>
        <button matButton="filled" type="button" (click)="keepMine.emit()">自分の入力で保存する</button>
      </div>
    </section>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Conflict {
  readonly differences = input.required<readonly Difference[]>();
  readonly takeTheirs = output();
  readonly keepMine = output();
}
