import type { operations } from '../../../generated/schema';
import { isRecord, type Json } from './document';

export type PreviewPage = NonNullable<
  NonNullable<operations['getProgrammesCodePreview']['parameters']['query']>['page']
>;
export type PreviewLanguage = NonNullable<
  NonNullable<operations['getProgrammesCodePreview']['parameters']['query']>['language']
>;

/** The citizens' pages in the order in which citizens meet them. */
export const pageWords: Readonly<Record<PreviewPage, string>> = {
  front: '最初のページ',
  login: 'ログイン',
  help: '番号がわからないとき',
  bookings: '予約の一覧',
  venues: '会場を選ぶ',
  days: '日にちを選ぶ',
  times: '時間を選ぶ',
  details: '連絡先の入力',
  review: '内容の確認',
  done: '予約の完了',
};

export const languageWords: Readonly<Record<PreviewLanguage, string>> = {
  ja: '日本語',
  'ja-easy': 'やさしい日本語',
  en: '英語',
  zh: '中国語',
  ko: '韓国語',
  vi: 'ベトナム語',
  tl: 'タガログ語',
  pt: 'ポルトガル語',
};

/** Japanese and the languages of a document's translations, to choose from. */
export function languagesOf(translations: Json): { readonly value: string; readonly label: string }[] {
  const there = isRecord(translations) ? Object.keys(translations) : [];
  return Object.entries(languageWords)
    .filter(([value]) => value === 'ja' || there.includes(value))
    .map(([value, label]) => ({ value, label }));
}

/** Where a part shows: the longest path that it begins with decides. */
const places: readonly (readonly [string, PreviewPage])[] = [
  ['texts.whatToBring', 'done'],
  ['texts.afterBooking', 'done'],
  ['texts.couponHelp', 'help'],
  ['texts', 'front'],
  ['policies.holdMinutes', 'details'],
  ['policies', 'bookings'],
  ['identification', 'login'],
  ['form', 'details'],
  ['fields', 'details'],
  ['noticeLanguage', 'details'],
  ['doses', 'bookings'],
  ['vaccines', 'days'],
  ['bookingWindow', 'days'],
  ['releases', 'venues'],
];
/** The pages of a notice on the pages, as the document names them. */
const noticePlaces: Readonly<Record<string, PreviewPage>> = {
  front: 'front',
  login: 'login',
  bookings: 'bookings',
  venues: 'venues',
  times: 'times',
  details: 'details',
  done: 'done',
};

/**
 * The page on which a part of a document shows, and the language of a translation. `valueAt` reads the document, for notices that
 * say themselves where they are.
 */
export function previewPageOf(
  path: string,
  valueAt: (path: readonly (string | number)[]) => unknown,
): { readonly page: PreviewPage; readonly language?: PreviewLanguage } {
  const translation = /^translations\.([a-z-]+)\.?(.*)$/.exec(path);
  if (translation) {
    const [, language = 'ja', rest = ''] = translation;
    return {
      page: previewPageOf(rest, valueAt).page,
      ...(Object.hasOwn(languageWords, language) ? { language: language as PreviewLanguage } : {}),
    };
  }
  const notice = /^notices\.(\d+)/.exec(path);
  if (notice) {
    const pages = valueAt(['notices', Number(notice[1]), 'pages']);
    return { page: noticePlaces[Array.isArray(pages) ? String(pages[0]) : ''] ?? 'front' };
  }
  return { page: places.find(([start]) => path === start || path.startsWith(`${start}.`))?.[1] ?? 'front' };
}
