import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Router, RouterLink } from '@angular/router';

import { Api } from '../api/api';
import { CityTime } from '../shared/city-time';
import { EmptyState } from '../shared/empty-state';
import { ErrorSummary } from '../shared/error-summary';
import { FormFaults } from '../shared/form-faults';
import { loaded } from '../shared/loaded';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { Session } from '../shared/session';
import { toInstant } from './document';

/** All programmes, and how to add one. */
@Component({
  selector: 'toki-programme-list',
  imports: [
    CityTime,
    EmptyState,
    ErrorSummary,
    MatButton,
    MatError,
    MatFormField,
    MatHint,
    MatInput,
    MatLabel,
    PageHeader,
    ProblemNote,
    ReactiveFormsModule,
    RouterLink,
  ],
  templateUrl: './programme-list.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ProgrammeList {
  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly role = inject(Session).me()?.role;
  protected readonly mayEdit = this.role === 'city_admin' || this.role === 'supervisor';
  protected readonly adding = signal(false);
  protected readonly busy = signal(false);
  protected readonly list = loaded(() => this.api.client.GET('/api/v1/programmes'));
  protected readonly form = inject(NonNullableFormBuilder).group({
    name: ['', Validators.required],
    city: ['新潟市', Validators.required],
    code: ['', [Validators.required, Validators.pattern(/^[a-z0-9][a-z0-9-]{0,39}$/)]],
    opensAt: ['', Validators.required],
  });
  protected readonly faults = new FormFaults(this.form);

  constructor() {
    void this.list.reload();
  }

  protected async add(): Promise<void> {
    if (
      !this.faults.check({
        name: '事業の名前を入力してください。',
        city: '市の名前を入力してください。',
        code: '半角の英小文字・数字・ハイフンで入力してください。',
        opensAt: '受付を始める日時を入力してください。',
      })
    )
      return;
    this.busy.set(true);
    const { opensAt, ...rest } = this.form.getRawValue();
    const { data, error } = await this.api.client.POST('/api/v1/programmes', {
      body: { ...rest, opensAt: toInstant(opensAt) },
    });
    this.busy.set(false);
    if (data) await this.router.navigate(['/programme', data.programmeCode, 'edit']);
    else this.faults.refuse(error);
  }
}
