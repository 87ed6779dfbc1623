import { brotliCompressSync } from 'node:zlib';

import { addDays, cityDate } from '../../domain/calendar/city-time';
import { refusals } from '../../domain/contracts/booking-refusals';
import { otherLanguages } from '../../domain/programmes/document';
import { languageNames } from '../../domain/site/languages';
import { type CitySite, createCitySite, freshCoupon } from '../worlds/city-site';
import { translatedProgramme } from '../worlds/translated-programme';
import type { Answer, Visitor } from '../worlds/visitor';

let site: CitySite;
beforeAll(async () => {
  // Vietnamese: the programme's texts are reviewed, the site's are not. Korean: the other way round.
  site = await createCitySite({ change: translatedProgramme(['vi']), reviewed: ['en', 'ja-easy', 'ko'] });
});
afterAll(() => site.close());

const day = addDays(cityDate(new Date()), 5);
const linksOf = (text: string): string[] =>
  [...(/<nav class="languages[\s\S]*?<\/nav>/.exec(text)?.[0] ?? '').matchAll(/<(?:a|button) [^>]*>([^<]+)</g)].map(
    ([, name = '']) => name,
  );
const languageOf = (answer: Answer): string =>
  `${/<html lang="([^"]+)" dir="ltr">/.exec(answer.text)?.[1] ?? ''} ${String(answer.headers['content-language'])}`;

test('the languages whose texts are all reviewed are listed by their own names, on every page in the same place', async () => {
  const visitor = site.visitor();
  for (const path of [
    '/',
    '/login',
    '/help/coupon',
    '/privacy',
    '/accessibility',
    '/logged-out',
    '/nowhere',
    '/bookings/x/y',
  ]) {
    const { text } = await visitor.get(path);
    expect([path, linksOf(text)]).toEqual([path, ['日本語', 'やさしい日本語', 'English']]);
    expect(text.indexOf('<nav class="languages')).toBeLessThan(text.indexOf('<main'));
  }
  expect((await visitor.get('/help/coupon?x=1&lang=zh')).text).toContain(
    'href="/help/coupon?x&#x3D;1&amp;lang&#x3D;en"',
  );
});

test('a choice is kept in a cookie that says nothing else, and any address may say another', async () => {
  const visitor = site.visitor();
  expect(languageOf(await visitor.get('/'))).toBe('ja ja');
  const chosen = await visitor.get('/privacy?lang=en');
  expect(languageOf(chosen)).toBe('en en');
  expect(chosen.setCookies).toEqual(['toki-language=en; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000']);
  const again = await visitor.get('/');
  expect([languageOf(again), again.setCookies]).toEqual(['en en', []]);
  expect(again.text).toContain('<title>vaccination booking | Niigata City COVID-19 vaccination: booking site</title>');
  expect((await visitor.get('/')).text).toMatch(/hreflang="en" aria-current="true">English/);
  // Even where a page leads elsewhere: a link of a letter may lead to the log-in first.
  const other = site.visitor();
  const toLogIn = await other.get('/bookings?lang=ja-easy');
  expect([toLogIn.status, other.cookies.get('toki-language')]).toEqual([303, 'ja-easy']);
  const easy = await other.follow(toLogIn);
  expect(languageOf(easy)).toBe('ja ja');
  expect(easy.text).toContain('番号と 生まれた 日');
  expect(languageOf(await other.get('/?lang=ja'))).toBe('ja ja');
  expect((await other.get('/login')).text).toContain('接種券を見ながら');
});

test.each(['vi', 'ko', 'zh', 'pt', 'xx', '__proto__', 'constructor', 'EN', 'en&lang=ja', ''])(
  '%s cannot be reached, by address or by cookie',
  async (language) => {
    const visitor = site.visitor();
    const answer = await visitor.get(`/?lang=${language}`);
    expect([languageOf(answer), answer.setCookies]).toEqual(['ja ja', []]);
    visitor.cookies.set('toki-language', language);
    expect(languageOf(await visitor.get('/'))).toBe('ja ja');
  },
);

test('what the browser would rather read is offered and never forced', async () => {
  const visitor = site.visitor();
  const page = async (header: string) => visitor.get('/', { headers: { 'accept-language': header } });
  const offered = await page('fr,en-GB;q=0.8,ja;q=0.5');
  expect(languageOf(offered)).toBe('ja ja');
  expect(offered.text).toContain(
    '<p class="offer no-print" lang="en"><a href="/?lang&#x3D;en" hreflang="en">Read this site in English</a></p>',
  );
  for (const header of ['ja,en', 'ko,fr', '', 'vi']) expect((await page(header)).text).not.toContain('class="offer');
  // Who has chosen is not asked again.
  await visitor.get('/?lang=ja');
  expect((await page('en')).text).not.toContain('class="offer');
});

/** What is left of a page once everything is taken away that says itself to be Japanese, and what machines read. */
function unmarkedJapanese(text: string): string[] {
  const shown = text
    .replace(/<(\w+)[^>]* lang="ja"[^>]*>[^<]*<\/\1>/g, '')
    .replace(/ (?:value|href|action|id|for|aria-label="Picture)="[^"]*"/g, '')
    .replace(/aria-label="Picture[^"]*"/, '');
  return shown.match(/[\u3041-\u30ff\u3400-\u9fff][^<"]*/g) ?? [];
}

function expectEnglish(what: string, answer: Answer): void {
  expect([what, languageOf(answer), unmarkedJapanese(answer.text)]).toEqual([what, 'en en', []]);
  expect([what, brotliCompressSync(answer.text).length < 30_000]).toEqual([what, true]);
}

async function english(): Promise<Visitor & { couponNumber: string }> {
  const couponNumber = freshCoupon();
  await site.city.addResident({ number: couponNumber, birthDate: '1947-04-01' });
  const visitor = site.visitor();
  await visitor.get('/?lang=en');
  return Object.assign(visitor, { couponNumber });
}

test('every page of a booking is English, without scripts, and so is everything that can go wrong on the way', async () => {
  const [slotId, later] = [
    await site.city.addSlot({ time: '09:00', capacity: 20 }),
    await site.city.addSlot({ time: '14:00', capacity: 20 }),
  ];
  await site.city.addSlot({ dose: 2, daysAhead: 26, time: '09:00', capacity: 20 });
  const visitor = await english();
  for (const path of [
    '/',
    '/login',
    '/help/coupon',
    '/privacy',
    '/accessibility',
    '/logged-out',
    '/nowhere',
    '/login?next=/bookings/x',
  ])
    expectEnglish(path, await visitor.get(path));
  for (const fields of [
    {},
    { couponNumber: '1', birthYear: '22', birthMonth: '4', birthDay: '1' },
    { couponNumber: 'abc', birthEra: '昭和', birthYear: '64', birthMonth: '2', birthDay: '1' },
    { couponNumber: '12345678901', birthYear: '1947', birthMonth: '13', birthDay: '1' },
    { couponNumber: '1234567890', birthYear: '1950', birthMonth: '1', birthDay: '1' },
    { birthYear: '1947' },
  ]) {
    const wrong = await visitor.fill('/login', '/login', fields);
    expectEnglish(`log-in ${JSON.stringify(fields)}`, wrong);
    expect(wrong.text).toContain('<title>Error: Log in');
  }
  const loggedIn = await visitor.fill('/login', '/login', {
    couponNumber: visitor.couponNumber,
    birthYear: '1947',
    birthMonth: '4',
    birthDay: '1',
  });
  expectEnglish('my bookings', await visitor.follow(loggedIn));
  for (const code of Object.keys(refusals)) expectEnglish(code, await visitor.get(`/bookings?refused=${code}`));
  for (const done of ['cancelled', 'declared', 'given-up'])
    expectEnglish(done, await visitor.get(`/bookings?done=${done}`));

  const times = `/book/1/times?venue=${site.city.venueId}`;
  for (const path of [
    '/book/1/venues',
    times,
    `${times}&view=calendar`,
    `${times}&day=${day}`,
    `${times}&day=${day}&missing=1`,
    `${times}&near=${later}&refused=slot_full`,
  ])
    expectEnglish(path, await visitor.get(path));
  const toDetails = await visitor.fill(`${times}&day=${day}`, '/book/1/hold', { slotId });
  const details = toDetails.headers.location ?? '';
  const asked = await visitor.get(details);
  expectEnglish('details', asked);
  // Notices come in the language of the page unless a person chooses another.
  expect(asked.text).toMatch(/name="language" value="en" checked/);
  const wrong = await visitor.follow(
    await visitor.fill(details, details, { telephone: '12', email: 'a b@example.jp', help: ['hearing', 'nothing'] }),
  );
  expectEnglish('details, wrong', wrong);
  expect(wrong.text).toContain('<title>Error: Contact details');
  expect(wrong.text).toContain('There is a space in the e-mail address.');
  const both = await visitor.follow(await visitor.fill(details, details, { _do: 'with-next' }));
  expectEnglish('both held', both);
  const reviewed = await visitor.fill(both.path, both.path, {
    telephone: '090-1234-5678',
    help: ['hearing', 'wheelchair'],
    language: 'ja-easy',
    consentRules: 'true',
    consentUse: 'true',
  });
  const review = await visitor.follow(reviewed);
  expectEnglish('review', review);
  expect(review.text).toContain('(<span lang="ja">');
  expect(review.text).toContain('I use a wheelchair and I prefer to write');
  expectEnglish('my bookings, held', await visitor.get('/bookings'));
  const done = await visitor.follow(await visitor.fill(review.path, /\/confirm$/, {}));
  expectEnglish('done', done);
  expect(done.text).toContain('Your booking is confirmed');
  expectEnglish('my bookings, confirmed', await visitor.get('/bookings'));
  const bookingId = done.path.split('/')[2] ?? '';
  for (const path of [
    `/bookings/${bookingId}`,
    `/bookings/${bookingId}/cancel`,
    '/book/1/venues',
    '/book/1/venues?both=1',
    '/holds/x/details',
  ])
    expectEnglish(path, await visitor.get(path));
  const calendar = (await visitor.get(`/bookings/${bookingId}/calendar.ics`)).text.replace(/\r\n[ \t]/g, '');
  expect(calendar).toContain('Reference number: ');
  // The answer is of the page; the language of the notices is what was chosen.
  expect(await site.city.bookings.answersOf(bookingId)).toMatchObject({ language: 'ja-easy' });
});

test('a hold that has run out, and a form that comes from elsewhere', async () => {
  const slotId = await site.city.addSlot({ time: '16:00', capacity: 20 });
  const visitor = await english();
  await visitor.fill('/login', '/login', {
    couponNumber: visitor.couponNumber,
    birthYear: '1947',
    birthMonth: '4',
    birthDay: '1',
  });
  const details =
    (await visitor.fill(`/book/1/times?venue=${site.city.venueId}&day=${day}`, '/book/1/hold', { slotId })).headers
      .location ?? '';
  await site.city
    .database('booking')
    .where({ state: 'held' })
    .update({ hold_expires_at: site.city.database.raw("now() - interval '1 second'") });
  expectEnglish('hold over', await visitor.get(details));
  expectEnglish('forged', await visitor.submit('/logout', { _csrf: 'x' }));
});

test('programs get what they always got', async () => {
  const visitor = site.visitor();
  await visitor.get('/?lang=en');
  const problem = await visitor.get('/api/v1/me', { headers: { 'accept-language': 'en' } });
  expect(problem.json()).toMatchObject({ code: 'not_logged_in', title: refusals.not_logged_in.sentence });
});

test('a programme without translations is Japanese, whatever is reviewed of the site', async () => {
  const plain = await createCitySite({ reviewed: [...otherLanguages] });
  try {
    const answer = await plain.visitor().get('/?lang=en');
    expect([languageOf(answer), linksOf(answer.text), answer.text.includes(languageNames.en.name)]).toEqual([
      'ja ja',
      [],
      false,
    ]);
  } finally {
    await plain.close();
  }
});
