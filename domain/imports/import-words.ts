import { namesakesApart, pairLimit } from './carry-over';
import { explainFileRefusal } from './file-refusal';
import {
  approveImportUpdateName,
  approveRemovalUpdateName,
  type ImportPhase,
  type ImportProgress,
  type ImportResult,
  type ImportSummary,
  rejectImportUpdateName,
} from './import-workflow';

const wordsOfPhases: Readonly<Record<ImportPhase, string>> = {
  inspecting: 'ファイルを確認しています',
  staging: '各行を確認しています',
  comparing: 'いまの対象者と比べています',
  waiting_for_approval: '承認を待っています',
  waiting_for_removal_approval: '対象から外すことの承認を待っています',
  applying: '取り込んでいます',
  applied: '取り込みました',
  rejected: '取りやめました（何も変わっていません）',
  refused: '取り込めないファイルです（何も変わっていません）',
  failed: '途中で失敗しました（何も変わっていません）',
};

export function phaseWords(phase: ImportPhase): string {
  return wordsOfPhases[phase];
}

/** The file is being read or compared: nothing has changed, and a person can stop it. */
export function isChecking(phase: ImportPhase | 'undone'): boolean {
  return phase === 'inspecting' || phase === 'staging' || phase === 'comparing';
}

/** 12,345 */
function figure(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** What an import would do, a line per fact: label and words. */
export function summaryRows(summary: ImportSummary): readonly (readonly [string, string])[] {
  const { errors } = summary;
  const rows: [string, string][] = [
    ['読んだ行', `${figure(summary.records)}行`],
    [
      '取り込める方',
      `${figure(summary.good)}人（新しい方 ${figure(summary.created)}人、変わる方 ${figure(summary.changed)}人、同じ方 ${figure(summary.unchanged)}人）`,
    ],
    ['取り込めない行', summary.bad === 0 ? 'ありません' : `${figure(summary.bad)}行`],
  ];
  if (errors.duplicate_identical)
    rows.push(['同じ内容の重なり', `${figure(errors.duplicate_identical)}行（1件として数えました）`]);
  if (errors.same_person)
    rows.push(['生年月日と氏名カナが同じ行', `${figure(errors.same_person)}行（番号が違います）`]);
  const others = namesakesApart(summary);
  if (others > 0)
    rows.push([
      '同じカナ・生年月日の方',
      `${figure(others)}人と同じカナ・生年月日の人がいます（別の人として登録します）`,
    ]);
  if (summary.proposals) rows.push(['同じ人かどうか確かめる組', proposalWords(summary.proposals)]);
  if (summary.crowded)
    rows.push([
      '同じ人かどうか確かめられない行',
      `${figure(summary.crowded)}行（カナ・生年月日の同じ方が多すぎるため、組を示しません。列の指定をお確かめください）`,
    ]);
  if (summary.newNumber > 0)
    rows.push([
      '番号が変わる方',
      `${figure(summary.newNumber)}人${withBookings(summary.newNumberWithBooking)}（同じ人として、予約を新しい番号に引き継ぎます。前の番号ではログインできなくなります）`,
    ]);
  if (summary.gone > 0)
    rows.push([
      '転出・死亡の方',
      `${figure(summary.gone)}人${withBookings(summary.goneWithBooking)}（対象から外します。予約は残ります）`,
    ]);
  if (summary.missing > 0) {
    rows.push([
      'ファイルにない方',
      `${figure(summary.missing)}人${withBookings(summary.missingWithBooking)}${summary.isFullSet ? '' : '（そのままにします）'}`,
    ]);
  }
  if (summary.toRemove > 0)
    rows.push([
      '対象から外す方',
      `${figure(summary.toRemove)}人（全員分のファイルとして取り込むため。予約は残ります）`,
    ]);
  if (summary.removalBlocked !== undefined)
    rows.push(['対象から外す方', '外しません（番号を読み取れない行があり、だれの行かわからないため）']);
  return rows;
}

function proposalWords(proposals: number): string {
  return `${figure(proposals)}組${proposals < pairLimit ? '' : '（多いため、ここまでを確かめられます）'}`;
}

function withBookings(count: number): string {
  return count === 0 ? '' : `、うち予約のある方 ${figure(count)}人`;
}

/** Whether applying would change anything. */
export function changesSomething({ created, changed, toRemove, gone, newNumber }: ImportSummary): boolean {
  return created + changed + toRemove + gone + newNumber > 0;
}

/**
 * Whether a file from the drop folder is taken over without asking: nobody is taken out for being missing, and at least
 * `percent` of its rows are what is known already. A file that is another person's, or whose dates have slipped, is not;
 * nor is one with a pair that may be one person, for only staff can say so.
 */
export function isMatchingEnough(
  { records, unchanged, toRemove, proposals = 0 }: ImportSummary,
  percent: number,
): boolean {
  return toRemove === 0 && proposals === 0 && records > 0 && unchanged * 100 >= percent * records;
}

const partialWords = '（途中で止めました。同じファイルをもう一度取り込むと続きから、取り消すと取り込む前に戻ります）';

/** `新しい方 3人、変わった方 0人、…` */
export function resultWords(result: ImportResult): string {
  const removed =
    result.removed === 0
      ? ''
      : `、対象から外した方 ${figure(result.removed)}人（うち予約のある方 ${figure(result.removedWithBooking)}人）`;
  const newNumber = result.newNumber > 0 ? `、番号が変わった方 ${figure(result.newNumber)}人` : '';
  const namesakes = result.namesakes ? `（うち同じカナ・生年月日の人がいる方 ${figure(result.namesakes)}人）` : '';
  const gone = result.gone > 0 ? `、転出・死亡の方 ${figure(result.gone)}人` : '';
  return `新しい方 ${figure(result.created)}人${namesakes}、変わった方 ${figure(result.changed)}人、同じ方 ${figure(result.unchanged)}人${newNumber}${gone}${removed}${result.isPartial ? partialWords : ''}`;
}

/** How far an import is, in Markdown, for the Temporal UI. Names nobody. */
export function importDetails({ phase, summary, result, refusal }: ImportProgress): string {
  const rows: [string, string][] = [['状態', phaseWords(phase)]];
  if (refusal !== undefined) rows.push(['理由', explainFileRefusal(refusal)]);
  if (result !== undefined) rows.push(['結果', resultWords(result)]);
  if (summary !== undefined) for (const [label, words] of summaryRows(summary)) rows.push([label, words]);
  return [
    '| | |',
    '|---|---|',
    ...rows.map(([label, words]) => `| ${label} | ${words} |`),
    ...operations(phase, summary),
    '',
  ].join('\n');
}

function operations(phase: ImportPhase, summary: ImportSummary | undefined): string[] {
  const reject = `- 取りやめる: \`${rejectImportUpdateName}\` 入力例 \`{"by": "staff-1"}\``;
  const title = ['', '### できる操作（Update）', ''];
  if (phase === 'waiting_for_approval')
    return [...title, `- 取り込む: \`${approveImportUpdateName}\` 入力例 \`{"by": "staff-1"}\``, reject];
  if (phase === 'waiting_for_removal_approval') {
    const residents = summary?.toRemove ?? 0;
    return [
      ...title,
      `- 対象から外す: \`${approveRemovalUpdateName}\` 入力例 \`{"by": "staff-1", "residents": ${String(residents)}}\``,
      reject,
    ];
  }
  return isChecking(phase) ? [...title, reject] : [];
}
