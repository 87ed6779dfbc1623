import { NgTemplateOutlet } from '@angular/common';
import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { ReactiveFormsModule } from '@angular/forms';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';

import type { AskedField, AskedFields } from './asked-fields';

/** So many choices are seen at a glance; more go into a list. */
const mostAtAGlance = 6;

/** The fields of a programme's form, each by its kind, for staff who fill it in for a caller. */
@Component({
  selector: 'toki-programme-fields',
  imports: [MatError, MatFormField, MatHint, MatInput, MatLabel, NgTemplateOutlet, ReactiveFormsModule],
  templateUrl: './programme-fields.html',
  styleUrl: './programme-fields.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ProgrammeFields {
  readonly asked = input.required<AskedFields>();
  protected readonly mostAtAGlance = mostAtAGlance;

  protected mark({ required }: AskedField): string {
    return required ? '（※必須）' : '（※任意）';
  }

  /** An optional choice begins with none of them, so that one that was made can be taken back. */
  protected optionsOf({ options, none }: AskedField): AskedField['options'] {
    return none === null ? options : [{ value: '', label: none }, ...options];
  }

  /** Ids of what explains a field: its help and its fault. */
  protected explainedBy({ name, help }: AskedField): string | null {
    const ids = [
      ...(help === null ? [] : [`help-${name}`]),
      ...(this.asked().faults.of(name) === undefined ? [] : [`fault-${name}`]),
    ];
    return ids.length === 0 ? null : ids.join(' ');
  }
}
