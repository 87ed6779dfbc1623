import { DecimalPipe, PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';

import { Api } from '../api/api';
import { Messages } from '../shared/messages';
import { Session } from '../shared/session';
import { ProgrammeStore } from './programme-store';

/** For which share of the people there should be seats, beside the seats that there are. */
@Component({
  selector: 'toki-seat-share',
  imports: [DecimalPipe, MatButton, PercentPipe],
  template: `
    <p>
      {{ doseName() }}の席：<strong class="numbers">{{ seats().seats | number }}</strong
      >席　対象者：<strong class="numbers">{{ seats().people | number }}</strong
      >人
      @if (seats().people > 0) {
        　席の割合：<strong class="numbers">{{ seats().seats / seats().people | percent: '1.0-1' }}</strong>
      }
    </p>
    @if (mayEdit) {
      <form (submit)="save($event, wanted)" novalidate>
        <label for="seat-share">席を用意しておく目安（対象者に対する割合）</label>
        <span class="unit"
          ><input
            #wanted
            id="seat-share"
            type="number"
            min="0"
            max="100"
            step="0.1"
            [value]="percent()"
            [attr.aria-invalid]="wrong() ? 'true' : null"
            [attr.aria-describedby]="wrong() ? 'seat-share-fault' : null"
          />
          %以上</span
        >
        <button matButton="outlined" type="submit" [disabled]="busy()">目安を保存する</button>
      </form>
      @if (wrong()) {
        <p class="fault" id="seat-share-fault" role="alert">0から100までの数字で入力してください。</p>
      }
    } @else {
      <p>目安：{{ seats().share | percent: '1.0-1' }}以上</p>
    }
  `,
  styles: `
    :host {
      display: block;
      margin-top: 8px;
    }
    p {
      margin: 0 0 6px;
    }
    form {
      display: flex;
      flex-wrap: wrap;
      gap: 8px 16px;
      align-items: center;
    }
    .unit {
      display: inline-flex;
      gap: 6px;
      align-items: center;
    }
    input {
      font: inherit;
      width: 6.5rem;
      min-height: 40px;
      padding: 6px 10px;
      border: 1px solid #767676;
      border-radius: 8px;
    }
    [aria-invalid='true'] {
      border: 2px solid var(--bad);
    }
    .fault {
      color: #a80000;
      font-weight: 600;
      margin-top: 4px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SeatShare {
  readonly seats = input.required<{ readonly seats: number; readonly people: number; readonly share: number }>();
  readonly doseName = input.required<string>();
  readonly saved = output();
  private readonly store = inject(ProgrammeStore);
  private readonly api = inject(Api);
  private readonly messages = inject(Messages);
  private readonly role = inject(Session).me()?.role;
  protected readonly mayEdit = this.role === 'city_admin' || this.role === 'supervisor';
  protected readonly busy = signal(false);
  protected readonly wrong = signal(false);
  /** 0.1 → `10` */
  protected readonly percent = computed(() => String(Math.round(this.seats().share * 1000) / 10));

  protected async save(event: Event, field: HTMLInputElement): Promise<void> {
    event.preventDefault();
    const percent = field.valueAsNumber;
    this.wrong.set(!(percent >= 0 && percent <= 100));
    if (this.wrong()) {
      field.focus();
      return;
    }
    this.busy.set(true);
    const { error } = await this.api.client.POST('/api/v1/programmes/{code}/seat-share', {
      params: { path: { code: this.store.code() } },
      body: { share: Math.round(percent * 10) / 1000 },
    });
    this.busy.set(false);
    if (error) this.messages.problem(error.detail);
    else {
      this.messages.done('目安を保存しました。');
      this.saved.emit();
    }
  }
}
