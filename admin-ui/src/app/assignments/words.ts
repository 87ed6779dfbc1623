import type { Schema } from '../api/api';

export type AssignmentRun = Schema<'AssignmentRunDetail'>;
export type AssignmentPhase = AssignmentRun['phase'];

export const assignmentChips: Readonly<
  Record<AssignmentPhase, { readonly label: string; readonly tone: 'good' | 'warn' | 'bad' | 'plain' }>
> = {
  checking: { label: '確認中', tone: 'plain' },
  waiting: { label: '承認待ち', tone: 'warn' },
  booking: { label: '予約中', tone: 'plain' },
  done: { label: '予約済み', tone: 'good' },
  taking_back: { label: '取り消し中', tone: 'plain' },
  taken_back: { label: '取り消した', tone: 'plain' },
  rejected: { label: '取りやめ', tone: 'plain' },
  refused: { label: '読み取れないファイル', tone: 'bad' },
  failed: { label: '途中で失敗', tone: 'bad' },
};

/** Whether the workflow is at work: the page looks again soon. */
export function isAtWork(phase: AssignmentPhase): boolean {
  return phase === 'checking' || phase === 'booking' || phase === 'taking_back';
}

/** Rows in all. */
export function allRows({ rows }: Pick<AssignmentRun, 'rows'>): number {
  return Object.values(rows).reduce((sum, count) => sum + count, 0);
}
