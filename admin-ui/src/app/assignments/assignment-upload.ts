import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatOption, MatSelect } from '@angular/material/select';
import { Router, RouterLink } from '@angular/router';

import { Api, type Problem, type Schema } from '../api/api';
import { FileDrop } from '../imports/file-drop';
import { channelWords } from '../schedule/week';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';

type Channel = Schema<'AssignmentRun'>['channel'];

/** A file of appointments, and the lane whose seats are given. */
@Component({
  selector: 'toki-assignment-upload',
  imports: [
    RouterLink,
    MatButton,
    MatFormField,
    MatHint,
    MatLabel,
    MatOption,
    MatSelect,
    FileDrop,
    Icon,
    PageHeader,
    ProblemNote,
  ],
  templateUrl: './assignment-upload.html',
  styleUrl: './assignment-upload.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AssignmentUpload {
  private readonly api = inject(Api);
  private readonly router = inject(Router);
  protected readonly known = loaded(() => this.api.client.GET('/api/v1/assignments'));
  protected readonly channels = computed<readonly Channel[]>(() => this.known.value()?.channels ?? ['venue']);
  protected readonly channel = signal<Channel>('venue');
  protected readonly words = channelWords;
  protected readonly problem = signal<Problem | undefined>(undefined);

  constructor() {
    void this.known.reload();
  }

  protected async begin(file: Schema<'ImportFile'>): Promise<void> {
    const { data, error } = await this.api.client.POST('/api/v1/assignments', {
      body: { fileId: file.id, channel: this.channel() },
    });
    this.problem.set(error);
    if (data) await this.router.navigate(['/imports/assignments', data.id]);
  }
}
