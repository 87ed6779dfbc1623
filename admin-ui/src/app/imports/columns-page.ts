import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { NonNullableFormBuilder, ReactiveFormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatCheckbox } from '@angular/material/checkbox';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Router, RouterLink } from '@angular/router';
import { map } from 'rxjs';

import { Api, type Schema } from '../api/api';
import { ErrorSummary } from '../shared/error-summary';
import { FormFaults } from '../shared/form-faults';
import { loaded } from '../shared/loaded';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { choiceFaults, choiceOf, mappingOf } from './column-choice';
import { columnWords, dateForms, figure, type FileColumn, fileSize } from './words';

const foundFrom: Readonly<Record<Schema<'ImportFile'>['guess']['from'], string>> = {
  saved: '前のファイルで選んだ列を使っています。',
  header: '見出しから列を見つけました。',
  content: '見出しがないため、中身から列を推測しました。正しいかお確かめください。',
  none: '列を見つけられませんでした。どの列が何か、選んでください。',
};

/** Says which column is what, and shows at once how the first rows are read. */
@Component({
  selector: 'toki-columns-page',
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
    ErrorSummary,
    PageHeader,
    ProblemNote,
  ],
  templateUrl: './columns-page.html',
  styleUrl: './columns-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ColumnsPage {
  private readonly api = inject(Api);
  private readonly router = inject(Router);
  readonly id = input.required<string>();

  protected readonly form = inject(NonNullableFormBuilder).group({
    number: '',
    birth: '',
    group: '',
    kana: '',
    standing: '',
    previous: '',
    dates: 'any',
    defaultGroup: '',
    eraM: '1',
    eraT: '2',
    eraS: '3',
    eraH: '4',
    eraR: '5',
    isFullSet: false,
    remember: true,
  });
  protected readonly faults = new FormFaults(this.form);
  private readonly choice = toSignal(this.form.valueChanges.pipe(map(() => this.form.getRawValue())), {
    initialValue: this.form.getRawValue(),
  });

  protected readonly file = loaded(() =>
    this.api.client.GET('/api/v1/imports/files/{id}', { params: { path: { id: this.id() } } }),
  );
  protected readonly reading = signal<Schema<'ImportReading'> | undefined>(undefined);
  protected readonly busy = signal(false);
  protected readonly from = computed(() => foundFrom[this.file.value()?.guess.from ?? 'none']);
  protected readonly kinds: readonly { readonly kind: FileColumn; readonly label: string; readonly hint: string }[] = [
    { kind: 'number', label: columnWords.number, hint: '必ず選びます' },
    { kind: 'birth', label: columnWords.birth, hint: '必ず選びます' },
    { kind: 'group', label: columnWords.group, hint: 'なければ、下で決めた区分になります' },
    { kind: 'kana', label: columnWords.kana, hint: '電話での検索と、同じ方の確認に使います' },
    { kind: 'standing', label: columnWords.standing, hint: '転出・死亡の方を対象から外します' },
    { kind: 'previous', label: columnWords.previous, hint: '番号が変わった方を確かめるのに使います' },
  ];
  protected readonly dateForms = dateForms;
  protected readonly size = fileSize;
  protected readonly figure = figure;
  /** What each column is used as, by position. */
  protected readonly uses = computed(() => {
    const choice = this.choice();
    return new Map(
      this.kinds.flatMap(({ kind, label }) => (choice[kind] === '' ? [] : [[Number(choice[kind]), label] as const])),
    );
  });
  private asked = 0;

  constructor() {
    effect(() => {
      this.id();
      void this.file.reload();
    });
    effect(() => {
      const file = this.file.value();
      if (file) this.form.patchValue(choiceOf(file));
    });
    effect((onCleanup) => {
      const file = this.file.value();
      const mapping = file && mappingOf(this.choice(), file);
      if (!mapping) {
        this.reading.set(undefined);
        return;
      }
      // A person goes through the choices with the arrow keys: the last one counts.
      const timer = setTimeout(() => void this.read(mapping), 250);
      onCleanup(() => clearTimeout(timer));
    });
  }

  protected async start(): Promise<void> {
    const file = this.file.value();
    if (!file || this.busy()) return;
    this.faults.show(choiceFaults(this.form.getRawValue()));
    const mapping = mappingOf(this.form.getRawValue(), file);
    if (!mapping) return;
    this.busy.set(true);
    const { isFullSet, remember } = this.form.getRawValue();
    const { data, error } = await this.api.client.POST('/api/v1/imports', {
      body: { fileId: file.id, mapping, isFullSet, remember },
    });
    this.busy.set(false);
    if (data) await this.router.navigate(['/imports', data.id]);
    else this.faults.refuse(error);
  }

  protected async leave(): Promise<void> {
    await this.api.client.DELETE('/api/v1/imports/files/{id}', { params: { path: { id: this.id() } } });
    await this.router.navigate(['/imports']);
  }

  private async read(mapping: Schema<'ImportMapping'>): Promise<void> {
    const own = ++this.asked;
    const { data } = await this.api.client.POST('/api/v1/imports/files/{id}/reading', {
      params: { path: { id: this.id() } },
      body: mapping,
    });
    if (own === this.asked) this.reading.set(data);
  }
}
