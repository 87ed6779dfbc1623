import { DestroyRef, inject } from '@angular/core';

import type { Loaded } from './loaded';

/** How often a person's work elsewhere is looked for, in looks at what is under way. */
const seldom = 10;

/**
 * Within an injection context: asks again while something goes on, and seldom while a person is waited for; never while the page is out
 * of sight, an answer is due, or `isBusy`.
 */
export function lookAgain<Value>(
  asked: Loaded<Value>,
  {
    everyMs,
    isAtWork,
    isWaiting,
    isBusy,
  }: {
    readonly everyMs: number;
    readonly isAtWork: (value: Value) => boolean;
    readonly isWaiting: (value: Value) => boolean;
    readonly isBusy: () => boolean;
  },
): void {
  let looks = 0;
  const timer = setInterval(() => {
    const value = asked.value();
    const isOpen = value === undefined || isAtWork(value) || (isWaiting(value) && ++looks % seldom === 0);
    if (!document.hidden && !asked.loading() && !isBusy() && isOpen) void asked.reload();
  }, everyMs);
  inject(DestroyRef).onDestroy(() => clearInterval(timer));
}
