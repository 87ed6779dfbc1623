import { Clipboard } from '@angular/cdk/clipboard';
import { afterNextRender, ChangeDetectionStrategy, Component, ElementRef, inject, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';

import type { Schema } from '../api/api';
import { Icon } from '../shared/icon';
import { Messages } from '../shared/messages';

/** A one-time password, shown this once, with what its receiver has to do; can be printed as a slip. */
@Component({
  selector: 'toki-one-time-password',
  imports: [Icon, MatButton],
  template: `
    <section class="note good slip" role="status" tabindex="-1" aria-labelledby="slip-title">
      <h2 id="slip-title">仮パスワード（{{ made().staff.displayName }}さん）</h2>
      <p class="no-print">
        <strong>表示されるのは今だけです。</strong>本人に手渡すか、電話で伝えてください。メールでは送らないでください。
      </p>
      <dl class="facts">
        <dt>アドレス</dt>
        <dd>
          <code>{{ address }}</code>
        </dd>
        <dt>ログイン名</dt>
        <dd>
          <code>{{ made().staff.login }}</code>
        </dd>
        <dt>仮パスワード</dt>
        <dd>
          <code class="big">{{ made().oneTimePassword }}</code>
        </dd>
        <dt>期限</dt>
        <dd>7日以内に、初めてのログインを済ませてください。</dd>
      </dl>
      <p>
        初めてのログインでは確認コードは要りません。ログインすると、スマートフォンの認証アプリの登録と、新しいパスワードの設定に進みます。
      </p>
      <div class="actions no-print">
        <button matButton="outlined" type="button" (click)="print()">
          <toki-icon name="print" /> 渡す紙を印刷する
        </button>
        <button matButton="outlined" type="button" (click)="copy()">仮パスワードをコピーする</button>
        <button matButton="filled" type="button" (click)="close.emit()">伝えました</button>
      </div>
    </section>
  `,
  styles: `
    h2 {
      margin-bottom: 8px;
    }
    dl {
      margin-bottom: 12px !important;
    }
    .big {
      font-size: 1.4rem;
      letter-spacing: 0.03em;
    }
    code {
      overflow-wrap: anywhere;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class OneTimePassword {
  readonly made = input.required<Schema<'OneTimePassword'>>();
  readonly close = output();
  protected readonly address = location.origin;
  private readonly clipboard = inject(Clipboard);
  private readonly messages = inject(Messages);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);

  constructor() {
    afterNextRender(() => this.host.nativeElement.querySelector<HTMLElement>('.slip')?.focus());
  }

  protected print(): void {
    document.body.classList.add('printing-slip');
    window.print();
    document.body.classList.remove('printing-slip');
  }

  protected copy(): void {
    this.messages.done(
      this.clipboard.copy(this.made().oneTimePassword)
        ? 'コピーしました。伝え終わったら、この表示を閉じてください。'
        : 'コピーできませんでした。文字を選んでコピーしてください。',
    );
  }
}
