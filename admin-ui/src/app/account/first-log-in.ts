import { ChangeDetectionStrategy, Component, computed, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router } from '@angular/router';

import { Api } from '../api/api';
import { Messages } from '../shared/messages';
import { PageHeader } from '../shared/page-header';
import { Session } from '../shared/session';
import { Enrol } from './enrol';
import { PasswordForm } from './password-form';
import { RecoveryCodes } from './recovery-codes';

const steps = ['認証アプリを登録する', '回復用コードを保管する', 'パスワードを決める'] as const;

/** The first log-in with a one-time password: app, recovery codes, own password. It can be left after each step and taken up again. */
@Component({
  selector: 'toki-first-log-in',
  imports: [Enrol, MatButton, PageHeader, PasswordForm, RecoveryCodes],
  templateUrl: './first-log-in.html',
  styleUrl: './first-log-in.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class FirstLogIn {
  /** Where the person wanted to go. */
  readonly from = input<string>();
  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly messages = inject(Messages);
  protected readonly session = inject(Session);
  protected readonly steps = steps;
  protected readonly codes = signal<readonly string[] | undefined>(undefined);
  private readonly kept = signal(false);
  protected readonly step = computed(() => {
    if (this.codes() && !this.kept()) return 1;
    return this.session.me()?.mustEnrol ? 0 : 2;
  });

  protected async enrolled(codes: readonly string[]): Promise<void> {
    this.codes.set(codes);
    const { data } = await this.api.client.GET('/api/v1/me');
    if (data) this.session.begin(data, this.session.oneTimePassword);
  }

  protected keptSafe(): void {
    this.kept.set(true);
    this.codes.set(undefined);
    document.getElementById('main')?.focus();
  }

  protected async finish(): Promise<void> {
    const { data } = await this.api.client.GET('/api/v1/me');
    if (data) this.session.begin(data);
    this.messages.done('準備ができました。次からは、新しいパスワードと認証アプリの確認コードでログインします。');
    const from = this.from() ?? '/';
    await this.router.navigateByUrl(/^\/(?![/\\])/.test(from) ? from : '/');
  }
}
