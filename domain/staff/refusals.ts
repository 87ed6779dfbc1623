import { defined } from '../text/defined';

/**
 * What staff can be refused besides what the booking rules refuse: one closed union, one HTTP status and one
 * sentence each, in words for a member of staff.
 */
export const staffRefusals = {
  login_failed: {
    http: 401,
    sentence: 'ログインできませんでした。ログイン名・パスワード・確認コードをもう一度ご確認ください。',
  },
  too_many_attempts: { http: 429, sentence: 'しばらくログインできません。時間をおいてもう一度お試しください。' },
  not_logged_in: { http: 401, sentence: 'ログインしていないか、有効時間が過ぎました。もう一度ログインしてください。' },
  forbidden: { http: 403, sentence: 'この操作をする権限がありません。' },
  password_change_required: { http: 403, sentence: '初めてのログインです。先に新しいパスワードを決めてください。' },
  wrong_password: { http: 422, sentence: '今のパスワードが違います。' },
  weak_password: {
    http: 422,
    sentence: 'パスワードは12文字以上200文字以内で、ログイン名や前のパスワードと違うものにしてください。',
  },
  wrong_code: {
    http: 422,
    sentence: '確認コードが違います。アプリに表示されている6桁の数字を、切り替わる前に入力してください。',
  },
  enrolment_required: { http: 409, sentence: '先に確認コードのアプリを登録してください。' },
  enrolment_over: {
    http: 409,
    sentence: 'QRコードの有効な登録が見つかりません。もう一度「QRコードを表示する」から始めてください。',
  },
  no_local_password: {
    http: 409,
    sentence: 'このアカウントは市の認証でログインします。パスワードはここでは扱いません。',
  },
  local_login_off: {
    http: 403,
    sentence: 'ログイン名とパスワードでのログインは、この環境では使えません。「市の認証でログイン」を使ってください。',
  },
  oidc_unavailable: {
    http: 503,
    sentence:
      '市の認証に接続できませんでした。しばらくしてからもう一度お試しください。続くときは情報システムの担当へご連絡ください。',
  },
  oidc_stale: {
    http: 400,
    sentence:
      'ログインの途中で時間が過ぎたか、別の画面でやり直されました。もう一度「市の認証でログイン」を押してください。',
  },
  oidc_rejected: { http: 401, sentence: '市の認証でログインが完了しませんでした。もう一度お試しください。' },
  oidc_unknown: {
    http: 403,
    sentence: '市の認証は確認できましたが、このシステムに登録がありません。市の管理者に登録を依頼してください。',
  },
  oidc_disabled: { http: 403, sentence: 'このシステムでの利用は停止されています。市の管理者にお問い合わせください。' },
  oidc_no_role: {
    http: 403,
    sentence:
      '市の認証は確認できましたが、このシステムで使える役割が割り当てられていません。市の管理者にお問い合わせください。',
  },
  oidc_taken: { http: 409, sentence: 'この市の認証のアカウントは、すでにほかの職員に結び付いています。' },
  qr_too_small: {
    http: 422,
    sentence: 'この大きさでは点が細かすぎて、印刷すると読み取れません。もう少し大きくしてください。',
  },
  login_taken: { http: 409, sentence: 'このログイン名はすでに使われています。' },
  last_admin: { http: 409, sentence: '最後の「市の管理者」です。ほかの人を管理者にしてから操作してください。' },
  changed_meanwhile: {
    http: 412,
    sentence: 'ほかの人が先に変更しました。新しい内容を確認してから、もう一度操作してください。',
  },
  staff_unknown: { http: 404, sentence: 'この職員は見つかりませんでした。' },
  resident_unknown: { http: 404, sentence: '該当する方が見つかりませんでした。番号をもう一度ご確認ください。' },
  reference_malformed: { http: 422, sentence: '受付番号は9桁です。聞き間違いがないか、もう一度ご確認ください。' },
  number_malformed: { http: 422, sentence: '接種券番号の桁数が違います。もう一度ご確認ください。' },
  venue_unknown: { http: 404, sentence: 'この会場は見つかりませんでした。' },
  venue_code_taken: { http: 409, sentence: 'この会場コードはすでに使われています。' },
  venue_referred_to: {
    http: 409,
    sentence: 'この会場は使われているため、消すことはできません。使わないときは「受け付けない」に切り替えてください。',
  },
  sheet_refused: { http: 422, sentence: 'このファイルは取り込めません。何も変更していません。' },
  schedule_unknown: { http: 404, sentence: 'この日程は見つかりませんでした。' },
  schedule_too_long: { http: 422, sentence: '日程の期間は、始まりが終わりより前で、長くても400日までにしてください。' },
  plan_in_conflict: {
    http: 409,
    sentence:
      '予約やほかの日程とぶつかる枠があるため、保存していません。内容を確認し、ぶつかる枠を残したまま保存するか、日程を直してください。',
  },
  slot_not_found: { http: 404, sentence: 'この枠は見つかりませんでした。' },
  below_booked: { http: 409, sentence: '予約や仮押さえの数より席を少なくすることはできません。何も変更していません。' },
  import_file_refused: { http: 422, sentence: 'このファイルは取り込めません。何も変わっていません。' },
  import_file_unknown: {
    http: 404,
    sentence: 'このファイルは見つかりませんでした。もう一度アップロードしてください。',
  },
  import_unknown: { http: 404, sentence: 'この取込は見つかりませんでした。' },
  import_not_waiting: { http: 409, sentence: 'この取込は、いまは承認を待っていません。新しい状態を確認してください。' },
  carry_over_taken: {
    http: 409,
    sentence: 'この行か前の番号の方は、ほかの組で「同じ人」になっています。先にその組を「別の人」にしてください。',
  },
  import_removal_count: { http: 409, sentence: '対象から外す人数が違います。人数を確かめてから承認してください。' },
  import_engine_away: {
    http: 503,
    sentence: '取込の処理がいま応答していません。少し待ってから、もう一度操作してください。',
  },
  import_not_applied: { http: 409, sentence: 'この取込は取り込まれていないので、元に戻せません。' },
  import_not_the_last: { http: 409, sentence: 'この後に別の取込をしています。元に戻せるのは最後の取込だけです。' },
  import_nothing_kept: {
    http: 409,
    sentence: '取り込む前の内容を残しておく期間（30日）が過ぎたか、暗号鍵が入れ替えられたため、元に戻せません。',
  },
  import_has_bookings: {
    http: 409,
    sentence:
      'この取込で加わった方に予約があるため、元に戻せません。先に予約を取り消すか、正しいファイルを取り込んで直してください。',
  },
  second_person_needed: { http: 403, sentence: 'これを始めた方は承認できません。ほかの方が承認してください。' },
  assignment_unknown: { http: 404, sentence: 'この割り当ては見つかりませんでした。' },
  assignment_not_waiting: {
    http: 409,
    sentence: 'この割り当ては、いまは承認を待っていません。新しい状態を確認してください。',
  },
  assignment_take_back_asked: {
    http: 409,
    sentence: '取り消しはすでに申請されています。ほかの方の承認を待っています。',
  },
  assignment_nothing_to_take_back: {
    http: 409,
    sentence:
      'この割り当てには、いま取り消せるものがないか、取り消しの申請がありません。新しい状態を確認してください。',
  },
  range_too_long: { http: 422, sentence: '期間の終わりは始まりと同じか後の日で、期間は短めに指定してください。' },
  identity_required: {
    http: 403,
    sentence: 'ご本人の確認がまだです。お聞きした項目を入力して、確認してから操作してください。',
  },
  identity_mismatch: {
    http: 422,
    sentence: 'お聞きした内容が登録と一致しません。どの項目が違うかは伝えずに、もう一度ゆっくりお聞きください。',
  },
  identity_incomplete: { http: 422, sentence: '確認の項目が足りません。ほかの項目もお聞きください。' },
  identity_locked: {
    http: 429,
    sentence: '続けて一致しなかったため、この方の確認は責任者だけができます。責任者に代わってください。',
  },
  protected_resident: {
    http: 403,
    sentence: 'この方には責任者が折り返します。会場や日時、登録の有無を伝えずに、折り返しの約束をしてください。',
  },
  dose_unknown: { http: 422, sentence: 'この回は事業の定義にありません。' },
  permit_unknown: { http: 404, sentence: 'この許可は見つからないか、すでに終わっています。' },
  range_backwards: { http: 422, sentence: '期間の終わりは、始まりより後にしてください。' },
  notice_unknown: { http: 404, sentence: 'この通知は見つかりませんでした。' },
  notice_under_way: { http: 409, sentence: 'この通知は送っている途中です。結果が出るまでお待ちください。' },
  notice_not_resendable: {
    http: 409,
    sentence: 'この通知はもう一度送ることができません。宛先がないか、予約の状態が変わっています。',
  },
  notice_withheld: {
    http: 409,
    sentence:
      '保護対象の方への通知は止めてあります。責任者が送ってよいメールアドレスを確認すると、そのアドレスにだけ送れます。',
  },
  birth_date_needed: {
    http: 422,
    sentence: '生年月日の確認が必要です。ご本人に生年月日を言っていただき、入力してください。',
  },
  birth_date_other: { http: 422, sentence: '生年月日が登録と一致しません。ご本人にもう一度お聞きください。' },
  not_protected: { http: 409, sentence: 'この方は保護の対象ではありません。' },
  notice_cap_reached: {
    http: 429,
    sentence: 'この予約への再送は、1日に送れる回数に達しました。電話で連絡してください。',
  },
  engine_unreachable: {
    http: 503,
    sentence: '通知のしくみにつながらないため、送りませんでした。少し待ってからもう一度操作してください。',
  },
  callback_unknown: { http: 404, sentence: 'この折り返しは見つかりませんでした。' },
  callback_exists: {
    http: 409,
    sentence: 'この方には、同じ理由の折り返しがすでにあります。その折り返しに書き足してください。',
  },
  callback_done: {
    http: 409,
    sentence: 'この折り返しはすでに済んでいます。続けるときは、先に「済」を取り消してください。',
  },
  callback_not_done: { http: 409, sentence: 'この折り返しはまだ済んでいません。' },
  assignee_unknown: { http: 422, sentence: '担当にできるのは、有効なオペレーターか責任者です。' },
  code_malformed: {
    http: 422,
    sentence: '受付番号（9桁）でも接種券番号でもありません。読み取り直すか、数字を打ち直してください。',
  },
  nothing_booked: {
    http: 404,
    sentence: 'この番号で受け付けられる予約は見つかりません。予約のない方として受け付けられるか、お確かめください。',
  },
  booking_cancelled: {
    http: 409,
    sentence: '取り消された予約です。受け付けられません。新しい予約がないか、コールセンターにお確かめください。',
  },
  booking_not_confirmed: { http: 409, sentence: '確定していない予約です。受け付けられません。' },
  too_early_here: { http: 409, sentence: '前の回から必要な日数がたっていません。今日は接種できません。' },
  day_file_unknown: {
    http: 404,
    sentence: 'このファイルは、このシステムで作ったものではありません。別のファイルをお選びください。',
  },
  day_file_changed: {
    http: 422,
    sentence:
      'ファイルの中身が書き換わっているか、途中で切れています。何も取り込んでいません。もう一度書き出してください。',
  },
  export_unknown: { http: 404, sentence: 'この書き出しの申請は見つかりませんでした。' },
  export_own: { http: 403, sentence: '自分の申請を自分で承認することはできません。別の管理者に頼んでください。' },
  export_decided: { http: 409, sentence: 'この申請はすでに承認または却下されています。' },
  export_not_yours: { http: 403, sentence: '受け取れるのは申請した本人だけです。' },
  export_not_ready: { http: 409, sentence: 'まだ承認されていないか、却下された申請です。' },
  export_used: {
    http: 410,
    sentence: 'この書き出しは受け取り済みか、受け取りの期限を過ぎています。必要なときはもう一度申請してください。',
  },
  not_today: {
    http: 409,
    sentence: '今日の予約ではありません。日付を確認し、それでも受け付けるときはその旨を選んでください。',
  },
  programme_unknown: { http: 404, sentence: 'この事業は見つかりませんでした。' },
  programme_code_taken: { http: 409, sentence: 'この事業の記号はすでに使われています。' },
  version_unknown: { http: 404, sentence: 'この版は見つかりませんでした。' },
  draft_unknown: { http: 404, sentence: '編集中の下書きはありません。公開中の版から下書きを作ってください。' },
  draft_exists: { http: 409, sentence: '編集中の下書きがあります。先に公開するか、下書きを捨ててください。' },
  draft_invalid: { http: 422, sentence: '下書きに直すところが残っています。チェックリストを確認してください。' },
  checks_failed: {
    http: 422,
    sentence: '公開前の確認で、止めるべき問題が見つかりました。チェックリストを確認してください。',
  },
  not_rehearsed: { http: 409, sentence: 'この内容でのリハーサルがまだです。リハーサルを行ってから公開してください。' },
  waiver_refused: {
    http: 409,
    sentence:
      'リハーサルなしで公開できるのは、サーバーの都合でリハーサルを行えないと確かめたときだけです。先にリハーサルを行い、問題があれば直してください。',
  },
  same_person: {
    http: 403,
    sentence: 'この下書きを編集した人は公開できません。ほかの職員が内容を確認して公開してください。',
  },
  nothing_to_undo: { http: 409, sentence: 'これより前（後）の内容はありません。' },
  release_scheduled: {
    http: 409,
    sentence: '公開の予定が入っているため、変更できません。予定を取りやめてから操作してください。',
  },
  release_unknown: { http: 404, sentence: '公開の予定はありません。' },
  release_past: { http: 422, sentence: '公開の日時は、今より後にしてください。' },
  change_unknown: { http: 404, sentence: 'この反映は見つかりませんでした。' },
  change_exists: {
    http: 409,
    sentence: 'この事業には、承認を待っているか進行中の反映があります。先にそれを終わらせてください。',
  },
  change_own: {
    http: 403,
    sentence: '自分の申請を自分で承認することはできません。別の「市の管理者」に頼んでください。',
  },
  change_over: { http: 409, sentence: 'この反映はすでに終わっているか、取りやめになっています。' },
  change_nothing: { http: 409, sentence: '前の版で取られた、これからの予約はありません。反映するものがありません。' },
  file_malformed: { http: 422, sentence: 'このファイルは事業の設定ファイルではないか、壊れています。' },
  rehearsal_unknown: { http: 404, sentence: 'このリハーサルは見つかりませんでした。' },
  template_unknown: { http: 404, sentence: 'この文面は見つかりませんでした。' },
  email_unconfirmed: {
    http: 409,
    sentence: 'ご自分のメールアドレスがまだ確認されていません。先に登録して、届いた確認コードを入力してください。',
  },
  email_code_wrong: { http: 422, sentence: '確認コードが違います。メールに書かれた6桁の数字を入力してください。' },
  email_code_over: {
    http: 409,
    sentence: '確認コードの期限が過ぎたか、まだ送られていません。もう一度、確認コードを送ってください。',
  },
  mail_limit_reached: {
    http: 429,
    sentence: '1時間に送れる回数に達しました。しばらくしてから、もう一度お試しください。',
  },
  mail_not_sent: {
    http: 503,
    sentence: 'メールを送れませんでした。メールアドレスを確かめ、しばらくしてからもう一度お試しください。',
  },
  engine_away: {
    http: 503,
    sentence: 'ワークフローエンジンにつながりません。しばらくしてから、もう一度お試しください。',
  },
} as const;

export type StaffRefusalCode = keyof typeof staffRefusals;

export interface StaffRefusal {
  readonly ok: false;
  readonly staffCode: StaffRefusalCode;
  /** Facts of this case, e.g. the version that is in force. Never personal data. */
  readonly detail?: Readonly<Record<string, string | number>>;
  /** What is in force instead, or what is in the way, in the shape of the route's answer: the person who came second sees the difference. */
  readonly current?: unknown;
  /** What exactly is wrong, beside the field that it is about. */
  readonly faults?: readonly { readonly field: string; readonly code: string; readonly sentence: string }[];
}

export function refuseStaff(
  staffCode: StaffRefusalCode,
  detail?: Record<string, string | number>,
  current?: unknown,
): StaffRefusal {
  return { ok: false, staffCode, ...defined({ detail, current }) };
}
