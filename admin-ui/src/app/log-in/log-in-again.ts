import { ChangeDetectionStrategy, Component, computed, inject, type OnInit, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  MatDialogActions,
  MatDialogContent,
  MatDialogRef,
  MatDialogTitle,
} from '@angular/material/dialog';

import { Api, type Schema } from '../api/api';
import { type Me, Session } from '../shared/session';
import { Credentials } from './credentials';

/**
 * The session ended under an open page: the same person logs in again here, and finds the page as they left it. Behind it the page is
 * covered: another person may be sitting there by now, or the person may have been shut out.
 */
@Component({
  selector: 'toki-log-in-again',
  imports: [Credentials, MatButton, MatDialogActions, MatDialogContent, MatDialogTitle],
  template: `
    <h2 mat-dialog-title>もう一度ログインしてください</h2>
    <mat-dialog-content>
      <p>
        しばらく操作がなかったか、有効時間が過ぎたか、アカウントが停止されたため、ログインが終わりました。入力した内容はこの画面に残っています。
      </p>
      @if (me.way === 'oidc') {
        @if (problem(); as sentence) {
          <p class="note bad" role="alert">{{ sentence }}</p>
        }
        <p>{{ label() }}を新しいタブで済ませてから、「続ける」を押してください。</p>
        <div class="actions">
          <a matButton="outlined" href="/oidc/start?returnTo=%2Faccount" target="_blank" rel="noopener"
            >{{ label() }}（新しいタブ）</a
          >
          <button matButton="filled" type="button" (click)="look()">続ける</button>
        </div>
      } @else {
        <toki-credentials [onlyFor]="me.login" (done)="over($event)" />
      }
    </mat-dialog-content>
    <mat-dialog-actions align="end"
      ><button matButton type="button" (click)="leave()">
        入力した内容を捨てて、ログイン画面へ
      </button></mat-dialog-actions
    >
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class LogInAgain implements OnInit {
  protected readonly me = inject<Me>(MAT_DIALOG_DATA);
  private readonly api = inject(Api);
  private readonly session = inject(Session);
  private readonly dialog = inject<MatDialogRef<LogInAgain, 'again' | 'leave'>>(MatDialogRef);
  private readonly ways = signal<Schema<'LogInWays'> | undefined>(undefined);
  protected readonly label = computed(() => this.ways()?.oidc?.label ?? '市の認証でログイン');
  protected readonly problem = signal<string | undefined>(undefined);

  ngOnInit(): void {
    void this.api.client.GET('/api/v1/session/ways').then(({ data }) => {
      this.ways.set(data);
    });
  }

  protected over(me: Me): void {
    if (me.mustChangePassword || me.id !== this.me.id) this.leave();
    else this.dialog.close('again');
  }

  protected async look(): Promise<void> {
    const { data, error } = await this.api.client.GET('/api/v1/me', { headers: { 'Toki-Quiet': '1' } });
    if (data?.id === this.me.id) {
      this.session.begin(data);
      this.dialog.close('again');
    } else this.problem.set(data ? '別の人がログインしています。ログイン画面からやり直してください。' : error.detail);
  }

  protected leave(): void {
    this.dialog.close('leave');
  }
}
