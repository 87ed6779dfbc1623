import { cityZone } from '../shared/city-time';

const western = new Intl.DateTimeFormat('ja-JP', { timeZone: cityZone, year: 'numeric' });
const era = new Intl.DateTimeFormat('ja-JP-u-ca-japanese', { timeZone: cityZone, era: 'long', year: 'numeric' });
const monthDay = new Intl.DateTimeFormat('ja-JP', { timeZone: cityZone, month: 'long', day: 'numeric' });
const weekday = new Intl.DateTimeFormat('ja-JP', { timeZone: cityZone, weekday: 'long' });
const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: cityZone,
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** `['2021年（令和3年）', '5月29日（土曜日）']`: as it is read out, in pieces that stay together on a line. */
export function readOutDate(instant: string): readonly [string, string] {
  const at = new Date(instant);
  return [`${western.format(at)}（${era.format(at)}）`, `${monthDay.format(at)}（${weekday.format(at)}）`];
}

/** `午前10時30分`, `午後1時`, `正午`. */
export function readOutTime(instant: string): string {
  const [hour = 0, minute = 0] = clock.format(new Date(instant)).split(':').map(Number);
  if (hour === 12 && minute === 0) return '正午';
  const minutes = minute === 0 ? '' : `${String(minute)}分`;
  return hour < 12 ? `午前${String(hour)}時${minutes}` : `午後${String(hour - 12)}時${minutes}`;
}

/** `482913505` → `['482', '913', '505']` */
export function referenceGroups(reference: string): string[] {
  return reference.match(/.{1,3}/g) ?? [];
}

const digitWords = ['ゼロ', 'イチ', 'ニイ', 'サン', 'ヨン', 'ゴオ', 'ロク', 'ナナ', 'ハチ', 'キュウ'] as const;

/** Digits as they are said on the telephone, so that 1 and 7, 4 and 7 are not taken for each other. */
export function saidDigits(digits: string): string {
  return [...digits].map((digit) => digitWords[Number(digit)] ?? digit).join(' ');
}

/** How long a seat is still held, in words; `undefined` once the time is over. */
export function holdWords(expiresAt: string, now: Date): string | undefined {
  const leftMs = Date.parse(expiresAt) - now.getTime();
  if (leftMs <= 0) return undefined;
  const until = `${clock.format(new Date(expiresAt))}まで`;
  const minutes = Math.floor(leftMs / 60_000);
  return minutes < 1
    ? `まもなく仮押さえの時間が終わります（${until}）。`
    : `あと${String(minutes)}分ほど、お席をお取りしています（${until}）。`;
}

/** A coupon number in groups that the eye can follow. */
export function numberGroups(number: string): string {
  return number.match(/.{1,4}(?=(?:.{3})*$)|.{1,3}/g)?.join(' ') ?? number;
}
