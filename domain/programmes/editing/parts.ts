import { channelWords } from '../../contracts/channels';
import type { NoticeChannel } from '../parts/journeys';

/**
 * The words for every part of a programme document: what the editor writes beside a field and what a difference says.
 * One closed table by path, with `*` for the items of a list and the entries of a record; a test walks the schema and
 * names whatever has no words.
 */
export interface PartWords {
  readonly label: string;
  /** What is written behind the value: 「21日後」. */
  readonly unit?: string;
  /** Words for the values of a closed set. */
  readonly values?: Readonly<Record<string, string>>;
  /** How a text is entered and shown. */
  readonly kind?: 'instant' | 'date' | 'time' | 'long' | 'template';
  /** One sentence beside the field. */
  readonly help?: string;
  /** Left out of the way to what is in it, whose words say enough. */
  readonly silent?: true;
  /** What one item of the list is called: 「対象区分」. */
  readonly item?: string;
}

const noticeChannelWords: Readonly<Record<NoticeChannel, string>> = {
  line: 'LINE',
  email: 'メール',
  callback: '電話をかける一覧',
};
const seatWords = {
  chosen: '本人が選ぶ',
  proposed: '同じ会場・時刻をすすめる',
  assigned: '前の回と一緒に決まる',
} as const;
const momentWords = {
  held: '仮押さえのとき',
  confirmed: '予約が確定したとき',
  changed: '予約を変更したとき',
  cancelled: '予約を取り消したとき',
  attended: '来場したとき',
  no_show: '来場がなかったとき',
} as const;

const ownWords: Readonly<Record<string, PartWords>> = {
  schema: { label: '書式' },
  name: { label: '事業の名前', help: '予約サイトの見出しと、お知らせに表示されます。' },
  city: { label: '市の名前' },
  callCentre: { label: 'コールセンター' },
  'callCentre.telephone': {
    label: '電話番号',
    help: '半角の数字とハイフンで入力します。すべてのページの同じ場所に表示されます。',
  },
  'callCentre.hours': { label: '受付時間' },
  words: { label: '呼び名', silent: true },
  'words.paper': { label: '番号の書かれた紙の呼び名', help: '例：接種券（クーポン券）、受診券' },
  'words.callCentre': { label: '電話窓口の呼び名', help: '例：接種コールセンター' },
  'words.service': { label: '受けるものの呼び名', help: '例：接種、健診' },
  noticeLanguage: { label: 'お知らせのことば', silent: true },
  'noticeLanguage.field': {
    label: 'お知らせのことばを選ぶ欄',
    help: '予約の入力欄のうち、ことばを選んでもらう欄の名前です。',
  },
  identification: { label: '本人の確認', silent: true },
  'identification.couponNumber': { label: '番号' },
  'identification.couponNumber.label': { label: '番号の呼び名' },
  'identification.couponNumber.digits': { label: '番号の桁数', unit: '桁' },
  'identification.couponNumber.prefixes': { label: '番号の始まり', item: '番号の始まり' },
  'identification.couponNumber.prefixes.*': { label: '番号の始まり' },
  'identification.couponNumber.municipality': {
    label: '市区町村コード',
    help: '検査数字を含む6けたです（例：151009）。接種券のバーコード（18けた）を読み取ったとき、ほかの市区町村の券を見分けます。',
  },
  'identification.secondFact': {
    label: '番号のほかに確かめること',
    values: { birth_date: '生年月日', kana: '氏名のカナ' },
  },
  'identification.kana': { label: 'カナ', silent: true },
  'identification.kana.label': { label: 'カナの呼び名' },
  'identification.birthDate': { label: '二つ目の確認', silent: true },
  'identification.birthDate.label': { label: '二つ目の確認の呼び名' },
  groups: {
    label: '対象区分',
    item: '対象区分',
    help: '受付開始の日時や、決め方（年齢・取込ファイルなど）が違う人たちを、区分に分けます。',
  },
  'groups.*.code': { label: '記号', help: '半角の英小文字・数字・ハイフン。取込と集計で使い、市民には見えません。' },
  'groups.*.label': { label: '名前', help: '予約サイトの「予約できる方」に表示されます。' },
  'groups.*.importedAs': {
    label: '取込ファイルでの書き方',
    item: '書き方',
    help: '対象者ファイルの「対象区分」の列に、この区分として書かれる言葉です。',
  },
  'groups.*.importedAs.*': { label: '書き方' },
  'groups.*.isDefault': { label: '区分が空欄の行をここに入れる' },
  'groups.*.members': {
    label: '区分に入る人',
    item: '条件',
    help: 'どれか一つに当てはまる人が入ります。なければ、取込で区分された人です。',
  },
  'groups.*.members.*.kind': {
    label: '決め方',
    values: { imported: '取込ファイルの区分', born: '生まれた日', age: '年齢', declared: '本人の申告' },
  },
  'groups.*.members.*.from': { label: 'から' },
  'groups.*.members.*.until': { label: 'まで' },
  'groups.*.members.*.on': { label: '年齢を数える日', kind: 'date' },
  'groups.*.members.*.statement': { label: '申告の文章' },
  'groups.*.members.*.help': { label: '説明' },
  'groups.*.openings': { label: '会場・窓口ごとの受付', item: '受付' },
  'groups.*.openings.*.venues': { label: '会場', item: '会場' },
  'groups.*.openings.*.venues.*': { label: '会場' },
  'groups.*.openings.*.channels': { label: '窓口', item: '窓口' },
  'groups.*.openings.*.channels.*': { label: '窓口', values: channelWords },
  'groups.*.openings.*.doses': { label: '回', item: '回' },
  'groups.*.openings.*.doses.*': { label: '回', unit: '回目' },
  'groups.*.openings.*.opensAt': { label: '受付開始', kind: 'instant' },
  'groups.*.openings.*.closesAt': { label: '受付終了', kind: 'instant' },
  'groups.*.openings.*.closed': { label: 'ここでは受け付けない' },
  'groups.*.opensAt': { label: '受付開始', kind: 'instant' },
  'groups.*.closesAt': { label: '受付終了', kind: 'instant' },
  releases: {
    label: '席の出し方',
    item: '席の出し方',
    help: '席の一部を残しておき、決めた日時に出します。ここに書かない対象区分は、すべての席を使えます。',
  },
  'releases.*.code': { label: '記号' },
  'releases.*.groups': {
    label: '対象区分',
    item: '対象区分',
    help: 'この区分の人たちが合わせて使える席の割合を決めます。',
  },
  'releases.*.groups.*': { label: '対象区分' },
  'releases.*.venues': { label: '会場', item: '会場' },
  'releases.*.venues.*': { label: '会場' },
  'releases.*.channels': { label: '窓口', item: '窓口' },
  'releases.*.channels.*': { label: '窓口', values: channelWords },
  'releases.*.stages': { label: '段階', item: '段階' },
  'releases.*.stages.*.at': { label: '日時', kind: 'instant' },
  'releases.*.stages.*.share': { label: '使える席の割合', unit: '%' },
  doses: { label: '回', item: '回' },
  'doses.*.number': { label: '番号' },
  'doses.*.label': { label: '名前' },
  'doses.*.interval': { label: '前の回からの間隔', help: '前の回の日から数えた日数です。' },
  'doses.*.interval.minDays': { label: '最短', unit: '日' },
  'doses.*.interval.maxDays': { label: '最長', unit: '日' },
  'doses.*.interval.minMonths': {
    label: '最短（月で数える）',
    unit: 'か月',
    help: '4月1日の3か月後は7月1日、11月30日の3か月後は3月1日からです。日数と両方あれば、遅いほうになります。',
  },
  'doses.*.interval.maxMonths': {
    label: '最長（月で数える）',
    unit: 'か月',
    help: '11月30日の3か月後は2月の末日までです。',
  },
  'doses.*.sameVaccine': { label: '前の回と同じワクチンだけ' },
  'doses.*.seat': { label: '席の決め方', silent: true },
  'doses.*.seat.mode': { label: '席の決め方', values: seatWords },
  'doses.*.seat.afterDays': { label: '前の回からの日数', unit: '日後' },
  'doses.*.seat.fixed': { label: '変更できない' },
  'doses.*.seatAt': { label: '会場ごとの席の決め方', item: '会場ごとの席の決め方' },
  'doses.*.seatAt.*.venues': { label: '会場', item: '会場' },
  'doses.*.seatAt.*.venues.*': { label: '会場' },
  'doses.*.seatAt.*.seat': { label: '席の決め方', silent: true },
  'doses.*.seatAt.*.seat.mode': { label: '席の決め方', values: seatWords },
  'doses.*.seatAt.*.seat.afterDays': { label: '前の回からの日数', unit: '日後' },
  'doses.*.seatAt.*.seat.fixed': { label: '変更できない' },
  vaccines: { label: 'ワクチン', item: 'ワクチン' },
  'vaccines.*.code': { label: '記号' },
  'vaccines.*.label': { label: '名前' },
  'vaccines.*.venues': { label: '会場', item: '会場' },
  'vaccines.*.venues.*': { label: '会場' },
  'vaccines.*.from': { label: '最初の日', kind: 'date' },
  'vaccines.*.until': { label: '最後の日', kind: 'date' },
  'vaccines.*.intervals': { label: '間隔', item: '間隔' },
  'vaccines.*.intervals.*.dose': { label: '回', unit: '回目' },
  'vaccines.*.intervals.*.minDays': { label: '最短', unit: '日' },
  'vaccines.*.intervals.*.maxDays': { label: '最長', unit: '日' },
  'vaccines.*.intervals.*.minMonths': {
    label: '最短（月で数える）',
    unit: 'か月',
    help: '4月1日の3か月後は7月1日、11月30日の3か月後は3月1日からです。日数と両方あれば、遅いほうになります。',
  },
  'vaccines.*.intervals.*.maxMonths': {
    label: '最長（月で数える）',
    unit: 'か月',
    help: '11月30日の3か月後は2月の末日までです。',
  },
  bookingWindow: { label: '予約できる期間', silent: true },
  'bookingWindow.firstDay': {
    label: '予約できる最初の日',
    unit: '日後',
    help: '今日から数えます。0は当日、1は翌日から予約できます。',
  },
  'bookingWindow.lastDay': {
    label: '予約できる最後の日',
    unit: '日後',
    help: '今日から数えます。毎日、先へ動いていきます。',
  },
  'bookingWindow.rollsAt': { label: '期間が1日進む時刻', kind: 'time' },
  'bookingWindow.notBefore': { label: 'これより前は予約できない日', kind: 'date' },
  'bookingWindow.notAfter': { label: 'これより後は予約できない日', kind: 'date' },
  'bookingWindow.exceptions': { label: '会場・窓口ごとの期間', item: '期間' },
  'bookingWindow.exceptions.*.venues': { label: '会場', item: '会場' },
  'bookingWindow.exceptions.*.venues.*': { label: '会場' },
  'bookingWindow.exceptions.*.channels': { label: '窓口', item: '窓口' },
  'bookingWindow.exceptions.*.channels.*': { label: '窓口', values: channelWords },
  'bookingWindow.exceptions.*.from': { label: '始まり', kind: 'instant' },
  'bookingWindow.exceptions.*.until': { label: '終わり', kind: 'instant' },
  'bookingWindow.exceptions.*.firstDay': { label: '予約できる最初の日', unit: '日後' },
  'bookingWindow.exceptions.*.lastDay': { label: '予約できる最後の日', unit: '日後' },
  policies: { label: '予約の決まり', silent: true },
  'policies.holdMinutes': { label: '席を取っておく時間', unit: '分', help: '席を選んでから確定するまでの時間です。' },
  'policies.cutOffHours': { label: '本人が変更・取り消しできる期限', unit: '時間前' },
  'policies.maxChanges': { label: '変更できる回数', unit: '回' },
  'policies.noShowAfterHours': { label: '来場なしとするまでの時間', unit: '時間', help: '枠の終わりから数えます。' },
  'policies.coolingMinutes': { label: '取り消された席を閉じておく時間', unit: '分' },
  'policies.checkIn': { label: '受付できる時間', silent: true },
  'policies.checkIn.fromMinutesBefore': { label: '来場の受付を始める', unit: '分前から' },
  'policies.checkIn.untilMinutesAfter': { label: '来場の受付を終える', unit: '分後まで' },
  channels: { label: '予約できる窓口', item: '窓口' },
  'channels.*': { label: '窓口', values: channelWords },
  form: { label: '入力項目', silent: true },
  'form.fields': { label: '入力項目', item: '入力項目' },
  'form.fields.*.kind': {
    label: '種類',
    values: {
      telephone: '電話番号',
      email: 'メールアドレス',
      text: '文字',
      choice: '選択（一つ）',
      choices: '選択（いくつでも）',
      checkbox: 'チェック',
      date: '日付',
      consent: '同意',
      note: '説明文',
    },
  },
  'form.fields.*.name': { label: '項目の記号', help: '半角の英数字。市民には見えません。' },
  'form.fields.*.label': { label: '項目の名前' },
  'form.fields.*.help': { label: '項目の説明' },
  'form.fields.*.required': { label: '必須' },
  'form.fields.*.maxLength': { label: '文字数の上限', unit: '文字' },
  'form.fields.*.minLength': { label: '文字数の下限', unit: '文字' },
  'form.fields.*.only': { label: '使える文字', values: { digits: '数字だけ', kana: 'カナだけ' } },
  'form.fields.*.shownAtReception': {
    label: '会場の受付に見せる',
    help: '受付の名簿（画面・CSV・印刷・オフライン）と、受け付けたときの画面に答えが出ます。',
  },
  'form.fields.*.none': {
    label: '選ばないときの名前',
    help: '任意の選択では、一覧の先頭に出て、はじめから選ばれています。空欄なら「選びません」と出ます。',
  },
  'form.fields.*.options': { label: '選択肢', item: '選択肢' },
  'form.fields.*.options.*.value': { label: '記号' },
  'form.fields.*.options.*.label': { label: '名前' },
  'form.fields.*.notBefore': { label: 'これより前の日は不可' },
  'form.fields.*.notAfter': { label: 'これより後の日は不可' },
  'form.fields.*.showWhen': {
    label: '表示する条件',
    item: '条件',
    help: 'すべての条件に当てはまるときだけ表示します。',
  },
  'form.fields.*.showWhen.*.kind': {
    label: '条件',
    values: {
      given: '入力があるとき',
      not_given: '入力がないとき',
      one_of: '選んだものが次のどれかのとき',
      dose: '回',
      group: '対象区分',
      channel: '窓口',
    },
  },
  'form.fields.*.showWhen.*.field': { label: '項目の記号' },
  'form.fields.*.showWhen.*.values': { label: '選択肢の記号', item: '選択肢' },
  'form.fields.*.showWhen.*.values.*': { label: '選択肢' },
  'form.fields.*.showWhen.*.doses': { label: '回', item: '回' },
  'form.fields.*.showWhen.*.doses.*': { label: '回', unit: '回目' },
  'form.fields.*.showWhen.*.groups': { label: '対象区分', item: '対象区分' },
  'form.fields.*.showWhen.*.groups.*': { label: '対象区分' },
  'form.fields.*.showWhen.*.channels': { label: '窓口', item: '窓口' },
  'form.fields.*.showWhen.*.channels.*': { label: '窓口', values: channelWords },
  journey: { label: '通知の流れ', item: 'お知らせ' },
  'journey.*.id': { label: '記号' },
  'journey.*.label': { label: '名前' },
  'journey.*.by': { label: 'だれによる取り消し', item: 'だれ' },
  'journey.*.by.*': { label: 'だれ', values: { citizen: '本人', operator: 'コールセンター', city: '市' } },
  'journey.*.channels': { label: '届け方（上から順に試す）', item: '届け方' },
  'journey.*.channels.*': { label: '届け方', values: noticeChannelWords },
  'journey.*.conditions': { label: '条件', item: '条件' },
  'journey.*.conditions.*.kind': {
    label: '条件',
    values: { dose: '回', group: '対象区分', venue: '会場', channel: '窓口', without_next_dose: '次の回が未予約' },
  },
  'journey.*.conditions.*.doses': { label: '回', item: '回' },
  'journey.*.conditions.*.doses.*': { label: '回', unit: '回目' },
  'journey.*.conditions.*.groups': { label: '対象区分', item: '対象区分' },
  'journey.*.conditions.*.groups.*': { label: '対象区分' },
  'journey.*.conditions.*.venues': { label: '会場', item: '会場' },
  'journey.*.conditions.*.venues.*': { label: '会場' },
  'journey.*.conditions.*.channels': { label: '窓口', item: '窓口' },
  'journey.*.conditions.*.channels.*': { label: '窓口', values: channelWords },
  'journey.*.on': { label: 'きっかけ', values: momentWords },
  'journey.*.when': { label: '送るとき' },
  'journey.*.when.kind': {
    label: '送るとき',
    values: {
      now: 'すぐに',
      days_before: '予約日の何日か前に',
      days_after: '何日か後に',
      next_dose_possible: '次の回を受けられる日に',
    },
  },
  'journey.*.when.days': { label: '日数', unit: '日' },
  'journey.*.when.at': { label: '時刻', kind: 'time' },
  'journey.*.when.daysAhead': { label: '何日前に', unit: '日前' },
  'journey.*.template': { label: '文面' },
  'journey.*.notWithinHours': { label: '予約から間もないときは送らない', unit: '時間以内' },
  'journey.*.onlyWithoutNextDose': { label: '次の回が未予約のときだけ送る' },
  noticeCaps: { label: 'お知らせの上限', silent: true },
  'noticeCaps.perBooking': { label: '一つの予約へのお知らせの上限', unit: '通' },
  'noticeCaps.perDay': { label: '一日のお知らせの上限', unit: '通' },
  templates: { label: '文面', item: '文面' },
  'templates.*': { label: '文面' },
  'templates.*.subject': { label: '件名', kind: 'template' },
  'templates.*.text': { label: '本文', kind: 'template' },
  broadcasts: {
    label: '一斉のお知らせ（LINE）',
    item: '一斉のお知らせ',
    help: '市のLINE公式アカウントの友だち全員に、その日の空きを一日一回知らせます。',
  },
  'broadcasts.*.id': { label: '記号' },
  'broadcasts.*.label': { label: '名前' },
  'broadcasts.*.at': { label: '時刻', kind: 'time', help: '一時間より遅れたときは送りません。' },
  'broadcasts.*.days': { label: '曜日', item: '曜日', help: '選ばなければ毎日です。' },
  'broadcasts.*.days.*': {
    label: '曜日',
    values: { sun: '日', mon: '月', tue: '火', wed: '水', thu: '木', fri: '金', sat: '土' },
  },
  'broadcasts.*.from': { label: '始まりの日', kind: 'date' },
  'broadcasts.*.until': { label: '終わりの日', kind: 'date' },
  'broadcasts.*.seatsOf': { label: '空きを数える窓口', item: '窓口' },
  'broadcasts.*.seatsOf.*': { label: '窓口', values: channelWords },
  'broadcasts.*.text': {
    label: '文章',
    kind: 'long',
    help: '{{date}} {{totalSeats}} {{siteUrl}} {{callCentreTelephone}} と、{{#each venues}}{{venueName}} {{seats}}{{/each}} が使えます。',
  },
  'broadcasts.*.evenWithoutSeats': { label: '空きがない日も送る' },
  notices: { label: 'ページのお知らせ', item: 'ページのお知らせ' },
  'notices.*.id': { label: '記号' },
  'notices.*.pages': { label: '表示するページ', item: 'ページ' },
  'notices.*.pages.*': {
    label: 'ページ',
    values: {
      front: '最初のページ',
      login: 'ログイン',
      bookings: '予約の一覧',
      venues: '会場',
      times: '日時',
      details: '連絡先',
      done: '予約の完了',
    },
  },
  'notices.*.tone': { label: '見せ方', values: { info: '案内', warn: '注意' } },
  'notices.*.text': { label: '文章', kind: 'long' },
  'notices.*.from': { label: '表示の始まり', kind: 'instant' },
  'notices.*.until': { label: '表示の終わり', kind: 'instant' },
  texts: { label: 'ページの文章', silent: true },
  'texts.front': { label: '最初のページの案内', kind: 'long' },
  'texts.whatToBring': { label: '持ち物', item: '持ち物' },
  'texts.whatToBring.*': { label: '持ち物' },
  'texts.afterBooking': { label: '予約後の案内', kind: 'long' },
  'texts.couponHelp': { label: '番号がわからないときの案内', kind: 'long' },
  translations: { label: 'ほかの言語', silent: true },
};

const languageWords = {
  'ja-easy': 'やさしい日本語',
  en: '英語',
  zh: '中国語',
  ko: '韓国語',
  vi: 'ベトナム語',
  tl: 'タガログ語',
  pt: 'ポルトガル語',
} as const;
const translated: Readonly<Record<string, PartWords>> = {
  reviewed: { label: '確認済み', help: '人が確認するまで、市民には表示されません。' },
  name: { label: '事業の名前' },
  city: { label: '市の名前' },
  callCentreHours: { label: 'コールセンターの受付時間' },
  numberLabel: { label: '番号の呼び名' },
  birthDateLabel: { label: '生年月日の呼び名' },
  words: { label: '呼び名', silent: true },
  'words.paper': { label: '番号の書かれた紙の呼び名' },
  'words.callCentre': { label: '電話窓口の呼び名' },
  'words.service': { label: '受けるものの呼び名' },
  groups: { label: '対象区分' },
  'groups.*.label': { label: '名前' },
  'groups.*.statement': { label: '申告の文章' },
  doses: { label: '回' },
  'doses.*': { label: '名前' },
  fields: { label: '入力項目' },
  'fields.*.label': { label: '名前' },
  'fields.*.help': { label: '説明' },
  'fields.*.none': { label: '選ばないときの名前' },
  'fields.*.options': { label: '選択肢' },
  'fields.*.options.*': { label: '選択肢' },
  notices: { label: 'ページのお知らせ' },
  'notices.*': { label: '文章', kind: 'long' },
  templates: { label: '文面' },
  'templates.*.subject': { label: '件名', kind: 'template' },
  'templates.*.text': { label: '本文', kind: 'template' },
  texts: { label: 'ページの文章', silent: true },
  'texts.front': { label: '最初のページの案内', kind: 'long' },
  'texts.whatToBring': { label: '持ち物', item: '持ち物' },
  'texts.whatToBring.*': { label: '持ち物' },
  'texts.afterBooking': { label: '予約後の案内', kind: 'long' },
  'texts.couponHelp': { label: '番号がわからないときの案内', kind: 'long' },
};

/** The words for every part of a document; each language has the same parts. */
export const partWords: Readonly<Record<string, PartWords>> = {
  ...ownWords,
  ...Object.fromEntries(
    Object.entries(languageWords).flatMap(([language, label]): [string, PartWords][] => [
      [`translations.${language}`, { label }],
      ...Object.entries(translated).map(([path, words]): [string, PartWords] => [
        `translations.${language}.${path}`,
        words,
      ]),
    ]),
  ),
};

/** `groups.0.opensAt` → `groups.*.opensAt`, `templates.reminder.text` → `templates.*.text`. */
export function patternOf(path: readonly (string | number)[]): string {
  let pattern = '';
  for (const step of path) {
    const named = pattern === '' ? String(step) : `${pattern}.${String(step)}`;
    // The entries of a list or a record have no names of their own in the table.
    const any = pattern === '' ? '*' : `${pattern}.*`;
    pattern = typeof step === 'number' || (!(named in partWords) && hasBelow(any)) ? any : named;
  }
  return pattern;
}

function hasBelow(pattern: string): boolean {
  return pattern in partWords || Object.keys(partWords).some((known) => known.startsWith(`${pattern}.`));
}

/** The words for a part; a part without words is called by its own name. */
export function wordsOf(path: readonly (string | number)[]): PartWords {
  return partWords[patternOf(path)] ?? { label: String(path.at(-1) ?? '') };
}

const identities = ['label', 'code', 'id', 'name', 'number', 'kind'] as const;
/** What makes an item of a list the same one in two versions, wherever it is. */
const keys = ['code', 'id', 'name', 'number'] as const;

/** How people call an item: 「65歳以上の方」. */
export function nameOfItem(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  for (const key of identities) {
    const value = (item as Record<string, unknown>)[key];
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') return String(value);
  }
  return undefined;
}

export function keyOfItem(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  for (const key of keys) {
    const value = (item as Record<string, unknown>)[key];
    if (typeof value === 'string' || typeof value === 'number') return String(value);
  }
  return undefined;
}

/** The way to a part in words: 「対象区分「65歳以上の方」の受付開始」. */
export function placeInWords(document: unknown, path: readonly (string | number)[]): string {
  const words: string[] = [];
  let value: unknown = document;
  path.forEach((step, index) => {
    const above = path.slice(0, index + 1);
    const parentWords = wordsOf(path.slice(0, index));
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[String(step)] : undefined;
    const isEntry = patternOf(above).endsWith('*');
    if (isEntry) {
      const name =
        typeof step === 'string'
          ? step
          : (nameOfItem(value) ?? (typeof value === 'string' ? value : `${String(step + 1)}番目`));
      const item = parentWords.item ?? parentWords.label;
      if (words.at(-1) === parentWords.label) words.pop();
      words.push(`${item}「${name}」`);
    } else if (!wordsOf(above).silent || index === path.length - 1) words.push(wordsOf(above).label);
  });
  return words.join('の');
}
