/** What would come of a log-in with number and birth date once an import is approved. */
export const loginCheckCodes = [
  'would_log_in',
  'other_birth_date',
  'unknown_number',
  'row_refused',
  'moved_out',
  'died',
  'new_number',
  'removed',
  'number_malformed',
  'birth_malformed',
] as const;
export type LoginCheckCode = (typeof loginCheckCodes)[number];

const codeWords: Readonly<Record<LoginCheckCode, string>> = {
  would_log_in: 'ログインできます。',
  other_birth_date:
    'ログインできません。この番号の方の生年月日は、入力と違います。名簿とファイルのどちらが正しいか、ご確認ください。',
  unknown_number: 'ログインできません。この番号は、ファイルにもいまの対象者にもありません。',
  row_refused: 'ログインできません。この番号の行は、誤りがあるため取り込まれません。行の誤りの一覧をご確認ください。',
  moved_out: 'ログインできません。ファイルでは転出した方になっています。',
  died: 'ログインできません。ファイルでは亡くなった方になっています。',
  new_number: 'この番号ではログインできなくなります。同じ方が、このファイルで新しい番号になっています。',
  removed: 'ログインできなくなります。ファイルにないため、対象から外れる方です。',
  number_malformed: '接種券番号のけた数が違います。もう一度ご確認ください。',
  birth_malformed: '生年月日を読み取れません。1947年4月1日 または 昭和22年4月1日 のように入力してください。',
};

export function loginCheckWords(code: LoginCheckCode): string {
  return codeWords[code];
}
