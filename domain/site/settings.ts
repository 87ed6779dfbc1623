import { type OtherLanguage, otherLanguages, type ProgrammeDocument } from '../programmes/document';
import { foldWidth } from '../text/fold-width';
import { parseTelephone } from '../text/telephone';

/** Words on the front page for a time. Instants as ISO text; null: from now on, or until taken away. */
export interface SiteNotice {
  readonly text: string;
  /** Stands out and is read first. */
  readonly important: boolean;
  readonly from: string | null;
  readonly until: string | null;
}

/** What the city sets for the whole site. Null: what the programme or the installation says. */
export interface SiteSettings {
  /** What is printed and made a QR code of. */
  readonly publicAddress: string | null;
  readonly callCentre: { readonly telephone: string; readonly hours: string } | null;
  readonly notices: readonly SiteNotice[];
  /** Of the page 「接種券が見つからないとき」: where to find the number. */
  readonly couponHelp: string | null;
  /** Of the same page: lost, or never arrived. */
  readonly couponLost: string | null;
  /** Languages whose site words a person has read and found right. The others are shown to nobody. */
  readonly reviewedLanguages: readonly OtherLanguage[];
}

export interface SiteFault {
  /** As in the settings: `notices.0.text`. */
  readonly field: string;
  readonly code: 'malformed' | 'too_long' | 'required' | 'order';
  readonly sentence: string;
}

export const noSiteSettings: SiteSettings = {
  publicAddress: null,
  callCentre: null,
  notices: [],
  couponHelp: null,
  couponLost: null,
  reviewedLanguages: [],
};

/** What the page says about lost coupons unless the city says something else. */
export const usualCouponLost =
  '再発行の手続きは、コールセンターがご案内します。このサイトでは再発行の申し込みはできません。';

export const siteLimits = { address: 200, hours: 200, notices: 5, notice: 500, text: 4_000 } as const;

/** As people type it, without what they did not mean: blanks at the ends, wide digits, other hyphens. */
export function tidied({
  publicAddress,
  callCentre,
  notices,
  couponHelp,
  couponLost,
  reviewedLanguages,
}: SiteSettings): SiteSettings {
  const telephone = callCentre ? parseTelephone(callCentre.telephone) : undefined;
  return {
    publicAddress:
      publicAddress === null
        ? null
        : foldWidth(publicAddress)
            .trim()
            .replace(/^(https?:\/\/[^/]+)\/$/, '$1'),
    callCentre: callCentre && {
      telephone: telephone?.ok ? telephone.value.display : callCentre.telephone.trim(),
      hours: callCentre.hours.trim(),
    },
    notices: notices.map((notice) => ({ ...notice, text: notice.text.trim() })),
    couponHelp: couponHelp === null ? null : couponHelp.trim(),
    couponLost: couponLost === null ? null : couponLost.trim(),
    reviewedLanguages: otherLanguages.filter((language) => reviewedLanguages.includes(language)),
  };
}

/** Everything that is wrong, field by field, in the order of the form. */
export function siteFaults({ publicAddress, callCentre, notices, couponHelp, couponLost }: SiteSettings): SiteFault[] {
  const faults: SiteFault[] = [];
  const add = (field: string, code: SiteFault['code'], sentence: string): void => {
    faults.push({ field, code, sentence });
  };
  if (publicAddress !== null && !isAddress(publicAddress))
    add(
      'publicAddress',
      'malformed',
      'アドレスは「https://yoyaku.city.example.jp」のように、https:// から半角で入力してください。「?」「#」や空白は使えません。',
    );
  if (callCentre) {
    if (!parseTelephone(callCentre.telephone).ok)
      add('callCentre.telephone', 'malformed', '電話番号は「025-000-0000」のように、市外局番から入力してください。');
    if (callCentre.hours.trim() === '')
      add('callCentre.hours', 'required', '受付時間を入力してください。例：平日 8時30分〜17時15分');
    else if (callCentre.hours.length > siteLimits.hours)
      add('callCentre.hours', 'too_long', `受付時間は${String(siteLimits.hours)}文字以内で入力してください。`);
  }
  if (notices.length > siteLimits.notices)
    add('notices', 'too_long', `お知らせは${String(siteLimits.notices)}件までです。終わったものを外してください。`);
  notices.forEach(({ text, from, until }, index) => {
    const field = (name: string): string => `notices.${String(index)}.${name}`;
    if (text.trim() === '') add(field('text'), 'required', 'お知らせの文を入力するか、このお知らせを外してください。');
    else if (text.length > siteLimits.notice)
      add(field('text'), 'too_long', `お知らせは${String(siteLimits.notice)}文字以内で入力してください。`);
    const [start, end] = [from === null ? null : Date.parse(from), until === null ? null : Date.parse(until)];
    if (Number.isNaN(start)) add(field('from'), 'malformed', '掲載を始める日時を入力してください。');
    if (Number.isNaN(end)) add(field('until'), 'malformed', '掲載を終える日時を入力してください。');
    if (start !== null && end !== null && end <= start)
      add(field('until'), 'order', '掲載を終える日時は、始める日時より後にしてください。');
  });
  for (const [field, text] of [
    ['couponHelp', couponHelp],
    ['couponLost', couponLost],
  ] as const) {
    if (text !== null && text.trim() === '') add(field, 'required', '文を入力するか、変更のチェックを外してください。');
    else if (text !== null && text.length > siteLimits.text)
      add(field, 'too_long', `文は${String(siteLimits.text)}文字以内で入力してください。`);
  }
  return faults;
}

/** The notices of a moment, the important ones first. `from` counts, `until` does not any more. */
export function noticesAt({ notices }: SiteSettings, now: Date): SiteNotice[] {
  const at = now.getTime();
  const running = notices.filter(
    ({ from, until }) => (from === null || Date.parse(from) <= at) && (until === null || at < Date.parse(until)),
  );
  return [...running.filter((notice) => notice.important), ...running.filter((notice) => !notice.important)];
}

/** The programme as the city's settings let it be seen. A programme stays data of its own: nothing is written back. */
export function asTheSiteSays(document: ProgrammeDocument, settings: SiteSettings): ProgrammeDocument {
  const { callCentre, couponHelp } = settings;
  if (!callCentre && couponHelp === null) return document;
  const known = seen.get(document);
  if (known?.settings === settings) return known.document;
  const result = {
    ...document,
    callCentre: callCentre ?? document.callCentre,
    texts: couponHelp === null ? document.texts : { ...document.texts, couponHelp },
    ...(document.translations ? { translations: withoutOlderWords(document, settings) } : {}),
  };
  seen.set(document, { settings, document: result });
  return result;
}

const seen = new WeakMap<
  ProgrammeDocument,
  { readonly settings: SiteSettings; readonly document: ProgrammeDocument }
>();

/** The translations without those of what the city says otherwise: hours that no longer hold would be worse than Japanese ones. */
function withoutOlderWords(
  { translations = {}, callCentre: own }: ProgrammeDocument,
  { callCentre, couponHelp }: SiteSettings,
): NonNullable<ProgrammeDocument['translations']> {
  const result = structuredClone(translations);
  for (const words of Object.values(result).filter((item) => item !== undefined)) {
    if (callCentre && callCentre.hours !== own.hours) delete words.callCentreHours;
    if (couponHelp !== null && words.texts) delete words.texts.couponHelp;
  }
  return result;
}

/** Since when a language counts as reviewed, and by whom. `by`: null for the command line. */
export interface LanguageReview {
  readonly language: OtherLanguage;
  readonly at: Date | null;
  readonly by: string | null;
}

/** Who marked the languages that are in force, from all changes of the settings, the oldest first. */
export function languageReviews(
  versions: readonly {
    readonly settings: SiteSettings;
    readonly changedAt: Date | null;
    readonly changedBy: string | null;
  }[],
): LanguageReview[] {
  const reviews = new Map<OtherLanguage, LanguageReview>();
  for (const { settings, changedAt, changedBy } of versions) {
    for (const language of otherLanguages) {
      if (!settings.reviewedLanguages.includes(language)) reviews.delete(language);
      else if (!reviews.has(language)) reviews.set(language, { language, at: changedAt, by: changedBy });
    }
  }
  return [...reviews.values()];
}

/** The names of what differs between two settings. */
export function changedSettings(before: SiteSettings, after: SiteSettings): (keyof SiteSettings)[] {
  return (Object.keys(noSiteSettings) as (keyof SiteSettings)[]).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
}

function isAddress(text: string): boolean {
  if (
    text.length > siteLimits.address ||
    !/^https?:\/\/[\x21-\x7e]+$/.test(text) ||
    /[?#@\\]/.test(text) ||
    !URL.canParse(text)
  )
    return false;
  const { hostname, href } = new URL(text);
  // What a browser would open is what was typed: no hidden change of letters.
  return hostname !== '' && (href === text || href === `${text}/`);
}
