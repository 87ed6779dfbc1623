import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatCheckbox } from '@angular/material/checkbox';
import { RouterLink } from '@angular/router';

import { Api, type Schema } from '../api/api';
import { Icon } from '../shared/icon';
import { PageHeader } from '../shared/page-header';
import { type SheetFile, SheetFilePicker } from '../shared/sheet-file';
import { PlanPreview } from './plan-preview';

type Plan = Schema<'SlotSheetPlan'>;

/** Slots from a CSV file: what it would do at each venue is shown, then done or left. */
@Component({
  selector: 'toki-slot-import',
  imports: [Icon, MatButton, MatCheckbox, PageHeader, PlanPreview, RouterLink, SheetFilePicker],
  templateUrl: './slot-import.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SlotImport {
  private readonly api = inject(Api);
  protected readonly file = signal<SheetFile | undefined>(undefined);
  protected readonly plan = signal<Plan | undefined>(undefined);
  protected readonly overwriteHandSet = signal(false);
  protected readonly refused = signal('');
  protected readonly note = signal('');
  protected readonly done = signal<Plan | undefined>(undefined);
  protected readonly busy = signal(false);
  protected readonly counts = computed(() => totalOf(this.plan()));
  protected readonly doneCounts = computed(() => totalOf(this.done()));

  protected async look(file: SheetFile): Promise<void> {
    this.file.set(file);
    this.plan.set(undefined);
    this.done.set(undefined);
    this.note.set('');
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/city/slots/sheet/preview', {
      body: { content: file.content, overwriteHandSet: this.overwriteHandSet() },
    });
    this.busy.set(false);
    this.refused.set(error ? (error.faults?.[0]?.sentence ?? error.detail) : '');
    this.plan.set(data);
  }

  protected async overwrite(overwrite: boolean): Promise<void> {
    this.overwriteHandSet.set(overwrite);
    const file = this.file();
    if (file) await this.look(file);
  }

  protected async load(leaveConflicts: boolean): Promise<void> {
    const [file, plan] = [this.file(), this.plan()];
    if (!file || !plan) return;
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/city/slots/sheet', {
      body: {
        content: file.content,
        overwriteHandSet: this.overwriteHandSet(),
        fingerprint: plan.fingerprint,
        leaveConflicts,
      },
    });
    this.busy.set(false);
    if (data) {
      this.done.set(data);
      this.plan.set(undefined);
    } else {
      this.note.set(
        error.code === 'changed_meanwhile'
          ? '確認している間に、予約かほかの人の変更がありました。新しい内容を確認してから、もう一度取り込んでください。'
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
}

function totalOf(plan: Plan | undefined) {
  const of = (kind: keyof Schema<'PlanPreview'>['counts']) =>
    plan?.venues.reduce((sum, venue) => sum + venue.preview.counts[kind], 0) ?? 0;
  return {
    added: of('added'),
    changed: of('changed'),
    kept: of('kept'),
    reopened: plan?.venues.reduce((sum, venue) => sum + venue.preview.reopenedSlots, 0) ?? 0,
    conflicts: of('conflicts'),
    unchanged: of('unchanged'),
  };
}
