import type { Schema } from '../api/api';

export type ImportRun = Schema<'ImportRunDetail'>;
export type Phase = ImportRun['phase'];
export type FileColumn = 'number' | 'birth' | 'group' | 'kana' | 'standing' | 'previous';

export const phaseChips: Readonly<
  Record<Phase, { readonly label: string; readonly tone: 'good' | 'warn' | 'bad' | 'plain' }>
> = {
  inspecting: { label: '確認中', tone: 'plain' },
  staging: { label: '確認中', tone: 'plain' },
  comparing: { label: '比較中', tone: 'plain' },
  waiting_for_approval: { label: '承認待ち', tone: 'warn' },
  waiting_for_removal_approval: { label: '2回目の承認待ち', tone: 'warn' },
  applying: { label: '取込中', tone: 'plain' },
  applied: { label: '取込済み', tone: 'good' },
  rejected: { label: '取りやめ', tone: 'plain' },
  refused: { label: '取り込めないファイル', tone: 'bad' },
  failed: { label: '途中で失敗', tone: 'bad' },
  undone: { label: '元に戻した', tone: 'plain' },
};

export const sourceWords: Readonly<Record<ImportRun['source'], string>> = {
  desk: '画面',
  command_line: 'コマンド',
  drop_folder: '取込フォルダー',
};

export const columnWords: Readonly<Record<FileColumn, string>> = {
  number: '接種券番号',
  birth: '生年月日',
  group: '対象区分',
  kana: '氏名カナ',
  standing: '異動（転出・死亡）',
  previous: '前の番号',
};

export const dateForms = [
  { value: 'any', label: '自動で読み取る（どの書き方でも）' },
  { value: 'era_code', label: '元号コードと6けた（3220401）' },
  { value: 'western', label: '西暦（1947/4/1、19470401）' },
  { value: 'era', label: '元号つき（昭和22年4月1日、S22.4.1）' },
] as const;

const figures = new Intl.NumberFormat('ja-JP');

/** 12,345 */
export function figure(value: number): string {
  return figures.format(value);
}

/** 151 KB, 98 MB */
export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${String(bytes)}バイト`;
  return bytes < 1024 * 1024
    ? `${figure(Math.round(bytes / 1024))} KB`
    : `${figure(Math.round(bytes / 1024 / 1024))} MB`;
}

/** Whether the workflow is at work: the page looks again soon. */
export function isWorking(phase: Phase): boolean {
  return phase === 'inspecting' || phase === 'staging' || phase === 'comparing' || phase === 'applying';
}

export function isWaiting(phase: Phase): boolean {
  return phase === 'waiting_for_approval' || phase === 'waiting_for_removal_approval';
}
