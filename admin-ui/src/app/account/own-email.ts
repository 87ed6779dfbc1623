import { ChangeDetectionStrategy, Component, inject, output, signal } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';

import { Api } from '../api/api';
import { ErrorSummary } from '../shared/error-summary';
import { FormFaults } from '../shared/form-faults';

/** Names an own address, and shows that it is one's own: with the code that came to it. */
@Component({
  selector: 'toki-own-email',
  imports: [ErrorSummary, MatButton, MatError, MatFormField, MatHint, MatInput, MatLabel, ReactiveFormsModule],
  template: `
    <toki-error-summary [faults]="faults.all()" />
    <form [formGroup]="form" (ngSubmit)="asked() ? confirm() : ask()" novalidate>
      @if (!asked()) {
        <mat-form-field
          ><mat-label>自分のメールアドレス</mat-label
          ><input matInput id="field-email" type="email" formControlName="email" autocomplete="email" /><mat-hint
            >テスト送信だけに使います。</mat-hint
          >
          @if (faults.of('email'); as sentence) {
            <mat-error>{{ sentence }}</mat-error>
          }
        </mat-form-field>
        <div class="actions">
          <button matButton="filled" type="submit" [disabled]="busy()">確認コードを送る</button>
        </div>
      } @else {
        <p role="status">{{ form.getRawValue().email }} に確認コードを送りました。30分以内に入力してください。</p>
        <mat-form-field
          ><mat-label>確認コード（6桁）</mat-label
          ><input matInput id="field-code" inputmode="numeric" formControlName="code" autocomplete="one-time-code" />
          @if (faults.of('code'); as sentence) {
            <mat-error>{{ sentence }}</mat-error>
          }
        </mat-form-field>
        <div class="actions">
          <button matButton="filled" type="submit" [disabled]="busy()">登録する</button
          ><button matButton type="button" (click)="asked.set(false)">アドレスを入力し直す</button>
        </div>
      }
    </form>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class OwnEmail {
  /** The address that was confirmed. */
  readonly done = output<string>();
  private readonly api = inject(Api);
  protected readonly asked = signal(false);
  protected readonly busy = signal(false);
  protected readonly form = inject(NonNullableFormBuilder).group({ email: ['', Validators.required], code: [''] });
  protected readonly faults = new FormFaults(this.form);

  protected async ask(): Promise<void> {
    if (!this.faults.check({ email: 'メールアドレスを入力してください。' })) return;
    this.busy.set(true);
    const { error } = await this.api.client.POST('/api/v1/me/email', {
      body: { email: this.form.getRawValue().email },
    });
    this.busy.set(false);
    if (error) {
      this.faults.refuse(error);
      return;
    }
    this.asked.set(true);
    this.form.controls.code.reset();
    setTimeout(() => document.getElementById('field-code')?.focus());
  }

  protected async confirm(): Promise<void> {
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/me/email/confirm', {
      body: { code: this.form.getRawValue().code },
    });
    this.busy.set(false);
    if (data) this.done.emit(data.email ?? '');
    else if (error.code === 'email_code_wrong') this.faults.show([{ field: 'code', sentence: error.detail }]);
    else this.faults.refuse(error);
  }
}
