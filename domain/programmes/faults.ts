import type { z } from 'zod';

/** A fault of a document: where (`groups.0.opensAt`), what is wrong, and what to do. */
export interface DocumentFault {
  readonly path: string;
  readonly sentence: string;
  readonly fix: string;
}

/** A document is the city's own text, not a data store: what a city needs fits many times over. */
export const largestDocumentCharacters = 500_000;
/** Nobody mends more at once, and a hostile document must not make a long answer. */
const mostFaults = 200;

export function faultsOf(error: z.ZodError): DocumentFault[] {
  return error.issues.slice(0, mostFaults).flatMap((issue) => read(issue, []));
}

type Issue = z.core.$ZodIssue;

function read(issue: Issue, above: readonly PropertyKey[]): DocumentFault[] {
  const path = [...above, ...issue.path];
  const where = path.map(String).join('.');
  const [sentence, fix] = wordsOf(issue);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, 20).map((key) => ({
      path: where,
      sentence: `「${key.slice(0, 60)}」という項目はありません`,
      fix: '名前の書き間違いでなければ、この項目を消してください',
    }));
  return [{ path: where, sentence, fix }];
}

function wordsOf(issue: Issue): [sentence: string, fix: string] {
  switch (issue.code) {
    case 'custom': {
      const fix: unknown = issue.params?.['fix'];
      return [
        issue.message === 'Invalid input' ? '見えない文字（文字の向きを変える記号など）が入っています' : issue.message,
        typeof fix === 'string' ? fix : '書き方を確かめて直してください',
      ];
    }
    case 'invalid_type':
      return [
        `${kindWords[issue.expected] ?? '決まった形'}が要ります`,
        `${kindWords[issue.expected] ?? '決まった形'}で書いてください`,
      ];
    case 'too_small':
      return issue.origin === 'string'
        ? [
            issue.minimum === 1 ? '空のままです' : `${String(issue.minimum)}文字より短いです`,
            `${String(issue.minimum)}文字以上で書いてください`,
          ]
        : issue.origin === 'array'
          ? [`${String(issue.minimum)}つ以上要ります`, '一つ以上加えてください']
          : [`${String(issue.minimum)}より小さいです`, `${String(issue.minimum)}以上にしてください`];
    case 'too_big':
      return issue.origin === 'string'
        ? [`${String(issue.maximum)}文字を超えています`, `${String(issue.maximum)}文字以内にしてください`]
        : issue.origin === 'array'
          ? [`${String(issue.maximum)}より多いです`, `${String(issue.maximum)}以内に減らしてください`]
          : [`${String(issue.maximum)}より大きいです`, `${String(issue.maximum)}以下にしてください`];
    case 'invalid_format':
      return issue.format === 'datetime'
        ? ['日時の書き方が違います', '2021-05-06T08:30:00+09:00 のように、時差まで書いてください']
        : ['使えない文字や書き方です', '英小文字・数字・ハイフンなど、この項目で使える文字だけにしてください'];
    case 'invalid_value':
      return ['選べる値ではありません', `${issue.values.slice(0, 12).map(String).join('・')} のどれかにしてください`];
    case 'invalid_union':
      return ['種類（kind など）が、選べるもののどれでもありません', '種類を一覧から選び直してください'];
    case 'invalid_key':
    case 'invalid_element':
      return ['名前に使えない文字があります', '英小文字・数字・ハイフンだけにしてください'];
    case 'not_multiple_of':
      return ['整数ではありません', '整数で書いてください'];
    case 'unrecognized_keys':
      return ['知らない項目があります', 'この項目を消してください'];
  }
}

const kindWords: Readonly<Record<string, string>> = {
  string: '文字',
  number: '数',
  int: '整数',
  boolean: 'はい・いいえ（true か false）',
  array: '並び（[ ]）',
  object: '項目の集まり（{ }）',
  record: '項目の集まり（{ }）',
  date: '日付',
};
