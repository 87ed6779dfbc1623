import { ChangeDetectionStrategy, Component, inject, input, output, signal } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';

import { Api, type Schema } from '../api/api';
import { ErrorSummary } from '../shared/error-summary';
import { FormFaults } from '../shared/form-faults';
import { Icon } from '../shared/icon';
import { save } from '../shared/save';

/** Words that are hard to mishear and easy to type in kana; five of 64 are 30 bits, behind 600,000 rounds. */
const words =
  'あさひ いちご うさぎ えんぴつ おにぎり かもめ きつね くるみ けやき こおり さくら しじみ すいか せみ そら たけのこ ちどり つばめ てがみ とんぼ なのはな にじ ぬりえ ねこ のはら はと ひまわり ふね へちま ほたる まつり みかん むぎ めだか もみじ やま ゆき よもぎ らっぱ りんご るびい れもん ろうそく わかめ あやめ いるか うめ えび おけ かき きく くり けむり こま さんま しか すず せんべい そば たこ ちょう つくし てまり とうふ'.split(
    ' ',
  );

/** A list that is taken along, and what it brings back. */
@Component({
  selector: 'toki-off-line',
  imports: [ErrorSummary, Icon, MatButton, MatError, MatFormField, MatHint, MatInput, MatLabel, ReactiveFormsModule],
  template: `
    <section class="card" aria-labelledby="off-line-title">
      <h2 id="off-line-title">通信できないときの名簿</h2>
      <div class="columns">
        <form [formGroup]="form" (ngSubmit)="make()">
          <h3>1. 朝のうちに、名簿を持ち出す</h3>
          <p class="soft">
            1つのファイルに、この日この会場の名簿を暗号化して入れます。回線やサーバーが止まっても、ブラウザーで開いて受け付けられます。合言葉はどこにも保存されません。紙に書いて、名簿とは別に保管してください。
          </p>
          <toki-error-summary [faults]="faults.all()" />
          <mat-form-field>
            <mat-label>合言葉（12文字以上）</mat-label>
            <input matInput id="field-passphrase" formControlName="passphrase" autocomplete="off" />
            <mat-hint>自分で決めるか、「作る」を押してください。</mat-hint>
            <mat-error>{{ faults.of('passphrase') }}</mat-error>
          </mat-form-field>
          <div class="actions">
            <button matButton="outlined" type="button" (click)="invent()">合言葉を作る</button>
            <button matButton="filled" type="submit" [disabled]="busy()">
              <toki-icon name="download" /> {{ busy() ? '暗号化しています…' : '名簿をダウンロードする' }}
            </button>
          </div>
          @if (made()) {
            <p class="note good" role="status">
              ダウンロードしました。合言葉を書き留めたか、もう一度お確かめください。
            </p>
          }
        </form>
        <div>
          <h3>2. 通信が戻ったら、受付の記録を読み込む</h3>
          <p class="soft">
            名簿の画面で「受付の記録を書き出す」を押してできたファイルを選びます。同じファイルを2度読み込んでも、2度受け付けることはありません。
          </p>
          <input
            #file
            type="file"
            accept=".json,application/json"
            class="visually-hidden"
            aria-label="受付の記録のファイル"
            (change)="load(file)"
          />
          <button matButton="outlined" type="button" [disabled]="busy()" (click)="file.click()">
            <toki-icon name="upload" /> 記録のファイルを選ぶ
          </button>
          <div role="status">
            @if (fault(); as sentence) {
              <p class="note bad">{{ sentence }}</p>
            }
            @if (result(); as found) {
              <div class="note" [class.good]="found.refused.length === 0" [class.warn]="found.refused.length > 0">
                <p>
                  <strong>{{ found.applied }}件を受け付けました。</strong>
                  @if (found.already) {
                    {{ found.already }}件はすでに受け付けていました。
                  }
                </p>
                @if (found.refused.length) {
                  <p>{{ found.refused.length }}件は受け付けられませんでした。ひとりずつご確認ください。</p>
                  <ul>
                    @for (item of found.refused; track item.bookingId) {
                      <li>{{ item.reference ?? '受付番号なし' }}：{{ item.sentence }}</li>
                    }
                  </ul>
                }
              </div>
            }
          </div>
        </div>
      </div>
    </section>
  `,
  styles: `
    h3 {
      margin: 8px 0 4px;
    }
    .note {
      margin-top: 16px;
    }
    .columns {
      align-items: start;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class OffLine {
  readonly venueId = input.required<string>();
  readonly date = input.required<string>();
  readonly loadedTicks = output();

  private readonly api = inject(Api);
  protected readonly busy = signal(false);
  protected readonly made = signal(false);
  protected readonly fault = signal('');
  protected readonly result = signal<Schema<'LoadedTicks'> | undefined>(undefined);
  protected readonly form = inject(NonNullableFormBuilder).group({
    passphrase: ['', [Validators.required, Validators.minLength(12)]],
  });
  protected readonly faults = new FormFaults(this.form);

  protected invent(): void {
    const random = crypto.getRandomValues(new Uint32Array(5));
    this.form.setValue({ passphrase: Array.from(random, (value) => words[value % words.length]).join(' ') });
  }

  protected async make(): Promise<void> {
    this.made.set(false);
    if (!this.faults.check({ passphrase: '合言葉を12文字以上で入力してください。' })) return;
    this.busy.set(true);
    const { data, error, response } = await this.api.client.POST('/api/v1/reception/day-files', {
      body: { venueId: this.venueId(), date: this.date(), ...this.form.getRawValue() },
      parseAs: 'blob',
    });
    this.busy.set(false);
    if (data) {
      save(data, response);
      this.made.set(true);
    } else this.faults.refuse(error);
  }

  protected async load(file: HTMLInputElement): Promise<void> {
    const [chosen] = file.files ?? [];
    this.fault.set('');
    this.result.set(undefined);
    if (!chosen) return;
    const text = await chosen.text();
    file.value = '';
    let ticks: never;
    try {
      ticks = JSON.parse(text) as never;
    } catch {
      this.fault.set(
        '受付の記録のファイルではありません。名簿の画面で書き出した「受付の記録_….json」を選んでください。',
      );
      return;
    }
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/reception/ticks', { body: ticks });
    this.busy.set(false);
    if (data) {
      this.result.set(data);
      this.loadedTicks.emit();
    } else
      this.fault.set(
        error.code === 'invalid_request'
          ? '受付の記録のファイルではありません。名簿の画面で書き出した「受付の記録_….json」を選んでください。'
          : error.detail,
      );
  }
}
