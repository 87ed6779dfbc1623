import { Directive, ElementRef, inject } from '@angular/core';

/** On a `<tbody>` or list: the arrow keys, Home and End go from row to row, among the elements marked `data-row`. */
@Directive({ selector: '[tokiRows]', host: { '(keydown)': 'move($event)' } })
export class Rows {
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);

  protected move(event: KeyboardEvent): void {
    const rows = [...this.host.nativeElement.querySelectorAll<HTMLElement>('[data-row]')];
    const here = rows.findIndex((row) => row === document.activeElement);
    if (here < 0) return;
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    rows[Math.max(0, Math.min(rows.length - 1, to))]?.focus();
  }
}

/** Puts the focus back on the row that was opened. */
export function focusRow(id: string): void {
  setTimeout(() => document.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`)?.focus());
}
