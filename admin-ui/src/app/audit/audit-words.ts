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
};

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
