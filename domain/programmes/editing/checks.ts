import { addDays, cityDate, cityTime, formatDateJa } from '../../calendar/city-time';
import { checkProgrammeDocument, type ProgrammeDocument } from '../document';
import { placeInWords } from './parts';
import { reachableSeats } from './reachable-seats';

/** What the surroundings of a document are, counted now; what could not be looked at is left out. */
export interface CheckFacts {
  readonly now: Date;
  /** Those that are used by slots to come. */
  readonly venues: readonly {
    readonly id: string;
    readonly name: string;
    readonly address: string;
    readonly active: boolean;
  }[];
  /** Seats of slots to come, all channels together. */
  readonly seats: readonly { readonly date: string; readonly dose: number; readonly seats: number }[];
  /** Imported residents by the code of their group. */
  readonly residents: ReadonlyMap<string, number>;
  /** Seats for the first dose, as a share of those who may book, below which staff want to know. 0–1 */
  readonly seatShare: number;
  /** The address that citizens get, and what its printed QR code says when it is read back. */
  readonly site: { readonly url: string; readonly qrText: string | undefined };
  /** Some imported residents, tried as their log-in would. */
  readonly sample: {
    readonly tried: number;
    readonly failed: readonly { readonly why: SampleFailure; readonly count: number }[];
  };
}

export const sampleFailures = ['unreadable', 'number', 'birth_date', 'group'] as const;
export type SampleFailure = (typeof sampleFailures)[number];

export const checkCodes = [
  'document',
  'templates',
  'journey',
  'languages',
  'texts',
  'groups',
  'opening',
  'dose_pairs',
  'seats',
  'venues',
  'site',
  'log_in',
] as const;
export type CheckCode = (typeof checkCodes)[number];

/** One thing to put right, and where: a part of the document, or a page of the admin. */
export interface CheckFault {
  readonly sentence: string;
  readonly path?: string;
  readonly page?: string;
}

/** `stop`: keeps the document from being published. `open`: to be done before the opening. */
export interface Check {
  readonly code: CheckCode;
  readonly title: string;
  readonly state: 'good' | 'open' | 'stop';
  readonly faults: readonly CheckFault[];
}

const titles: Readonly<Record<CheckCode, string>> = {
  document: '書き方に間違いがない',
  templates: '文面の項目がすべて使える',
  journey: 'どのお知らせも送られることがある',
  languages: 'すべての言語の文章がそろっている',
  texts: 'ページの文章が入っている',
  groups: '対象区分に重なりや漏れがない',
  opening: '受付開始のときに枠がある',
  dose_pairs: '2回目の席に手が届く',
  seats: '対象者に見合う席がある',
  venues: '会場の住所が入っている',
  site: '予約サイトのURLとQRコードが一致する',
  log_in: '取り込んだ対象者がログインできる',
};

/** What staff are held back by, rather than reminded of: it is wrong in the document itself, or would shut everybody out. */
const stopping: ReadonlySet<CheckCode> = new Set(['document', 'templates', 'journey', 'site', 'log_in']);

/** All checks of a document (which may break its own rules) in its surroundings, each good or with its faults. */
export function checksOf(value: unknown, facts: CheckFacts): Check[] {
  const checked = checkProgrammeDocument(value);
  const found: Partial<Record<CheckCode, CheckFault[]>> = {
    document: checked.ok
      ? []
      : checked.faults
          .filter(({ path }) => !isTemplatePath(path))
          .map(({ path, sentence }) => ({ path, sentence: `${placeOf(value, path)}：${sentence}` })),
    templates: checked.ok
      ? unfilledFields(checked.document)
      : checked.faults
          .filter(({ path }) => isTemplatePath(path))
          .map(({ path, sentence }) => ({ path, sentence: `${placeOf(value, path)}：${sentence}` })),
    texts: emptyTexts(value),
    venues: venueFaults(facts),
    site: siteFaults(facts),
    log_in: sampleFaults(facts),
    ...(checked.ok ? documentFaults(checked.document, facts) : {}),
  };
  return checkCodes.flatMap((code): Check[] => {
    const faults = found[code];
    if (!faults) return [];
    return [
      { code, title: titles[code], state: faults.length === 0 ? 'good' : stopping.has(code) ? 'stop' : 'open', faults },
    ];
  });
}

function documentFaults(document: ProgrammeDocument, facts: CheckFacts): Partial<Record<CheckCode, CheckFault[]>> {
  return {
    journey: idleSteps(document),
    languages: missingTranslations(document),
    groups: groupFaults(document, facts),
    opening: openingFaults(document, facts),
    dose_pairs: pairFaults(document, facts),
    seats: seatFaults(document, facts),
  };
}

const placeOf = (document: unknown, path: string) =>
  placeInWords(
    document,
    path
      .split('.')
      .filter((step) => step !== '')
      .map((step) => (/^\d+$/.test(step) ? Number(step) : step)),
  );
const isTemplatePath = (path: string) => /(^|\.)templates\./.test(path);

/** Fields that a template names and that have no value where it is sent. */
function unfilledFields(document: ProgrammeDocument): CheckFault[] {
  const faults: CheckFault[] = [];
  const usable: Record<string, (on: string) => boolean> = {
    oldDate: (on) => on === 'changed',
    oldTime: (on) => on === 'changed',
    oldVenueName: (on) => on === 'changed',
    cancelledBy: (on) => on === 'cancelled',
    nextDoseLabel: () => document.doses.length > 1,
  };
  for (const [code, template] of Object.entries(document.templates)) {
    const moments = document.journey.filter((step) => step.template === code).map((step) => step.on);
    for (const part of ['subject', 'text'] as const) {
      for (const [field, isUsable] of Object.entries(usable)) {
        const names = new RegExp(`\\{\\{\\s*${field}\\s*\\}\\}`).test(template[part]);
        const asks = new RegExp(`\\{\\{#if\\s+${field}\\s*\\}\\}`).test(template[part]);
        if (names && !asks && moments.some((on) => !isUsable(on)))
          faults.push({
            path: `templates.${code}.${part}`,
            sentence: `文面「${code}」の {{${field}}} は、このお知らせでは空になります。`,
          });
      }
    }
  }
  return faults;
}

/** Steps that no booking can ever reach. */
function idleSteps(document: ProgrammeDocument): CheckFault[] {
  const hasAddress = document.form.fields.some((field) => field.kind === 'email');
  const lastDay = document.bookingWindow.lastDay;
  return document.journey.flatMap((step, index): CheckFault[] => {
    const path = `journey.${String(index)}`;
    const never = (reason: string, part = ''): CheckFault[] => [
      { path: path + part, sentence: `お知らせ「${step.id}」は送られることがありません：${reason}` },
    ];
    const ways = 'channels' in step && Array.isArray(step.channels) ? (step.channels as string[]) : ['email'];
    if (!hasAddress && ways.every((way) => way === 'email')) return never('入力項目にメールアドレスがありません。');
    if (step.onlyWithoutNextDose && document.doses.length < 2)
      return never('次の回がありません。', '.onlyWithoutNextDose');
    if (step.when.kind === 'days_before') {
      if (step.when.days > lastDay)
        return never(
          `予約できるのは${String(lastDay)}日後までで、${String(step.when.days)}日前より近い予約しかありません。`,
          '.when',
        );
      if ((step.notWithinHours ?? 0) > (lastDay - step.when.days + 1) * 24)
        return never('予約からお知らせまでの時間が、いつも足りません。', '.notWithinHours');
    }
    return [];
  });
}

/** Texts of the pages that nobody has written. */
function emptyTexts(value: unknown): CheckFault[] {
  const texts = (value as { texts?: unknown } | null)?.texts;
  if (typeof texts !== 'object' || texts === null) return [];
  return Object.entries(texts).flatMap(([name, text]) => {
    const isEmpty = typeof text === 'string' ? text.trim() === '' : Array.isArray(text) && text.length === 0;
    return isEmpty
      ? [{ path: `texts.${name}`, sentence: `${placeInWords(value, ['texts', name])}がまだ空です。` }]
      : [];
  });
}

const languageNames: Readonly<Record<string, string>> = {
  'ja-easy': 'やさしい日本語',
  en: '英語',
  zh: '中国語',
  ko: '韓国語',
  vi: 'ベトナム語',
  tl: 'タガログ語',
  pt: 'ポルトガル語',
};

/** What a language lacks of the texts that the Japanese has, and languages that nobody has looked through. */
function missingTranslations(document: ProgrammeDocument): CheckFault[] {
  const { translations } = document as {
    translations?: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  };
  return Object.entries(translations ?? {}).flatMap(([language, words]): CheckFault[] => {
    if (!words) return [];
    const path = `translations.${language}`;
    const name = languageNames[language] ?? language;
    const record = (part: string) => (words[part] ?? {}) as Readonly<Record<string, unknown>>;
    const missing: CheckFault[] = [];
    const lacks = (part: string, what: string) =>
      missing.push({ path: `${path}.${part}`, sentence: `${name}の${what}がありません。` });
    if (typeof words['name'] !== 'string') lacks('name', '事業の名前');
    for (const [key, text] of Object.entries(document.texts))
      if (text.length > 0 && (record('texts')[key] ?? '') === '')
        lacks(`texts.${key}`, placeInWords(document, ['texts', key]));
    for (const group of document.groups)
      if (record('groups')[group.code] === undefined) lacks('groups', `対象区分「${group.label}」の名前`);
    for (const field of document.form.fields)
      if (record('fields')[field.name] === undefined) lacks('fields', `入力項目「${field.label}」の名前`);
    for (const template of Object.keys(document.templates))
      if (record('templates')[template] === undefined) lacks('templates', `文面「${template}」`);
    if (words['reviewed'] === false)
      missing.push({
        path: `${path}.reviewed`,
        sentence: `${name}はまだだれも確認していないため、市民には表示されません。`,
      });
    return missing;
  });
}

interface Range {
  readonly from: string;
  readonly until: string;
  readonly label: string;
  readonly index: number;
}

/** Birth dates that a group takes, both ends included; undefined for groups that go by something else. */
function rangesOf(group: ProgrammeDocument['groups'][number], index: number): Range[] {
  const { members } = group as {
    members?: readonly { kind: string; from?: string | number; until?: string | number; on?: string }[];
  };
  return (members ?? []).flatMap((member): Range[] => {
    if (member.kind === 'born')
      return [
        {
          from: String(member.from ?? '0001-01-01'),
          until: String(member.until ?? '9999-12-31'),
          label: group.label,
          index,
        },
      ];
    if (member.kind === 'age' && member.on !== undefined) {
      // By law a year of age is full at the end of the day before the birthday, so 「1日生まれ」 counts a day earlier.
      const born = (age: number) => addDays(shiftYears(member.on ?? '', -age), 1);
      return [
        {
          from: member.until === undefined ? '0001-01-01' : addDays(born(Number(member.until) + 1), 1),
          until: member.from === undefined ? '9999-12-31' : born(Number(member.from)),
          label: group.label,
          index,
        },
      ];
    }
    return [];
  });
}

function shiftYears(date: string, years: number): string {
  const moved = `${String(Number(date.slice(0, 4)) + years).padStart(4, '0')}${date.slice(4)}`;
  return date.endsWith('02-29') && Number.isNaN(Date.parse(`${moved}T00:00:00Z`))
    ? `${moved.slice(0, 4)}-02-28`
    : new Date(`${moved}T00:00:00Z`).toISOString().slice(5, 10) === moved.slice(5)
      ? moved
      : `${moved.slice(0, 4)}-02-28`;
}

function groupFaults(document: ProgrammeDocument, { residents }: CheckFacts): CheckFault[] {
  const faults: CheckFault[] = [];
  const known = new Set(document.groups.map((group) => group.code));
  for (const [code, count] of residents) {
    if (!known.has(code) && code !== 'none' && count > 0)
      faults.push({
        path: 'groups',
        sentence: `取り込まれた対象者のうち${String(count)}人は区分「${code}」ですが、この区分がありません。この人たちは予約できません。`,
      });
  }
  const ranges = document.groups.flatMap(rangesOf).sort((a, b) => (a.from < b.from ? -1 : 1));
  ranges.forEach((range, index) => {
    const next = ranges[index + 1];
    if (!next || next.index === range.index) return;
    if (next.from <= range.until)
      faults.push({
        path: `groups.${String(next.index)}`,
        sentence: `「${range.label}」と「${next.label}」の生まれた日が重なっています（${formatDateJa(next.from)}から）。`,
      });
    else if (next.from > addDays(range.until, 1)) {
      faults.push({
        path: `groups.${String(next.index)}`,
        sentence: `「${range.label}」と「${next.label}」のあいだに、どちらにも入らない人がいます（${formatDateJa(addDays(range.until, 1))}から${formatDateJa(addDays(next.from, -1))}までに生まれた人）。`,
      });
    }
  });
  return faults;
}

/** Groups that open while there is nothing to book in their window. */
function openingFaults(document: ProgrammeDocument, { seats, now }: CheckFacts): CheckFault[] {
  return document.groups.flatMap((group, index): CheckFault[] => {
    if (group.closesAt !== undefined && Date.parse(group.closesAt) <= now.getTime()) return [];
    const opening = new Date(Math.max(Date.parse(group.opensAt), now.getTime()));
    const first = addDays(cityDate(opening), document.bookingWindow.firstDay);
    const last = addDays(cityDate(opening), document.bookingWindow.lastDay);
    if (seats.some((day) => day.dose === 1 && day.seats > 0 && day.date >= first && day.date <= last)) return [];
    return [
      {
        path: `groups.${String(index)}.opensAt`,
        page: '/schedule',
        sentence: `「${group.label}」の受付が始まる${formatDateJa(cityDate(opening))} ${cityTime(opening)}に、予約できる枠（${formatDateJa(first)}から${formatDateJa(last)}まで）が一つもありません。`,
      },
    ];
  });
}

function pairFaults(document: ProgrammeDocument, { seats }: CheckFacts): CheckFault[] {
  return document.doses.slice(1).flatMap((dose, index): CheckFault[] => {
    const of = (number: number) => seats.filter((day) => day.dose === number);
    const before = of(dose.number - 1);
    const { unreached, firstDate } = reachableSeats(before, of(dose.number), dose.interval ?? { minDays: 0 });
    if (unreached === 0 || firstDate === undefined) return [];
    const total = before.reduce((sum, day) => sum + day.seats, 0);
    const label = document.doses[index]?.label ?? '';
    return [
      {
        path: `doses.${String(index + 1)}.interval`,
        page: '/schedule',
        sentence: `${label}の席${String(total)}のうち${String(unreached)}は、間隔の中に${dose.label}の席がありません（${formatDateJa(firstDate)}の席から）。`,
      },
    ];
  });
}

/** Seats of the first dose that are to come, and people who were imported: what the wanted share is compared with. */
export function seatsAndPeople({ seats, residents }: Pick<CheckFacts, 'seats' | 'residents'>): {
  readonly seats: number;
  readonly people: number;
} {
  return {
    seats: seats.filter((day) => day.dose === 1).reduce((sum, day) => sum + day.seats, 0),
    people: [...residents.values()].reduce((sum, count) => sum + count, 0),
  };
}

function seatFaults(document: ProgrammeDocument, { seats, residents, seatShare }: CheckFacts): CheckFault[] {
  const { seats: first, people } = seatsAndPeople({ seats, residents });
  if (people === 0) return [{ page: '/imports', sentence: '対象者がまだ取り込まれていません。' }];
  if (first >= people * seatShare) return [];
  return [
    {
      page: '/schedule',
      sentence: `${document.doses[0]?.label ?? ''}の席は${String(first)}で、対象者${String(people)}人の${percent(first / people)}です（目安は${percent(seatShare)}以上）。`,
    },
  ];
}

function venueFaults({ venues }: CheckFacts): CheckFault[] {
  return venues.flatMap((venue): CheckFault[] => [
    ...(venue.address.trim() === ''
      ? [{ page: `/venues/${venue.id}`, sentence: `${venue.name}の住所がありません。` }]
      : []),
    ...(venue.active
      ? []
      : [{ page: `/venues/${venue.id}`, sentence: `${venue.name}は休止中ですが、これからの枠があります。` }]),
  ]);
}

function siteFaults({ site }: CheckFacts): CheckFault[] {
  const page = '/site';
  let url: URL;
  try {
    url = new URL(site.url);
  } catch {
    return [{ page, sentence: `予約サイトのURL「${site.url}」はURLではありません。` }];
  }
  const isLocal = url.hostname === 'localhost' || url.hostname === '127.0.0.1';
  return [
    ...(url.protocol === 'https:' || isLocal
      ? []
      : [{ page, sentence: '予約サイトのURLが https で始まっていません。' }]),
    ...(site.qrText === site.url
      ? []
      : [
          {
            page,
            sentence: `QRコードを読み取ると「${site.qrText ?? '（読み取れません）'}」になり、予約サイトのURL「${site.url}」と違います。`,
          },
        ]),
  ];
}

const failureWords: Readonly<Record<SampleFailure, string>> = {
  unreadable: '保存されている内容を読み取れません',
  number: '番号の桁数が、この事業の決まりと違います',
  birth_date: '生年月日が、ありえない日付です',
  group: '対象区分が、この事業にありません',
};

function sampleFaults({ sample }: CheckFacts): CheckFault[] {
  return sample.failed
    .filter(({ count }) => count > 0)
    .map(({ why, count }) => ({
      page: '/imports',
      sentence: `取り込んだ対象者から選んだ${String(sample.tried)}人のうち${String(count)}人がログインできません：${failureWords[why]}。`,
    }));
}

function percent(share: number): string {
  return `${String(Math.round(share * 1000) / 10)}%`;
}
