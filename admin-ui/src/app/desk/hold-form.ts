import { ChangeDetectionStrategy, Component, computed, DestroyRef, ElementRef, inject, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';

import { AskedFields, isBlank } from '../shared/asked-fields';
import { ErrorSummary } from '../shared/error-summary';
import { ProblemNote } from '../shared/problem-note';
import { ProgrammeFields } from '../shared/programme-fields';
import { DeskCall } from './desk-call';
import { LargeDate } from './large-date';
import { holdWords } from './words';

/** Often enough for words, ms. */
const tickMs = 5_000;

/** The seat that is held, for how long, and what the programme asks before it is confirmed. */
@Component({
  selector: 'toki-hold-form',
  imports: [ErrorSummary, LargeDate, MatButton, ProblemNote, ProgrammeFields],
  templateUrl: './hold-form.html',
  styleUrl: './hold-form.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class HoldForm {
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);
  protected readonly call = inject(DeskCall);
  protected readonly held = this.call.held;
  private readonly now = signal(new Date());
  protected readonly left = computed(() => {
    const expiresAt = this.held()?.holdExpiresAt;
    return expiresAt == null ? undefined : holdWords(expiresAt, this.now());
  });
  protected readonly isOver = computed(() => this.left() === undefined || this.call.problem()?.code === 'hold_expired');
  protected readonly asked = new AskedFields();

  constructor() {
    const timer = setInterval(() => {
      this.now.set(new Date());
    }, tickMs);
    inject(DestroyRef).onDestroy(() => {
      clearInterval(timer);
    });
    const { form, ready } = this.asked;
    const dose = this.held()?.dose ?? this.call.wanted()?.dose.number;
    void this.asked
      .start({ channel: 'phone', dose, groups: this.call.person()?.resident.groups }, this.call.answers())
      .then(() => {
        setTimeout(() => {
          this.focusFirst();
        });
      });
    // What was typed outlasts this pane: another seat, a lost connection, a log-in in between.
    form.valueChanges.pipe(takeUntilDestroyed()).subscribe(() => {
      if (ready()) this.call.answers.set({ ...this.call.answers(), ...form.getRawValue() });
    });
  }

  protected async confirm(): Promise<void> {
    this.asked.faults.clear();
    const problem = await this.call.confirm(this.asked.answers());
    if (!problem?.faults) return;
    this.asked.faults.refuse(problem);
  }

  protected async sameSeatAgain(): Promise<void> {
    const held = this.held();
    if (!held) return;
    await this.call.hold(held.slot.id);
    this.now.set(new Date());
    if (this.call.problem()) this.call.stage.set('choose');
  }

  private focusFirst(): void {
    const open = this.asked
      .fields()
      .find(({ name, required }) => required && isBlank(this.asked.form.controls[name]?.value));
    this.host.nativeElement.querySelector<HTMLElement>(open ? `#field-${open.name}` : 'button[type=submit]')?.focus();
  }
}
