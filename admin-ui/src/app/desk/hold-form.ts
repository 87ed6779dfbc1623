import { ChangeDetectionStrategy, Component, DestroyRef, ElementRef, computed, effect, inject, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { FormControl, FormGroup, ReactiveFormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Api } from '../api/api';
import { ErrorSummary } from '../shared/error-summary';
import { FormFaults } from '../shared/form-faults';
import { loaded } from '../shared/loaded';
import { ProblemNote } from '../shared/problem-note';
import { DeskCall } from './desk-call';
import { LargeDate } from './large-date';
import { holdWords } from './words';

/** Often enough for words, ms. */
const tickMs = 5_000;

/** The seat that is held, for how long, and what the programme asks before it is confirmed. */
@Component({
  selector: 'toki-hold-form',
  imports: [ErrorSummary, LargeDate, MatButton, MatError, MatFormField, MatHint, MatInput, MatLabel, ProblemNote, ReactiveFormsModule],
  templateUrl: './hold-form.html',
  styleUrl: './hold-form.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class HoldForm {
  private readonly api = inject(Api).client;
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);
  protected readonly call = inject(DeskCall);
  protected readonly held = this.call.held;
  private readonly now = signal(new Date());
  protected readonly left = computed(() => {
    const expiresAt = this.held()?.holdExpiresAt;
    return expiresAt == null ? undefined : holdWords(expiresAt, this.now());
  });
  protected readonly isOver = computed(() => this.left() === undefined || this.call.problem()?.code === 'hold_expired');
  protected readonly fields = loaded(() => this.api.GET('/api/v1/form'));
  protected readonly form = new FormGroup<Record<string, FormControl<string | boolean>>>({});
  protected readonly faults = new FormFaults(this.form);
  /** The controls are there. */
  protected readonly ready = signal(false);

  constructor() {
    const timer = setInterval(() => { this.now.set(new Date()); }, tickMs);
    inject(DestroyRef).onDestroy(() => { clearInterval(timer); });
    void this.fields.reload();
    effect(() => {
      const fields = this.fields.value()?.fields;
      if (!fields || this.ready()) return;
      const answers = this.call.answers();
      for (const { name, kind } of fields) this.form.setControl(name, new FormControl<string | boolean>(answers[name] ?? (kind === 'consent' ? false : ''), { nonNullable: true }));
      this.ready.set(true);
      setTimeout(() => { this.focusFirst(); });
    });
    // What was typed outlasts this pane: another seat, a lost connection, a log-in in between.
    this.form.valueChanges.pipe(takeUntilDestroyed()).subscribe(() => { if (this.ready()) this.call.answers.set(this.form.getRawValue()); });
  }

  protected async confirm(): Promise<void> {
    this.faults.clear();
    const problem = await this.call.confirm(this.form.getRawValue());
    if (!problem?.faults) return;
    this.faults.refuse(problem);
  }

  protected async sameSeatAgain(): Promise<void> {
    const held = this.held();
    if (!held) return;
    await this.call.hold(held.slot.id);
    this.now.set(new Date());
    if (this.call.problem()) this.call.stage.set('choose');
  }

  private focusFirst(): void {
    const open = this.fields.value()?.fields.find(({ name, required }) => required && !this.form.get(name)?.value);
    this.host.nativeElement.querySelector<HTMLElement>(open ? `#field-${open.name}` : 'button[type=submit]')?.focus();
  }
}
