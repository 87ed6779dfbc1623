import type { Placeholder, placeholderLists } from '../parts/template';

/** A field of a notice as staff read it in the list from which they insert it. */
export interface PlaceholderWords {
  readonly label: string;
  readonly example: string;
  /** Not there on every occasion: a text should say it only where it is. */
  readonly sometimes?: true;
}

export const placeholderWords: Readonly<Record<Placeholder | (typeof placeholderLists)[number], PlaceholderWords>> = {
  date: { label: '予約の日付', example: '2021年（令和3年）5月29日（土）' },
  time: { label: '予約の時刻', example: '午前10時30分' },
  venueName: { label: '会場の名前', example: '桜木会場' },
  venueAddress: { label: '会場の住所', example: '新潟市中央区1番地' },
  reference: { label: '受付番号', example: '482-913-505', sometimes: true },
  doseLabel: { label: '何回目か', example: '1回目' },
  nextDoseLabel: { label: '次は何回目か', example: '2回目', sometimes: true },
  programmeName: { label: '事業の名前', example: '新型コロナワクチン接種' },
  cityName: { label: '市の名前', example: '新潟市' },
  siteUrl: { label: '予約サイトのアドレス', example: 'https://yoyaku.example.jp' },
  callCentreTelephone: { label: 'コールセンターの電話番号', example: '025-000-0000' },
  callCentreHours: { label: 'コールセンターの受付時間', example: '平日 午前9時から午後5時まで' },
  oldDate: { label: '変更前の日付', example: '2021年（令和3年）5月27日（木）', sometimes: true },
  oldTime: { label: '変更前の時刻', example: '午後2時', sometimes: true },
  oldVenueName: { label: '変更前の会場', example: '北会場', sometimes: true },
  cancelledBy: { label: 'だれが取り消したか', example: 'ご本人のお手続き', sometimes: true },
  whatToBring: { label: '持ち物（一つずつ並べる）', example: '接種券、本人確認書類', sometimes: true },
};
