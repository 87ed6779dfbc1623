import { ChangeDetectionStrategy, Component, inject, input, output, signal } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';

import { Api } from '../api/api';
import { ErrorSummary } from '../shared/error-summary';
import { FormFaults } from '../shared/form-faults';

/** Chooses an own password. */
@Component({
  selector: 'toki-password-form',
  imports: [ErrorSummary, MatButton, MatError, MatFormField, MatHint, MatInput, MatLabel, ReactiveFormsModule],
  template: `
    <toki-error-summary [faults]="faults.all()" />
    <form [formGroup]="form" (ngSubmit)="save()" novalidate>
      <input
        type="text"
        class="visually-hidden"
        tabindex="-1"
        aria-hidden="true"
        autocomplete="username"
        [value]="login()"
        readonly
      />
      @if (known() === undefined) {
        <mat-form-field>
          <mat-label>{{ currentLabel() }}</mat-label>
          <input
            matInput
            id="field-current"
            type="password"
            formControlName="current"
            autocomplete="current-password"
          />
          @if (faults.of('current'); as sentence) {
            <mat-error>{{ sentence }}</mat-error>
          }
        </mat-form-field>
      }
      <mat-form-field>
        <mat-label>新しいパスワード</mat-label>
        <input
          matInput
          id="field-next"
          [type]="shown() ? 'text' : 'password'"
          formControlName="next"
          autocomplete="new-password"
        />
        <mat-hint>12文字以上。ログイン名を含まない、覚えやすい文章がおすすめです。日本語も使えます。</mat-hint>
        @if (faults.of('next'); as sentence) {
          <mat-error>{{ sentence }}</mat-error>
        }
      </mat-form-field>
      <div>
        <button type="button" class="plain" [attr.aria-pressed]="shown()" (click)="shown.set(!shown())">
          入力した文字を{{ shown() ? '隠す' : '表示する' }}
        </button>
      </div>
      <div class="actions">
        <button matButton="filled" type="submit" [disabled]="busy()">
          {{ busy() ? '保存しています…' : 'パスワードを決める' }}
        </button>
      </div>
    </form>
  `,
  styles: `
    form {
      display: grid;
      gap: 12px;
      max-width: 28rem;
    }
    .plain {
      min-height: 24px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PasswordForm {
  readonly login = input.required<string>();
  /** The password until now, where it was typed a moment ago. */
  readonly known = input<string>();
  readonly currentLabel = input('今のパスワード');
  readonly done = output();

  private readonly api = inject(Api);
  protected readonly busy = signal(false);
  protected readonly shown = signal(false);
  protected readonly form = inject(NonNullableFormBuilder).group({
    current: [''],
    next: ['', [Validators.required, Validators.minLength(12), Validators.maxLength(200)]],
  });
  protected readonly faults = new FormFaults(this.form);

  protected async save(): Promise<void> {
    const current = this.known() ?? this.form.controls.current.value;
    const isGood = this.faults.check({ next: '新しいパスワードは12文字以上200文字以内で入力してください。' });
    if (current === '')
      this.faults.show([
        { field: 'current', sentence: `${this.currentLabel()}を入力してください。` },
        ...this.faults.all(),
      ]);
    if (!isGood || current === '') return;
    this.busy.set(true);
    const { error } = await this.api.client.POST('/api/v1/me/password', {
      body: { current, next: this.form.controls.next.value },
    });
    this.busy.set(false);
    if (!error) {
      this.form.reset();
      this.done.emit();
    } else
      this.faults.show([
        {
          field: error.code === 'wrong_password' ? 'current' : error.code === 'weak_password' ? 'next' : '',
          sentence: error.detail,
        },
      ]);
  }
}
