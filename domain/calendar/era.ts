import { datePartsOf, type PlainDate } from './plain-date';

/** A Japanese era; `base` + year of the era = western year (昭和22 = 1925 + 22). */
export interface Era {
  readonly name: string;
  /** First letter in kanji and in latin, and the digit in the record systems of cities (1 明治 … 5 令和). */
  readonly kanji: string;
  readonly letter: string;
  readonly code: string;
  /** The single character of old terminals (㍼). */
  readonly square: string;
  readonly base: number;
  readonly firstDay: PlainDate;
  /** Last day; undefined for the era that is still running. */
  readonly lastDay?: PlainDate;
}

/** Oldest first. The last day of one is the day before the next: 昭和64年 ends on 7 January. */
export const eras: readonly Era[] = [
  {
    name: '明治',
    kanji: '明',
    letter: 'M',
    code: '1',
    square: '㍾',
    base: 1867,
    firstDay: '1868-10-23',
    lastDay: '1912-07-29',
  },
  {
    name: '大正',
    kanji: '大',
    letter: 'T',
    code: '2',
    square: '㍽',
    base: 1911,
    firstDay: '1912-07-30',
    lastDay: '1926-12-24',
  },
  {
    name: '昭和',
    kanji: '昭',
    letter: 'S',
    code: '3',
    square: '㍼',
    base: 1925,
    firstDay: '1926-12-25',
    lastDay: '1989-01-07',
  },
  {
    name: '平成',
    kanji: '平',
    letter: 'H',
    code: '4',
    square: '㍻',
    base: 1988,
    firstDay: '1989-01-08',
    lastDay: '2019-04-30',
  },
  { name: '令和', kanji: '令', letter: 'R', code: '5', square: '㋿', base: 2018, firstDay: '2019-05-01' },
];

const erasByMark = new Map<string, Era>(
  eras.flatMap((era) =>
    [era.name, era.kanji, era.letter, era.letter.toLowerCase(), era.code, era.square].map(
      (mark) => [mark, era] as const,
    ),
  ),
);

/** @param mark 昭和, 昭, S, s, 3 or ㍼ */
export function eraByMark(mark: string): Era | undefined {
  return erasByMark.get(mark);
}

/** The era of a date; undefined before 明治. */
export function eraOf(date: PlainDate): Era | undefined {
  return eras.findLast((era) => era.firstDay <= date);
}

/** `元年`, `22年` */
export function eraYearJa(eraYear: number): string {
  return eraYear === 1 ? '元年' : `${String(eraYear)}年`;
}

/** `1947年（昭和22年）4月1日`; the western year alone before 明治. */
export function formatBothCalendars(date: PlainDate): string {
  const { month, day } = datePartsOf(date);
  return `${yearWithEraJa(date)}${String(month)}月${String(day)}日`;
}

/** `1947年（昭和22年）` */
export function yearWithEraJa(date: PlainDate): string {
  const { year } = datePartsOf(date);
  const era = eraOf(date);
  return era === undefined ? `${String(year)}年` : `${String(year)}年（${era.name}${eraYearJa(year - era.base)}）`;
}
