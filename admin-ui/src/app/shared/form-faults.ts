import { signal } from '@angular/core';
import type { AbstractControl, FormGroup } from '@angular/forms';

import type { Problem } from '../api/api';

/** One thing that is wrong, with the field it belongs to (`''`: the whole form). */
export interface Fault {
  readonly field: string;
  readonly sentence: string;
}

/**
 * What is wrong with a form, from the browser's own checks or from the server, said in the same words in the summary
 * (`<toki-error-summary>`) and beside the field (`faults.of('name')` in a `<mat-error>`). A field's fault goes when it is changed.
 */
export class FormFaults {
  private readonly list = signal<readonly Fault[]>([]);
  readonly all = this.list.asReadonly();

  /** @param form controls are named like the fields of the API */
  constructor(private readonly form: FormGroup) {}

  of(field: string): string | undefined {
    return this.list().find((fault) => fault.field === field)?.sentence;
  }

  clear(): void {
    this.show([]);
  }

  /** Runs the form's validators; `words` gives the sentence for each field that does not hold. Returns whether the form may be sent. */
  check(words: Readonly<Record<string, string>>): boolean {
    this.clear();
    this.form.markAllAsTouched();
    this.form.updateValueAndValidity();
    this.show(
      Object.entries(words).flatMap(([field, sentence]) =>
        this.form.get(field)?.invalid ? [{ field, sentence }] : [],
      ),
    );
    return this.list().length === 0 && this.form.valid;
  }

  /** A refusal of the server: its faults beside their fields, or its sentence for the whole form. */
  refuse(problem: Problem): void {
    const faults = problem.faults ?? [];
    this.show(faults.length > 0 ? faults : [{ field: '', sentence: problem.detail }]);
  }

  show(faults: readonly Fault[]): void {
    this.list.set(faults);
    for (const { field, sentence } of faults) this.mark(this.form.get(field), sentence);
  }

  private mark(control: AbstractControl | null, sentence: string): void {
    if (!control) return;
    control.setErrors({ ...control.errors, refused: sentence });
    control.markAsTouched();
    const watching = control.valueChanges.subscribe(() => {
      watching.unsubscribe();
      this.list.update((faults) => faults.filter((fault) => this.form.get(fault.field) !== control));
    });
  }
}
