import { addDays } from '../../domain/calendar/city-time';

export interface DemoResident {
  readonly couponNumber: string;
  /** `YYYY-MM-DD` */
  readonly birthDate: string;
  readonly kana: string;
  /** As the city's file writes it. */
  readonly group: string;
}

const surnames = [
  'サトウ',
  'スズキ',
  'タカハシ',
  'ワタナベ',
  'コバヤシ',
  'ハセガワ',
  'イガラシ',
  'ホンマ',
  'アベ',
  'ツチダ',
  'ヨシカワ',
  'カトウ',
];
const givenNames = [
  'イチロウ',
  'ハナコ',
  'マサシ',
  'カズコ',
  'アキラ',
  'サチコ',
  'キヨシ',
  'セツコ',
  'ケン',
  'ユイ',
  'レン',
  'ヒナ',
];
const bands = [
  { born: '1921-04-02', days: 12_783, group: '高齢者', share: 0.5 },
  { born: '1957-04-02', days: 12_783, group: '一般', share: 0.32 },
  { born: '1962-04-02', days: 12_783, group: '施設従事者', share: 0.08 },
  { born: '1992-04-02', days: 6_574, group: '29歳以下', share: 0.1 },
] as const;

/** The first resident: printed at the start, so that anybody can log in. */
export const demoPerson: DemoResident = {
  couponNumber: '9900000001',
  birthDate: '1947-04-01',
  kana: 'トキノ　ハナ',
  group: '高齢者',
};

/** Invented residents, the same ones every time. Their numbers start with 99, which is given to nobody. */
export function demoResidents(count: number): DemoResident[] {
  const random = seeded(20210419);
  const pick = <Item>(list: readonly Item[]): Item => list[Math.floor(random() * list.length)] as Item;
  return Array.from({ length: count }, (_, index) => {
    let rest = random();
    const band = bands.find((item) => (rest -= item.share) < 0) ?? bands[0];
    const born = addDays(band.born, Math.floor(random() * band.days));
    const kana = `${pick(surnames)}　${pick(givenNames)}`;
    return index === 0
      ? demoPerson
      : { couponNumber: String(9_900_000_001 + index), birthDate: born, kana, group: band.group };
  });
}

/** The residents as a city would send them: CSV, CRLF, header. */
export function demoResidentsCsv(count: number): string {
  const rows = demoResidents(count).map((item) =>
    [item.couponNumber, item.kana, item.birthDate.replaceAll('-', '/'), item.group]
      .map((cell) => `"${cell}"`)
      .join(','),
  );
  return ['"接種券番号","氏名カナ","生年月日","対象区分"', ...rows, ''].join('\r\n');
}

/** A small linear congruential generator: the demo needs the same people everywhere, not unpredictable ones. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
