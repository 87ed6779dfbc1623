import { afterNextRender, Directive, ElementRef, inject } from '@angular/core';

/** Takes the focus when it appears: a person who works by keyboard goes on where the call goes on. */
@Directive({ selector: '[tokiFocusHere]' })
export class FocusHere {
  constructor() {
    const host = inject<ElementRef<HTMLElement>>(ElementRef);
    afterNextRender(() => {
      host.nativeElement.focus();
    });
  }
}
