import { ChangeDetectionStrategy, Component, inject, output, signal } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatRadioButton, MatRadioGroup } from '@angular/material/radio';

import { Api, type Role, type Schema } from '../api/api';
import { ErrorSummary } from '../shared/error-summary';
import { FormFaults } from '../shared/form-faults';
import { roleChoices } from './roles';

/** Registers a person. */
@Component({
  selector: 'toki-new-staff',
  imports: [
    ErrorSummary,
    MatButton,
    MatError,
    MatFormField,
    MatHint,
    MatInput,
    MatLabel,
    MatRadioButton,
    MatRadioGroup,
    ReactiveFormsModule,
  ],
  template: `
    <section class="card" aria-labelledby="new-title">
      <h2 id="new-title">職員を登録する</h2>
      <toki-error-summary [faults]="faults.all()" />
      <form [formGroup]="form" (ngSubmit)="add()" novalidate>
        <mat-form-field>
          <mat-label>名前</mat-label>
          <input matInput id="field-displayName" formControlName="displayName" autocomplete="off" />
          <mat-hint>画面と記録に表示されます。例：市役所 花子</mat-hint>
          @if (faults.of('displayName'); as sentence) {
            <mat-error>{{ sentence }}</mat-error>
          }
        </mat-form-field>
        <mat-form-field>
          <mat-label>ログイン名</mat-label>
          <input
            matInput
            id="field-login"
            formControlName="login"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
          />
          <mat-hint>半角の小文字・数字・「.」「-」「_」で2〜40文字。あとから変えられません。</mat-hint>
          @if (faults.of('login'); as sentence) {
            <mat-error>{{ sentence }}</mat-error>
          }
        </mat-form-field>
        <fieldset>
          <legend id="role-title">役割</legend>
          <mat-radio-group formControlName="role" aria-labelledby="role-title">
            @for (choice of roles; track choice.role) {
              <mat-radio-button [value]="choice.role"
                ><span class="role">{{ choice.label }}</span
                ><span class="soft"> {{ choice.what }}</span></mat-radio-button
              >
            }
          </mat-radio-group>
        </fieldset>
        <div class="actions">
          <button matButton="filled" type="submit" [disabled]="busy()">
            {{ busy() ? '登録しています…' : '登録する' }}
          </button>
          <button matButton type="button" (click)="close.emit()">やめる</button>
        </div>
      </form>
    </section>
  `,
  styles: `
    h2 {
      margin-bottom: 12px;
    }
    form {
      display: grid;
      gap: 16px;
    }
    fieldset {
      margin: 0;
    }
    mat-radio-button {
      display: block;
    }
    .role {
      font-weight: 700;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class NewStaff {
  readonly made = output<Schema<'OneTimePassword'>>();
  readonly close = output();
  private readonly api = inject(Api);
  protected readonly roles = roleChoices;
  protected readonly busy = signal(false);
  private readonly fields = inject(NonNullableFormBuilder);
  protected readonly form = this.fields.group({
    displayName: ['', [Validators.required, Validators.maxLength(100)]],
    login: ['', [Validators.required, Validators.pattern(/^[a-z0-9][a-z0-9._-]{1,39}$/)]],
    role: this.fields.control<Role>('operator'),
  });
  protected readonly faults = new FormFaults(this.form);

  protected async add(): Promise<void> {
    const { login } = this.form.controls;
    login.setValue(login.value.normalize('NFKC').trim().toLowerCase());
    if (
      !this.faults.check({
        displayName: '名前を100文字以内で入力してください。',
        login:
          'ログイン名は、半角の小文字か数字で始まる2〜40文字にしてください。使えるのは小文字・数字・「.」「-」「_」です。',
      })
    )
      return;
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/staff', { body: this.form.getRawValue() });
    this.busy.set(false);
    if (data) this.made.emit(data);
    else if (error.code === 'login_taken') this.faults.show([{ field: 'login', sentence: error.detail }]);
    else this.faults.refuse(error);
  }
}
