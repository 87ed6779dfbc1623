import { ChangeDetectionStrategy, Component, effect, inject, input, output, signal } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatRadioButton, MatRadioGroup } from '@angular/material/radio';

import { Api, type Schema } from '../api/api';
import { AskedFields } from '../shared/asked-fields';
import { CityTime, cityWords } from '../shared/city-time';
import { ErrorSummary } from '../shared/error-summary';
import { FormFaults } from '../shared/form-faults';
import { ProgrammeFields } from '../shared/programme-fields';
import { birthWords } from './check-in-result';

type Person = Schema<'PersonAtVenue'>;

/** A person without a booking: found by the coupon, checked who they are, given a seat of the venue and checked in. */
@Component({
  selector: 'toki-walk-in',
  imports: [
    CityTime,
    ErrorSummary,
    MatButton,
    MatError,
    MatFormField,
    MatInput,
    MatLabel,
    MatRadioButton,
    MatRadioGroup,
    ProgrammeFields,
    ReactiveFormsModule,
  ],
  template: `
    <section class="card" aria-labelledby="walk-in-title">
      <h2 id="walk-in-title">予約のない方を受け付ける</h2>
      <p class="soft">会場の席が残っているときだけ使えます。席を取り、予約を確定し、受付までを一度に行います。</p>
      <toki-error-summary [faults]="findFaults.all()" />
      <form class="find" [formGroup]="findForm" (ngSubmit)="find()">
        <mat-form-field
          ><mat-label>接種券番号</mat-label
          ><input
            matInput
            id="field-couponNumber"
            formControlName="couponNumber"
            inputmode="numeric"
            autocomplete="off"
          /><mat-error>{{ findFaults.of('couponNumber') }}</mat-error></mat-form-field
        >
        <button matButton="filled" type="submit" [disabled]="busy()">探す</button>
        <button matButton="outlined" type="button" (click)="leave.emit()">やめる</button>
      </form>
      @if (person(); as found) {
        <dl class="facts">
          <dt>生年月日</dt>
          <dd>
            <strong>{{
              birthWords(found.resident.birthDate)
            }}</strong>（本人に言っていただき、本人確認書類と見比べてください）
          </dd>
          <dt>カナ</dt>
          <dd>{{ found.resident.kana ?? '（登録なし）' }}</dd>
          <dt>対象区分</dt>
          <dd>{{ found.resident.group ?? '（なし）' }}</dd>
        </dl>
        @if (found.sentence) {
          <p class="note warn" role="status">{{ found.sentence }}</p>
        } @else {
          <toki-error-summary [faults]="asked.faults.all()" />
          @if (asked.ready()) {
            <form (submit)="$event.preventDefault(); take(found)" novalidate>
              <fieldset>
                <legend>{{ found.dose }}回目の席</legend>
                <mat-radio-group [formControl]="slotId" class="slots" aria-label="席">
                  @for (slot of found.slots; track slot.id) {
                    <mat-radio-button [value]="slot.id" [disabled]="slot.free <= 0"
                      >{{ slot.startsAt | city: 'time' }}から {{ slot.endsAt | city: 'time' }}まで（残り
                      {{ slot.free }} / {{ slot.capacity }}）</mat-radio-button
                    >
                  }
                </mat-radio-group>
              </fieldset>
              <toki-programme-fields [asked]="asked" />
              <div class="actions">
                <button matButton="filled" type="submit" class="big-button" [disabled]="busy()">
                  席を取って受け付ける
                </button>
              </div>
            </form>
          }
        }
      }
    </section>
  `,
  styles: `
    .find {
      display: flex;
      flex-wrap: wrap;
      gap: 12px;
      align-items: start;
    }
    .find mat-form-field {
      width: 18rem;
    }
    .find button {
      min-height: 48px;
    }
    .facts {
      margin: 12px 0 16px;
    }
    .slots {
      display: flex;
      flex-wrap: wrap;
      gap: 0 24px;
    }
    .big-button {
      min-height: 56px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class WalkIn {
  readonly venueId = input.required<string>();
  /** Known already, from the check-in box. */
  readonly couponNumber = input('');
  /** The person is in; a sentence about their seat. */
  readonly done = output<string>();
  readonly leave = output();

  private readonly api = inject(Api);
  private readonly build = inject(NonNullableFormBuilder);
  protected readonly busy = signal(false);
  protected readonly person = signal<Person | undefined>(undefined);
  protected readonly asked = new AskedFields();
  protected readonly slotId = this.build.control('');
  protected readonly findForm = this.build.group({ couponNumber: ['', Validators.required] });
  protected readonly findFaults = new FormFaults(this.findForm);
  protected readonly birthWords = birthWords;

  constructor() {
    effect(() => {
      const known = this.couponNumber();
      if (known === '' || this.findForm.controls.couponNumber.value !== '') return;
      this.findForm.setValue({ couponNumber: known });
      void this.find();
    });
  }

  protected async find(): Promise<void> {
    if (!this.findFaults.check({ couponNumber: '接種券番号を入力してください。' })) return;
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/reception/persons', {
      body: { venueId: this.venueId(), ...this.findForm.getRawValue() },
    });
    if (data && data.dose !== null) await this.asked.start({ channel: 'venue', dose: data.dose });
    this.busy.set(false);
    this.person.set(data);
    if (!data) {
      this.findFaults.show([{ field: 'couponNumber', sentence: error.detail }]);
      return;
    }
    this.slotId.setValue(data.slots.find((slot) => slot.free > 0)?.id ?? '');
  }

  protected async take({ resident, dose, slots }: Person): Promise<void> {
    if (dose === null) return;
    const slotId = this.slotId.value;
    this.busy.set(true);
    this.asked.faults.clear();
    const { data, error } = await this.api.client.POST('/api/v1/reception/walk-ins', {
      body: { residentId: resident.id, slotId, dose, answers: this.asked.answers() },
    });
    this.busy.set(false);
    const slot = slots.find((item) => item.id === slotId);
    if (data && slot)
      this.done.emit(`${String(dose)}回目　${cityWords.time(slot.startsAt)}からの席　受付番号 ${data.reference ?? ''}`);
    else if (error) this.asked.faults.refuse(error);
  }
}
