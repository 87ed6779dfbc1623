import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';

import { type VenueFeature, venueFeatureWords } from '../../../../domain/schedule/venue-features';
import { Api, type Schema } from '../api/api';
import { Icon } from '../shared/icon';
import { PageHeader } from '../shared/page-header';
import { type SheetFile, SheetFilePicker } from '../shared/sheet-file';

type Plan = Schema<'VenueImportPlan'>;
type Line = Plan['lines'][number];

const kindWords = { new: '追加', changed: '変更', unchanged: '変更なし', wrong: '誤り' } as const;
const kindChips = { new: 'good', changed: 'warn', unchanged: 'plain', wrong: 'bad' } as const;
const fieldWords: Readonly<Record<string, string>> = {
  name: '会場名',
  ward: '区',
  address: '住所',
  access: '行き方',
  mapUrl: '地図のURL',
  features: '設備',
  capacityNotes: '収容の備考',
  citizenNotes: '来場される方へのお知らせ',
  active: '受付',
  position: '並び順',
};

/** Venues from a CSV file: what it would do is shown line by line, then done or left. */
@Component({
  selector: 'toki-venue-import',
  imports: [Icon, MatButton, PageHeader, RouterLink, SheetFilePicker],
  templateUrl: './venue-import.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class VenueImport {
  private readonly api = inject(Api);
  protected readonly file = signal<SheetFile | undefined>(undefined);
  protected readonly plan = signal<Plan | undefined>(undefined);
  protected readonly refused = signal('');
  protected readonly note = signal('');
  protected readonly done = signal<Plan | undefined>(undefined);
  protected readonly busy = signal(false);
  protected readonly kindWords = kindWords;
  protected readonly kindChips = kindChips;
  protected readonly counts = computed(() => countsOf(this.plan()));
  protected readonly doneCounts = computed(() => countsOf(this.done()));

  protected async look(file: SheetFile): Promise<void> {
    this.file.set(file);
    this.plan.set(undefined);
    this.done.set(undefined);
    this.note.set('');
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/city/venues/sheet/preview', {
      body: { content: file.content },
    });
    this.busy.set(false);
    this.refused.set(error ? (error.faults?.[0]?.sentence ?? error.detail) : '');
    this.plan.set(data);
  }

  protected async load(): Promise<void> {
    const [file, plan] = [this.file(), this.plan()];
    if (!file || !plan) return;
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/city/venues/sheet', {
      body: { content: file.content, fingerprint: plan.fingerprint },
    });
    this.busy.set(false);
    if (data) {
      this.done.set(data);
      this.plan.set(undefined);
    } else {
      this.note.set(
        error.code === 'changed_meanwhile'
          ? '確認している間に、ほかの人が会場を変更しました。新しい内容を確認してから、もう一度取り込んでください。'
          : error.detail,
      );
      if (error.current) this.plan.set(error.current as Plan);
    }
  }

  protected cancel(): void {
    this.plan.set(undefined);
    this.file.set(undefined);
    this.note.set('');
  }

  protected changesOf(line: Line): string {
    if (line.kind === 'new') return '新しい会場として追加します';
    return line.changes
      .map(
        ({ field, before, after }) => `${fieldWords[field] ?? field}：${shown(field, before)} → ${shown(field, after)}`,
      )
      .join('　');
  }
}

function countsOf(plan: Plan | undefined) {
  const of = (kind: Line['kind']) => plan?.lines.filter((line) => line.kind === kind).length ?? 0;
  return { new: of('new'), changed: of('changed'), unchanged: of('unchanged'), wrong: of('wrong') };
}

function shown(field: string, text: string): string {
  if (text === '') return '（なし）';
  if (field === 'active') return text === 'true' ? '受け付ける' : '止める';
  return field === 'features'
    ? text
        .split(',')
        .map((code) => venueFeatureWords[code as VenueFeature].column)
        .join('・')
    : text;
}
