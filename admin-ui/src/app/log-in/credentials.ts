import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  input,
  type OnInit,
  output,
  signal,
} from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';

import { Api } from '../api/api';
import { ErrorSummary } from '../shared/error-summary';
import { FormFaults } from '../shared/form-faults';
import { type Me, Session } from '../shared/session';

/** Name, password and the six digits of the authenticator app; on the log-in page and wherever a person has to log in again. */
@Component({
  selector: 'toki-credentials',
  imports: [ErrorSummary, MatButton, MatError, MatFormField, MatHint, MatInput, MatLabel, ReactiveFormsModule],
  templateUrl: './credentials.html',
  styleUrl: './credentials.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Credentials implements OnInit {
  /** Set: this person alone may log in here. */
  readonly onlyFor = input<string>();
  readonly done = output<Me>();

  private readonly api = inject(Api);
  private readonly session = inject(Session);
  protected readonly busy = signal(false);
  protected readonly recovery = signal(false);
  protected readonly shown = signal(false);
  protected readonly codeLabel = computed(() => (this.recovery() ? '回復用コード' : '確認コード（6桁）'));
  protected readonly codeHint = computed(() =>
    this.recovery()
      ? '紙などに控えた、ハイフンでつながった16文字です。1つのコードは1回だけ使えます。'
      : '認証アプリに表示される数字です。仮パスワードで初めてログインする方は、空欄のままにしてください。',
  );
  protected readonly form = inject(NonNullableFormBuilder).group({
    login: ['', Validators.required],
    password: ['', Validators.required],
    code: [''],
  });
  protected readonly faults = new FormFaults(this.form);

  ngOnInit(): void {
    const login = this.onlyFor();
    if (login !== undefined) this.form.controls.login.setValue(login);
  }

  protected toggleRecovery(): void {
    this.recovery.update((on) => !on);
    this.form.controls.code.setValue('');
    document.getElementById('field-code')?.focus();
  }

  protected async logIn(): Promise<void> {
    if (!this.faults.check({ login: 'ログイン名を入力してください。', password: 'パスワードを入力してください。' }))
      return;
    this.busy.set(true);
    const body = this.form.getRawValue();
    const { data, error } = await this.api.client.POST('/api/v1/session', { body, headers: { 'Toki-Quiet': '1' } });
    this.busy.set(false);
    if (!data) {
      // A code is good once: the next try needs the next one.
      this.form.controls.code.setValue('');
      this.faults.refuse(error);
      return;
    }
    this.session.begin(data, data.mustChangePassword ? body.password : undefined);
    this.done.emit(data);
  }
}
