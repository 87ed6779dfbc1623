/**
 * Everything that can be refused on the way to and through a booking: one closed union, one HTTP status and one
 * sentence each. The sentences are read by citizens and read out by operators: what happened, then what to do.
 */
export const refusals = {
  // who
  login_failed: {
    http: 401,
    sentence:
      '接種券番号または生年月日が確認できませんでした。接種券（クーポン券）を見ながら、もう一度ご入力ください。',
  },
  too_many_attempts: {
    http: 429,
    sentence:
      '確認のため、しばらくログインできません。時間をおいてもう一度お試しいただくか、コールセンターへお電話ください。',
  },
  not_logged_in: {
    http: 401,
    sentence: 'ログインの有効時間が過ぎました。もう一度、接種券番号と生年月日をご入力ください。',
  },
  by_telephone_only: {
    http: 403,
    sentence: 'この番号のお手続きは、お電話で承っています。コールセンターへお電話ください。',
  },
  // may they
  not_eligible: { http: 403, sentence: '現在の受付の対象ではありません。対象になる方は市のお知らせをご確認ください。' },
  not_open_yet: { http: 403, sentence: 'まだ予約の受付が始まっていません。受付開始日時をご確認ください。' },
  closed: { http: 403, sentence: '予約の受付は終了しました。コールセンターへお問い合わせください。' },
  // this seat
  slot_unknown: { http: 404, sentence: '選んだ日時が見つかりませんでした。もう一度、日時をお選びください。' },
  slot_full: { http: 409, sentence: 'この時間は先ほど満席になりました。近い時間をお選びください。' },
  slot_closed: {
    http: 409,
    sentence: 'この日時は、新しい予約の受付を止めています。別の日時をお選びください。',
  },
  slot_past: { http: 409, sentence: 'この時間の受付は終わりました。別の日時をお選びください。' },
  outside_window: { http: 409, sentence: 'この日は予約できる期間の外です。別の日をお選びください。' },
  wrong_dose: { http: 409, sentence: 'この時間は別の回の接種のためのものです。もう一度、日時をお選びください。' },
  // this person's other bookings
  already_booked: {
    http: 409,
    sentence: 'この回の予約がすでにあります。日時を変えるときは「予約を変更する」をお選びください。',
  },
  previous_dose_missing: { http: 409, sentence: '先に前の回の予約をお取りください。' },
  too_early_for_dose: { http: 409, sentence: '前の回から必要な間隔があいていません。もっと後の日をお選びください。' },
  too_late_for_dose: { http: 409, sentence: '前の回からの間隔が長すぎます。もっと早い日をお選びください。' },
  breaks_pair: {
    http: 409,
    sentence:
      'この日に変えると、次の回との間隔が合わなくなります。次の回と間隔の合う日をお選びいただくか、先に次の回の予約を変更してください。',
  },
  later_dose_booked: {
    http: 409,
    sentence:
      '次の回の予約が残っているため、この回だけを取り消すことはできません。先に次の回の予約を取り消してください。',
  },
  other_vaccine: {
    http: 409,
    sentence: '前の回と同じワクチンではありません。同じワクチンの会場・日時をお選びください。',
  },
  fixed_by_city: {
    http: 409,
    sentence:
      'この回の日時は市が決めているため、この回だけを変えることはできません。前の回とあわせて変更するか、コールセンターへお電話ください。',
  },
  no_seat_for_next_dose: {
    http: 409,
    sentence: 'この日時では、次の回のお席が用意できません。別の日時をお選びください。',
  },
  pair_first: { http: 409, sentence: '前の回とあわせてお取りしているお席です。前の回の手続きから進めてください。' },
  too_many_changes: {
    http: 409,
    sentence: 'インターネットで変更できる回数を超えました。変更はコールセンターへお電話ください。',
  },
  // this booking
  booking_unknown: { http: 404, sentence: '予約が見つかりませんでした。「予約の一覧」からもう一度お選びください。' },
  hold_expired: { http: 410, sentence: 'お席をお取りしておける時間が過ぎました。もう一度、日時をお選びください。' },
  not_confirmed: { http: 409, sentence: 'この予約は確定していないか、すでに取り消されています。' },
  check_in_too_early: { http: 409, sentence: 'まだ受付の時間ではありません。受付が始まる時間をご確認ください。' },
  check_in_too_late: { http: 409, sentence: '受付の時間を過ぎています。会場の責任者に確認してください。' },
  not_checked_in: { http: 409, sentence: 'この予約は、来場の受付がされていません。' },
  later_dose_given: { http: 409, sentence: '次の回の来場が受け付けられているため、この回の受付は取り消せません。' },
  too_late: { http: 409, sentence: '変更・取り消しの期限を過ぎました。コールセンターへお電話ください。' },
  // the request
  invalid_answers: { http: 422, sentence: '入力の内容をご確認ください。' },
  invalid_request: {
    http: 400,
    sentence: '送られた内容を読み取れませんでした。前の画面に戻って、もう一度お試しください。',
  },
  idempotency_mismatch: {
    http: 422,
    sentence: '同じ操作の番号が、別の内容で使われました。前の画面に戻って、もう一度お試しください。',
  },
  csrf: { http: 403, sentence: '画面の有効時間が過ぎました。前の画面に戻って、もう一度お試しください。' },
  unsupported_media_type: { http: 415, sentence: '送られた形式には対応していません。' },
  payload_too_large: { http: 413, sentence: '送られた内容が大きすぎます。' },
  method_not_allowed: { http: 405, sentence: 'この操作はできません。' },
  not_found: { http: 404, sentence: 'ページが見つかりませんでした。' },
  // the system
  try_again: {
    http: 503,
    sentence: 'ただいま混み合っています。1分ほど待って、もう一度お試しください。ここまでの予約は失われていません。',
  },
  internal: {
    http: 500,
    sentence:
      '申し訳ありません。うまく処理できませんでした。時間をおいてもう一度お試しいただくか、コールセンターへお電話ください。',
  },
} as const;

export type RefusalCode = keyof typeof refusals;

export interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  /** Facts that make the sentence more exact, e.g. `{ earliest: '2021-05-29' }`. Never personal data. */
  readonly detail?: Readonly<Record<string, string | number>>;
}

export function refuse(code: RefusalCode, detail?: Record<string, string | number>): Refusal {
  return detail ? { ok: false, code, detail } : { ok: false, code };
}
