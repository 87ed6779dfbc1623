import { ChangeDetectionStrategy, Component, effect, inject, input, untracked } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';

import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { ProgrammeStore } from './programme-store';

/** The frame of one programme's pages: the state of the draft, and the steps from editing to publishing. */
@Component({
  selector: 'toki-programme-frame',
  imports: [MatButton, PageHeader, ProblemNote, RouterLink, RouterLinkActive, RouterOutlet],
  template: `
    <p><a routerLink="/programme">事業の一覧</a></p>
    <toki-page-header [heading]="store.name()">
      @if (store.draft(); as draft) {
        <span
          role="status"
          class="chip"
          [class.good]="store.state() === 'saved'"
          [class.warn]="store.state() === 'waiting' || store.state() === 'saving'"
          [class.bad]="store.state() === 'failed'"
          >{{ words[store.state()] }}</span
        >
        <button matButton="outlined" type="button" (click)="store.step('undo')" [disabled]="!draft.canUndo">
          元に戻す
        </button>
        <button matButton="outlined" type="button" (click)="store.step('redo')" [disabled]="!draft.canRedo">
          やり直す
        </button>
      }
    </toki-page-header>
    <toki-problem-note [problem]="store.problem()" (again)="store.reload()" />
    <nav class="steps" aria-label="公開までの手順">
      @for (step of steps; track step.path) {
        <a [routerLink]="step.path" routerLinkActive="here" ariaCurrentWhenActive="page">{{ step.label }}</a>
      }
    </nav>
    @if (store.loadedOnce()) {
      <router-outlet />
    } @else {
      <p class="starting">読み込んでいます…</p>
    }
  `,
  styles: `
    .steps {
      display: flex;
      flex-wrap: wrap;
      gap: 4px;
      border-bottom: 2px solid var(--line);
      margin-bottom: 20px;
    }
    .steps a {
      padding: 8px 16px;
      color: var(--ink);
      text-decoration: none;
      border-radius: 8px 8px 0 0;
    }
    .steps a:hover {
      background: var(--paper-soft);
      text-decoration: underline;
    }
    .steps a.here {
      background: #e8f1fe;
      color: #00118f;
      font-weight: 700;
      box-shadow: 0 3px 0 -1px #0017c1;
    }
  `,
  providers: [ProgrammeStore],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ProgrammeFrame {
  readonly code = input.required<string>();
  protected readonly store = inject(ProgrammeStore);
  protected readonly words = {
    saved: '保存済み',
    waiting: '入力中…',
    saving: '保存しています…',
    failed: '保存できていません',
  } as const;
  protected readonly steps = [
    { path: 'edit', label: '1. 編集' },
    { path: 'checks', label: '2. チェックリスト' },
    { path: 'rehearsal', label: '3. リハーサル' },
    { path: 'publish', label: '4. 違いの確認と公開' },
    { path: 'versions', label: '版' },
  ] as const;

  constructor() {
    effect(() => {
      const code = this.code();
      // What opening reads must not open it again: that would put away what a person has begun to type.
      untracked(() => void this.store.open(code));
    });
  }
}
