import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { AnswerFaultReason } from '../../../domain/bookings/form';
import type { BirthDateFault } from '../../../domain/calendar/birth-date';
import { eras } from '../../../domain/calendar/era';
import { type RefusalCode, refusals } from '../../../domain/contracts/booking-refusals';
import { type Language, otherLanguages } from '../../../domain/programmes/document';
import type { CouponNumberFault } from '../../../domain/residents/coupon-number';
import { venueFeatures, venueFeatureWords } from '../../../domain/schedule/venue-features';
import { datesIn } from './dates';
import { exactFacts } from './refusal-words';
import { createWordBook } from './word-book';

const folder = join(__dirname, '..', 'languages');
type Texts = Record<string, string>;

function textsOf(language: Language): Texts {
  return flatten(JSON.parse(readFileSync(join(folder, `${language}.json`), 'utf8')) as Record<string, unknown>);
}

function flatten(value: Record<string, unknown>, prefix = ''): Texts {
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, item]) =>
      typeof item === 'string'
        ? { [prefix + key]: item }
        : flatten(item as Record<string, unknown>, `${prefix}${key}.`),
    ),
  ) as Texts;
}

const japanese = textsOf('ja');
const written = otherLanguages.filter((language) => existsSync(join(folder, `${language}.json`)));
const each = <Code extends string>(
  codes: Readonly<Record<Code, readonly string[]>>,
  prefix: string,
): [string, readonly string[]][] =>
  Object.entries<readonly string[]>(codes).map(([code, values]) => [`${prefix}${code}`, values]);

/** Sentences that come from the rules in Japanese, by code, and what may stand in them. The types name a code that has come in and is not here. */
const numberFaults: Record<CouponNumberFault, readonly string[]> = {
  missing: ['number'],
  exponent: ['number', 'digits'],
  zero_lost: ['number', 'digits'],
  too_short: ['number', 'digits'],
  too_long: ['number', 'digits'],
  not_digits: ['number', 'digits'],
  wrong_prefix: ['number'],
  other_municipality: ['number'],
};
const birthFaults: Record<Exclude<BirthDateFault['code'], 'outside_era'>, readonly string[]> &
  Record<string, readonly string[]> = {
  missing: [],
  missing_part: ['parts'],
  unreadable: [],
  unreadable_year: [],
  unreadable_month: [],
  unreadable_day: [],
  era_unknown: [],
  era_contradiction: [],
  outside_era_before: ['era', 'edge'],
  outside_era_after: ['era', 'edge'],
  no_such_day: [],
  future: [],
  too_old: [],
};
const answerFaults: Record<AnswerFaultReason, readonly string[]> = {
  empty: ['label'],
  not_chosen: ['label'],
  not_ticked: ['label'],
  not_text: ['label'],
  not_a_tick: ['label'],
  unknown_field: [],
  not_an_option: ['label'],
  hidden_characters: ['label'],
  not_digits: ['label'],
  not_kana: ['label'],
  too_few_digits: ['label', 'limit'],
  too_short: ['label', 'limit'],
  too_long: ['label', 'limit'],
  not_a_date: ['label'],
  too_early: ['label', 'limit'],
  too_late: ['label', 'limit'],
  telephone_missing: [],
  telephone_not_digits: [],
  telephone_no_area_code: [],
  telephone_too_short: [],
  telephone_too_long: [],
  telephone_not_in_use: [],
  email_missing: [],
  email_no_at_sign: [],
  email_blank_inside: [],
  email_local_part: [],
  email_domain: [],
  email_too_long: [],
};
const refusalNames = ['number', 'birthDate', 'paper', 'service'];
const fromTheRules: readonly [string, readonly string[]][] = [
  ...(Object.keys(refusals) as RefusalCode[]).map((code): [string, readonly string[]] => [
    `refusal.${code}`,
    refusalNames,
  ]),
  ...Object.entries(exactFacts).map(([code, facts]): [string, readonly string[]] => [
    `refusal.${code}_exact`,
    [...refusalNames, ...Object.keys(facts)],
  ]),
  ...each(numberFaults, 'fault.number.'),
  ...each({ missing: ['label'] }, 'fault.kana.'),
  ...each(birthFaults, 'fault.birth.'),
  ...each(answerFaults, 'fault.answer.'),
];

const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name).sort();
const markup = (text: string): string[] => [...text.matchAll(/<[^>]*>/g)].map(([tag]) => tag).sort();

describe.each(written)('%s', (language) => {
  const texts = textsOf(language);

  test('has words for everything that Japanese has words for, and for every code of the rules', () => {
    const wanted = [...Object.keys(japanese), ...fromTheRules.map(([key]) => key)];
    expect({
      missing: wanted.filter((key) => texts[key] === undefined),
      needless: Object.keys(texts).filter((key) => !wanted.includes(key)),
    }).toEqual({ missing: [], needless: [] });
  });

  test('puts the same values and the same markup into each', () => {
    const told = Object.entries(japanese).flatMap(([key, text]) => {
      const own = texts[key] ?? '';
      return new Set(placeholders(text)).size !== new Set([...placeholders(text), ...placeholders(own)]).size ||
        placeholders(text).some((name) => !placeholders(own).includes(name)) ||
        String(markup(text)) !== String(markup(own))
        ? [key]
        : [];
    });
    expect(told).toEqual([]);
    expect(
      fromTheRules.filter(
        ([key, values]) =>
          placeholders(texts[key] ?? '').some((name) => !values.includes(name)) || markup(texts[key] ?? '').length > 0,
      ),
    ).toEqual([]);
  });

  test('says nothing twice to i18next, and leaves no text empty or in another script by mistake', () => {
    for (const [key, text] of Object.entries(texts)) {
      expect([key, text]).not.toEqual([key, expect.stringMatching(/\$t\(|\{\{-|TODO/)]);
      if (key !== 'days.weekday_ending') expect([key, text.length > 0]).toEqual([key, true]);
      // The drawing shows a Japanese paper and names what is printed on it.
      if (language !== 'ja-easy' && !key.startsWith('login.eras.') && key !== 'drawing.label')
        expect([key, text]).not.toEqual([key, expect.stringMatching(/[\u3041-\u30ff]/)]);
    }
  });
});

test('every key that a view or a page asks for is there', () => {
  const sources = ['views', 'views/partials', 'pages', 'words', 'line', 'frame'].flatMap((name) => {
    const path = join(__dirname, '..', name);
    return existsSync(path)
      ? readdirSync(path)
          .filter((file) => /\.(hbs|ts)$/.test(file) && !file.endsWith('.test.ts'))
          .map((file) => readFileSync(join(path, file), 'utf8'))
      : [];
  });
  const asked = sources.flatMap((source) =>
    [...source.matchAll(/\{\{(?:t|rich) "([^"]+)"/g), ...source.matchAll(/\bt\('([a-z_]+\.[a-z_.-]+)'/g)].map(
      ([, key = '']) => key,
    ),
  );
  expect(asked.length).toBeGreaterThan(150);
  expect([...new Set(asked)].filter((key) => japanese[key] === undefined && !key.startsWith('fault.'))).toEqual([]);
});

test('what the rules and the pages both say in Japanese is the same', () => {
  for (const feature of venueFeatures) expect(japanese[`features.${feature}`]).toBe(venueFeatureWords[feature].words);
  for (const { name } of eras) expect(japanese[`login.eras.${name}`]).toBe(name);
});

test('words come with their values, and unknown languages are Japanese', () => {
  const book = createWordBook(folder);
  expect(book.of('ja').t('front.opens_at', { moment: '4月19日（月）午前8時30分' })).toBe(
    '4月19日（月）午前8時30分に受付が始まります',
  );
  expect(book.of('en').t('bookings.attended', { service: '<b>$t(front.open)</b> {{x}}' })).toBe(
    '<b>$t(front.open)</b> {{x}}: done',
  );
  for (const language of book.languages)
    expect([language, book.of(language).t('front.begin')]).toEqual([language, textsOf(language)['front.begin']]);
  expect(() => book.of('ja').raw('front.nothing')).toThrow('front.nothing');
});

test.each([
  ['ja', '5月29日（土）', '2021年（令和3年）5月29日（土）', '5月29日（土）正午', '1947年（昭和22年）4月1日'],
  [
    'ja-easy',
    '5月29日（土曜日）',
    '2021年（令和3年） 5月29日（土曜日）',
    '5月29日（土曜日） 昼の12時',
    '1947年（昭和22年）4月1日',
  ],
  ['en', 'Saturday 29 May', 'Saturday, 29 May 2021 (令和3年)', 'Saturday 29 May, 12:00', '1 April 1947 (昭和22年)'],
  ['zh', '5月29日星期六', '2021年5月29日星期六 (令和3年)', '5月29日星期六, 12:00', '1947年4月1日 (昭和22年)'],
  ['ko', '5월 29일 토요일', '2021년 5월 29일 토요일 (令和3年)', '5월 29일 토요일, 12:00', '1947년 4월 1일 (昭和22年)'],
  [
    'vi',
    'Thứ Bảy, 29 tháng 5',
    'Thứ Bảy, 29 tháng 5, 2021 (令和3年)',
    'Thứ Bảy, 29 tháng 5, 12:00',
    '1 tháng 4, 1947 (昭和22年)',
  ],
  ['tl', 'Sabado, Mayo 29', 'Sabado, Mayo 29, 2021 (令和3年)', 'Sabado, Mayo 29, 12:00', 'Abril 1, 1947 (昭和22年)'],
  [
    'pt',
    'sábado, 29 de maio',
    'sábado, 29 de maio de 2021 (令和3年)',
    'sábado, 29 de maio, 12:00',
    '1 de abril de 1947 (昭和22年)',
  ],
] as const)('days and times in %s', (language, day, dayWithEra, moment, birthDate) => {
  const dates = datesIn(language);
  const noon = new Date('2021-05-29T12:00:00+09:00');
  expect([
    dates.day('2021-05-29'),
    dates.dayWithEra('2021-05-29'),
    dates.moment(noon),
    dates.birthDate('1947-04-01'),
  ]).toEqual([day, dayWithEra, moment, birthDate]);
});
