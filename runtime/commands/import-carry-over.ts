import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';

import { readRecords } from '../../activities/imports/import-records';
import type { CarryOver, CarryOverDecision } from '../../database/imports';
import { formatBothCalendars } from '../../domain/calendar/era';
import { evidenceWords } from '../../domain/imports/carry-over';
import { isBlankRow } from '../../domain/imports/row';
import { type CouponNumberRule, parseCouponNumber } from '../../domain/residents/coupon-number';
import type { ImportTools, PairDecision } from './import-eligibility';

/** Puts a question on the terminal and resolves with what was typed. */
export type Question = (text: string) => Promise<string>;

/** One line of a file of decisions: these two numbers are one person. */
export interface NumberPair {
  readonly line: number;
  readonly oldNumber: string;
  readonly newNumber: string;
}

type Say = (line: string) => void;

const page = 100;

/**
 * Reads a CSV file of decisions, old number and new number in each row. A first row without digits is its header.
 * @returns the pairs, or a sentence that says what is wrong
 */
export async function readNumberPairs(path: string, rule: CouponNumberRule): Promise<readonly NumberPair[] | string> {
  const content = await readFile(path).catch(() => undefined);
  if (content === undefined) return `ファイル「${path}」が見つかりません。`;
  // Digits are the same bytes in every encoding that a header may have.
  const text = new TextDecoder('utf-8').decode(content);
  const pairs: NumberPair[] = [];
  for await (const records of readRecords(Readable.from([Buffer.from(text)]), 'utf-8')) {
    for (const { line, cells } of records) {
      if (isBlankRow(cells) || (line === 1 && !/[0-9０-９]/.test(cells.join('')))) continue;
      const [old, next] = [cells[0] ?? '', cells[1] ?? ''].map((cell) => parseCouponNumber(cell, rule));
      if (old?.ok !== true || next?.ok !== true)
        return `--carry-over のファイルの${String(line)}行目を読み取れません。1列目に前の番号、2列目に新しい番号を書いてください。`;
      pairs.push({ line, oldNumber: old.value, newNumber: next.value });
    }
  }
  return pairs;
}

/** Decides exactly the pairs of a file; a line that is no pair of the import stops it. */
export function byFile(
  { importCarryOvers: carryOvers }: ImportTools,
  pairs: readonly NumberPair[],
  say: Say,
): (runId: string) => Promise<PairDecision> {
  return async (runId) => {
    const decisions: CarryOverDecision[] = [];
    for (const { line, oldNumber, newNumber } of pairs) {
      const found = await carryOvers.find(runId, oldNumber, newNumber);
      if (found === undefined) {
        say(
          `--carry-over のファイルの${String(line)}行目は、確かめられる組ではありません（カナと生年月日が同じで、全員分のファイルに前の番号がないか、「前の番号」の列にある組だけです）。`,
        );
        return 'refused';
      }
      if (!found.isWanted) decisions.push({ ...found, isWanted: true });
    }
    if (decisions.length === 0) return 'as_is';
    const outcome = await carryOvers.decide(runId, decisions);
    if (outcome.ok) return 'decided';
    say('--carry-over のファイルに、同じ番号が二度あります。一人を二人に引き継ぐことはできません。');
    return 'refused';
  };
}

/** Asks pair by pair, each once. Everything but a yes means another person. */
export function byQuestions(
  { importCarryOvers: carryOvers }: ImportTools,
  question: Question,
): (runId: string) => Promise<PairDecision> {
  const asked = new Set<string>();
  return async (runId) => {
    const decisions: CarryOverDecision[] = [];
    const joined: Pick<CarryOver, 'line' | 'residentId'>[] = [];
    for (let last: CarryOver | undefined; ;) {
      const pairs = await carryOvers.list(runId, last, page);
      for (const pair of pairs) {
        const { line, residentId } = pair;
        if (pair.isWanted) joined.push(pair);
        const key = `${String(line)} ${residentId}`;
        if (asked.has(key) || joined.some((other) => other.line === line || other.residentId === residentId)) continue;
        asked.add(key);
        if (!isYes(await question(wordsOf(pair)))) continue;
        decisions.push({ line, residentId, isWanted: true });
        joined.push(pair);
      }
      last = pairs.at(-1);
      if (last === undefined || pairs.length < page) break;
    }
    if (decisions.length === 0) return 'as_is';
    const outcome = await carryOvers.decide(runId, decisions);
    return outcome.ok ? 'decided' : 'refused';
  };
}

export function isYes(answer: string): boolean {
  return /^(y|yes|はい|ｙ)$/i.test(answer.trim());
}

function wordsOf({ kana, birthDate, oldNumber, newNumber, bookings, evidence }: CarryOver): string {
  return [
    `${kana}、${formatBothCalendars(birthDate)}生まれ：前の番号 ${oldNumber}（予約 ${String(bookings)}件）、新しい番号 ${newNumber}`,
    `（${evidenceWords(evidence)}）。`,
    '同じ人（番号が変わった）ですか。（同じ人: y / 別の人: n）',
  ].join('');
}
