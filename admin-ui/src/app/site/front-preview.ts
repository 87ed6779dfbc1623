import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

import type { Schema } from '../api/api';
import { Icon } from '../shared/icon';
import { noticeState, type SiteSettings, type Usual } from './site-form';

/** The citizens' front page as it will be with what is in the form: the parts that the settings change. */
@Component({
  selector: 'toki-front-preview',
  imports: [Icon],
  template: `
    <section class="preview" aria-label="トップページの見え方">
      <p class="site">
        {{ programme().city }}<strong>{{ programme().name }} 予約サイト</strong>
      </p>
      <div class="page">
        @for (notice of notices(); track $index) {
          <div class="notice" [class.important]="notice.important">
            <toki-icon [name]="notice.important ? 'warn' : 'mail'" />
            <div>
              <strong>{{ notice.important ? '重要なお知らせ' : 'お知らせ' }}</strong>
              <p>{{ notice.text || '（文を入力してください）' }}</p>
            </div>
          </div>
        } @empty {
          <p class="soft none">今の時点で掲載されるお知らせはありません。</p>
        }
        <div class="hero">
          <p class="title">{{ programme().name }}</p>
          <p>{{ programme().front }}</p>
          <span class="button">予約する・予約を確認する</span>
        </div>
      </div>
      <div class="foot">
        <strong>電話でのご予約・お問い合わせ</strong>
        <p>{{ programme().city }} 接種コールセンター</p>
        <p class="call"><toki-icon name="phone" /> {{ callCentre().telephone }}</p>
        <p>{{ callCentre().hours }}</p>
      </div>
    </section>
  `,
  styleUrl: './front-preview.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class FrontPreview {
  readonly settings = input.required<SiteSettings>();
  readonly usual = input.required<Usual>();
  readonly programme = input.required<Schema<'Site'>['programme']>();
  protected readonly callCentre = computed(() => this.settings().callCentre ?? this.usual().callCentre);
  protected readonly notices = computed(() => {
    const now = new Date();
    const running = this.settings().notices.filter((notice) => noticeState(notice, now) === 'running');
    return [...running.filter(({ important }) => important), ...running.filter(({ important }) => !important)];
  });
}
