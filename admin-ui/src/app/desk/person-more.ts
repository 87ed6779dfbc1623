import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { FormControl, FormGroup, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';

import { Api } from '../api/api';
import { CityTime } from '../shared/city-time';
import { ConfirmDialog } from '../shared/confirm-dialog';
import { FormFaults } from '../shared/form-faults';
import { Messages } from '../shared/messages';
import { Session } from '../shared/session';
import { DeskCall } from './desk-call';
import { PromiseCall } from './promise-call';

const shortestReason = 5;
const reasonMissing = '理由を5文字以上で書いてください。';
const text = () => new FormControl('', { nonNullable: true });

/** What is needed now and then: notes, the log-in lock, and for supervisors the permit for one person and the protection. */
@Component({
  selector: 'toki-person-more',
  imports: [CityTime, MatButton, MatError, MatFormField, MatHint, MatInput, MatLabel, PromiseCall, ReactiveFormsModule],
  templateUrl: './person-more.html',
  styles: `
    details {
      border-top: 1px solid var(--line);
      padding: 8px 0;
    }
    summary {
      cursor: pointer;
      min-height: 32px;
    }
    ul {
      margin: 0 0 8px;
      padding-left: 1.2rem;
      font-size: 0.9375rem;
    }
    li + li {
      margin-top: 6px;
    }
    form {
      display: grid;
      gap: 8px;
      margin-top: 8px;
    }
    .text {
      white-space: pre-wrap;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PersonMore {
  private readonly api = inject(Api).client;
  private readonly confirmDialog = inject(ConfirmDialog);
  private readonly messages = inject(Messages);
  private readonly session = inject(Session);
  protected readonly call = inject(DeskCall);
  protected readonly person = this.call.person;
  protected readonly isSupervising = computed(() =>
    ['supervisor', 'city_admin'].includes(this.session.me()?.role ?? ''),
  );
  protected readonly refused = computed(() =>
    (this.person()?.doses ?? []).filter(
      (dose) => dose.state === 'refused' && ['not_open_yet', 'not_eligible', 'closed'].includes(dose.code ?? ''),
    ),
  );

  protected readonly causeWords = {
    promised: '約束',
    notice_failed: '通知が届かない',
    no_address: '宛先がない',
  } as const;

  protected readonly note = new FormGroup({ text: text() });
  protected readonly noteFaults = new FormFaults(this.note);
  protected readonly permit = new FormGroup({
    reason: text(),
    days: new FormControl(7, {
      nonNullable: true,
      validators: [Validators.required, Validators.min(1), Validators.max(30)],
    }),
  });
  protected readonly permitFaults = new FormFaults(this.permit);
  protected readonly protection = new FormGroup({ reason: text() });
  protected readonly protectionFaults = new FormFaults(this.protection);
  protected readonly address = new FormGroup({ email: text() });
  protected readonly addressFaults = new FormFaults(this.address);

  private get path() {
    return { params: { path: { id: this.person()?.resident.id ?? '' } } };
  }

  protected async addNote(): Promise<void> {
    if (!this.isWritten(this.noteFaults, 'text', this.note.getRawValue().text, 1, 'メモを入力してください。')) return;
    const { error } = await this.api.POST('/api/v1/residents/{id}/notes', {
      ...this.path,
      body: this.note.getRawValue(),
    });
    if (error) {
      this.noteFaults.refuse({ ...error, faults: [{ field: 'text', code: error.code, sentence: error.detail }] });
      return;
    }
    this.note.reset();
    this.messages.done('メモを書きました。');
    await this.call.refresh();
  }

  /** Said beside the field when too little was written; nothing is marked before a person tries. */
  private isWritten(faults: FormFaults, field: string, written: string, least: number, sentence: string): boolean {
    if (written.trim().length >= least) return true;
    faults.show([{ field, sentence }]);
    return false;
  }

  protected async clearLock(): Promise<void> {
    const { error } = await this.api.POST('/api/v1/residents/{id}/clear-log-in-lock', this.path);
    if (error) this.messages.problem(error.detail);
    else this.messages.done('ロックを解除しました。もう一度ログインしていただけます。');
    await this.call.refresh();
  }

  protected async grant(dose: number): Promise<void> {
    const { reason, days } = this.permit.getRawValue();
    if (
      !this.permitFaults.check({ days: '日数は1から30までです。' }) ||
      !this.isWritten(this.permitFaults, 'reason', reason, shortestReason, reasonMissing)
    )
      return;
    const { error } = await this.api.POST('/api/v1/residents/{id}/permits', {
      ...this.path,
      body: { dose, reason, days },
    });
    if (error) {
      this.permitFaults.refuse({ ...error, faults: [{ field: 'reason', code: error.code, sentence: error.detail }] });
      return;
    }
    this.permit.reset();
    this.messages.done('この方だけ、予約できるようにしました。記録に残ります。');
    const id = this.person()?.resident.id;
    if (id !== undefined) await this.call.open(id);
  }

  protected async revoke(permitId: string): Promise<void> {
    const { error } = await this.api.DELETE('/api/v1/residents/{id}/permits/{permitId}', {
      params: { path: { id: this.path.params.path.id, permitId } },
    });
    if (error) this.messages.problem(error.detail);
    else this.messages.done('許可を取り消しました。');
    await this.call.refresh();
  }

  /** Where a protected person may be written to; null: nowhere any more. */
  protected async confirmAddress(email: string | null): Promise<void> {
    if (email?.trim() === '') {
      this.addressFaults.show([{ field: 'email', sentence: 'メールアドレスを入力してください。' }]);
      return;
    }
    const { error } = await this.api.POST('/api/v1/residents/{id}/confirmed-address', {
      ...this.path,
      body: { email },
    });
    if (error) {
      this.addressFaults.refuse({
        ...error,
        faults: error.faults ?? [{ field: 'email', code: error.code, sentence: error.detail }],
      });
      return;
    }
    this.address.reset();
    this.messages.done(email === null ? '通知を止めました。' : 'このアドレスにだけ通知を送ります。');
    await this.call.refresh();
  }

  protected async protect(isProtected: boolean): Promise<void> {
    if (
      !this.isWritten(
        this.protectionFaults,
        'reason',
        this.protection.getRawValue().reason,
        shortestReason,
        reasonMissing,
      )
    )
      return;
    const sure = await this.confirmDialog.yes({
      heading: isProtected ? 'この方を保護の対象にしますか' : '保護の対象から外しますか',
      sentences: isProtected
        ? [
            'インターネットではログインできなくなり、いまログインしている画面は閉じられます。電話では責任者だけが、三つ以上の項目を確認したうえで対応します。',
            'LINEの連携を外します。予約の確認・前日のお知らせなどの通知は、メールでもLINEでも送りません。お知らせできなかったことは折り返しの一覧に入り、責任者が電話します。',
            '送ってよいメールアドレスを本人に確かめたら、あとで「通知の宛先」に登録してください。そのアドレスにだけ通知を送ります。',
            '一覧・名簿・書き出しでは「保護対象」とだけ表示し、会場・日時・受付番号は見られなくなります。すでに送った通知は取り消せません。',
          ]
        : [
            'インターネットでも電話でも、ほかの方と同じ扱いに戻ります。',
            '止めていた通知を、あとから送ることはありません。LINEの連携も元には戻りません。登録した「通知の宛先」は消えます。',
          ],
      yes: isProtected ? '保護の対象にする' : '外す',
    });
    if (!sure) return;
    const { error } = await this.api.POST('/api/v1/residents/{id}/protection', {
      ...this.path,
      body: { isProtected, reason: this.protection.getRawValue().reason },
    });
    if (error) {
      this.protectionFaults.refuse({
        ...error,
        faults: [{ field: 'reason', code: error.code, sentence: error.detail }],
      });
      return;
    }
    this.protection.reset();
    await this.call.refresh();
  }
}
