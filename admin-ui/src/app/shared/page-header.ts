import { ChangeDetectionStrategy, Component, input } from '@angular/core';

/** The page's one heading, a sentence on what it is for, and its main actions (as content) at the right. */
@Component({
  selector: 'toki-page-header',
  template: `
    <div>
      <h1>{{ heading() }}</h1>
      @if (lead(); as text) {
        <p class="soft">{{ text }}</p>
      }
    </div>
    <div class="row no-print"><ng-content /></div>
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      gap: 8px 24px;
      justify-content: space-between;
      align-items: start;
      margin-bottom: 20px;
    }
    div:first-child {
      flex: 1 1 24rem;
    }
    p {
      margin: 4px 0 0;
      max-width: 46em;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PageHeader {
  readonly heading = input.required<string>();
  readonly lead = input<string>();
}
