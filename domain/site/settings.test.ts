import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ProgrammeDocument } from '../programmes/document';
import {
  asTheSiteSays,
  changedSettings,
  languageReviews,
  noSiteSettings,
  noticesAt,
  siteFaults,
  type SiteNotice,
  type SiteSettings,
  tidied,
} from './settings';

const settings = (change: Partial<SiteSettings>): SiteSettings => ({ ...noSiteSettings, ...change });
const notice = (change: Partial<SiteNotice>): SiteNotice => ({
  text: 'お知らせ',
  important: false,
  from: null,
  until: null,
  ...change,
});
const fieldsOf = (change: Partial<SiteSettings>) =>
  siteFaults(settings(change)).map(({ field, code }) => `${field} ${code}`);

test.each([
  ['https://yoyaku.city.niigata.example.jp', true],
  ['https://yoyaku.city.niigata.example.jp/', true],
  ['https://city.example.jp/yoyaku', true],
  ['http://localhost:3000', true],
  ['yoyaku.city.example.jp', false],
  ['https://', false],
  ['https://ｙoyaku.example.jp', false],
  ['https://新潟.example.jp', false],
  ['https://YOYAKU.example.jp', false],
  ['https://yoyaku.example.jp:443', false],
  ['https://yoyaku.example.jp/a?b=c', false],
  ['https://yoyaku.example.jp/#a', false],
  ['https://user@yoyaku.example.jp', false],
  ['https://yoyaku.example.jp/a b', false],
  ['https://yoyaku.example.jp/../x', false],
  ['javascript:alert(1)', false],
  [`https://yoyaku.example.jp/${'x'.repeat(200)}`, false],
])('the address %s: %s', (publicAddress, good) => {
  expect(siteFaults(settings({ publicAddress })).length === 0).toBe(good);
});

test('each fault has its field', () => {
  expect(fieldsOf({})).toEqual([]);
  expect(fieldsOf({ callCentre: { telephone: '12', hours: ' ' } })).toEqual([
    'callCentre.telephone malformed',
    'callCentre.hours required',
  ]);
  expect(fieldsOf({ callCentre: { telephone: '０２５－２２８－１０００', hours: '平日 8時30分〜17時15分' } })).toEqual(
    [],
  );
  expect(fieldsOf({ notices: [notice({}), notice({ text: ' ' }), notice({ text: 'x'.repeat(501) })] })).toEqual([
    'notices.1.text required',
    'notices.2.text too_long',
  ]);
  expect(fieldsOf({ notices: Array.from({ length: 6 }, () => notice({})) })).toEqual(['notices too_long']);
  expect(fieldsOf({ notices: [notice({ from: '2021-04-20T09:00:00+09:00', until: '2021-04-20T00:00:00Z' })] })).toEqual(
    ['notices.0.until order'],
  );
  expect(fieldsOf({ notices: [notice({ from: 'tomorrow' })] })).toEqual(['notices.0.from malformed']);
  expect(fieldsOf({ couponHelp: '', couponLost: 'x'.repeat(4_001) })).toEqual([
    'couponHelp required',
    'couponLost too_long',
  ]);
});

test('a notice runs from its first moment until before its last, important ones first', () => {
  const notices = [
    notice({ text: 'a', from: '2021-04-20T09:00:00+09:00', until: '2021-04-21T09:00:00+09:00' }),
    notice({ text: 'b', important: true }),
    notice({ text: 'c', until: '2021-04-20T09:00:00+09:00' }),
  ];
  const at = (instant: string) => noticesAt(settings({ notices }), new Date(instant)).map(({ text }) => text);
  expect(at('2021-04-20T08:59:59+09:00')).toEqual(['b', 'c']);
  expect(at('2021-04-20T09:00:00+09:00')).toEqual(['b', 'a']);
  expect(at('2021-04-21T08:59:59+09:00')).toEqual(['b', 'a']);
  expect(at('2021-04-21T09:00:00+09:00')).toEqual(['b']);
});

test('the programme is seen as the city says, and stays what it is', () => {
  const document = JSON.parse(
    readFileSync(join(__dirname, '..', '..', 'test', 'data', 'plain-programme.json'), 'utf8'),
  ) as ProgrammeDocument;
  expect(asTheSiteSays(document, noSiteSettings)).toBe(document);
  const seen = asTheSiteSays(
    document,
    settings({ callCentre: { telephone: '025-111-2222', hours: '毎日' }, couponHelp: '封筒の中です。' }),
  );
  expect([seen.callCentre.telephone, seen.texts.couponHelp, seen.texts.front]).toEqual([
    '025-111-2222',
    '封筒の中です。',
    document.texts.front,
  ]);
  expect(document.callCentre.telephone).not.toBe('025-111-2222');
});

test('what differs is named', () => {
  expect(changedSettings(noSiteSettings, noSiteSettings)).toEqual([]);
  expect(changedSettings(noSiteSettings, settings({ notices: [notice({})], couponLost: 'x' }))).toEqual([
    'notices',
    'couponLost',
  ]);
});

test('what people did not mean is taken away', () => {
  const { publicAddress, callCentre, notices } = tidied(
    settings({
      publicAddress: ' ｈｔｔｐｓ://yoyaku.example.jp/ ',
      callCentre: { telephone: '０２５ー２２８ー１０００', hours: ' 平日 ' },
      notices: [notice({ text: ' 休み\n' })],
    }),
  );
  expect([publicAddress, callCentre, notices[0]?.text]).toEqual([
    'https://yoyaku.example.jp',
    { telephone: '025-228-1000', hours: '平日' },
    '休み',
  ]);
});

test('what the city says otherwise is not contradicted by an older translation', () => {
  const document = {
    ...(JSON.parse(
      readFileSync(join(__dirname, '..', '..', 'test', 'data', 'plain-programme.json'), 'utf8'),
    ) as ProgrammeDocument),
    translations: {
      en: {
        reviewed: true,
        callCentreHours: 'Every day',
        texts: { couponHelp: 'In the envelope', front: 'Book here' },
      },
    },
  } as ProgrammeDocument;
  const seen = asTheSiteSays(
    document,
    settings({ callCentre: { telephone: '025-228-1000', hours: '平日だけ' }, couponHelp: '青い封筒の中です。' }),
  );
  expect(seen.translations?.en).toEqual({ reviewed: true, texts: { front: 'Book here' } });
  expect(document.translations?.en?.callCentreHours).toBe('Every day');
  const sameHours = asTheSiteSays(
    document,
    settings({ callCentre: { telephone: '025-228-1000', hours: document.callCentre.hours } }),
  );
  expect(sameHours.translations?.en).toEqual(document.translations?.en);
});

test('a review counts from the change that brought it, until one takes it away', () => {
  const version = (day: number, ...reviewedLanguages: SiteSettings['reviewedLanguages']) => ({
    settings: settings({ reviewedLanguages }),
    changedAt: new Date(`2021-05-0${String(day)}T00:00:00Z`),
    changedBy: `職員${String(day)}`,
  });
  const reviews = languageReviews([version(1, 'en'), version(2, 'en', 'vi'), version(3, 'vi'), version(4, 'en', 'vi')]);
  expect(reviews.map(({ language, by }) => `${language} ${String(by)}`)).toEqual(['vi 職員2', 'en 職員4']);
});
