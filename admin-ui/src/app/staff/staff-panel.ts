import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  input,
  linkedSignal,
  type OnInit,
  output,
  signal,
} from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatOption, MatSelect } from '@angular/material/select';

import { Api, type Problem, type Role, type Schema } from '../api/api';
import { CityTime } from '../shared/city-time';
import { ConfirmDialog } from '../shared/confirm-dialog';
import { Conflict, type Difference } from '../shared/conflict';
import { ErrorSummary } from '../shared/error-summary';
import { FormFaults } from '../shared/form-faults';
import { Messages } from '../shared/messages';
import { Session } from '../shared/session';
import { roleChoices, roleLabelOf } from './roles';

export type StaffMember = Schema<'Staff'>;

/** One member of staff: name and role, shutting out, starting again. */
@Component({
  selector: 'toki-staff-panel',
  imports: [
    CityTime,
    Conflict,
    ErrorSummary,
    MatButton,
    MatError,
    MatFormField,
    MatInput,
    MatLabel,
    MatOption,
    MatSelect,
    ReactiveFormsModule,
  ],
  templateUrl: './staff-panel.html',
  styles: `
    h2,
    dl {
      margin-bottom: 12px !important;
    }
    h3 {
      margin: 20px 0 8px;
    }
    form {
      display: grid;
      gap: 16px;
      margin-top: 16px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class StaffPanel implements OnInit {
  readonly person = input.required<StaffMember>();
  readonly changed = output<StaffMember>();
  readonly told = output<Schema<'OneTimePassword'>>();
  /** What is in force must be read again. */
  readonly reload = output();
  readonly close = output();

  private readonly api = inject(Api);
  private readonly confirmDialog = inject(ConfirmDialog);
  private readonly messages = inject(Messages);
  private readonly session = inject(Session);
  private readonly fields = inject(NonNullableFormBuilder);
  protected readonly roles = roleChoices;
  protected readonly roleLabel = roleLabelOf;
  protected readonly busy = signal(false);
  protected readonly isOwn = computed(() => this.person().id === this.session.me()?.id);
  /** What the form was filled from; after a conflict what the other one saved. */
  private readonly base = linkedSignal(() => this.person());
  protected readonly conflict = signal<readonly Difference[] | undefined>(undefined);
  protected readonly form = this.fields.group({
    displayName: ['', [Validators.required, Validators.maxLength(100)]],
    role: this.fields.control<Role>('operator'),
  });
  protected readonly faults = new FormFaults(this.form);

  ngOnInit(): void {
    this.form.setValue({ displayName: this.person().displayName, role: this.person().role });
  }

  protected async save(): Promise<void> {
    if (!this.faults.check({ displayName: '名前を100文字以内で入力してください。' })) return;
    this.busy.set(true);
    const body = { version: this.base().version, ...this.form.getRawValue() };
    const { data, error } = await this.api.client.PATCH('/api/v1/staff/{id}', {
      params: { path: { id: this.person().id } },
      body,
    });
    this.busy.set(false);
    if (data) this.take(data, `${data.displayName}さんを保存しました。`);
    else if (error.code === 'changed_meanwhile') await this.compare();
    else this.faults.refuse(error);
  }

  protected takeTheirs(): void {
    this.form.setValue({ displayName: this.base().displayName, role: this.base().role });
    this.conflict.set(undefined);
    this.changed.emit(this.base());
  }

  protected async keepMine(): Promise<void> {
    this.conflict.set(undefined);
    await this.save();
  }

  protected async disable(): Promise<void> {
    const { displayName, id } = this.person();
    const sentences = [
      `${displayName}さんはすぐにログアウトされ、停止を解くまでログインできません。`,
      '記録と、これまでに受け付けた予約は残ります。',
    ];
    if (
      !(await this.confirmDialog.yes({
        heading: `${displayName}さんの利用を停止しますか`,
        sentences,
        yes: '停止する',
        danger: true,
      }))
    )
      return;
    const { data, error } = await this.api.client.POST('/api/v1/staff/{id}/disable', { params: { path: { id } } });
    if (data) this.take(data, `${displayName}さんの利用を停止しました。`);
    else this.refuse(error);
  }

  protected async enable(): Promise<void> {
    const { data, error } = await this.api.client.POST('/api/v1/staff/{id}/enable', {
      params: { path: { id: this.person().id } },
    });
    if (data) this.take(data, `${data.displayName}さんの停止を解きました。`);
    else this.refuse(error);
  }

  protected async reset(): Promise<void> {
    const { displayName, id } = this.person();
    const sentences = [
      '新しい仮パスワードを作ります。今のパスワード、認証アプリの登録、回復用コードは使えなくなり、ログイン中ならすぐに終わります。',
      '間違いが続いて止まっているログインも、また使えるようになります。',
      '電話で頼まれたときは、本人であることを確かめてから行ってください。',
    ];
    if (
      !(await this.confirmDialog.yes({
        heading: `${displayName}さんのログインをやり直しますか`,
        sentences,
        yes: 'やり直す',
        danger: true,
      }))
    )
      return;
    const { data, error } = await this.api.client.POST('/api/v1/staff/{id}/reset-credentials', {
      params: { path: { id } },
    });
    if (data) this.told.emit(data);
    else this.refuse(error);
  }

  private take(person: StaffMember, sentence: string): void {
    this.conflict.set(undefined);
    this.changed.emit(person);
    this.messages.done(sentence);
  }

  private refuse(problem: Problem): void {
    this.faults.show([{ field: '', sentence: problem.detail }]);
  }

  /** Another person was first: what they saved beside what was typed here. */
  private async compare(): Promise<void> {
    const { data, error } = await this.api.client.GET('/api/v1/staff/{id}', {
      params: { path: { id: this.person().id } },
    });
    if (!data) {
      this.refuse(error);
      return;
    }
    const mine = this.form.getRawValue();
    this.base.set(data);
    this.conflict.set([
      ...(mine.displayName === data.displayName
        ? []
        : [{ label: '名前', mine: mine.displayName, theirs: data.displayName }]),
      ...(mine.role === data.role
        ? []
        : [{ label: '役割', mine: roleLabelOf(mine.role), theirs: roleLabelOf(data.role) }]),
    ]);
  }
}
