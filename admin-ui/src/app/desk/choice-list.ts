import { NgTemplateOutlet } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  contentChild,
  effect,
  ElementRef,
  inject,
  input,
  linkedSignal,
  output,
  TemplateRef,
} from '@angular/core';

/**
 * A list from which one is chosen by arrow keys and Enter, or by a click. Its row is the template inside:
 * `<toki-choice-list label="会場" [items]="venues()" (chosen)="take($event)"><ng-template let-venue>{{ venue.name }}</ng-template></toki-choice-list>`
 */
@Component({
  selector: 'toki-choice-list',
  imports: [NgTemplateOutlet],
  template: `
    <ul role="listbox" [attr.aria-label]="label()" (keydown)="onKey($event)">
      @for (item of items(); track $index) {
        <li
          role="option"
          [attr.aria-selected]="$index === active()"
          [attr.aria-disabled]="off()(item) ? true : null"
          [tabindex]="$index === active() ? 0 : -1"
          (click)="choose($index)"
          (focus)="active.set($index)"
        >
          <ng-container [ngTemplateOutlet]="row()" [ngTemplateOutletContext]="{ $implicit: item }" />
        </li>
      }
    </ul>
  `,
  styles: `
    ul {
      list-style: none;
      margin: 0;
      padding: 4px;
      border: 1px solid var(--line);
      border-radius: 8px;
      max-height: 25rem;
      overflow: auto;
    }
    li {
      display: flex;
      flex-wrap: wrap;
      gap: 2px 12px;
      justify-content: space-between;
      align-items: center;
      min-height: 40px;
      padding: 6px 10px;
      border-radius: 6px;
      cursor: pointer;
    }
    li + li {
      border-top: 1px solid #ececec;
    }
    li:hover {
      background: var(--paper-soft);
    }
    li[aria-selected='true'] {
      background: #e8f1fe;
    }
    li[aria-disabled] {
      color: var(--ink-soft);
      cursor: default;
      background: var(--paper-soft);
    }
    li:focus-visible {
      outline-offset: -4px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ChoiceList<Item> {
  readonly label = input.required<string>();
  readonly items = input.required<readonly Item[]>();
  /** Items that are shown but cannot be chosen. */
  readonly off = input<(item: Item) => boolean>(() => false);
  /** Takes the focus as soon as there is something to choose. */
  readonly focusFirst = input(false);
  readonly chosen = output<Item>();
  protected readonly row = contentChild.required<TemplateRef<{ $implicit: Item }>>(TemplateRef);
  protected readonly active = linkedSignal<readonly Item[], number>({
    source: this.items,
    computation: (items) =>
      Math.max(
        0,
        items.findIndex((item) => !this.off()(item)),
      ),
  });
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);
  private hasFocused = false;

  constructor() {
    effect(() => {
      if (!this.focusFirst() || this.hasFocused || this.items().length === 0) return;
      this.hasFocused = true;
      setTimeout(() => {
        this.focus(this.active());
      });
    });
  }

  protected choose(index: number): void {
    const item = this.items()[index];
    this.active.set(index);
    if (item !== undefined && !this.off()(item)) this.chosen.emit(item);
  }

  protected onKey(event: KeyboardEvent): void {
    const last = this.items().length - 1;
    const to = {
      ArrowDown: Math.min(this.active() + 1, last),
      ArrowUp: Math.max(this.active() - 1, 0),
      Home: 0,
      End: last,
      PageDown: Math.min(this.active() + 8, last),
      PageUp: Math.max(this.active() - 8, 0),
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.focus(to);
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.choose(this.active());
    }
  }

  private focus(index: number): void {
    this.active.set(index);
    this.host.nativeElement.querySelectorAll<HTMLElement>('li')[index]?.focus();
  }
}
