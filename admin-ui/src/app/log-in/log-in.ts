import { ChangeDetectionStrategy, Component, inject, input, signal } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Router } from '@angular/router';
import { Api } from '../api/api';
import { ErrorSummary } from '../shared/error-summary';
import { FormFaults } from '../shared/form-faults';
import { Session } from '../shell/session';

/** Staff log in with a name, a password and the six digits of their authenticator app. */
@Component({
  selector: 'toki-log-in',
  imports: [ErrorSummary, MatButton, MatError, MatFormField, MatHint, MatInput, MatLabel, ReactiveFormsModule],
  templateUrl: './log-in.html',
  styleUrl: './log-in.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class LogIn {
  /** Where to go afterwards, and why somebody is here (from the URL). */
  readonly from = input<string>();
  readonly reason = input<string>();

  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly session = inject(Session);
  protected readonly busy = signal(false);
  protected readonly form = inject(NonNullableFormBuilder).group({ login: ['', Validators.required], password: ['', Validators.required], code: [''] });
  protected readonly faults = new FormFaults(this.form);

  protected async logIn(): Promise<void> {
    if (!this.faults.check({ login: 'ログイン名を入力してください。', password: 'パスワードを入力してください。' })) return;
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/session', { body: this.form.getRawValue(), headers: { 'Toki-Quiet': '1' } });
    this.busy.set(false);
    if (!data) {
      this.faults.refuse(error);
      return;
    }
    this.session.begin(data);
    // Only a path of our own: a link must not lead somewhere else after the log-in.
    const from = this.from() ?? '/';
    await this.router.navigateByUrl(from.startsWith('/') && !from.startsWith('//') ? from : '/');
  }
}
