import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';

import { Api, type Problem } from '../api/api';
import { ErrorSummary } from '../shared/error-summary';
import { FormFaults } from '../shared/form-faults';
import { ProblemNote } from '../shared/problem-note';
import { faultWords } from './audit-words';

interface Verdict {
  readonly intact: boolean;
  readonly checked: number;
  readonly head?: { readonly seq: number; readonly hash: string } | undefined;
  readonly fault?: string | undefined;
  readonly brokenAt?: number | undefined;
}

/** Whether the record is whole: every link of the chain, its seals, and an end noted down outside. */
@Component({
  selector: 'toki-audit-verify',
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
  templateUrl: './audit-verify.html',
  styles: `
    form {
      max-width: 46rem;
    }
    .head {
      overflow-wrap: anywhere;
    }
    [role='status'] {
      margin-top: 20px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AuditVerify {
  private readonly api = inject(Api);
  protected readonly faultWords = faultWords;
  protected readonly busy = signal(false);
  protected readonly verdict = signal<Verdict | undefined>(undefined);
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly form = inject(NonNullableFormBuilder).group({
    noted: ['', Validators.pattern(/^\s*(\d+)\s*[:：]\s*([0-9a-fA-F]{64})\s*$/)],
  });
  protected readonly faults = new FormFaults(this.form);

  protected async verify(): Promise<void> {
    if (!this.faults.check({ noted: '「番号:英数字64文字」の形で、控えをそのまま貼り付けてください。' })) return;
    const [seq, hash] = this.form
      .getRawValue()
      .noted.split(/[:：]/)
      .map((part) => part.trim());
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/audit/verify', {
      body: seq && hash ? { noted: { seq: Number(seq), hash: hash.toLowerCase() } } : {},
    });
    this.busy.set(false);
    this.problem.set(error);
    this.verdict.set(data);
  }
}
