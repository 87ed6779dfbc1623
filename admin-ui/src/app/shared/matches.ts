import { DestroyRef, inject, type Signal, signal } from '@angular/core';

/** Whether a media query holds, as it changes. Within an injection context. */
export function matches(query: string): Signal<boolean> {
  const list = matchMedia(query);
  const value = signal(list.matches);
  const changed = () => value.set(list.matches);
  list.addEventListener('change', changed);
  inject(DestroyRef).onDestroy(() => list.removeEventListener('change', changed));
  return value.asReadonly();
}
