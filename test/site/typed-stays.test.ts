import type { ProgrammeDocument } from '../../domain/programmes/document';
import { type Citizen, type CitySite, createCitySite, freshCoupon } from '../worlds/city-site';
import { translatedProgramme } from '../worlds/translated-programme';
import { type Answer, type Fields, formOf } from '../worlds/visitor';

/** Whatever is pressed on a page with a form, what was typed is there again. All of it without scripts. */

let site: CitySite;
const declared = ['carer', 'ill'].map((code): ProgrammeDocument['groups'][number] => ({
  code,
  label: `区分 ${code}`,
  importedAs: [],
  members: [{ kind: 'declared', statement: `わたしは ${code} です` }],
  opensAt: '2021-01-01T00:00:00+09:00',
}));
beforeAll(async () => {
  site = await createCitySite({
    change(document) {
      translatedProgramme()(document);
      document.groups.push(...declared);
    },
    reviewed: ['en', 'ja-easy'],
  });
});
afterAll(() => site.close());

let minutes = 0;
async function holding(): Promise<{ citizen: Citizen; details: string; slotId: string }> {
  const citizen = await site.citizen();
  const slotId = await site.city.addSlot({ time: `09:${String(minutes++).padStart(2, '0')}` });
  const { id } = (await citizen.post('/api/v1/bookings', { slotId, dose: 1 })).json<{ id: string }>();
  return { citizen, details: `/holds/${id}/details`, slotId };
}

/** Presses what has these words on it, with these fields of the page filled in: a button sends its form, a link sends nothing. */
async function press(
  citizen: Pick<Citizen, 'get' | 'submit'>,
  path: string,
  words: RegExp,
  fields: Fields,
): Promise<Answer> {
  const { text } = await citizen.get(path);
  const saying = (element: RegExp) =>
    [...text.matchAll(element)].find(([, , inner = '']) => words.test(inner.replace(/<[^>]*>/g, '')));
  const link = saying(/<a ([^>]*)>((?:(?!<\/a>)[\s\S])*)<\/a>/g);
  if (link) return citizen.get((/href="([^"]*)"/.exec(link[1] ?? '')?.[1] ?? '').replace(/&#x3D;/g, '='));
  const button = saying(/<button ?([^>]*)>((?:(?!<\/button>)[\s\S])*)<\/button>/g);
  const around = [...text.matchAll(/<form[^>]*action="([^"]*)"[^>]*>[\s\S]*?<\/form>/g)].find(([form]) =>
    form.includes(button?.[0] ?? 'no such button'),
  );
  const form = around && formOf(around[0], around[1] ?? '');
  if (!button || !form) throw new Error(`no button ${String(words)} on ${path}`);
  const name = /name="([^"]*)"/.exec(button[1] ?? '')?.[1];
  const value = (/value="([^"]*)"/.exec(button[1] ?? '')?.[1] ?? '').replace(/&#x3D;/g, '=');
  // Only the form's own fields go along.
  const own = Object.fromEntries(Object.entries(fields).filter(([field]) => around[0].includes(` name="${field}"`)));
  return citizen.submit(form.action, { ...form.hidden, ...own, ...(name === undefined ? {} : { [name]: value }) });
}

const typed = { telephone: '０９０－１２', email: 'hana@', help: ['wheelchair', 'hearing'] };
const expectTyped = (text: string): void => {
  expect(text).toContain('value="０９０－１２"');
  expect(text).toContain('value="hana@"');
  expect(text).toMatch(/value="wheelchair" checked/);
  expect(text).toMatch(/value="hearing" checked/);
};

describe('the details', () => {
  test.each([
    ['more time', /お取りする時間を延ばす/, /^\/holds\/[0-9a-f-]{36}\/details$/],
    ['the second dose with it', /この日時で2回目もいっしょに取る/, /^\/holds\/[0-9a-f-]{36}\/details/],
    ['another language', /^English$/, /^\/holds\/[0-9a-f-]{36}\/details$/],
    ['the way back', /戻る/, /^\/book\/1\/times\?venue=/],
    ['another time for the second dose', /2回目を別の日時から選ぶ/, /^\/book\/2\/venues$/],
    ['what is done with the data', /個人情報/, /^\/privacy$/],
  ])('keep what was typed, though half of it is wrong: %s', async (_what, words, leadsTo) => {
    const { citizen, details } = await holding();
    const answer = await press(citizen, details, words, typed);
    // A redirect: going back and forward sends nothing again.
    expect([answer.status, answer.headers.location]).toEqual([303, expect.stringMatching(leadsTo)]);
    expect(answer.headers.location).not.toMatch(/hana|090|wheelchair/);
    const after = answer.headers.location?.startsWith('/holds')
      ? await citizen.follow(answer)
      : await citizen.get(details);
    expectTyped(after.text);
    // Nobody was asked yet whether it is right.
    expect([after.status, after.text.includes('role="alert" aria-labelledby="errors-title"')]).toEqual([200, false]);
  });

  test('say in the new language what was wrong before', async () => {
    const { citizen, details } = await holding();
    const wrong = await citizen.follow(await citizen.fill(details, details, typed));
    expect([wrong.status, wrong.path]).toEqual([422, `${details}?check=1`]);
    const english = await citizen.follow(await press(citizen, wrong.path, /^English$/, typed));
    expect(english.text).toContain('<title>Error: Contact details');
    expectTyped(english.text);
  });

  test('tick the notices’ language of the page until a person chooses one', async () => {
    const { citizen, details } = await holding();
    expect((await citizen.get(details)).text).toMatch(/name="language" value="ja" checked/);
    const english = await citizen.follow(await press(citizen, details, /^English$/, { ...typed, language: 'ja' }));
    expect(english.text).toMatch(/name="language" value="en" checked/);
    const chosen = await citizen.follow(
      await press(citizen, english.path, /^日本語$/, { ...typed, language: 'ja-easy' }),
    );
    expect(chosen.text).toMatch(/name="language" value="ja-easy" checked/);
    const none = await citizen.follow(await press(citizen, chosen.path, /^English$/, { ...typed, language: '' }));
    expect(none.text).toMatch(/id="language-" name="language" value="" checked/);
  });

  test('end with the session where a person logs out', async () => {
    const { citizen, details } = await holding();
    const out = await press(citizen, details, /ログアウト/, typed);
    expect([out.status, out.headers.location]).toEqual([303, '/logged-out']);
    expect((await citizen.get(details)).headers.location).toContain('/login');
  });

  test('lead nowhere but to our own pages', async () => {
    const { citizen, details } = await holding();
    for (const to of ['https://evil.example/', '//evil.example', '/\\evil.example', '/api/v1/me', ''])
      expect((await citizen.fill(details, details, { _do: `go:${to}` })).headers.location).toBe(details);
  });
});

test('Enter presses the button that the page is for, on every page that is a form', async () => {
  const { citizen, details } = await holding();
  for (const [path, primary] of [
    ['/login', 'ログインする'],
    [details, '内容を確認する'],
    ['/bookings', '申告する'],
    ['/book/1/venues', 'しぼる'],
  ] as const) {
    const { text } = await citizen.get(path);
    const form = /<form [^>]*>[\s\S]*<\/form>/.exec(text)?.[0] ?? '';
    // The first button of a form is the one that Enter presses.
    const [first = ''] = /<button[^>]*>[^<]*<\/button>/.exec(form) ?? [];
    expect([path, first.replace(/<[^>]*>/g, ''), first.includes(' name=')]).toEqual([path, primary, false]);
  }
});

test('the log-in keeps number and date in the new language, and puts them nowhere', async () => {
  const visitor = site.visitor();
  const couponNumber = freshCoupon();
  const fields = { couponNumber, birthEra: '昭和', birthYear: '22', birthMonth: '4', birthDay: '1' };
  const english = await press(visitor, '/login?next=/book/1/venues', /^English$/, fields);
  expect([english.status, english.headers.location]).toEqual([200, undefined]);
  expect(english.text).toContain('<html lang="en"');
  for (const value of [couponNumber, '22', '4', '1']) expect(english.text).toContain(`value="${value}"`);
  expect(english.text).toMatch(/value="昭和" checked/);
  expect(english.text).toContain('name="next" value="/book/1/venues"');
  expect(english.setCookies.join()).not.toContain(couponNumber);
  expect([...visitor.cookies.keys()].sort()).toEqual(['toki-form', 'toki-language']);
  expect(site.logText()).not.toContain(couponNumber);
  // It was no attempt to log in, and what is there can be sent as it is.
  await site.city.addResident({ number: couponNumber, birthDate: '1947-04-01' });
  const form = formOf(english.text, '/login');
  const done = await visitor.submit('/login', { ...form?.hidden, ...fields });
  expect([done.status, done.headers.location]).toEqual([303, '/book/1/venues']);
});

test('statements that are ticked, all of them, stay in another language, and count when they are sent', async () => {
  const citizen = await site.citizen();
  const groups = ['carer', 'ill'];
  const english = await citizen.follow(await press(citizen, '/bookings', /^English$/, { groups }));
  expect(english.path).toBe('/bookings');
  for (const code of groups) expect(english.text).toContain(`name="groups" value="${code}" checked`);
  expect((await citizen.fill('/bookings', '/declare', { groups })).headers.location).toBe('/bookings?done=declared');
  expect((await citizen.get('/api/v1/me')).json()).toMatchObject({ declarable: [] });
});

test('a time and a ward that are chosen stay chosen', async () => {
  const { citizen } = await holding();
  const chosen = await site.city.addSlot({ time: '13:00', daysAhead: 6 });
  await site.city.addSlot({ time: '14:00', daysAhead: 6 });
  const days = (await citizen.get(`/book/1/times?venue=${site.city.venueId}`)).text;
  const day = [...days.matchAll(/day&#x3D;(\d{4}-\d\d-\d\d)/g)].at(-1)?.[1] ?? '';
  const times = `/book/1/times?venue=${site.city.venueId}&day=${day}`;
  const english = await citizen.follow(await press(citizen, times, /^English$/, { slotId: chosen }));
  expect(english.text).toMatch(new RegExp(`value="${chosen}" checked`));
  const venues = await citizen.follow(await press(citizen, '/book/1/venues', /^日本語$/, { ward: '中央区' }));
  expect(venues.text).toMatch(/<option value="中央区"[^>]* selected/);
});
