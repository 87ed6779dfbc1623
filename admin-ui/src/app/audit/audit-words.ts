/** What the record calls an action, in words; what is not here is shown as it is. */
const actions: Readonly<Record<string, string>> = {
  'access.refused': '権限のない操作（断られた）',
  'audit.read': '監査の記録を見た', 'audit.verify': '記録の検証', 'audit.touched': 'だれの情報が見られたかを調べた', 'audit.touched_export': '対象者の一覧を書き出した',
  'booking.list': '予約一覧を見た', 'booking.read': '予約を見た', 'booking.hold': '席をとった', 'booking.move': '日時の変更を始めた', 'booking.confirm': '予約を確定した',
  'booking.cancel': '予約を取り消した', 'booking.check_in': '来場を受け付けた',
  'callback.list': '折り返しの一覧を見た', 'callback.read': '折り返しを見た', 'callback.show_contact': '電話番号を表示した', 'callback.promise': '電話を約束した', 'callback.take': '折り返しを受け持った',
  'callback.update': '折り返しを変えた', 'callback.attempt': '電話の結果を記録した', 'callback.tick_off': '折り返しを済みにした', 'callback.reopen': '折り返しの済を取り消した',
  'notice.list': '通知の一覧を見た', 'notice.read': '通知を見た', 'notice.show_address': '宛先を表示した', 'notice.send_again': '通知をもう一度送った',
  'resident.find': '対象者を探した', 'resident.read': '対象者を見た', 'resident.clear_log_in_lock': 'ログインの制限を解いた',
  'staff.add': '職員を加えた', 'staff.update': '職員を変えた', 'staff.disable': '職員を止めた', 'staff.enable': '職員を戻した', 'staff.reset_credentials': '職員の認証を作り直した',
  'session.log_in': 'ログイン', 'session.log_out': 'ログアウト', 'venue.add': '会場を加えた', 'venue.update': '会場を変えた',
  'booking.walk_in': '当日受付をした', 'booking.undo_check_in': '来場の受付を取り消した', 'booking.close_as_missed': '来場なしとして締めた',
  'day_list.read': '当日の一覧を見た', 'day_list.export': '当日の一覧を書き出した', 'day_file.make': '当日のファイルを作った', 'day_file.load': '当日のファイルを読み込んだ',
  'export.ask': '書き出しを頼んだ', 'export.approve': '書き出しを承認した', 'export.reject': '書き出しを断った', 'export.download': '書き出しを受け取った',
  'import.upload': '取込ファイルを送った', 'import.start': '取込を始めた', 'import.settings': '取込の設定を変えた', 'import.preview': '取込の下見をした', 'import.sample': '取込の見本を見た',
  'import.errors': '取込のエラーを見た', 'import.errors_export': '取込のエラーを書き出した', 'import.bookings': '取込で影響する予約を見た', 'import.approve': '取込を承認した',
  'import.approve_removal': '取込での除外を承認した', 'import.reject': '取込を断った', 'import.undo': '取込を元に戻した', 'import.forget': '取込ファイルを消した',
  'assignment.start': '予約の割り当てを始めた', 'assignment.approve': '予約の割り当てを承認した', 'assignment.reject': '予約の割り当てを断った', 'assignment.book': '割り当てで予約した',
  'assignment.rows': '割り当てで予約しない行を見た', 'assignment.rows_export': '割り当てで予約しない行を書き出した', 'assignment.ask_take_back': '割り当ての取り消しを申請した',
  'assignment.approve_take_back': '割り当ての取り消しを承認した', 'assignment.withdraw_take_back': '割り当ての取り消しの申請を取り下げた', 'assignment.take_back': '割り当てた予約を取り消した',
  'import.carry_over': '予約を新しい番号に移した', 'import.carry_over_read': '番号の変わった予約を見た', 'import.log_in_check': 'ログインできるかを試した',
  'programme.add': '事業を加えた', 'programme.publish': '事業の設定を公開した', 'rehearsal.ask': 'リハーサルを頼んだ',
  'programme.affected': '影響を受ける予約を見た', 'change.ask': '取られている予約への反映を申請した', 'change.approve': '取られている予約への反映を承認した', 'change.stop': '取られている予約への反映を止めた',
  'resident.identify': '本人を確認した', 'resident.close': '対象者を閉じた', 'resident.note': '対象者にメモを書いた', 'resident.permit': '予約を特別に許可した', 'resident.revoke_permit': '特別な許可を取り消した',
  'resident.protect': '対象者を保護した', 'resident.unprotect': '対象者の保護を解いた',
  'schedule.add': '予定を加えた', 'schedule.update': '予定を変えた', 'schedule.remove': '予定を消した', 'slots.capacity': '席の数を変えた', 'slots.load': '枠の表を読み込んだ', 'slot.bookings': '枠の予約を見た',
  'site.change': '予約サイトの設定を変えた', 'site.check_address': '予約サイトのアドレスを確かめた', 'site.qr': 'QRコードを作った',
  'session.open': 'ログインした', 'staff.enrol': '認証アプリを登録した', 'staff.password': 'パスワードを変えた', 'staff.recovery_codes': '回復用コードを作り直した', 'staff.reset': '職員の認証を作り直した',
  'draft.save': '事業の下書きを保存した', 'draft.begin': '事業の下書きを作った', 'programme.seat_share': '席の目安を変えた', 'notice.test': '文面を自分に送った',
  'staff.email_ask': '自分のメールアドレスに確認コードを送った', 'staff.email_confirm': '自分のメールアドレスを登録した', 'staff.email_forget': '自分のメールアドレスの登録を消した',
  'staff.link': '市の認証とつないだ', 'staff.unlink': '市の認証から外した', 'venue.remove': '会場を消した',
};

const subjects: Readonly<Record<string, string>> = { staff: '職員', booking: '予約', slot: '枠', venue: '会場', audit: '監査の記録', notice: '通知', callback: '折り返し' };

/** What kind of thing a record is about. */
export function subjectWords(kind: string): string {
  return subjects[kind] ?? kind;
}

export function actionWords(action: string): string {
  return actions[action] ?? action;
}

const results: Readonly<Record<string, string>> = { done: '完了', begun: '開始', repeated: '繰り返し', sent: '送信済み', failed: '届かなかった', forbidden: '権限なし' };

export function resultWords(result: string): string {
  return results[result] ?? result;
}

export const faultWords: Readonly<Record<string, string>> = {
  gap: '記録が抜けています', changed: '記録が書き換えられています', seal: '記録の封印が合いません', head: '記録の終わりが切り取られています',
};
