import type { Schema } from '../api/api';
import type { FileColumn } from './words';

type Mapping = Schema<'ImportMapping'>;
type ImportFile = Schema<'ImportFile'>;

/** What the form holds: columns by position as text, `''` for none. */
export interface Choice {
  readonly number: string;
  readonly birth: string;
  readonly group: string;
  readonly kana: string;
  readonly standing: string;
  readonly previous: string;
  readonly dates: string;
  readonly defaultGroup: string;
  readonly eraM: string;
  readonly eraT: string;
  readonly eraS: string;
  readonly eraH: string;
  readonly eraR: string;
}

const kinds: readonly FileColumn[] = ['number', 'birth', 'group', 'kana', 'standing', 'previous'];
const usualCodes: Readonly<Record<string, string>> = { M: '1', T: '2', S: '3', H: '4', R: '5' };

/** The choice that a file's columns seem to be, or were the last time. */
export function choiceOf({ guess }: ImportFile): Choice {
  const { mapping } = guess;
  const at = (kind: FileColumn): string => String(mapping?.columns[kind] ?? guess.columns[kind] ?? '');
  const digit = (letter: string): string =>
    Object.entries(mapping?.dates?.eraCodes ?? {}).find(([, era]) => era === letter)?.[0] ?? usualCodes[letter] ?? '';
  return {
    number: at('number'),
    birth: at('birth'),
    group: at('group'),
    kana: at('kana'),
    standing: at('standing'),
    previous: at('previous'),
    dates: mapping?.dates?.form ?? 'any',
    defaultGroup: mapping?.defaultGroup ?? '',
    eraM: digit('M'),
    eraT: digit('T'),
    eraS: digit('S'),
    eraH: digit('H'),
    eraR: digit('R'),
  };
}

/** What is wrong with a choice, by field. */
export function choiceFaults(choice: Choice): { field: string; sentence: string }[] {
  const faults: { field: string; sentence: string }[] = [];
  if (choice.number === '') faults.push({ field: 'number', sentence: '接種券番号がどの列か選んでください。' });
  if (choice.birth === '') faults.push({ field: 'birth', sentence: '生年月日がどの列か選んでください。' });
  for (const [index, kind] of kinds.entries()) {
    const earlier = kinds.slice(0, index).find((other) => choice[kind] !== '' && choice[other] === choice[kind]);
    if (earlier !== undefined)
      faults.push({ field: kind, sentence: 'この列は、ほかの項目にも選ばれています。別の列を選んでください。' });
  }
  const digits = [choice.eraM, choice.eraT, choice.eraS, choice.eraH, choice.eraR].filter((digit) => digit !== '');
  if (digits.some((digit) => !/^[0-9]$/.test(digit)) || new Set(digits).size !== digits.length)
    faults.push({ field: 'eraM', sentence: '元号コードは、元号ごとに違う1けたの数字にしてください。' });
  return faults;
}

/** The choice as the server takes it; undefined while something is wrong with it. */
export function mappingOf(choice: Choice, file: ImportFile): Mapping | undefined {
  if (choiceFaults(choice).length > 0) return undefined;
  const columns = Object.fromEntries(
    kinds.flatMap((kind) => (choice[kind] === '' ? [] : [[kind, Number(choice[kind])]])),
  ) as Mapping['columns'];
  const headers = headersOf(columns, file);
  const codes: Record<string, string> = {
    M: choice.eraM,
    T: choice.eraT,
    S: choice.eraS,
    H: choice.eraH,
    R: choice.eraR,
  };
  const isUsual = Object.entries(codes).every(([letter, digit]) => digit === usualCodes[letter]);
  const form = choice.dates as NonNullable<Mapping['dates']>['form'];
  const eraCodes = Object.fromEntries(
    Object.entries(codes).flatMap(([letter, digit]) => (digit === '' ? [] : [[digit, letter]])),
  ) as NonNullable<NonNullable<Mapping['dates']>['eraCodes']>;
  return {
    columns,
    ...(headers ? { headers } : {}),
    ...(form === 'any' && isUsual ? {} : { dates: isUsual ? { form } : { form, eraCodes } }),
    ...(choice.defaultGroup === '' ? {} : { defaultGroup: choice.defaultGroup }),
  };
}

/** Headers that tell the chosen columns from all others: by them the next file's columns are found, wherever they are. */
function headersOf(columns: Mapping['columns'], file: ImportFile): Mapping['headers'] | undefined {
  const names = file.columns.map((column) => column.header?.trim() ?? '');
  const chosen = kinds.flatMap((kind) =>
    columns[kind] === undefined ? [] : ([[kind, names[columns[kind] - 1] ?? '']] as const),
  );
  const isUsable = chosen.every(([, name]) => name !== '' && names.filter((other) => other === name).length === 1);
  return isUsable ? Object.fromEntries(chosen) : undefined;
}
