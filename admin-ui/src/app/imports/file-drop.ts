import { ChangeDetectionStrategy, Component, computed, DestroyRef, inject, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatProgressBar } from '@angular/material/progress-bar';
import { Router } from '@angular/router';

import { Api, type Schema } from '../api/api';
import { ErrorSummary } from '../shared/error-summary';
import type { Fault } from '../shared/form-faults';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { FileUpload, type Upload } from './file-upload';
import { figure, fileSize } from './words';

/** Choose a file or drop it here, see it go, hear at once when it is not one that can be read. */
@Component({
  selector: 'toki-file-drop',
  imports: [MatButton, MatProgressBar, ErrorSummary, Icon],
  templateUrl: './file-drop.html',
  styleUrl: './file-drop.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class FileDrop {
  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly uploads = inject(FileUpload);
  /** The page, to come back to after a log-in. */
  readonly page = input.required<string>();
  /** It is stored: what it is called from now on. */
  readonly stored = output<Schema<'ImportFile'>>();
  protected readonly figure = figure;
  protected readonly settings = loaded(() => this.api.client.GET('/api/v1/import-settings'));
  protected readonly faults = signal<readonly Fault[]>([]);
  protected readonly file = signal<File | undefined>(undefined);
  protected readonly part = signal<number | undefined>(undefined);
  protected readonly isOver = signal(false);
  protected readonly percent = computed(() => Math.round((this.part() ?? 0) * 100));
  protected readonly size = fileSize;
  private upload: Upload | undefined;

  constructor() {
    void this.settings.reload();
    inject(DestroyRef).onDestroy(() => this.upload?.cancel());
  }

  protected chosen(files: FileList | null): void {
    const file = files?.[0];
    if (file) void this.send(file);
  }

  protected dropped(event: DragEvent): void {
    event.preventDefault();
    this.isOver.set(false);
    this.chosen(event.dataTransfer?.files ?? null);
  }

  protected over(event: DragEvent, isOver: boolean): void {
    event.preventDefault();
    this.isOver.set(isOver);
  }

  protected cancel(): void {
    this.upload?.cancel();
  }

  protected async send(file: File): Promise<void> {
    if (this.part() !== undefined) return;
    this.file.set(file);
    this.faults.set([]);
    const limit = this.settings.value()?.maxMebibytes;
    if (limit !== undefined && file.size > limit * 1024 * 1024) {
      this.faults.set([
        {
          field: 'file',
          sentence: `ファイルが大きすぎます（上限は${String(limit)}MBです）。必要な列だけにするか、分けて取り込んでください。`,
        },
      ]);
      return;
    }
    this.part.set(0);
    this.upload = this.uploads.send(file, (part) => this.part.set(part));
    const { data, error } = await this.upload.done;
    this.part.set(undefined);
    if (data) this.stored.emit(data);
    else if (error.code === 'not_logged_in')
      await this.router.navigate(['/log-in'], { queryParams: { from: this.page(), reason: 'over' } });
    else this.faults.set(error.faults ?? [{ field: 'file', sentence: error.detail }]);
  }
}
