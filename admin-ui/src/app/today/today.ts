import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';

import { Api, type Schema } from '../api/api';
import { areasOf } from '../shared/areas';
import { CityTime, cityWords } from '../shared/city-time';
import { EmptyState } from '../shared/empty-state';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { Session } from '../shared/session';

interface Cell {
  readonly day: string;
  readonly words: string;
  readonly taken: number;
  readonly capacity: number;
  readonly share: number;
  readonly level: string;
}
interface Waiting {
  readonly label: string;
  readonly count: number;
  readonly area: string;
  readonly page?: string;
  readonly help: string;
}

const missingWords: Readonly<Record<Schema<'Today'>['system']['missing'][number], string>> = {
  database: 'データベースにつながりません。',
  temporal: 'ワークフローのしくみにつながりません。予約は受け付けられ、通知はあとから届きます。',
  hand_over: 'ワークフローへの引き渡しが遅れています。',
};

/** A person may be guessing, and honest people are stopped too: both need to be known at the telephone. */
const brakeWords =
  '予約サイトのログインの失敗が多いため、初めての端末からのログインを止めています。番号を探る攻撃のおそれがあります。電話で困っている方には、電話で予約を受け付けてください。';

/** Where one arrives: how full are we, what waits for a person, is the system well. */
@Component({
  selector: 'toki-today',
  imports: [CityTime, EmptyState, Icon, PageHeader, ProblemNote, RouterLink],
  templateUrl: './today.html',
  styleUrl: './today.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Today {
  private readonly api = inject(Api);
  private readonly me = inject(Session).me;
  protected readonly today = loaded(() => this.api.client.GET('/api/v1/today'), { everyMs: 60_000 });
  protected readonly shortDay = (day: string) =>
    `${String(Number(day.slice(5, 7)))}/${String(Number(day.slice(8)))}${/\(.\)/.exec(cityWords.day(day))?.[0] ?? ''}`;
  protected readonly lead = computed(() => `${cityWords.date(new Date())}　${this.me()?.displayName ?? ''}さん`);

  protected readonly grid = computed(() => {
    const known = this.today.value();
    if (!known) return [];
    const cells = new Map(known.cells.map((cell) => [`${cell.venueId} ${cell.day}`, cell]));
    return known.venues.map(({ id, name }) => ({
      id,
      name,
      cells: known.days.map((day): Cell | undefined => {
        const cell = cells.get(`${id} ${day}`);
        if (!cell) return undefined;
        const share = cell.taken / cell.capacity;
        const left = cell.capacity - cell.taken;
        return {
          day,
          taken: cell.taken,
          capacity: cell.capacity,
          share: Math.round(share * 100),
          level: levelOf(share),
          words: `${name} ${cityWords.day(day)}：${String(cell.capacity)}席のうち${String(cell.taken)}席、残り${String(left)}席`,
        };
      }),
    }));
  });

  protected readonly waiting = computed((): readonly Waiting[] => {
    const found = this.today.value()?.attention;
    if (!found) return [];
    return [
      {
        label: '折り返しの電話',
        count: found.callbacks,
        area: 'callbacks',
        help: '届かなかった通知や、約束した電話です。',
      },
      {
        label: '届かなかった通知',
        count: found.failedNotices,
        area: 'notices',
        help: 'まだ誰も手当てしていないものです。',
      },
      {
        label: '承認を待つ取込',
        count: found.importsWaiting,
        area: 'imports',
        help: '対象者データの違いを確かめて、承認か却下をします。',
      },
      {
        label: '承認を待つ割り当て',
        count: found.assignmentsWaiting,
        area: 'imports',
        page: 'imports/assignments',
        help: '市が決めた予約を取るか、取り消すかを、もう一人が決めます。',
      },
      {
        label: '承認を待つ書き出し',
        count: found.exportsWaiting,
        area: 'exports',
        help: '個人情報のファイルです。申請した人とは別の人が決めます。',
      },
      {
        label: '人の手を待つワークフロー',
        count: found.workflows ?? 0,
        area: '',
        help:
          found.workflows === null
            ? 'ワークフローのしくみに聞けませんでした。'
            : 'Temporal の画面で「要対応」と出ているものです。',
      },
    ];
  });
  protected readonly allQuiet = computed(() => this.waiting().every((item) => item.count === 0));
  protected readonly mayOpen = computed(() => areasOf(this.me()?.role));
  protected readonly systemProblems = computed(() => {
    const system = this.today.value()?.system;
    return system
      ? [...system.missing.map((name) => missingWords[name]), ...(system.logInBraked ? [brakeWords] : [])]
      : [];
  });
  protected readonly lag = computed(() => {
    const backlog = this.today.value()?.system.backlog;
    return !backlog
      ? '分かりません'
      : backlog.count === 0
        ? '遅れはありません'
        : `${String(backlog.count)}件（いちばん古いもので${String(backlog.oldestSeconds)}秒）`;
  });

  constructor() {
    void this.today.reload();
  }
}

function levelOf(share: number): string {
  return share >= 1
    ? 'full'
    : share >= 0.85
      ? 'l4'
      : share >= 0.6
        ? 'l3'
        : share >= 0.3
          ? 'l2'
          : share > 0
            ? 'l1'
            : 'l0';
}
