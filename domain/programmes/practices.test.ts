import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { checkAnswers, fieldsAsked } from '../bookings/form';
import { type BookingForRules, decideHold, type HoldRequest } from '../bookings/rules';
import { addDays } from '../calendar/city-time';
import { readCsv } from '../csv/read-csv';
import { findAssignmentHeader } from '../imports/assignments/columns';
import { cellsOf, readAssignmentRow, venueFinder } from '../imports/assignments/row';
import { dueBroadcasts, writeBroadcast } from '../notices/broadcast';
import { laterSteps } from '../notices/journey-moments';
import { planJourney } from '../notices/journey-plan';
import { writeNotice } from '../notices/write-notice';
import { parseCouponNumber } from '../residents/coupon-number';
import { inLanguage, languagesOf, noticeLanguage } from '../site/languages';
import { checkProgrammeDocument, type ProgrammeDocument } from './document';
import type { Person } from './eligibility';
import { seatsOfShare } from './seat-stages';
import { noticesOn } from './words';

const folder = join(__dirname, '../../docs/programmes');
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

function load(name: string): ProgrammeDocument {
  const checked = checkProgrammeDocument(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));
  if (!checked.ok) throw new Error(JSON.stringify(checked.faults));
  return checked.document;
}

const city = (text: string) => new Date(`${text}:00+09:00`);

interface Wish extends Partial<HoldRequest> {
  readonly at: string;
  /** The appointment. */
  readonly slot: string;
  readonly venue?: string;
  readonly bookings?: readonly BookingForRules[];
}

/** The word of the rules: `ok`, with the share of the seats where it is not all of them, or why not. */
function ask(
  document: ProgrammeDocument,
  person: Person,
  { at, slot, venue = 'bandai', bookings = [], dose = 1, channel = 'web', ...request }: Wish,
): string {
  const decision = decideHold(
    document,
    person,
    bookings,
    { dose, startsAt: city(slot), venueCode: venue },
    { dose, channel, ...request },
    city(at),
  );
  if (!decision.ok) return decision.code;
  return decision.limit ? `ok ${String(decision.limit.share)}%` : 'ok';
}

const booked = (slot: string, more: Partial<BookingForRules> = {}): BookingForRules => ({
  id: 'first',
  dose: 1,
  state: 'confirmed',
  slotStartsAt: city(slot),
  venueCode: 'bandai',
  holdExpiresAt: city(slot),
  replaces: null,
  changes: 0,
  ...more,
});
const born = (birthDate: string, groupCode = 'none'): Person => ({ birthDate, groupCode });
const senior: Person = { groupCode: 'seniors' };

test.each(files)('%s is sound, and all of its notices can be written in each of its languages', (name) => {
  const document = load(name.replace('.json', ''));
  const appointment = { startsAt: city('2021-05-29T10:30'), venueName: '会場', venueAddress: '新潟市' };
  for (const language of languagesOf(document)) {
    for (const step of document.journey) {
      const message = writeNotice(
        document,
        step,
        { dose: 1, reference: '482913505', endReason: 'city', appointment },
        'https://yoyaku.example.jp',
        language,
      );
      expect(message.text).not.toMatch(/\{\{|undefined|null/);
    }
  }
});

test('1: from 6 May 08:30 for 75 and over, three weeks ahead, a day more every morning', () => {
  const document = load('01-rolling-three-weeks');
  const person = born('1947-04-01');
  expect(ask(document, person, { at: '2021-05-06T08:29', slot: '2021-05-20T10:00' })).toBe('not_open_yet');
  expect(ask(document, person, { at: '2021-05-06T08:30', slot: '2021-05-27T10:00' })).toBe('ok');
  expect(ask(document, person, { at: '2021-05-06T08:30', slot: '2021-05-28T10:00' })).toBe('outside_window');
  expect(ask(document, person, { at: '2021-05-07T08:29', slot: '2021-05-28T10:00' })).toBe('outside_window');
  expect(ask(document, person, { at: '2021-05-07T08:30', slot: '2021-05-28T10:00' })).toBe('ok');
  expect(ask(document, born('1947-04-02'), { at: '2021-05-06T08:30', slot: '2021-05-20T10:00' })).toBe('not_eligible');
});

test('2: dose 2 three weeks later, four and fixed at one venue, and never another vaccine', () => {
  const document = load('02-second-dose-set');
  const at = '2021-06-01T10:00';
  const first = booked('2021-06-10T10:30');
  expect(ask(document, senior, { at, slot: '2021-06-30T10:30', dose: 2, bookings: [first] })).toBe(
    'too_early_for_dose',
  );
  expect(ask(document, senior, { at, slot: '2021-07-01T10:30', dose: 2, bookings: [first] })).toBe('ok');
  expect(
    ask(document, senior, { at, slot: '2021-07-08T10:30', dose: 2, venue: 'sangyo-center', bookings: [first] }),
  ).toBe('other_vaccine');
  const there = booked('2021-06-10T10:30', { venueCode: 'sangyo-center' });
  expect(
    ask(document, senior, { at, slot: '2021-07-07T10:30', dose: 2, venue: 'sangyo-center', bookings: [there] }),
  ).toBe('too_early_for_dose');
  expect(
    ask(document, senior, { at, slot: '2021-07-08T10:30', dose: 2, venue: 'sangyo-center', bookings: [there] }),
  ).toBe('ok');
  const second = booked('2021-07-08T10:30', { id: 'second', dose: 2, venueCode: 'sangyo-center' });
  const move = {
    at,
    slot: '2021-07-10T10:30',
    dose: 2,
    venue: 'sangyo-center',
    bookings: [there, second],
    replaces: 'second',
  };
  expect(ask(document, senior, move)).toBe('fixed_by_city');
  expect(ask(document, senior, { ...move, channel: 'phone' })).toBe('ok');
});

test('3: half of the seats from the 4th for those over 30, the rest kept for the younger from the 7th', () => {
  const document = load('03-two-groups-half-kept');
  const slot = '2021-09-20T10:00';
  const [older, young] = [born('1980-01-01'), born('2000-01-01')];
  expect(ask(document, older, { at: '2021-09-04T08:59', slot })).toBe('not_open_yet');
  expect(ask(document, older, { at: '2021-09-04T09:00', slot })).toBe('ok 50%');
  expect(ask(document, born('2000-01-01', 'priority'), { at: '2021-09-04T09:00', slot })).toBe('ok 50%');
  expect(ask(document, young, { at: '2021-09-07T07:59', slot })).toBe('not_open_yet');
  expect(ask(document, young, { at: '2021-09-07T08:00', slot })).toBe('ok');
  expect(ask(document, older, { at: '2021-09-07T08:00', slot })).toBe('ok 50%');
  // Priority and young: the better of the two.
  expect(ask(document, born('2000-01-01', 'priority'), { at: '2021-09-07T08:00', slot })).toBe('ok');
  expect([10, 9, 1].map((seats) => seatsOfShare(seats, 50))).toEqual([5, 4, 0]);
  expect(ask(document, born('2009-04-02'), { at: '2021-09-08T08:00', slot })).toBe('ok');
  expect(ask(document, born('2010-04-02'), { at: '2021-09-08T08:00', slot })).toBe('not_eligible');
  // What else the demo city shows.
  const at = '2021-09-05T10:00';
  expect(ask(document, older, { at, slot: '2021-09-05T14:00', channel: 'phone' })).toBe('ok 50%');
  expect(ask(document, older, { at, slot: '2021-09-05T14:00' })).toBe('outside_window');
  const first = booked('2021-09-10T10:00', { venueCode: 'chuo-toki-messe' });
  expect(
    ask(document, older, { at, slot: '2021-10-07T10:00', venue: 'chuo-toki-messe', dose: 2, bookings: [first] }),
  ).toBe('too_early_for_dose');
  expect(
    ask(document, older, { at, slot: '2021-10-08T10:00', venue: 'chuo-toki-messe', dose: 2, bookings: [first] }),
  ).toBe('ok 50%');
  expect(ask(document, older, { at, slot: '2021-10-08T10:00', dose: 2, bookings: [first] })).toBe('other_vaccine');
  expect(fieldsAsked(document, { help: ['wheelchair', 'hearing'] }).map((field) => field.name)).not.toContain(
    'interpreterLanguage',
  );
  expect(
    checkAnswers(document, {
      telephone: '090-1234-5678',
      help: ['wheelchair', 'interpreter'],
      consentRules: true,
      consentUse: true,
    }),
  ).toMatchObject({ ok: false, faults: [{ field: 'interpreterLanguage' }] });
});

test('4: one venue by web alone at first, the others by every way', () => {
  const document = load('04-web-only-at-first');
  const wish = { at: '2021-05-10T09:00', slot: '2021-05-20T10:00' };
  expect(ask(document, senior, { ...wish, venue: 'toki-messe' })).toBe('ok');
  expect(ask(document, senior, { ...wish, venue: 'toki-messe', channel: 'phone' })).toBe('not_open_yet');
  expect(ask(document, senior, { ...wish, channel: 'phone' })).toBe('ok');
  expect(
    ask(document, senior, {
      ...wish,
      at: '2021-05-24T08:30',
      slot: '2021-06-10T10:00',
      venue: 'toki-messe',
      channel: 'phone',
    }),
  ).toBe('ok');
});

test('5: what the city assigned is told in other words, and changed the usual way, three times', () => {
  const document = load('05-assigned-by-the-city');
  const ids = (channel: 'web' | 'venue') =>
    planJourney(document, 1, { channel })
      .steps.filter((step) => step.on === 'confirmed')
      .map((step) => step.id);
  expect(ids('venue')).toEqual(['assigned', 'reminder']);
  expect(ids('web')).toEqual(['confirmation', 'reminder']);
  // The city gives seats of the venues' lane two weeks before anybody may book, and further ahead.
  expect(ask(document, senior, { at: '2022-01-12T09:00', slot: '2022-02-10T10:00', channel: 'venue' })).toBe('ok');
  expect(ask(document, senior, { at: '2022-01-12T09:00', slot: '2022-02-10T10:00' })).toBe('not_open_yet');
  expect(ask(document, senior, { at: '2022-01-24T08:30', slot: '2022-04-20T10:00', channel: 'venue' })).toBe('ok');
  expect(ask(document, senior, { at: '2022-01-24T08:30', slot: '2022-04-20T10:00' })).toBe('outside_window');
  const move = { at: '2022-01-25T10:00', slot: '2022-02-20T10:00', replaces: 'first' };
  expect(ask(document, senior, { ...move, bookings: [booked('2022-02-10T10:00', { changes: 2 })] })).toBe('ok');
  expect(ask(document, senior, { ...move, bookings: [booked('2022-02-10T10:00', { changes: 3 })] })).toBe(
    'too_many_changes',
  );
});

test('5: the file of the city is read: era dates, full width, titles above the header; each row that cannot be read says why', () => {
  const document = load('05-assigned-by-the-city');
  const text = new TextDecoder('shift_jis', { fatal: true }).decode(
    readFileSync(join(__dirname, '../../test/data/assigned-appointments.csv')),
  );
  const csv = readCsv(text);
  if (!csv.ok) throw new Error('the sample is CSV');
  const header = findAssignmentHeader(
    csv.records.map((record) => record.cells),
    document.doses.length > 1,
  );
  if (!header.ok) throw new Error(header.sentence);
  const venueOf = venueFinder([
    { id: 'sakuragi', code: 'sakuragi', name: '桜木会場' },
    { id: 'higashi', code: 'higashi', name: '東会場' },
  ]);
  const read = csv.records.slice(header.leadingRecords).map(({ cells }) =>
    readAssignmentRow(cellsOf(cells, header.columns), {
      columns: header.columns,
      couponNumber: document.identification.couponNumber,
      doses: [1],
      venueOf,
      today: '2022-01-12',
    }),
  );
  expect(read.flatMap((row) => (row.ok ? [] : [row.fault]))).toEqual([
    'number_too_short',
    'venue_unknown',
    'date_malformed',
    'time_malformed',
    'number_exponent',
  ]);
  const rows = read.flatMap((row) => (row.ok ? [row.row] : []));
  expect(rows).toHaveLength(40);
  expect(rows[0]).toEqual({
    number: '9940000000',
    venueId: 'sakuragi',
    startsAt: city('2022-02-08T09:30'),
    dose: 1,
    telephone: '0250000000',
  });
  for (const { startsAt, venueId } of rows) {
    expect(
      decideHold(
        document,
        senior,
        [],
        { dose: 1, startsAt, venueCode: venueId },
        { dose: 1, channel: 'venue' },
        city('2022-01-12T09:00'),
      ),
    ).toMatchObject({ ok: true });
  }
});

test('6: seats of the same day by telephone alone, from October', () => {
  const document = load('06-same-day-by-telephone');
  const person = born('1980-01-01');
  expect(ask(document, person, { at: '2021-09-30T08:30', slot: '2021-09-30T14:00', channel: 'phone' })).toBe(
    'outside_window',
  );
  expect(ask(document, person, { at: '2021-10-01T08:30', slot: '2021-10-01T14:00', channel: 'phone' })).toBe('ok');
  expect(ask(document, person, { at: '2021-10-01T08:30', slot: '2021-10-01T14:00' })).toBe('outside_window');
  expect(noticesOn(document, 'front', city('2021-10-02T08:00')).map((notice) => notice.id)).toEqual(['today']);

  const due = (at: string) => dueBroadcasts(document, city(at)).map(({ broadcast, day }) => `${broadcast.id} ${day}`);
  expect(
    ['2021-09-30T09:00', '2021-10-01T08:59', '2021-10-01T09:00', '2021-10-01T09:59', '2021-10-01T10:00'].map(due),
  ).toEqual([[], [], ['morning 2021-10-01'], ['morning 2021-10-01'], []]);
  const [morning] = document.broadcasts ?? [];
  if (!morning) throw new Error('the morning message is missing');
  expect(
    writeBroadcast(
      document,
      morning,
      [
        { venueName: '桜木会場', seats: 3 },
        { venueName: '北会場', seats: 12 },
      ],
      '2021-10-01',
      'https://yoyaku.example.jp',
    ),
  ).toBe(
    `【新潟市】新型コロナワクチン接種　本日 2021年10月1日（金） の空き

桜木会場　3席
北会場　12席

合わせて15席です。ご予約はお電話で承ります。
コールセンター 025-000-0000（毎日 午前8時30分から午後5時30分まで）
お話ししているあいだに埋まることがあります。`,
  );
});

test('7: helpers see their own fields, citizens do not', () => {
  const document = load('07-helpers-at-the-ward-office');
  const names = (channel: 'web' | 'venue', raw = {}) =>
    fieldsAsked(document, raw, { channel }).map((field) => field.name);
  expect(names('web')).toEqual(['telephone', 'email', 'noTelephone', 'consentRules', 'consentUse']);
  expect(names('venue', { telephone: '025-000-0000' })).toEqual([
    'help',
    'desk',
    'telephone',
    'email',
    'consentRules',
    'consentUse',
  ]);
  expect(
    checkAnswers(document, { desk: 'kita', consentRules: true, consentUse: true }, { channel: 'venue' }),
  ).toMatchObject({ ok: true, answers: { desk: 'kita' } });
  // A field that is not asked is not kept, whatever is sent.
  expect(checkAnswers(document, { desk: 'kita', consentRules: true, consentUse: true }, { channel: 'web' })).toEqual({
    ok: true,
    answers: { consentRules: true, consentUse: true },
  });
});

test('8: a quarter of the web’s seats more every week, the telephone’s all at once', () => {
  const document = load('08-seats-in-weekly-stages');
  const share = (at: string, channel: 'web' | 'phone' = 'web') =>
    ask(document, senior, { at, slot: '2021-06-20T10:00', channel });
  expect(
    ['2021-05-06T08:30', '2021-05-13T08:29', '2021-05-13T08:30', '2021-05-20T08:30', '2021-05-27T08:30'].map((at) =>
      share(at),
    ),
  ).toEqual(['ok 25%', 'ok 25%', 'ok 50%', 'ok 75%', 'ok']);
  expect(share('2021-05-06T08:30', 'phone')).toBe('ok');
});

test('9: by birth date, by the city’s list, by declaration, each from its own day', () => {
  const document = load('09-several-groups-at-once');
  const slot = '2021-07-15T10:00';
  const at = (moment: string, person: Person) => ask(document, person, { at: moment, slot });
  expect(at('2021-06-01T09:00', born('1957-04-01'))).toBe('ok');
  expect(at('2021-06-01T09:00', born('1957-04-02'))).toBe('not_open_yet');
  expect(at('2021-06-01T09:00', born('1990-01-01', 'facility-staff'))).toBe('ok');
  expect(at('2021-06-20T09:00', { ...born('1990-01-01'), declared: ['illness'] })).toBe('not_open_yet');
  expect(at('2021-06-21T08:30', { ...born('1990-01-01'), declared: ['illness'] })).toBe('ok');
  expect(at('2021-06-21T08:30', born('1990-01-01'))).toBe('not_eligible');
  expect(at('2021-07-05T08:30', born('1960-01-01'))).toBe('ok');
  // Nobody declares themselves into a group that is not one for declaring.
  expect(at('2021-06-21T08:30', { ...born('1990-01-01'), declared: ['over65', 'facility-staff'] })).toBe(
    'not_eligible',
  );
});

test('10: no address is typed into a text, numbers of another city are told apart, notices speak the language chosen', () => {
  for (const name of files) expect(readFileSync(join(folder, name), 'utf8')).not.toMatch(/https?:|www\.|\.jp/);
  const document = load('10-nothing-printed-unchecked');
  const rule = document.identification.couponNumber;
  expect(parseCouponNumber('1512345678', rule)).toMatchObject({ ok: true });
  expect(parseCouponNumber('9912345678', rule)).toEqual({ ok: false, fault: 'wrong_prefix' });
  expect(languagesOf(document)).toEqual(['ja', 'ja-easy', 'en']);
  expect(['en', 'ja-easy', 'pt', 'xx'].map((language) => noticeLanguage(document, { language }))).toEqual([
    'en',
    'ja-easy',
    'ja',
    'ja',
  ]);
  expect(inLanguage(document, 'pt').name).toBe(document.name);
  const [step] = document.journey;
  if (!step) throw new Error('there is a first step');
  const appointment = { startsAt: city('2021-05-29T10:30'), venueName: '会場', venueAddress: '新潟市' };
  expect(
    writeNotice(
      document,
      step,
      { dose: 1, reference: '482913505', endReason: null, appointment },
      'https://yoyaku.example.jp',
      'en',
    ),
  ).toMatchObject({
    subject: 'Niigata City: your booking (First dose)',
    text: expect.stringMatching(/Saturday,? 29 May 2021, 10:30/) as string,
  });
});

test('11: a health check has one appointment and no vaccine', () => {
  const document = load('11-health-check');
  const person = born('1970-01-01');
  expect(ask(document, person, { at: '2021-06-01T09:00', slot: '2021-06-20T10:00' })).toBe('ok');
  expect(ask(document, born('1990-01-01'), { at: '2021-06-01T09:00', slot: '2021-06-20T10:00' })).toBe('not_eligible');
  expect(ask(document, person, { at: '2021-06-01T09:00', slot: '2021-06-20T10:00', dose: 2 })).toBe('wrong_dose');
  expect(ask(document, person, { at: '2022-01-31T16:59', slot: '2022-03-01T10:00' })).toBe('outside_window');
  expect(JSON.stringify(document)).not.toMatch(/接種|ワクチン/);
  const plan = planJourney(document, 1);
  const event = {
    type: 'attended',
    at: '2021-06-20T02:00:00Z',
    facts: { slotStartsAt: '2021-06-20T01:00:00Z' },
  } as Parameters<typeof laterSteps>[1];
  expect(laterSteps(plan, event).map(({ step, dueAt }) => [step.id, new Date(dueAt)])).toEqual([
    ['result', city(`${addDays('2021-06-20', 7)}T10:00`)],
  ]);
});
