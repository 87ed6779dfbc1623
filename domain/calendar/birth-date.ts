import { blanks, foldWidth, hyphenLookAlikes } from '../text/fold-width';
import { type Era, eraByMark, eraOf, eras, eraYearJa } from './era';
import { dateExists, datePartsOf, type PlainDate, plainDate } from './plain-date';

export type BirthDatePart = 'year' | 'month' | 'day';

/** Why something is not a birth date. Each has a sentence, see {@link explainBirthDateFault}. */
export type BirthDateFault =
  | { readonly code: 'missing'; readonly parts: readonly BirthDatePart[] }
  /** Not a date in any form we know. */
  | { readonly code: 'unreadable'; readonly part?: BirthDatePart }
  /** A year of one or two digits without its era: 22 may be 昭和, 大正 or 平成. */
  | { readonly code: 'era_unknown' }
  /** The era chosen and the era (or western year) written contradict each other. */
  | { readonly code: 'era_contradiction' }
  /** Dates that never were: 昭和64年2月1日 lies after the end of 昭和, 平成元年1月3日 before the start of 平成. */
  | {
      readonly code: 'outside_era';
      readonly era: string;
      readonly side: 'before' | 'after';
      readonly written: string;
      readonly actualYear: string;
    }
  /** 30 February. */
  | { readonly code: 'no_such_day'; readonly month: number; readonly written: string }
  | { readonly code: 'future' }
  /** Before 1868. */
  | { readonly code: 'too_old' };

export type BirthDateResult =
  { readonly ok: true; readonly value: PlainDate } | { readonly ok: false; readonly fault: BirthDateFault };

/** What the three boxes of the log-in page hold, as typed. */
export interface BirthDateBoxes {
  /** Era chosen beside the year: 昭和, 昭, S, 3 …; empty, `western` or 西暦 for none. */
  readonly era?: string | undefined;
  /** 1947, 22, 昭22, S22, 昭和22年, 元 … or the whole date when month and day are empty. */
  readonly year: string;
  readonly month: string;
  readonly day: string;
}

const earliestYear = 1868;
const allBlanks = new RegExp(`[${blanks}]`, 'g');
const dateSeparator = `[./,、・年月${hyphenLookAlikes}]`;
const eraNames = '明治|大正|昭和|平成|令和|明|大|昭|平|令|[㍾㍽㍼㍻㋿]|[mtshr]';
/** A time of day that a database or a spreadsheet put behind the date; it carries nothing. */
const midnightAtTheEnd = /[\sT]0{1,2}:00(:00(\.0+)?)?Z?$/i;

const isoDate = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const compactDate = /^([0-9]{4})([0-9]{2})([0-9]{2})$/;
const eraCoded = /^([1-5])([0-9]{2})([0-9]{2})([0-9]{2})$/;
const separatedDate = new RegExp(`^([0-9]{1,4})${dateSeparator}([0-9]{1,2})${dateSeparator}([0-9]{1,2})日?$`);
const eraSeparated = new RegExp(
  `^(${eraNames})${dateSeparator}?([0-9]{1,2}|元)${dateSeparator}([0-9]{1,2})${dateSeparator}([0-9]{1,2})日?$`,
  'i',
);
const eraCompact = new RegExp(`^(${eraNames})([0-9]{2})([0-9]{2})([0-9]{2})$`, 'i');
const yearBox = new RegExp(`^(${eraNames}|西暦)?([0-9]{1,4}|元)年?$`, 'i');

/**
 * Reads a birth date in every form that people and city files produce: 1947-04-01, 1947/4/1, 19470401,
 * １９４７年４月１日, 昭和22年4月1日, 昭和二十二年四月一日, S22.4.1, s220401, and era code + yymmdd (3220401).
 * @param today the city's date; a birth date after it is refused
 */
export function parseBirthDate(text: string, today: PlainDate): BirthDateResult {
  if (isoDate.test(text)) {
    return western(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8)), today);
  }
  const plain = simplify(text);
  if (plain === '') return { ok: false, fault: { code: 'missing', parts: ['year', 'month', 'day'] } };

  const numeric = compactDate.exec(plain) ?? separatedDate.exec(plain);
  if (numeric !== null) {
    const [, year = '', month = '', day = ''] = numeric;
    if (year.length < 3) return { ok: false, fault: { code: 'era_unknown' } };
    return western(Number(year), Number(month), Number(day), today);
  }
  const withEra = eraCoded.exec(plain) ?? eraCompact.exec(plain) ?? eraSeparated.exec(plain);
  if (withEra !== null) {
    const [, mark = '', year = '', month = '', day = ''] = withEra;
    const era = eraByMark(mark);
    if (era !== undefined) return inEra(era, eraYear(year), Number(month), Number(day), today);
  }
  return { ok: false, fault: { code: /^[0-9]{6}$/.test(plain) ? 'era_unknown' : 'unreadable' } };
}

/** The birth date of three boxes; a whole date in the year box is understood too. */
export function birthDateFromParts(boxes: BirthDateBoxes, today: PlainDate): BirthDateResult {
  const year = simplify(boxes.year);
  const month = simplify(boxes.month).replace(/月$/, '');
  const day = simplify(boxes.day).replace(/日$/, '');

  if (year !== '' && month === '' && day === '' && !yearBox.test(year)) {
    const whole = parseBirthDate(boxes.year, today);
    if (whole.ok || whole.fault.code !== 'unreadable') return whole;
  }
  const missing = (['year', 'month', 'day'] as const).filter((part) => ({ year, month, day })[part] === '');
  if (missing.length > 0) return { ok: false, fault: { code: 'missing', parts: missing } };

  const yearMatch = yearBox.exec(year);
  if (yearMatch === null) return { ok: false, fault: { code: 'unreadable', part: 'year' } };
  if (!/^[0-9]{1,2}$/.test(month)) return { ok: false, fault: { code: 'unreadable', part: 'month' } };
  if (!/^[0-9]{1,2}$/.test(day)) return { ok: false, fault: { code: 'unreadable', part: 'day' } };

  const [, writtenMark, writtenYear = ''] = yearMatch;
  const written = writtenMark === undefined ? undefined : eraByMark(writtenMark);
  const chosen = eraByMark(simplify(boxes.era ?? ''));
  const isWestern = writtenMark === '西暦' || writtenYear.length > 2;

  if (written !== undefined && chosen !== undefined && written !== chosen)
    return { ok: false, fault: { code: 'era_contradiction' } };
  if (isWestern) {
    if (written !== undefined) return { ok: false, fault: { code: 'era_contradiction' } };
    const result = western(Number(writtenYear), Number(month), Number(day), today);
    // 昭和 chosen and 1947 typed says the same thing twice; 平成 chosen and 1947 typed does not.
    if (result.ok && chosen !== undefined && eraOf(result.value) !== chosen)
      return { ok: false, fault: { code: 'era_contradiction' } };
    return result;
  }
  const era = written ?? chosen;
  if (era === undefined) return { ok: false, fault: { code: 'era_unknown' } };
  return inEra(era, eraYear(writtenYear), Number(month), Number(day), today);
}

/** The boxes to mark as wrong for a fault. */
export function faultyParts(fault: BirthDateFault): readonly BirthDatePart[] {
  switch (fault.code) {
    case 'missing':
      return fault.parts;
    case 'unreadable':
      return fault.part === undefined ? ['year', 'month', 'day'] : [fault.part];
    case 'era_unknown':
    case 'era_contradiction':
    case 'too_old':
      return ['year'];
    case 'no_such_day':
      return fault.month < 1 || fault.month > 12 ? ['month'] : ['day'];
    case 'outside_era':
    case 'future':
      return ['year', 'month', 'day'];
  }
}

/** What is wrong and what to do, for the citizen and for staff alike. */
export function explainBirthDateFault(fault: BirthDateFault): string {
  switch (fault.code) {
    case 'missing': {
      if (fault.parts.length === 3) return '生年月日を入力してください。';
      const names = { year: '年', month: '月', day: '日' };
      return `生年月日の「${fault.parts.map((part) => names[part]).join('」と「')}」を入力してください。`;
    }
    case 'unreadable':
      if (fault.part === 'year') return '生まれた年は、1947 または 昭和22 のように入力してください。';
      if (fault.part === 'month') return '生まれた月は、1から12までの数字で入力してください。';
      if (fault.part === 'day') return '生まれた日は、1から31までの数字で入力してください。';
      return '生年月日を読み取れません。1947年4月1日 または 昭和22年4月1日 のように入力してください。';
    case 'era_unknown':
      return '元号がわかりません。昭和22年のように元号をつけるか、1947年のように西暦4けたで入力してください。';
    case 'era_contradiction':
      return '選んだ元号と、入力した年が合いません。どちらかを直してください。';
    case 'outside_era':
      return explainOutsideEra(fault);
    case 'no_such_day':
      if (fault.month < 1 || fault.month > 12) return '生まれた月は、1から12までの数字で入力してください。';
      return `${fault.written}という日はありません。生年月日をご確認ください。`;
    case 'future':
      return '生年月日が今日より後の日付になっています。年をご確認ください。';
    case 'too_old':
      return '生まれた年が古すぎます。年をご確認ください。';
  }
}

function explainOutsideEra(fault: Extract<BirthDateFault, { code: 'outside_era' }>): string {
  const era = eraByMark(fault.era);
  const edge = fault.side === 'before' ? era?.firstDay : era?.lastDay;
  if (era === undefined || edge === undefined) return `${fault.written}という日はありません。`;
  const { year, month, day } = datePartsOf(edge);
  const edgeJa = `${eraYearJa(year - era.base)}${String(month)}月${String(day)}日`;
  const rule = `${era.name}は${edgeJa}${fault.side === 'before' ? 'から' : 'まで'}です。`;
  return `${fault.written}という日はありません。${rule}${fault.actualYear}の生まれでないか、ご確認ください。`;
}

function western(year: number, month: number, day: number, today: PlainDate): BirthDateResult {
  if (!dateExists({ year, month, day })) return noSuchDay(`${String(year)}年`, month, day);
  if (year < earliestYear) return { ok: false, fault: { code: 'too_old' } };
  return notAfter(today, plainDate({ year, month, day }));
}

function inEra(era: Era, yearOfEra: number, month: number, day: number, today: PlainDate): BirthDateResult {
  if (yearOfEra < 1) return { ok: false, fault: { code: 'unreadable', part: 'year' } };
  const year = era.base + yearOfEra;
  const writtenYear = `${era.name}${eraYearJa(yearOfEra)}`;
  if (!dateExists({ year, month, day })) return noSuchDay(writtenYear, month, day);
  const value = plainDate({ year, month, day });
  const actual = eraOf(value);
  if (actual === era) return notAfter(today, value);
  return {
    ok: false,
    fault: {
      code: 'outside_era',
      era: era.name,
      side: value < era.firstDay ? 'before' : 'after',
      written: `${writtenYear}${String(month)}月${String(day)}日`,
      actualYear:
        actual === undefined
          ? `${String(year)}年`
          : `${actual.name}${eraYearJa(year - actual.base)}（${String(year)}年）`,
    },
  };
}

function noSuchDay(writtenYear: string, month: number, day: number): BirthDateResult {
  return {
    ok: false,
    fault: { code: 'no_such_day', month, written: `${writtenYear}${String(month)}月${String(day)}日` },
  };
}

function notAfter(today: PlainDate, value: PlainDate): BirthDateResult {
  return value > today ? { ok: false, fault: { code: 'future' } } : { ok: true, value };
}

function eraYear(text: string): number {
  return text === '元' ? 1 : Number(text);
}

/** One spelling for all: half-width, no blanks, no midnight, no 西暦 or 生まれ around it, kanji numerals as digits. */
function simplify(text: string): string {
  const bare = foldWidth(text)
    .trim()
    .replace(midnightAtTheEnd, '')
    .replace(allBlanks, '')
    .replace(/(生まれ|生)$/, '');
  return digitsFromKanji(bare.replace(/^西暦(?=.*月)/, ''));
}

const kanjiDigits = '〇一二三四五六七八九';

/** 二十二 → 22, 一九四七 → 1947, 三〇 → 30; only numerals of a date (below 100, or digit by digit). */
function digitsFromKanji(text: string): string {
  return text.replace(/[〇零一二三四五六七八九十]+/g, (numeral) => {
    const [tens = '', units = '', ...more] = numeral.split('十');
    const digits = (part: string): string =>
      [...part.replace(/零/g, '〇')].map((character) => String(kanjiDigits.indexOf(character))).join('');
    if (!numeral.includes('十')) return digits(numeral);
    if (more.length > 0 || tens.length > 1 || units.length > 1) return numeral;
    return `${tens === '' ? '1' : digits(tens)}${units === '' ? '0' : digits(units)}`;
  });
}

/** Names of the eras that a birth date of someone alive can have, newest last: the choices beside the year box. */
export const birthEras: readonly string[] = eras.map((era) => era.name);
