import type { Schema } from '../api/api';

export type Callback = Schema<'Callback'>;
export type CallbackDetail = Schema<'CallbackDetail'>;
export type Cause = Callback['cause'];
export type CallOutcome = NonNullable<Callback['lastOutcome']>;

export const causeWords: Readonly<Record<Cause, string>> = {
  notice_failed: '通知が届かなかった',
  no_address: '知らせる宛先がない',
  promised: '電話の約束',
};

export const outcomeWords: Readonly<Record<CallOutcome, string>> = {
  reached: '話せた',
  no_answer: '出ない',
  busy: '話し中',
  left_message: '伝言を残した',
  wrong_number: '番号が違う',
};

export const endWords: Readonly<Record<NonNullable<Callback['end']>, string>> = {
  reached: '話せた',
  settled: '電話せずに済み',
  told_by_notice: '再送した通知が届いた',
};
