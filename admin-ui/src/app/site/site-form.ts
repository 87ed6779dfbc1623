import { FormArray, FormControl, FormGroup } from '@angular/forms';

import type { Schema } from '../api/api';

export type SiteSettings = Schema<'SiteSettings'>;
export type Notice = SiteSettings['notices'][number];
export type Usual = Schema<'Site'>['usual'];
export type SiteLanguage = Schema<'Site'>['languages'][number];
type LanguageCode = SiteSettings['reviewedLanguages'][number];

export const languageWords: Readonly<Record<LanguageCode, string>> = {
  'ja-easy': 'やさしい日本語',
  en: 'English',
  zh: '中文',
  ko: '한국어',
  vi: 'Tiếng Việt',
  tl: 'Tagalog',
  pt: 'Português',
};
const languageCodes = Object.keys(languageWords) as LanguageCode[];

export type NoticeForm = FormGroup<{
  text: FormControl<string>;
  important: FormControl<boolean>;
  from: FormControl<string>;
  until: FormControl<string>;
}>;

/** The form of the settings. `own…`: the city says something itself; otherwise what is usual holds, and is in the field. */
export type SiteForm = ReturnType<typeof siteForm>;

const text = (value = ''): FormControl<string> => new FormControl(value, { nonNullable: true });
const flag = (value = false): FormControl<boolean> => new FormControl(value, { nonNullable: true });

export function siteForm() {
  return new FormGroup({
    ownAddress: flag(),
    publicAddress: text(),
    ownCallCentre: flag(),
    callCentre: new FormGroup({ telephone: text(), hours: text() }),
    notices: new FormArray<NoticeForm>([]),
    ownCouponHelp: flag(),
    couponHelp: text(),
    ownCouponLost: flag(),
    couponLost: text(),
    reviewed: new FormGroup(
      Object.fromEntries(languageCodes.map((code) => [code, flag()])) as Record<LanguageCode, FormControl<boolean>>,
    ),
  });
}

export function noticeForm(notice: Notice = { text: '', important: false, from: null, until: null }): NoticeForm {
  return new FormGroup({
    text: text(notice.text),
    important: flag(notice.important),
    from: text(cityInput(notice.from)),
    until: text(cityInput(notice.until)),
  });
}

export function fillForm(form: SiteForm, settings: SiteSettings, usual: Usual): void {
  form.controls.notices.clear({ emitEvent: false });
  for (const notice of settings.notices) form.controls.notices.push(noticeForm(notice), { emitEvent: false });
  form.patchValue({
    ownAddress: settings.publicAddress !== null,
    publicAddress: settings.publicAddress ?? usual.publicAddress,
    ownCallCentre: settings.callCentre !== null,
    callCentre: settings.callCentre ?? usual.callCentre,
    ownCouponHelp: settings.couponHelp !== null,
    couponHelp: settings.couponHelp ?? usual.couponHelp,
    ownCouponLost: settings.couponLost !== null,
    couponLost: settings.couponLost ?? usual.couponLost,
    reviewed: Object.fromEntries(languageCodes.map((code) => [code, settings.reviewedLanguages.includes(code)])),
  });
  form.markAsPristine();
}

export function settingsOf(form: SiteForm): SiteSettings {
  const value = form.getRawValue();
  return {
    publicAddress: value.ownAddress ? value.publicAddress : null,
    callCentre: value.ownCallCentre ? value.callCentre : null,
    notices: value.notices.map(({ text: words, important, from, until }) => ({
      text: words,
      important,
      from: cityInstant(from),
      until: cityInstant(until),
    })),
    couponHelp: value.ownCouponHelp ? value.couponHelp : null,
    couponLost: value.ownCouponLost ? value.couponLost : null,
    reviewedLanguages: languageCodes.filter((code) => value.reviewed[code]),
  };
}

export type NoticeState = 'running' | 'to_come' | 'over';

export function noticeState({ from, until }: Pick<Notice, 'from' | 'until'>, now: Date): NoticeState {
  if (until !== null && Date.parse(until) <= now.getTime()) return 'over';
  return from !== null && Date.parse(from) > now.getTime() ? 'to_come' : 'running';
}

/** What the browser's field for a moment holds, in city time, whatever the computer's own zone: `2021-04-19T08:30`. */
export function cityInput(instant: string | null): string {
  return instant === null ? '' : new Date(Date.parse(instant) + 9 * 3_600_000).toISOString().slice(0, 16);
}

/** The moment of such a field; null when it is empty. */
export function cityInstant(input: string): string | null {
  return input === '' ? null : `${input}:00+09:00`;
}

const sectionWords = {
  publicAddress: '公開アドレス',
  callCentre: '電話番号と受付時間',
  notices: 'お知らせ',
  couponHelp: '接種券の場所の説明',
  couponLost: 'なくしたときの案内',
  reviewedLanguages: '見直し済みの言語',
} as const;

/** Names of what differs, and both in words. */
export function differences(
  mine: SiteSettings,
  theirs: SiteSettings,
): { label: string; mine: string; theirs: string }[] {
  return (Object.keys(sectionWords) as (keyof typeof sectionWords)[])
    .filter((name) => JSON.stringify(comparable(mine[name])) !== JSON.stringify(comparable(theirs[name])))
    .map((name) => ({ label: sectionWords[name], mine: inWords(mine[name]), theirs: inWords(theirs[name]) }));
}

/** Moments as moments: `…+09:00` and `…Z` may be the same one. */
function comparable(value: SiteSettings[keyof SiteSettings]): unknown {
  return isNotices(value)
    ? value.map((notice) => ({ ...notice, from: cityInput(notice.from), until: cityInput(notice.until) }))
    : value;
}

function inWords(value: SiteSettings[keyof SiteSettings]): string {
  if (value === null) return '（いつもの内容）';
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return `${value.telephone}　${value.hours}`;
  if (!isNotices(value)) return value.map((code) => languageWords[code]).join('、');
  return value
    .map(
      (notice) =>
        `${notice.important ? '【重要】' : ''}${notice.text}（${cityInput(notice.from).replace('T', ' ') || 'すぐ'}〜${cityInput(notice.until).replace('T', ' ')}）`,
    )
    .join('／');
}

function isNotices(value: SiteSettings[keyof SiteSettings]): value is Notice[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'object');
}

export interface LanguageState {
  readonly label: string;
  readonly tone: 'good' | 'warn' | 'plain';
}

/** Whether citizens are offered a language once this is saved, and what is missing if they are not. */
export function languageState({ inProgramme }: Pick<SiteLanguage, 'inProgramme'>, reviewed: boolean): LanguageState {
  if (!reviewed) return { label: '市民には見えません', tone: 'plain' };
  if (inProgramme === 'none') return { label: '事業の訳がまだありません', tone: 'warn' };
  if (inProgramme === 'unreviewed') return { label: '事業の訳が見直し前です', tone: 'warn' };
  return { label: '市民が選べます', tone: 'good' };
}
