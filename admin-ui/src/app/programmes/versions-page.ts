import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router } from '@angular/router';

import { Api } from '../api/api';
import { CityTime } from '../shared/city-time';
import { ConfirmDialog } from '../shared/confirm-dialog';
import { EmptyState } from '../shared/empty-state';
import { Messages } from '../shared/messages';
import { saveFile } from '../shared/save-file';
import { Session } from '../shared/session';
import { BringToBookings } from './bring-to-bookings';
import { ProgrammeStore } from './programme-store';

/** Every version that was published, going back to one, files out and in. */
@Component({
  selector: 'toki-versions-page',
  imports: [BringToBookings, CityTime, EmptyState, MatButton],
  template: `
    <div class="row">
      @if (store.draft()) {
        <button matButton="outlined" type="button" (click)="export('draft')">下書きをファイルに書き出す</button>
        @if (mayEdit) {
          <button matButton="outlined" type="button" (click)="file.click()">ファイルから下書きに読み込む</button>
          <input
            #file
            type="file"
            hidden
            accept="application/json,.json"
            aria-label="読み込むファイル"
            (change)="import($event)"
          />
          <button matButton="outlined" type="button" class="danger" (click)="discard()">下書きを捨てる</button>
        }
      }
    </div>
    @if (store.versions().length === 0) {
      <toki-empty-state heading="まだ公開された版はありません" icon="settings"
        ><p>下書きを公開すると、ここに版として残ります。公開した版は変わりません。</p></toki-empty-state
      >
    } @else {
      <div class="table-frame" tabindex="0" role="region" aria-label="版の一覧">
        <table class="dense nowrap">
          <thead>
            <tr>
              <th scope="col">版</th>
              <th scope="col">状態</th>
              <th scope="col">公開</th>
              <th scope="col">公開した人</th>
              <th scope="col">編集した人</th>
              <th scope="col">操作</th>
            </tr>
          </thead>
          <tbody>
            @for (version of store.versions(); track version.number) {
              <tr>
                <th scope="row">第{{ version.number }}版</th>
                <td>
                  @if (version.status === 'published') {
                    <span class="chip good">公開中</span>
                  } @else {
                    <span class="chip plain">過去の版</span>
                  }
                </td>
                <td>{{ version.publishedAt | city: 'full' }}</td>
                <td>
                  {{ version.publishedBy ?? '（初期設定）' }}
                  @if (version.waiver; as waiver) {
                    <div class="waiver"><span class="chip warn">リハーサルなし</span> 理由：{{ waiver.reason }}</div>
                  }
                </td>
                <td>{{ version.editedBy.join('、') }}</td>
                <td>
                  <div class="row">
                    <button type="button" class="plain" (click)="export(version.number)">書き出す</button>
                    @if (mayEdit && !store.draft()) {
                      <button type="button" class="plain" (click)="begin(version.number)">
                        {{ version.status === 'published' ? '下書きを作る' : 'この版に戻す下書きを作る' }}
                      </button>
                    }
                  </div>
                </td>
              </tr>
            }
          </tbody>
        </table>
      </div>
      <toki-bring-to-bookings />
    }
  `,
  styles: `
    .row {
      margin-bottom: 12px;
    }
    .waiver {
      margin-top: 4px;
      max-width: 28em;
      white-space: normal;
    }
    td .row {
      margin: 0;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class VersionsPage {
  protected readonly store = inject(ProgrammeStore);
  private readonly api = inject(Api);
  private readonly confirmDialog = inject(ConfirmDialog);
  private readonly messages = inject(Messages);
  private readonly router = inject(Router);
  private readonly role = inject(Session).me()?.role;
  protected readonly mayEdit = this.role === 'city_admin' || this.role === 'supervisor';

  protected async export(of: number | 'draft'): Promise<void> {
    await this.store.flush();
    const { data, error } = await this.api.client.GET('/api/v1/programmes/{code}/file', {
      params: { path: { code: this.store.code() }, query: { of: String(of) } },
    });
    if (data)
      saveFile(
        `${this.store.code()}-${of === 'draft' ? 'draft' : `v${String(of)}`}.json`,
        new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' }),
      );
    else this.messages.problem(error.detail);
  }

  protected async import(event: Event): Promise<void> {
    const input = event.target as HTMLInputElement;
    const [file] = input.files ?? [];
    const draft = this.store.draft();
    input.value = '';
    if (!file || !draft) return;
    let content: unknown;
    try {
      content = JSON.parse(await file.text());
    } catch {
      content = undefined;
    }
    if (typeof content !== 'object' || content === null) {
      this.messages.problem('このファイルは事業の設定ファイルではないか、壊れています。');
      return;
    }
    const { data, error } = await this.api.client.POST('/api/v1/programmes/{code}/draft/import', {
      params: { path: { code: this.store.code() } },
      body: { version: draft.version, file: content as Record<string, unknown> },
    });
    if (data) {
      this.store.take(data);
      this.messages.done('ファイルの内容を下書きにしました。');
    } else
      this.messages.problem(
        [error.detail, ...(error.faults ?? []).slice(0, 5).map((fault) => `${fault.field}：${fault.sentence}`)].join(
          ' ',
        ),
      );
  }

  protected async begin(number: number): Promise<void> {
    if (await this.store.begin(number)) await this.router.navigate(['/programme', this.store.code(), 'edit']);
  }

  protected async discard(): Promise<void> {
    const draft = this.store.draft();
    if (
      !draft ||
      !(await this.confirmDialog.yes({
        heading: '下書きを捨てますか',
        sentences: ['捨てた下書きは元に戻せません。公開中の版は変わりません。'],
        yes: '捨てる',
        danger: true,
      }))
    )
      return;
    const { error } = await this.api.client.POST('/api/v1/programmes/{code}/draft/discard', {
      params: { path: { code: this.store.code() } },
      body: { version: draft.version },
    });
    if (error) this.messages.problem(error.detail);
    await this.store.reload();
  }
}
