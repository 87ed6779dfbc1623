import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';

import { cityWords } from '../shared/city-time';
import { Icon } from '../shared/icon';
import { saveFile } from '../shared/save-file';
import { Session } from '../shared/session';

/** Recovery codes, shown this once: to be printed or saved, and never kept by the page. */
@Component({
  selector: 'toki-recovery-codes',
  imports: [Icon, MatButton],
  template: `
    <p class="no-print">
      携帯電話をなくしたときや機種変更のときに、確認コードの代わりに使います。<strong>この画面を閉じると、二度と表示できません。</strong>印刷するか保存して、携帯電話とは別の場所に保管してください。
    </p>
    <section class="sheet" aria-label="回復用コード">
      <h3>とき 回復用コード（{{ login() }}）</h3>
      <p>作成：{{ made }}。1つのコードは1回だけ使えます。</p>
      <ul>
        @for (code of codes(); track code) {
          <li>
            <code>{{ code }}</code>
          </li>
        }
      </ul>
    </section>
    <div class="actions no-print">
      <button matButton="outlined" type="button" (click)="print()"><toki-icon name="print" /> 印刷する</button>
      <button matButton="outlined" type="button" (click)="save()">
        <toki-icon name="download" /> ファイルに保存する
      </button>
    </div>
  `,
  styles: `
    .sheet {
      border: 1px solid var(--line);
      border-radius: 8px;
      padding: 12px 20px;
    }
    ul {
      list-style: none;
      margin: 0;
      padding: 0;
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr));
      gap: 6px 24px;
    }
    code {
      font-size: 1.15rem;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RecoveryCodes {
  readonly codes = input.required<readonly string[]>();
  protected readonly made = cityWords.full(new Date());
  private readonly session = inject(Session);

  protected login(): string {
    return this.session.me()?.login ?? '';
  }

  protected print(): void {
    window.print();
  }

  protected save(): void {
    const text = [
      'とき 回復用コード',
      `ログイン名：${this.login()}`,
      `作成：${this.made}`,
      '1つのコードは1回だけ使えます。',
      '',
      ...this.codes(),
      '',
    ].join('\r\n');
    saveFile('toki-recovery-codes.txt', new Blob(['\ufeff', text], { type: 'text/plain;charset=utf-8' }));
  }
}
