import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatCheckbox } from '@angular/material/checkbox';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { RouterLink } from '@angular/router';

import { Api, type Schema } from '../api/api';
import { Conflict, type Difference } from '../shared/conflict';
import { ErrorSummary } from '../shared/error-summary';
import { FormFaults } from '../shared/form-faults';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { Messages } from '../shared/messages';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { columnWords, type FileColumn } from './words';

type Settings = Schema<'ImportSettings'>;

/** Limits, the second pair of eyes, the drop folder, and the columns that were kept. */
@Component({
  selector: 'toki-import-settings',
  imports: [
    ReactiveFormsModule,
    RouterLink,
    MatButton,
    MatCheckbox,
    MatFormField,
    MatLabel,
    MatHint,
    MatError,
    MatInput,
    Conflict,
    ErrorSummary,
    Icon,
    PageHeader,
    ProblemNote,
  ],
  templateUrl: './settings-page.html',
  styles: `
    h2 {
      margin: 32px 0 8px;
    }
    fieldset mat-form-field {
      max-width: 24rem;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SettingsPage {
  private readonly api = inject(Api);
  private readonly messages = inject(Messages);
  protected readonly form = inject(NonNullableFormBuilder).group({
    maxMebibytes: [100, [Validators.required, Validators.min(1), Validators.max(1024)]],
    maxRows: [1_000_000, [Validators.required, Validators.min(1), Validators.max(10_000_000)]],
    automaticPercent: [95, [Validators.required, Validators.min(1), Validators.max(101)]],
    twoPersons: false,
  });
  protected readonly faults = new FormFaults(this.form);
  protected readonly settings = loaded(() => this.api.client.GET('/api/v1/import-settings'));
  protected readonly theirs = signal<Settings | undefined>(undefined);
  protected readonly busy = signal(false);
  protected readonly kept = computed(() =>
    (Object.keys(columnWords) as FileColumn[]).flatMap((kind) => {
      const { columns, headers } = this.settings.value()?.mapping ?? {};
      return columns?.[kind] === undefined
        ? []
        : [
            {
              label: columnWords[kind],
              where: headers?.[kind] === undefined ? `列${String(columns[kind])}` : `見出し「${headers[kind]}」`,
            },
          ];
    }),
  );
  protected readonly differences = computed((): Difference[] => {
    const theirs = this.theirs();
    if (!theirs) return [];
    const mine = this.form.getRawValue();
    const words = (value: number | boolean): string =>
      typeof value === 'number' ? String(value) : value ? 'はい' : 'いいえ';
    return (
      [
        ['maxMebibytes', '大きさの上限（MB）'],
        ['maxRows', '行数の上限'],
        ['automaticPercent', '自動で取り込む割合（％）'],
        ['twoPersons', '承認は別の人'],
      ] as const
    )
      .filter(([field]) => mine[field] !== theirs[field])
      .map(([field, label]) => ({ label, mine: words(mine[field]), theirs: words(theirs[field]) }));
  });

  constructor() {
    void this.load();
  }

  protected async load(): Promise<void> {
    await this.settings.reload();
    this.take(this.settings.value());
  }

  protected take(settings: Settings | undefined): void {
    if (!settings) return;
    this.settings.set(settings);
    const { maxMebibytes, maxRows, automaticPercent, twoPersons } = settings;
    this.form.setValue({ maxMebibytes, maxRows, automaticPercent, twoPersons });
    this.theirs.set(undefined);
  }

  protected async save(version = this.settings.value()?.version ?? 0): Promise<void> {
    const sentences = {
      maxMebibytes: '1から1024までの数で入力してください。',
      maxRows: '1から1,000万までの数で入力してください。',
      automaticPercent: '1から101までの数で入力してください（101は、いつも承認を待ちます）。',
    };
    if (!this.faults.check(sentences)) return;
    await this.send({ ...this.form.getRawValue(), version });
  }

  protected async forget(): Promise<void> {
    await this.send({ mapping: null, version: this.settings.value()?.version ?? 0 });
  }

  private async send(
    body: Partial<Omit<Settings, 'version' | 'programmeCode' | 'dropFolder'>> & { version: number },
  ): Promise<void> {
    this.busy.set(true);
    const { data, error, response } = await this.api.client.PATCH('/api/v1/import-settings', { body });
    this.busy.set(false);
    if (data) {
      this.take(data);
      this.messages.done('保存しました。');
    } else if (response.status === 412) {
      const { data: now } = await this.api.client.GET('/api/v1/import-settings');
      this.theirs.set(now);
    } else this.faults.refuse(error);
  }
}
