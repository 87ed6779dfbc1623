import { cityDate, cityTime } from '../calendar/city-time';
import { datePartsOf } from '../calendar/plain-date';
import type { BookingEventType, BookingState } from '../contracts/booking-lifecycle';
import type { BookingFacts, EndReason, JourneyPlanStep } from '../contracts/booking-workflow';

/** `5/29 10:30` in city time, for lists where space is short. */
export function shortMoment(instant: string | Date): string {
  const { month, day } = datePartsOf(cityDate(instant));
  return `${String(month)}/${String(day)} ${cityTime(instant)}`;
}

/** The fixed line of a booking in the Temporal UI: `2回目 桜木会場 5/29 10:30`. */
export function bookingSummary(facts: Pick<BookingFacts, 'dose' | 'venueName' | 'slotStartsAt'>): string {
  return `${String(facts.dose)}回目 ${facts.venueName} ${shortMoment(facts.slotStartsAt)}`;
}

/** What a booking's state is called, on every screen and in every file for staff. */
export const bookingStateWords: Readonly<Record<BookingState, string>> = {
  held: '仮押さえ',
  confirmed: '予約済み',
  attended: '来場済み',
  no_show: '来場なし',
  cancelled: '取り消し',
  expired: '仮押さえの期限切れ',
  released: '仮押さえの取りやめ',
};

export function stateWords(state: BookingState | 'waiting'): string {
  return state === 'waiting' ? '読み込み中' : bookingStateWords[state];
}

const reasons: Partial<Record<EndReason, string>> = {
  citizen: '本人',
  operator: 'コールセンター',
  city: '市',
  moved: '別の日時へ変更',
};

/** `取り消し（コールセンター）` */
export function eventWords({
  type,
  reason,
}: {
  readonly type: BookingEventType;
  readonly reason?: EndReason | undefined;
}): string {
  if (type === 'check_in_undone') return '来場の取り消し';
  if (type === 'programme_changed') return '事業の版の変更';
  const why = type === 'cancelled' && reason !== undefined ? reasons[reason] : undefined;
  return why === undefined ? stateWords(type) : `${stateWords(type)}（${why}）`;
}

export function noticeWords(step: JourneyPlanStep): string {
  if (step.label !== undefined) return step.label;
  if (step.after)
    return step.invites
      ? '次の回のご案内'
      : step.after.days === 0
        ? 'その日のお知らせ'
        : `${String(step.after.days)}日後のお知らせ`;
  if (step.before) {
    const { days } = step.before;
    return days === 0 ? '当日のお知らせ' : days === 1 ? '前日のお知らせ' : `${String(days)}日前のお知らせ`;
  }
  switch (step.on) {
    case 'held':
      return '仮押さえのお知らせ';
    case 'confirmed':
      return '予約確定のお知らせ';
    case 'changed':
      return '予約変更のお知らせ';
    case 'cancelled':
      return '取り消しのお知らせ';
    case 'attended':
      return step.invites ? '次の回のご案内' : '来場後のお知らせ';
    case 'no_show':
      return '来場がなかったときのお知らせ';
  }
}

const skipReasons: Readonly<Record<string, string>> = {
  no_address: 'メールアドレスなし',
  not_linked: 'LINEの連携なし',
  protected: '保護対象のため送りません',
  booked_shortly_before: '予約が直前のため不要',
  past: '予約のときに過ぎていたため不要',
  too_late: '時間が過ぎたため中止',
  next_dose_booked: '次の回は予約済み',
  no_next_dose: '次の回なし',
  not_eligible: '対象外',
  other_condition: '条件に当たらないため不要',
  cap_reached: 'お知らせの数の上限に達したため中止',
  booking_over: '予約が終わったため中止',
  not_in_version: '事業の版が変わったため不要',
  already_sent: '送信済み',
};

/** Why a notice was not sent, for people. Codes of mail servers stay as they are. */
export function skipWords(reason: string): string {
  return skipReasons[reason] ?? (reason.startsWith('booking_') ? '予約の状態が変わったため中止' : reason);
}
