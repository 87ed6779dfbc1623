import { ChangeDetectionStrategy, Component, inject, input, output } from '@angular/core';
import { FormControl, FormGroup, ReactiveFormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';

import { Api } from '../api/api';
import { cityDay } from '../shared/city-time';
import { FormFaults } from '../shared/form-faults';
import { Messages } from '../shared/messages';

const dayMs = 86_400_000;
/** Until when a call is promised: words, and the moment that they mean now. */
const promises: readonly { readonly words: string; readonly at: () => string }[] = [
  { words: '1時間以内', at: () => new Date(Date.now() + 3_600_000).toISOString() },
  { words: '今日の17時まで', at: () => `${cityDay()}T17:00:00+09:00` },
  { words: 'あすの正午まで', at: () => `${cityDay(new Date(Date.now() + dayMs))}T12:00:00+09:00` },
  { words: 'あすの17時まで', at: () => `${cityDay(new Date(Date.now() + dayMs))}T17:00:00+09:00` },
];

/** Promises the person a call: it goes to the list of people to call. */
@Component({
  selector: 'toki-promise-call',
  imports: [MatButton, MatError, MatFormField, MatHint, MatInput, MatLabel, ReactiveFormsModule],
  template: `
    <form [formGroup]="form" (ngSubmit)="promise()">
      <mat-form-field>
        <mat-label>いつまでに</mat-label>
        <select matNativeControl formControlName="until">
          @for (item of promises; track item.words; let index = $index) {
            <option [value]="index">{{ item.words }}</option>
          }
        </select>
      </mat-form-field>
      <mat-form-field>
        <mat-label>用件</mat-label>
        <input matInput formControlName="note" maxlength="1000" autocomplete="off" />
        <mat-hint>折り返す人が読みます。</mat-hint>
        @if (faults.of('note'); as sentence) {
          <mat-error>{{ sentence }}</mat-error>
        }
      </mat-form-field>
      <div><button matButton="outlined" type="submit">折り返しを約束する</button></div>
    </form>
  `,
  styles: `
    form {
      display: grid;
      gap: 8px;
      margin-top: 8px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PromiseCall {
  readonly residentId = input.required<string>();
  readonly promised = output();
  private readonly api = inject(Api).client;
  private readonly messages = inject(Messages);
  protected readonly promises = promises;
  protected readonly form = new FormGroup({
    until: new FormControl('1', { nonNullable: true }),
    note: new FormControl('', { nonNullable: true }),
  });
  protected readonly faults = new FormFaults(this.form);

  protected async promise(): Promise<void> {
    this.faults.clear();
    const { until, note } = this.form.getRawValue();
    const dueAt = promises[Number(until)]?.at() ?? '';
    const { error } = await this.api.POST('/api/v1/residents/{id}/callbacks', {
      params: { path: { id: this.residentId() } },
      body: { dueAt, ...(note.trim() === '' ? {} : { note }) },
    });
    if (error) {
      this.faults.refuse({ ...error, faults: [{ field: 'note', code: error.code, sentence: error.detail }] });
      return;
    }
    this.form.reset();
    this.messages.done('折り返しの一覧に入れました。');
    this.promised.emit();
  }
}
