import { afterNextRender, ChangeDetectionStrategy, Component, ElementRef, inject } from '@angular/core';
import { FormControl, FormGroup, ReactiveFormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';

import { FormFaults } from '../shared/form-faults';
import { DeskCall, type IdentityItem } from './desk-call';
import { PromiseCall } from './promise-call';

const questions: readonly { readonly item: IdentityItem; readonly label: string; readonly hint: string }[] = [
  { item: 'couponNumber', label: '接種券番号', hint: '10けた' },
  { item: 'birthDate', label: '生年月日', hint: 'S22.4.1、1947/4/1 など' },
  { item: 'kana', label: '氏名（カナ・ひらがな）', hint: 'フルネーム' },
  { item: 'telephone', label: '電話番号', hint: '前の予約のときに伺った番号' },
];

/** What the caller says is typed here and compared by the server; what is on file is not shown. */
@Component({
  selector: 'toki-identity-form',
  imports: [MatButton, MatError, MatFormField, MatHint, MatInput, MatLabel, PromiseCall, ReactiveFormsModule],
  template: `
    <h3 id="identity">ご本人の確認</h3>
    <p class="soft">{{ candidate()?.kana ?? 'カナの登録なし' }}　番号の末尾 {{ candidate()?.numberEnd }}</p>
    @if (call.problem(); as problem) {
      @if (!problem.faults) {
        <div
          class="note"
          [class.bad]="problem.code !== 'identity_incomplete'"
          [class.warn]="problem.code === 'identity_incomplete'"
          role="alert"
        >
          <p>{{ problem.detail }}</p>
        </div>
      }
    }
    @if (call.problem()?.code === 'protected_resident' && candidate(); as person) {
      <toki-promise-call [residentId]="person.id" (promised)="call.next()" />
    } @else {
      <p>お聞きした内容を、二つ以上入力してください。</p>
      <form [formGroup]="form" (ngSubmit)="identify()" aria-labelledby="identity">
        @for (question of questions; track question.item) {
          <mat-form-field>
            <mat-label>{{ question.label }}</mat-label>
            <input
              matInput
              [id]="'field-' + question.item"
              [formControlName]="question.item"
              autocomplete="off"
              spellcheck="false"
              maxlength="100"
            />
            <mat-hint>{{ question.hint }}</mat-hint>
            @if (faults.of(question.item); as sentence) {
              <mat-error>{{ sentence }}</mat-error>
            }
          </mat-form-field>
        }
        <div class="actions">
          <button matButton="filled" type="submit" [disabled]="call.busy()">
            {{ call.busy() ? '確認しています…' : '確認する' }}
          </button>
          <button matButton="outlined" type="button" (click)="call.back()">候補に戻る</button>
        </div>
      </form>
    }
  `,
  styles: `
    form {
      display: grid;
      gap: 8px;
      margin-top: 8px;
    }
    h3,
    p {
      margin: 0 0 8px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class IdentityForm {
  protected readonly call = inject(DeskCall);
  protected readonly candidate = this.call.candidate;
  protected readonly questions = questions;
  private readonly said = this.call.said();
  protected readonly form = new FormGroup({
    couponNumber: new FormControl(this.said.couponNumber ?? '', { nonNullable: true }),
    birthDate: new FormControl(this.said.birthDate ?? '', { nonNullable: true }),
    kana: new FormControl(this.said.kana ?? '', { nonNullable: true }),
    telephone: new FormControl(this.said.telephone ?? '', { nonNullable: true }),
  });
  protected readonly faults = new FormFaults(this.form);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);

  constructor() {
    afterNextRender(() => {
      this.focus(questions.find(({ item }) => this.form.controls[item].value === '')?.item);
    });
  }

  protected async identify(): Promise<void> {
    this.faults.clear();
    const said = Object.fromEntries(Object.entries(this.form.getRawValue()).filter(([, text]) => text.trim() !== ''));
    await this.call.identify(said);
    const problem = this.call.problem();
    if (!problem) return;
    if (problem.faults) this.faults.refuse(problem);
    const wrong = String(problem.facts?.['wrong'] ?? '')
      .split(',')
      .filter((item) => item !== '');
    if (wrong.length > 0)
      this.faults.show(
        wrong.map((field) => ({ field, sentence: '登録と一致しません。伝えずに、もう一度お聞きください。' })),
      );
    const field =
      problem.faults?.[0]?.field ??
      wrong[0] ??
      questions.find(({ item }) => this.form.controls[item].value === '')?.item;
    this.focus(field);
  }

  private focus(field: string | undefined): void {
    this.host.nativeElement
      .querySelector<HTMLElement>(field === undefined ? 'button[type=submit]' : `#field-${field}`)
      ?.focus();
  }
}
