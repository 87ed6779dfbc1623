import { bookingStateWords } from '../../../../domain/bookings/booking-words';
import { channelWords } from '../../../../domain/contracts/channels';
import type { Schema } from '../api/api';

export { channelWords, bookingStateWords as stateWords };

export type BookingState = Schema<'BookingLine'>['state'];
export type Channel = Schema<'BookingLine'>['channel'];
type Step = Schema<'BookingStep'>;

export const stateTones: Readonly<Record<BookingState, 'good' | 'warn' | 'bad' | 'plain'>> = {
  held: 'warn',
  confirmed: 'good',
  attended: 'good',
  no_show: 'bad',
  cancelled: 'plain',
  expired: 'plain',
  released: 'plain',
};

/** What an event of a booking did. */
export const stepWords: Readonly<Record<Step['type'], string>> = {
  ...bookingStateWords,
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
  hold_expired: '期限切れ',
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
