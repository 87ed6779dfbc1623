import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router, RouterLink } from '@angular/router';

import type { Schema } from '../api/api';
import { Icon } from '../shared/icon';
import { PageHeader } from '../shared/page-header';
import { FileDrop } from './file-drop';

/** A new file of residents; its columns come next. */
@Component({
  selector: 'toki-upload-page',
  imports: [RouterLink, MatButton, FileDrop, Icon, PageHeader],
  templateUrl: './upload-page.html',
  styleUrl: './upload-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class UploadPage {
  private readonly router = inject(Router);

  protected async go(file: Schema<'ImportFile'>): Promise<void> {
    await this.router.navigate(['/imports/files', file.id]);
  }
}
