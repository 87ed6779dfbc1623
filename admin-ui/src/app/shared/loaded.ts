import { DestroyRef, effect, inject, type Signal, signal, untracked } from '@angular/core';

import type { Problem } from '../api/api';

interface Answer<Value> {
  readonly data?: Value | undefined;
  readonly error?: Problem | undefined;
}

/** Something from the server: what is known, whether more is coming, what went wrong last. */
export interface Loaded<Value> {
  readonly value: Signal<Value | undefined>;
  readonly problem: Signal<Problem | undefined>;
  readonly loading: Signal<boolean>;
  /** Asks again; what was known stays in sight meanwhile. The answer to an older question never replaces that of a newer one. */
  reload(): Promise<void>;
  set(value: Value): void;
}

/** `const venues = loaded(() => this.api.client.GET('/api/v1/venues'));` – then call `reload()`. `on`: asks by itself, at first and whenever what it reads changes. `everyMs`: asks again and again while the page is in sight. */
export function loaded<Value>(
  ask: () => Promise<Answer<Value>>,
  { on, everyMs }: { on?: () => unknown; everyMs?: number } = {},
): Loaded<Value> {
  const value = signal<Value | undefined>(undefined);
  const problem = signal<Problem | undefined>(undefined);
  const loading = signal(false);
  let question = 0;
  const reload = async (): Promise<void> => {
    const own = ++question;
    loading.set(true);
    const { data, error } = await ask();
    if (own !== question) return;
    loading.set(false);
    problem.set(error);
    if (data !== undefined) value.set(data);
  };
  if (on) {
    effect(() => {
      on();
      untracked(() => void reload());
    });
  }
  if (everyMs !== undefined) {
    const timer = setInterval(() => !document.hidden && !loading() && void reload(), everyMs);
    inject(DestroyRef).onDestroy(() => clearInterval(timer));
  }
  return {
    value: value.asReadonly(),
    problem: problem.asReadonly(),
    loading: loading.asReadonly(),
    reload,
    set: (next) => value.set(next),
  };
}
