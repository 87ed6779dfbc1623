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

import { Api, type Problem, type Schema } from '../api/api';
import { ErrorSummary } from '../shared/error-summary';
import { FormFaults } from '../shared/form-faults';
import { ProblemNote } from '../shared/problem-note';

/** Puts a new secret into a person's authenticator app: QR code or typed, then a code of it as proof. */
@Component({
  selector: 'toki-enrol',
  imports: [
    ErrorSummary,
    MatButton,
    MatError,
    MatFormField,
    MatHint,
    MatInput,
    MatLabel,
    ProblemNote,
    ReactiveFormsModule,
  ],
  templateUrl: './enrol.html',
  styleUrl: './enrol.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Enrol implements OnInit {
  /** Asked for beforehand, except at the first log-in. */
  readonly password = input('');
  /** The recovery codes, told once. */
  readonly done = output<readonly string[]>();
  readonly refused = output<Problem>();

  private readonly api = inject(Api);
  protected readonly enrolment = signal<Schema<'Enrolment'> | undefined>(undefined);
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly busy = signal(false);
  protected readonly picture = computed(() => {
    const svg = this.enrolment()?.qrSvg;
    return svg === undefined ? '' : `data:image/svg+xml;base64,${btoa(svg)}`;
  });
  protected readonly secret = computed(
    () =>
      this.enrolment()
        ?.secret.match(/.{1,4}/g)
        ?.join(' ') ?? '',
  );
  protected readonly form = inject(NonNullableFormBuilder).group({ code: ['', Validators.required] });
  protected readonly faults = new FormFaults(this.form);

  ngOnInit(): void {
    void this.begin();
  }

  protected async begin(): Promise<void> {
    const { data, error } = await this.api.client.POST('/api/v1/me/totp', { body: { password: this.password() } });
    this.problem.set(error);
    if (error && error.code !== 'offline') this.refused.emit(error);
    this.enrolment.set(data);
  }

  protected async confirm(): Promise<void> {
    if (!this.faults.check({ code: 'アプリに表示されている6桁の数字を入力してください。' })) return;
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/me/totp/confirm', { body: this.form.getRawValue() });
    this.busy.set(false);
    if (data) this.done.emit(data.recoveryCodes);
    else this.faults.show([{ field: error.code === 'wrong_code' ? 'code' : '', sentence: error.detail }]);
  }
}
