import { ChangeDetectionStrategy, Component, computed, type ElementRef, input, output, viewChild } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';

import type { Schema } from '../api/api';
import { insertion, piecesOf } from './template-text';

type Placeholder = Schema<'Placeholder'>;

/** The text of a notice: its fields stand out, and are put in from a list that says what they mean. */
@Component({
  selector: 'toki-template-field',
  imports: [MatButton, MatMenu, MatMenuItem, MatMenuTrigger],
  template: `
    <div class="paper" [class.line]="isLine()">
      <div class="mirror" #mirror aria-hidden="true">
        @for (piece of pieces(); track $index) {
          <span [class]="piece.kind">{{ piece.text }}</span>
        }
        &#8203;
      </div>
      <textarea
        #area
        [id]="inputId()"
        [rows]="isLine() ? 1 : 12"
        [value]="text()"
        (input)="changed.emit(area.value)"
        (scroll)="mirror.scrollTop = area.scrollTop"
        [attr.aria-invalid]="wrong() ? 'true' : null"
        [attr.aria-describedby]="inputId() + '-used'"
        spellcheck="false"
      ></textarea>
    </div>
    <div class="below">
      <button matButton="outlined" type="button" class="small" [matMenuTriggerFor]="fields">項目を入れる</button>
      @if (!isLine()) {
        <button matButton="outlined" type="button" class="small" [matMenuTriggerFor]="conditions">
          あるときだけ表示する
        </button>
      }
      <span class="used" [id]="inputId() + '-used'">
        @if (used().length > 0) {
          使っている項目：
          @for (item of used(); track item.name; let last = $last) {
            <span class="field">{{ item.label }}</span>{{ last ? '' : ' ' }}
          }
        } @else {
          項目は使っていません。
        }
      </span>
    </div>
    <mat-menu #fields="matMenu">
      @for (item of forText(); track item.name) {
        <button mat-menu-item type="button" (click)="insert(item, false)">
          <strong>{{ item.label }}</strong> <span class="soft">{{ item.example }}</span>
        </button>
      }
    </mat-menu>
    <mat-menu #conditions="matMenu">
      @for (item of sometimes(); track item.name) {
        <button mat-menu-item type="button" (click)="insert(item, true)">
          選んだ文章を「<strong>{{ item.label }}</strong
          >」があるときだけ表示
        </button>
      }
    </mat-menu>
  `,
  styles: `
    :host {
      display: grid;
      gap: 6px;
      max-width: 44rem;
    }
    .paper {
      display: grid;
      position: relative;
      background: #fff;
      border-radius: 8px;
    }
    .mirror,
    textarea {
      grid-area: 1 / 1;
      font: inherit;
      line-height: 1.7;
      padding: 8px 10px;
      border: 1px solid #767676;
      border-radius: 8px;
      white-space: pre-wrap;
      overflow-wrap: anywhere;
      width: 100%;
      margin: 0;
      letter-spacing: normal;
    }
    .mirror {
      color: transparent;
      border-color: transparent;
      overflow: hidden;
      height: 0;
      min-height: 100%;
    }
    textarea {
      background: transparent;
      color: var(--ink);
      resize: vertical;
      min-height: 42px;
      scrollbar-gutter: stable;
      overflow: auto;
    }
    .mirror {
      scrollbar-gutter: stable;
    }
    .line textarea {
      resize: none;
      overflow: hidden;
      scrollbar-gutter: auto;
    }
    .line .mirror {
      scrollbar-gutter: auto;
    }
    textarea[aria-invalid='true'] {
      border: 2px solid var(--bad);
      padding: 7px 9px;
    }
    .field {
      background: #d0e3ff;
      border-radius: 4px;
    }
    .block {
      background: #e3dcf5;
      border-radius: 4px;
    }
    .wrong {
      background: #ffd0d0;
      border-radius: 4px;
    }
    button .soft {
      display: block;
      font-size: 0.8125rem;
      line-height: 1.4;
    }
    .below {
      display: flex;
      flex-wrap: wrap;
      gap: 6px 12px;
      align-items: center;
    }
    .used {
      font-size: 0.875rem;
      color: var(--ink-soft);
    }
    .used .field {
      color: var(--ink);
      padding: 0 6px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TemplateField {
  readonly inputId = input.required<string>();
  readonly text = input.required<string>();
  /** One line: a subject. */
  readonly isLine = input(false);
  readonly wrong = input(false);
  readonly placeholders = input.required<readonly Placeholder[]>();
  readonly changed = output<string>();
  private readonly area = viewChild.required<ElementRef<HTMLTextAreaElement>>('area');
  private readonly names = computed(() => new Set(this.placeholders().map((item) => item.name)));
  protected readonly pieces = computed(() => piecesOf(this.text(), this.names()));
  protected readonly forText = computed(() => this.placeholders().filter((item) => !this.isLine() || !item.list));
  protected readonly sometimes = computed(() => this.placeholders().filter((item) => item.sometimes));
  protected readonly used = computed(() => {
    const names = new Set(this.pieces().map((piece) => piece.name));
    return this.placeholders().filter((item) => names.has(item.name));
  });

  protected insert(field: Placeholder, onlyIf: boolean): void {
    const area = this.area().nativeElement;
    const { selectionStart: from, selectionEnd: until } = area;
    const selected = area.value.slice(from, until);
    const put = insertion(field, selected, onlyIf);
    area.setRangeText(put, from, until, 'end');
    // Where nothing was selected, what is to be shown is written inside the condition.
    if (onlyIf && selected === '') area.setSelectionRange(from + put.indexOf('}}') + 2, from + put.indexOf('}}') + 2);
    this.changed.emit(area.value);
    // After the menu has given the focus back to its button.
    setTimeout(() => area.focus());
  }
}
