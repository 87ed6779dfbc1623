import { DestroyRef, inject, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { FormControl, FormRecord } from '@angular/forms';

import { defined } from '../../../../domain/text/defined';
import { Api, type Problem, type Schema } from '../api/api';
import { FormFaults } from './form-faults';

export type AskedField = Schema<'AskedField'>;
/** What is filled in: a text, a tick, or the ticked ones of a list. */
export type Value = string | boolean | readonly string[];

/** Whose form it is; what is left out may be any. */
export interface AskedFor {
  readonly channel: 'phone' | 'venue';
  readonly dose?: number | undefined;
  readonly groups?: readonly string[] | undefined;
}

/** People stop for so long between two words, ms. */
const pauseMs = 250;

/**
 * The programme's form with the fields that are asked at the moment: the server, which checks the answers, says after each pause of
 * typing which those are. What was typed into a field that is no longer asked stays, in case it is asked again. For a component's field initialiser.
 */
export class AskedFields {
  private readonly api = inject(Api).client;
  readonly form = new FormRecord<FormControl<Value>>({});
  readonly faults = new FormFaults(this.form);
  private readonly shown = signal<readonly AskedField[]>([]);
  readonly fields = this.shown.asReadonly();
  /** The fields are there. */
  readonly ready = signal(false);
  readonly problem = signal<Problem | undefined>(undefined);
  private about: AskedFor | undefined;
  private known: Readonly<Record<string, Value>> = {};
  private question = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.form.valueChanges.pipe(takeUntilDestroyed()).subscribe(() => {
      if (!this.ready()) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.ask(), pauseMs);
    });
    inject(DestroyRef).onDestroy(() => {
      clearTimeout(this.timer);
    });
  }

  /** Begins a form; `answers`: what is filled in already. Resolves when its fields are there. */
  async start(about: AskedFor, answers: Readonly<Record<string, Value>> = {}): Promise<void> {
    this.ready.set(false);
    this.faults.clear();
    for (const name of Object.keys(this.form.controls)) this.form.removeControl(name);
    this.about = about;
    this.known = answers;
    await this.ask();
  }

  async ask(): Promise<void> {
    const { about } = this;
    if (!about) return;
    const own = ++this.question;
    const { channel, dose, groups } = about;
    const { data, error } = await this.api.POST('/api/v1/form/asked', {
      body: {
        channel,
        answers: { ...this.known, ...this.form.getRawValue() },
        ...defined({ dose }),
        ...defined({ groups: groups && [...groups] }),
      },
    });
    if (own !== this.question) return;
    this.problem.set(error);
    if (!data) return;
    for (const { name, kind } of data.fields) {
      if (kind === 'note' || this.form.contains(name)) continue;
      this.form.addControl(name, new FormControl<Value>(this.known[name] ?? blankOf(kind), { nonNullable: true }), {
        emitEvent: false,
      });
    }
    this.shown.set(data.fields);
    this.ready.set(true);
  }

  isChosen(name: string, value: string): boolean {
    return [this.form.get(name)?.value].flat().includes(value);
  }

  /** Ticks one of several, or takes the tick away; what is chosen stays in the order of the form. */
  choose({ name, options }: AskedField, value: string, isTicked: boolean): void {
    const chosen = options
      .map((option) => option.value)
      .filter((item) => (item === value ? isTicked : this.isChosen(name, item)));
    this.form.get(name)?.setValue(chosen);
  }

  /** What is answered to the fields that are asked. */
  answers(): Record<string, Value> {
    const all = this.form.getRawValue();
    return Object.fromEntries(
      this.shown().flatMap(({ name, kind }) => (kind === 'note' ? [] : [[name, all[name] ?? '']])),
    );
  }
}

function blankOf(kind: AskedField['kind']): Value {
  if (kind === 'choices') return [];
  return kind === 'consent' || kind === 'checkbox' ? false : '';
}

/** Nothing is filled in. */
export function isBlank(value: Value | undefined): boolean {
  return value === undefined || value === '' || value === false || (Array.isArray(value) && value.length === 0);
}
