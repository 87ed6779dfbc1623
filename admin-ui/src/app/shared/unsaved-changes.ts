import { DestroyRef, inject } from '@angular/core';
import type { CanDeactivateFn } from '@angular/router';

import { ConfirmDialog } from './confirm-dialog';

/** A page with a form that can be left unsaved. */
export interface Editing {
  hasUnsaved(): boolean;
}

/** `canDeactivate: [leaveWithCare]`: asks before what was typed is lost. */
export const leaveWithCare: CanDeactivateFn<Editing> = (page) =>
  !page.hasUnsaved() ||
  inject(ConfirmDialog).yes({
    heading: '保存していない変更があります',
    sentences: ['このページを離れると、入力した内容は失われます。'],
    yes: '保存せずに離れる',
    no: 'このページに残る',
    danger: true,
  });

/** Within an injection context: the browser asks too when the whole window is closed. */
export function warnBeforeUnload(hasUnsaved: () => boolean): void {
  const listener = (event: BeforeUnloadEvent): void => {
    if (hasUnsaved()) event.preventDefault();
  };
  window.addEventListener('beforeunload', listener);
  inject(DestroyRef).onDestroy(() => window.removeEventListener('beforeunload', listener));
}
