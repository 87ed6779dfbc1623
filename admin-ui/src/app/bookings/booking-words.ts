import type { Schema } from '../api/api';

export type BookingState = Schema<'BookingLine'>['state'];
export type Channel = Schema<'BookingLine'>['channel'];
type Step = Schema<'BookingStep'>;

export const stateWords: Readonly<Record<BookingState, string>> = {
  held: '仮押さえ',
  confirmed: '予約',
  attended: '来場',
  no_show: '来場なし',
  cancelled: '取り消し',
  expired: '仮押さえ期限切れ',
  released: '仮押さえ取りやめ',
};

export const stateTones: Readonly<Record<BookingState, 'good' | 'warn' | 'bad' | 'plain'>> = {
  held: 'warn',
  confirmed: 'good',
  attended: 'good',
  no_show: 'bad',
  cancelled: 'plain',
  expired: 'plain',
  released: 'plain',
};

export const channelWords: Readonly<Record<Channel, string>> = {
  web: 'Web',
  phone: '電話',
  line: 'LINE',
  venue: '会場',
};

/** What an event of a booking did. */
export const stepWords: Readonly<Record<Step['type'], string>> = {
  ...stateWords,
  check_in_undone: '来場の受付を取り消し',
  programme_changed: '事業の新しい版へ変更',
};

const actors: Readonly<Record<Step['actor'], string>> = {
  citizen: '本人',
  operator: 'オペレーター',
  venue: '会場',
  city: '市',
  system: '自動',
};
const reasons: Partial<Record<NonNullable<Step['reason']>, string>> = {
  moved: '別の日時へ変更',
  hold_expired: '時間切れ',
  given_up: '取りやめ',
  day_over: '来場の確認なし',
  city: '市の都合',
  operator: 'コールセンターで',
};

/** Who, by which channel, why: 「山田（オペレーター）・電話」 */
export function stepDetail({ actor, channel, reason, staffName }: Step): string {
  const who = staffName ? `${staffName}（${actors[actor]}）` : actors[actor];
  const why = reason ? reasons[reason] : undefined;
  return [who, channelWords[channel], ...(why ? [why] : [])].join('・');
}
