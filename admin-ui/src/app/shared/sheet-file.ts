import { ChangeDetectionStrategy, Component, input, output, signal } from '@angular/core';

import { Icon } from './icon';

/** A CSV file from a person's disk; `content` in base64, as the API takes it. */
export interface SheetFile {
  readonly name: string;
  readonly content: string;
}

/** Bytes; the API's own limit. */
const largest = 6 * 1024 * 1024;

/** Chooses a CSV file: by button, or dropped on it. */
@Component({
  selector: 'toki-sheet-file',
  imports: [Icon],
  template: `
    <label
      class="drop"
      [class.over]="over()"
      (dragover)="onOver($event, true)"
      (dragleave)="onOver($event, false)"
      (drop)="onDrop($event)"
    >
      <toki-icon name="upload" />
      <span
        ><strong>{{ label() }}</strong
        ><span class="soft">ここにファイルを置くこともできます（UTF-8 または Shift_JIS、6MBまで）</span></span
      >
      <span class="button" aria-hidden="true">ファイルを選ぶ</span>
      <input
        id="field-content"
        class="visually-hidden"
        type="file"
        accept=".csv,text/csv"
        (change)="onChosen($event)"
        [attr.aria-describedby]="problem() ? 'sheet-problem' : null"
      />
    </label>
    @if (problem(); as sentence) {
      <p id="sheet-problem" class="problem" role="alert">{{ sentence }}</p>
    }
  `,
  styles: `
    :host {
      display: block;
      margin-bottom: 24px;
    }
    .drop {
      display: flex;
      position: relative;
      gap: 16px;
      align-items: center;
      flex-wrap: wrap;
      border: 2px dashed var(--line);
      border-radius: 8px;
      padding: 20px 24px;
      cursor: pointer;
      background: var(--paper-soft);
    }
    .drop.over {
      border-color: var(--link);
      background: #e8f1fe;
    }
    .drop:focus-within {
      outline: 4px solid #000;
      outline-offset: 2px;
      box-shadow: 0 0 0 2px #ffd43d;
    }
    .drop > span:not(.button) {
      display: grid;
      flex: 1;
      min-width: 16rem;
    }
    .button {
      border: 1px solid #0017c1;
      border-radius: 8px;
      padding: 6px 20px;
      color: #0017c1;
      background: #fff;
      font-weight: 500;
    }
    toki-icon {
      font-size: 1.5rem;
      color: var(--ink-soft);
    }
    .problem {
      color: #a80000;
      margin: 8px 0 0;
      font-weight: 700;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SheetFilePicker {
  readonly label = input('CSVファイルを選ぶ');
  /** What the server found wrong with the file. */
  readonly refused = input<string>();
  readonly picked = output<SheetFile>();
  protected readonly over = signal(false);
  private readonly tooLarge = signal('');
  protected readonly problem = () => this.tooLarge() || this.refused();

  protected onOver(event: DragEvent, over: boolean): void {
    event.preventDefault();
    this.over.set(over);
  }

  protected onDrop(event: DragEvent): void {
    this.onOver(event, false);
    void this.read(event.dataTransfer?.files[0]);
  }

  protected onChosen(event: Event): void {
    const field = event.target as HTMLInputElement;
    void this.read(field.files?.[0]).then(() => {
      // The same file can be chosen again after it was mended.
      field.value = '';
    });
  }

  private async read(file: File | undefined): Promise<void> {
    if (!file) return;
    this.tooLarge.set(
      file.size > largest
        ? 'ファイルが大きすぎます（6MBまで）。会場や月ごとに分けてください。'
        : file.size === 0
          ? 'ファイルが空です。'
          : '',
    );
    if (this.tooLarge() !== '') return;
    this.picked.emit({ name: file.name, content: await base64Of(file) });
  }
}

async function base64Of(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
