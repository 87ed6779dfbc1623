import { ChangeDetectionStrategy, Component, inject, input, signal } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';

import { Api } from '../api/api';
import { FormFaults } from '../shared/form-faults';

interface Verdict {
  readonly isGood: boolean;
  readonly sentence: string;
}

interface Sample {
  readonly found: number;
  readonly rows: readonly {
    readonly line: number;
    readonly number: string;
    readonly birthDate: string;
    readonly group: string;
    readonly isFound: boolean;
  }[];
}

/**
 * Could the people of this file log in? By the paper list in a person's hand, and by rows taken at random. A city once
 * loaded data with which nobody could.
 */
@Component({
  selector: 'toki-log-in-check',
  imports: [ReactiveFormsModule, MatButton, MatFormField, MatLabel, MatHint, MatError, MatInput],
  template: `
    <h2>ログインできるか確かめる</h2>
    <p class="soft">
      手元の名簿や接種券から、どなたか一人の番号と生年月日を入力してください。{{
        isWaiting() ? '承認した後にログインできるかどうかがわかります。' : 'いまログインできるかどうかがわかります。'
      }}入力した内容は残りません。
    </p>
    <form class="row" [formGroup]="form" (ngSubmit)="check()" novalidate>
      <mat-form-field>
        <mat-label>接種券番号</mat-label>
        <input matInput id="field-couponNumber" formControlName="couponNumber" inputmode="numeric" autocomplete="off" />
        @if (faults.of('couponNumber'); as sentence) {
          <mat-error>{{ sentence }}</mat-error>
        }
      </mat-form-field>
      <mat-form-field>
        <mat-label>生年月日</mat-label>
        <input matInput id="field-birthDate" formControlName="birthDate" autocomplete="off" />
        <mat-hint>昭和22年4月1日、1947/4/1 など</mat-hint>
        @if (faults.of('birthDate'); as sentence) {
          <mat-error>{{ sentence }}</mat-error>
        }
      </mat-form-field>
      <button matButton="filled" type="submit" [disabled]="busy()">確かめる</button>
    </form>
    <div aria-live="polite">
      @if (verdict(); as said) {
        <p class="note" [class.good]="said.isGood" [class.bad]="!said.isGood">
          <span>{{ said.sentence }}</span>
        </p>
      }
    </div>
    @if (isWaiting()) {
      <p>
        <button matButton="outlined" type="button" [disabled]="busy()" (click)="takeSample()">
          行を20件選んで、自動で確かめる
        </button>
      </p>
      @if (sample(); as taken) {
        <p
          class="note"
          [class.good]="taken.found === taken.rows.length"
          [class.bad]="taken.found < taken.rows.length"
          role="status"
        >
          <span
            >{{ taken.rows.length }}件のうち{{
              taken.found
            }}件が、書かれた番号でログインできます。名簿の同じ行と、生年月日が合うかご確認ください。</span
          >
        </p>
        <div class="table-frame" tabindex="0" role="region" aria-label="選んだ行">
          <table class="dense">
            <thead>
              <tr>
                <th scope="col" class="number">行</th>
                <th scope="col">番号の終わり</th>
                <th scope="col">生年月日</th>
                <th scope="col">対象区分</th>
                <th scope="col">ログイン</th>
              </tr>
            </thead>
            <tbody>
              @for (row of taken.rows; track row.line) {
                <tr>
                  <td class="number">{{ row.line }}</td>
                  <td class="reference">{{ row.number }}</td>
                  <td>{{ row.birthDate }}</td>
                  <td>{{ row.group }}</td>
                  <td>{{ row.isFound ? 'できます' : 'できません' }}</td>
                </tr>
              }
            </tbody>
          </table>
        </div>
      }
    }
  `,
  styles: `
    :host {
      display: block;
      margin-bottom: 28px;
    }
    p {
      margin: 4px 0 12px;
    }
    form {
      align-items: flex-start;
      margin-bottom: 12px;
    }
    mat-form-field {
      width: 16rem;
    }
    form button {
      margin-top: 8px;
    }
    .table-frame {
      max-height: 22rem;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class LogInCheck {
  private readonly api = inject(Api);
  readonly runId = input.required<string>();
  readonly isWaiting = input.required<boolean>();
  protected readonly form = inject(NonNullableFormBuilder).group({
    couponNumber: ['', Validators.required],
    birthDate: ['', Validators.required],
  });
  protected readonly faults = new FormFaults(this.form);
  protected readonly busy = signal(false);
  protected readonly verdict = signal<Verdict | undefined>(undefined);
  protected readonly sample = signal<Sample | undefined>(undefined);

  protected async check(): Promise<void> {
    this.verdict.set(undefined);
    if (
      !this.faults.check({ couponNumber: '接種券番号を入力してください。', birthDate: '生年月日を入力してください。' })
    )
      return;
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/imports/{id}/log-in-check', {
      params: { path: { id: this.runId() } },
      body: this.form.getRawValue(),
    });
    this.busy.set(false);
    if (error) {
      this.faults.refuse(error);
      return;
    }
    const field =
      data.code === 'number_malformed' ? 'couponNumber' : data.code === 'birth_malformed' ? 'birthDate' : undefined;
    if (field !== undefined) {
      this.faults.show([{ field, sentence: data.sentence }]);
      return;
    }
    const isGood = data.code === 'would_log_in';
    this.verdict.set({
      isGood,
      sentence: isGood ? `ログインできます（${data.birthDate ?? ''}生まれ、${data.group ?? ''}）。` : data.sentence,
    });
  }

  protected async takeSample(): Promise<void> {
    this.busy.set(true);
    const { data } = await this.api.client.POST('/api/v1/imports/{id}/sample', {
      params: { path: { id: this.runId() } },
    });
    this.busy.set(false);
    this.sample.set(data);
  }
}
