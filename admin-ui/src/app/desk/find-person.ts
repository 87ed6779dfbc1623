import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  effect,
  type ElementRef,
  inject,
  input,
  viewChild,
} from '@angular/core';
import { FormControl, FormGroup, ReactiveFormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';

import { FormFaults } from '../shared/form-faults';
import { ChoiceList } from './choice-list';
import { DeskCall } from './desk-call';

/** One box by which everybody is found, and those who fit. */
@Component({
  selector: 'toki-find-person',
  imports: [ChoiceList, MatButton, MatError, MatFormField, MatHint, MatInput, MatLabel, ReactiveFormsModule],
  template: `
    <form [formGroup]="form" (ngSubmit)="find()" role="search" aria-label="対象者を探す">
      <mat-form-field>
        <mat-label>対象者を探す</mat-label>
        <input
          matInput
          #box
          id="field-text"
          formControlName="text"
          autocomplete="off"
          spellcheck="false"
          maxlength="200"
        />
        @if (call.stage() === 'find') {
          <mat-hint>番号・カナ・生年月日・電話番号・受付番号。例：サトウ ハナ S22.4.1</mat-hint>
        }
        @if (faults.of('text'); as sentence) {
          <mat-error>{{ sentence }}</mat-error>
        }
      </mat-form-field>
      <button matButton="filled" type="submit" [disabled]="call.busy()">探す</button>
    </form>
    @if (call.stage() === 'find' && call.found(); as found) {
      @if (found.candidates.length === 0) {
        <div class="note warn" role="status">
          <p><strong>該当する方が見つかりません。</strong>もう一度お聞きし、別の手がかりでも探してください。</p>
        </div>
      } @else {
        <p role="status" class="count">
          {{ found.candidates.length }}人{{
            found.next ? '以上' : ''
          }}の候補があります。↑↓で選び、Enterで確認に進みます。
        </p>
        <toki-choice-list label="候補" [items]="found.candidates" [focusFirst]="true" (chosen)="call.choose($event)">
          <ng-template let-person
            ><span>{{ person.kana ?? 'カナの登録なし' }}</span
            ><span class="soft numbers">番号の末尾 {{ person.numberEnd }}</span></ng-template
          >
        </toki-choice-list>
        @if (found.next; as next) {
          <p class="soft more">多すぎるときは、生年月日も聞いて「サトウ S22.4.1」のように続けて入力してください。</p>
          <button matButton="outlined" type="button" [disabled]="call.busy()" (click)="call.find(call.text(), next)">
            続きを出す
          </button>
        }
      }
    }
  `,
  styles: `
    form {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      gap: 8px;
      align-items: start;
    }
    form button {
      height: 44px;
    }
    .count,
    .more {
      margin: 12px 0 8px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class FindPerson {
  protected readonly call = inject(DeskCall);
  /** Changes whenever a person pressed `/`. */
  readonly asked = input<string>();
  protected readonly form = new FormGroup({ text: new FormControl(this.call.text(), { nonNullable: true }) });
  protected readonly faults = new FormFaults(this.form);
  private readonly box = viewChild.required<ElementRef<HTMLInputElement>>('box');

  constructor() {
    afterNextRender(() => {
      if (this.call.stage() === 'find') this.box().nativeElement.focus();
    });
    effect(() => {
      if (this.asked() === undefined) return;
      const input = this.box().nativeElement;
      setTimeout(() => {
        input.focus();
        input.select();
      });
    });
    // The next person begins with an empty box.
    effect(() => {
      if (this.call.stage() === 'find' && this.call.text() === '') {
        this.form.reset();
        this.faults.clear();
        this.box().nativeElement.focus();
      }
    });
  }

  protected async find(): Promise<void> {
    this.faults.clear();
    await this.call.find(this.form.getRawValue().text);
    const problem = this.call.problem();
    if (problem) {
      this.faults.refuse(
        problem.faults
          ? problem
          : { ...problem, faults: [{ field: 'text', code: problem.code, sentence: problem.detail }] },
      );
      this.box().nativeElement.focus();
    }
  }
}
