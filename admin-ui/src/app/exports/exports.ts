import { ChangeDetectionStrategy, Component, computed, inject, signal, viewChild } from '@angular/core';
import { FormGroupDirective, NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatOption, MatSelect } from '@angular/material/select';

import { Api, type Schema } from '../api/api';
import { cityDay, CityTime, cityWords } from '../shared/city-time';
import { ConfirmDialog } from '../shared/confirm-dialog';
import { EmptyState } from '../shared/empty-state';
import { ErrorSummary } from '../shared/error-summary';
import { FormFaults } from '../shared/form-faults';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { Messages } from '../shared/messages';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { save } from '../shared/save';
import { Session } from '../shared/session';

type Item = Schema<'DataExport'>;

/** Files with many people's data: one asks with a reason, another approves, then it is taken once. */
@Component({
  selector: 'toki-exports',
  imports: [
    CityTime,
    EmptyState,
    ErrorSummary,
    Icon,
    MatButton,
    MatError,
    MatFormField,
    MatHint,
    MatInput,
    MatLabel,
    MatOption,
    MatSelect,
    PageHeader,
    ProblemNote,
    ReactiveFormsModule,
  ],
  templateUrl: './exports.html',
  styles: `
    .reason {
      max-width: 26rem;
      padding: 8px 12px;
    }
    td .actions {
      margin: 4px 0;
      flex-wrap: nowrap;
    }
    .asking {
      margin-bottom: 28px;
    }
    h2 {
      margin-bottom: 8px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Exports {
  private readonly api = inject(Api);
  private readonly confirmDialog = inject(ConfirmDialog);
  private readonly messages = inject(Messages);
  private readonly me = inject(Session).me;
  protected readonly exports = loaded(() => this.api.client.GET('/api/v1/exports'), { everyMs: 30_000 });
  protected readonly venues = loaded(() => this.api.client.GET('/api/v1/venues'));
  protected readonly busy = signal(false);
  private readonly directive = viewChild(FormGroupDirective);
  protected readonly form = inject(NonNullableFormBuilder).group({
    from: [cityDay(), Validators.required],
    to: [cityDay(), Validators.required],
    venueId: [''],
    reason: ['', [Validators.required, Validators.minLength(10), Validators.maxLength(500)]],
  });
  protected readonly faults = new FormFaults(this.form);
  protected readonly mayAsk = computed(() => this.me()?.role === 'city_admin' || this.me()?.role === 'supervisor');
  protected readonly mayApprove = computed(() => this.me()?.role === 'city_admin');

  constructor() {
    void this.exports.reload();
    void this.venues.reload();
  }

  protected venueName(id: string | null): string {
    return id === null
      ? 'すべての会場'
      : (this.venues.value()?.venues.find((venue) => venue.id === id)?.name ?? '（いまは使っていない会場）');
  }

  protected isMine(item: Item): boolean {
    return item.askedBy.id === this.me()?.id;
  }

  protected async request(): Promise<void> {
    if (
      !this.faults.check({
        from: '始まりの日を選んでください。',
        to: '終わりの日を選んでください。',
        reason: '理由を10文字以上500文字以内で入力してください。承認する人が読みます。',
      })
    )
      return;
    const { venueId, ...rest } = this.form.getRawValue();
    if (rest.from > rest.to) {
      this.faults.show([{ field: 'to', sentence: '終わりの日は、始まりの日と同じか後にしてください。' }]);
      return;
    }
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/exports', {
      body: { ...rest, venueId: venueId === '' ? null : venueId },
    });
    this.busy.set(false);
    if (!data) {
      this.faults.refuse(error);
      return;
    }
    this.directive()?.resetForm({ ...this.form.getRawValue(), reason: '' });
    this.messages.done(
      `申請しました。別の「市の管理者」が承認すると、${String(data.bookings)}件のファイルを受け取れます。`,
    );
    await this.exports.reload();
  }

  protected async decide(item: Item, approve: boolean): Promise<void> {
    const yes = await this.confirmDialog.yes({
      heading: approve ? 'この書き出しを承認しますか' : 'この申請を却下しますか',
      sentences: [
        `${item.askedBy.name}さんの申請：${cityWords.date(item.from)}から${cityWords.date(item.to)}まで、${this.venueName(item.venueId)}、${String(item.bookings)}件`,
        `理由：${item.reason}`,
        approve
          ? '承認すると、申請した本人が24時間以内に1回だけ受け取れます。接種券番号・生年月日・連絡先が入ります。'
          : '却下した申請は、あとから承認できません。',
      ],
      yes: approve ? '承認する' : '却下する',
      danger: !approve,
    });
    if (!yes) return;
    const path = { params: { path: { id: item.id } } };
    const { error } = approve
      ? await this.api.client.POST('/api/v1/exports/{id}/approve', path)
      : await this.api.client.POST('/api/v1/exports/{id}/reject', path);
    if (error) this.messages.problem(error.detail);
    else this.messages.done(approve ? '承認しました。' : '却下しました。');
    await this.exports.reload();
  }

  protected async take(item: Item): Promise<void> {
    const yes = await this.confirmDialog.yes({
      heading: 'ファイルを受け取りますか',
      yes: '受け取る',
      sentences: [
        '受け取れるのは1回だけです。途中で失敗しても、もう一度申請が必要です。',
        '個人情報が入っています。決められた場所に保管し、使い終わったら消してください。',
      ],
    });
    if (!yes) return;
    this.busy.set(true);
    const { data, error, response } = await this.api.client.POST('/api/v1/exports/{id}/file', {
      params: { path: { id: item.id } },
      parseAs: 'blob',
    });
    this.busy.set(false);
    if (data) save(data, response);
    else this.messages.problem(error.detail);
    await this.exports.reload();
  }
}
