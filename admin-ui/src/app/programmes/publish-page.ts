import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';

import { defined } from '../../../../domain/text/defined';
import { Api, type Problem, type Schema } from '../api/api';
import { CityTime } from '../shared/city-time';
import { ConfirmDialog } from '../shared/confirm-dialog';
import { loaded } from '../shared/loaded';
import { Messages } from '../shared/messages';
import { Session } from '../shared/session';
import { AffectedCard } from './affected';
import { toInstant } from './document';
import { NoDraft } from './no-draft';
import { ProgrammeStore } from './programme-store';

/** As the API asks for it. */
const shortestReason = 5;

/** What changes for citizens, in words, and publishing by a person who did not edit it. */
@Component({
  selector: 'toki-publish-page',
  imports: [AffectedCard, CityTime, MatButton, NoDraft, RouterLink],
  templateUrl: './publish-page.html',
  styles: `
    toki-affected {
      display: block;
      margin-top: 28px;
    }
    .reach {
      flex-basis: 100%;
    }
    h2:not(:first-child) {
      margin-top: 28px;
    }
    h2 {
      margin-bottom: 8px;
    }
    .row,
    .note {
      margin-top: 20px;
    }
    .waiver label {
      display: block;
      margin-top: 12px;
      font-weight: 700;
    }
    .waiver textarea {
      width: 100%;
      max-width: 720px;
      margin-top: 4px;
    }
    textarea,
    input {
      font: inherit;
      min-height: 40px;
      padding: 6px 10px;
      border: 1px solid #767676;
      border-radius: 8px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PublishPage {
  protected readonly store = inject(ProgrammeStore);
  private readonly api = inject(Api);
  private readonly confirmDialog = inject(ConfirmDialog);
  private readonly messages = inject(Messages);
  private readonly me = inject(Session).me;
  protected readonly at = signal('');
  /** The wish that running bookings get the new version too. */
  protected readonly reach = signal(false);
  /** Why there is no rehearsal, where the server cannot do one. */
  protected readonly waiver = signal('');
  protected readonly isReady = computed(() => {
    const rehearsal = this.store.draft()?.rehearsal;
    return rehearsal === 'passed' || (rehearsal === 'impossible' && this.waiver().trim().length >= shortestReason);
  });
  protected readonly busy = signal(false);
  protected readonly refused = signal<Problem | undefined>(undefined);
  protected readonly before = computed(() => this.store.versions()[0]?.number);
  protected readonly mayPublish = computed(() => this.me()?.role === 'city_admin');
  protected readonly isEditor = computed(() =>
    (this.store.draft()?.editors ?? []).some((editor) => editor.id === this.me()?.id),
  );
  protected readonly editors = computed(() =>
    (this.store.draft()?.editors ?? []).map((editor) => editor.name).join('、'),
  );
  protected readonly differences = loaded<{ readonly differences: readonly Schema<'ProgrammeDifference'>[] }>(
    async () => {
      await this.store.flush();
      const from = this.before();
      if (from === undefined || !this.store.draft()) return {};
      return this.api.client.GET('/api/v1/programmes/{code}/differences', {
        params: { path: { code: this.store.code() }, query: { from: String(from), to: 'draft' } },
      });
    },
  );

  constructor() {
    void this.differences.reload();
  }

  protected typed(event: Event): void {
    this.at.set((event.target as HTMLInputElement).value);
  }

  protected async publish(): Promise<void> {
    const draft = this.store.draft();
    if (!draft) return;
    const at = this.at();
    const waiver = draft.rehearsal === 'impossible' ? this.waiver().trim() : undefined;
    const when =
      at === ''
        ? '公開すると、5秒以内にすべての画面に反映されます。'
        : '指定した日時に公開されます。それまで下書きは変更できません。';
    if (
      !(await this.confirmDialog.yes({
        heading: '公開しますか',
        sentences: [
          when,
          ...(waiver === undefined ? [] : ['リハーサルは行っていません。書いた理由が、あなたの名前とともに残ります。']),
          this.reach()
            ? 'すでに取られた予約への反映は、別の「市の管理者」の承認を待ちます。'
            : 'すでに取られた予約は、取ったときの決まりのまま続きます。',
        ],
        yes: '公開する',
      }))
    )
      return;
    this.busy.set(true);
    const { data, error } = await this.api.client.POST('/api/v1/programmes/{code}/draft/publish', {
      params: { path: { code: this.store.code() } },
      body: {
        version: draft.version,
        ...(at === '' ? {} : { at: toInstant(at) }),
        ...(this.reach() ? { reach: true } : {}),
        ...defined({ waiver }),
      },
    });
    this.busy.set(false);
    this.refused.set(error);
    if (data) {
      this.messages.done(
        data.number === null
          ? '公開の予定を入れました。'
          : `第${String(data.number)}版を公開しました。${this.reach() ? '予約への反映は「版」のページで承認を待っています。' : ''}`,
      );
      await this.store.reload();
    }
  }

  protected async callOff(): Promise<void> {
    const { error } = await this.api.client.POST('/api/v1/programmes/{code}/release/cancel', {
      params: { path: { code: this.store.code() } },
    });
    if (error) this.messages.problem(error.detail);
    await this.store.reload();
  }
}
