import {
  cityInput,
  cityInstant,
  differences,
  fillForm,
  languageState,
  noticeState,
  settingsOf,
  siteForm,
  type SiteSettings,
} from './site-form';

const usual = {
  publicAddress: 'https://a.example',
  callCentre: { telephone: '025-000-0000', hours: '平日' },
  couponHelp: '封筒の中',
  couponLost: '電話してください',
};
const nothing: SiteSettings = {
  publicAddress: null,
  callCentre: null,
  notices: [],
  couponHelp: null,
  couponLost: null,
  reviewedLanguages: [],
};

test('moments are those of the city, wherever the computer is', () => {
  expect(cityInput('2021-04-18T23:30:00.000Z')).toBe('2021-04-19T08:30');
  expect(cityInstant('2021-04-19T08:30')).toBe('2021-04-19T08:30:00+09:00');
  expect([cityInput(null), cityInstant('')]).toEqual(['', null]);
});

test('what is usual is in the fields and is not sent', () => {
  const form = siteForm();
  fillForm(form, nothing, usual);
  expect(form.getRawValue().callCentre).toEqual(usual.callCentre);
  expect(settingsOf(form)).toEqual(nothing);
  form.patchValue({ ownCallCentre: true, callCentre: { hours: '毎日' } });
  expect(settingsOf(form)).toEqual({ ...nothing, callCentre: { telephone: '025-000-0000', hours: '毎日' } });
});

test('a notice runs from its beginning until before its end', () => {
  const notice = { from: '2021-04-19T08:30:00+09:00', until: '2021-04-20T08:30:00+09:00' };
  expect(
    ['2021-04-18T23:29:59Z', '2021-04-18T23:30:00Z', '2021-04-19T23:30:00Z'].map((now) =>
      noticeState(notice, new Date(now)),
    ),
  ).toEqual(['to_come', 'running', 'over']);
});

test('differences are named, equal moments are none', () => {
  const notice = { text: '休み', important: false, from: '2021-04-18T23:30:00.000Z', until: null };
  expect(
    differences(
      { ...nothing, notices: [notice] },
      { ...nothing, notices: [{ ...notice, from: '2021-04-19T08:30:00+09:00' }] },
    ),
  ).toEqual([]);
  expect(differences({ ...nothing, couponLost: 'a' }, nothing)).toEqual([
    { label: 'なくしたときの案内', mine: 'a', theirs: '（いつもの内容）' },
  ]);
});

test('languages are marked one by one, and say what keeps them hidden', () => {
  const form = siteForm();
  fillForm(form, { ...nothing, reviewedLanguages: ['en'] }, usual);
  form.patchValue({ reviewed: { 'ja-easy': true } });
  expect(settingsOf(form).reviewedLanguages).toEqual(['ja-easy', 'en']);
  expect(differences({ ...nothing, reviewedLanguages: ['ja-easy', 'en'] }, nothing)).toEqual([
    { label: '見直し済みの言語', mine: 'やさしい日本語、English', theirs: '' },
  ]);
  expect([
    languageState({ inProgramme: 'reviewed' }, true).tone,
    languageState({ inProgramme: 'unreviewed' }, true).tone,
    languageState({ inProgramme: 'none' }, true).tone,
    languageState({ inProgramme: 'reviewed' }, false).tone,
  ]).toEqual(['good', 'warn', 'warn', 'plain']);
});
