import { ChangeDetectionStrategy, Component, inject, input, type OnInit, signal } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';

import { Api, type Problem } from '../api/api';
import { CityTime } from '../shared/city-time';
import { ConfirmDialog } from '../shared/confirm-dialog';
import { ErrorSummary } from '../shared/error-summary';
import { FormFaults } from '../shared/form-faults';
import { loaded } from '../shared/loaded';
import { Messages } from '../shared/messages';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { Session } from '../shared/session';
import { Enrol } from './enrol';
import { OwnEmail } from './own-email';
import { PasswordForm } from './password-form';
import { RecoveryCodes } from './recovery-codes';

/** What is asked for with the password: a stranger at an open page must not be able to take the account over. */
type Wanted = 'app' | 'codes' | 'link';
const wantedWords: Readonly<Record<Wanted, string>> = {
  app: '認証アプリを登録し直す',
  codes: '回復用コードを作り直す',
  link: '市の認証と結び付ける',
};

/** One's own account: password, authenticator app, recovery codes, the link with the city's identity provider. */
@Component({
  selector: 'toki-account',
  imports: [
    CityTime,
    Enrol,
    ErrorSummary,
    MatButton,
    MatError,
    MatFormField,
    MatInput,
    MatLabel,
    OwnEmail,
    PageHeader,
    PasswordForm,
    ProblemNote,
    ReactiveFormsModule,
    RecoveryCodes,
  ],
  templateUrl: './account.html',
  styleUrl: './account.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Account implements OnInit {
  /** What came of linking (from the URL). */
  readonly linked = input<string>();
  readonly refused = input<string>();

  private readonly api = inject(Api);
  private readonly confirmDialog = inject(ConfirmDialog);
  private readonly messages = inject(Messages);
  private readonly session = inject(Session);
  protected readonly me = this.session.me;
  protected readonly words = wantedWords;
  protected readonly account = loaded(() => this.api.client.GET('/api/v1/me/account'));
  protected readonly email = loaded(() => this.api.client.GET('/api/v1/me/email'));
  protected readonly naming = signal(false);
  protected readonly wanted = signal<Wanted | undefined>(undefined);
  protected readonly enrolling = signal<string | undefined>(undefined);
  protected readonly codes = signal<readonly string[] | undefined>(undefined);
  protected readonly refusal = signal<string | undefined>(undefined);
  protected readonly busy = signal(false);
  protected readonly form = inject(NonNullableFormBuilder).group({ password: ['', Validators.required] });
  protected readonly faults = new FormFaults(this.form);

  ngOnInit(): void {
    void this.begin();
  }

  private async begin(): Promise<void> {
    void this.account.reload();
    void this.email.reload();
    const refused = this.refused();
    if (refused !== undefined)
      this.refusal.set(
        (await this.api.client.GET('/api/v1/session/ways', { params: { query: { refused } } })).data?.refused ??
          undefined,
      );
  }

  protected want(what: Wanted): void {
    this.form.reset();
    this.faults.clear();
    this.codes.set(undefined);
    this.enrolling.set(undefined);
    this.wanted.set(what);
    setTimeout(() => document.getElementById('field-password')?.focus());
  }

  protected async prove(): Promise<void> {
    const what = this.wanted();
    if (what === undefined || !this.faults.check({ password: '今のパスワードを入力してください。' })) return;
    const { password } = this.form.getRawValue();
    if (what === 'app') {
      this.wanted.set(undefined);
      this.enrolling.set(password);
      return;
    }
    this.busy.set(true);
    const { data, error } =
      what === 'codes'
        ? await this.api.client.POST('/api/v1/me/recovery-codes', { body: { password } })
        : await this.api.client.POST('/api/v1/me/link', { body: { password } });
    this.busy.set(false);
    if (!data) {
      this.refusePassword(error);
      return;
    }
    if ('url' in data) {
      location.assign(data.url);
      return;
    }
    this.wanted.set(undefined);
    this.codes.set(data.recoveryCodes);
    void this.account.reload();
  }

  protected enrolRefused(problem: Problem): void {
    this.want('app');
    this.refusePassword(problem);
  }

  protected enrolled(codes: readonly string[]): void {
    this.enrolling.set(undefined);
    this.codes.set(codes);
    this.messages.done('認証アプリを登録しました。古い登録と回復用コードは使えなくなりました。');
    void this.account.reload();
  }

  protected changed(): void {
    this.messages.done('パスワードを変えました。ほかの端末でのログインは終わりました。');
  }

  protected named(): void {
    this.naming.set(false);
    this.messages.done('メールアドレスを登録しました。');
    void this.email.reload();
  }

  protected async forgetEmail(): Promise<void> {
    const { error } = await this.api.client.DELETE('/api/v1/me/email');
    if (error) this.messages.problem(error.detail);
    else this.messages.done('メールアドレスの登録を消しました。');
    void this.email.reload();
  }

  protected async unlink(): Promise<void> {
    if (
      !(await this.confirmDialog.yes({
        heading: '市の認証との結び付きを解除しますか',
        sentences: ['解除すると、すぐにログアウトします。次からはパスワードと確認コードでログインしてください。'],
        yes: '解除する',
      }))
    )
      return;
    const { error } = await this.api.client.DELETE('/api/v1/me/link');
    if (error) this.messages.problem(error.detail);
    else await this.api.client.GET('/api/v1/me');
  }

  private refusePassword(problem: Problem | undefined): void {
    if (problem)
      this.faults.show([{ field: problem.code === 'wrong_password' ? 'password' : '', sentence: problem.detail }]);
  }
}
