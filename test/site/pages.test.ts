import { addDays, cityDate, instantOf } from '../../domain/calendar/city-time';
import { readCalendar } from '../support/read-calendar';
import { type Citizen, type CitySite, createCitySite, freshCoupon } from '../worlds/city-site';
import { type Answer, formOf } from '../worlds/visitor';

let site: CitySite;

beforeAll(async () => {
  site = await createCitySite();
});

afterAll(() => site.close());

const details = {
  telephone: '０９０－１２３４－５６７８',
  email: 'a..b.@docomo.ne.jp',
  consentRules: 'true',
  consentUse: 'true',
};
const day = addDays(cityDate(new Date()), 5);

function times(dose = 1, query = ''): string {
  return `/book/${String(dose)}/times?venue=${site.city.venueId}&day=${day}${query}`;
}

async function hold(citizen: Citizen, slotId: string): Promise<string> {
  const answer = await citizen.fill(times(), '/book/1/hold', { slotId });
  expect(answer.status).toBe(303);
  return answer.headers.location ?? '';
}

async function confirm(citizen: Citizen, detailsPath: string): Promise<Answer> {
  const reviewPath = (await citizen.fill(detailsPath, detailsPath, details)).headers.location ?? '';
  return citizen.fill(reviewPath, /\/confirm$/, {});
}

async function book(citizen: Citizen, slotId: string): Promise<string> {
  return ((await confirm(citizen, await hold(citizen, slotId))).headers.location ?? '').split('/')[2] ?? '';
}

test('from the log-in to the reference, every form ending in a redirect', async () => {
  const slotId = await site.city.addSlot({ time: '09:00' });
  const couponNumber = freshCoupon();
  await site.city.addResident({ number: couponNumber, birthDate: '1947-04-01' });
  const visitor = site.visitor();

  const toLogin = await visitor.get('/bookings');
  expect([toLogin.status, toLogin.headers.location]).toEqual([303, '/login']);
  const loggedIn = await visitor.fill('/login', '/login', {
    couponNumber,
    birthEra: '昭和',
    birthYear: '22',
    birthMonth: '４',
    birthDay: '1',
  });
  expect([loggedIn.status, loggedIn.headers.location]).toEqual([303, '/bookings']);
  expect((await visitor.get('/bookings')).text).toContain('1947年（昭和22年）4月1日');

  const venues = await visitor.get('/book/1/venues');
  expect(venues.text).toContain('全5ステップ中');
  expect(venues.text).toContain('aria-current="step"');
  expect(venues.text).toContain('桜木会場');
  expect((await visitor.get(`/book/1/times?venue=${site.city.venueId}`)).text).toContain('空きあり');
  expect((await visitor.get(`/book/1/times?venue=${site.city.venueId}&view=calendar`)).text).toContain('<caption>');

  const held = await visitor.fill(times(), '/book/1/hold', { slotId });
  expect(held.status).toBe(303);
  const detailsPath = held.headers.location ?? '';
  expect((await visitor.get(detailsPath)).text).toMatch(/午[前後]\d+時(\d+分)?まで/);

  const empty = await visitor.follow(await visitor.fill(detailsPath, detailsPath, {}));
  expect([empty.status, empty.path]).toEqual([422, `${detailsPath}?check=1`]);
  expect(empty.text).toContain('<title>エラー：');
  expect(empty.text).toContain('<a href="#telephone">電話番号を入力してください。</a>');
  expect(empty.text).toMatch(
    /id="telephone"[^>]*aria-invalid="true" aria-describedby="telephone-help telephone-error"/,
  );

  const wrong = await visitor.follow(await visitor.fill(detailsPath, detailsPath, { ...details, telephone: '12' }));
  expect(wrong.status).toBe(422);
  expect(wrong.text).toContain('value="a..b.@docomo.ne.jp"');

  const filled = await visitor.fill(detailsPath, detailsPath, details);
  expect(filled.status).toBe(303);
  const review = await visitor.get(filled.headers.location ?? '');
  expect(review.text).toContain('０９０－１２３４－５６７８');
  expect(review.text).toContain(`${detailsPath}#email`);

  const confirmed = await visitor.fill(filled.headers.location ?? '', /\/confirm$/, {});
  expect(confirmed.status).toBe(303);
  const done = await visitor.get(confirmed.headers.location ?? '');
  expect(done.text).toContain('予約が完了しました');
  expect(done.text).toMatch(/\d{3}-\d{3}-\d{3}/);
  expect(done.text).toContain('<svg xmlns="http://www.w3.org/2000/svg"');
  expect(done.text).toContain('接種券（切り離さずに）');

  const bookingId = (confirmed.headers.location ?? '').split('/')[2] ?? '';
  const calendar = await visitor.get(`/bookings/${bookingId}/calendar.ics`);
  expect(calendar.headers['content-type']).toMatch(/^text\/calendar/);
  const entry = readCalendar(calendar.text);
  expect(entry).toMatchObject({
    startsAt: instantOf(day, '09:00').toISOString(),
    endsAt: instantOf(day, '09:30').toISOString(),
    status: 'CONFIRMED',
    uid: `${bookingId}@toki`,
  });
  expect(entry.summary).toContain('桜木会場');
  // For the second dose the contacts are still there, the consents are asked again.
  const draft = await site.city
    .database('citizen_session')
    .whereNotNull('sealed_draft')
    .first<{ sealed_draft: Buffer }>('sealed_draft');
  expect(JSON.parse(site.city.keys.open(draft.sealed_draft).toString('utf8'))).toEqual({
    telephone: details.telephone,
    email: details.email,
  });
});

test('a wrong log-in says so, keeps what was typed and shows both calendars', async () => {
  const visitor = site.visitor();
  const failed = await visitor.fill('/login', '/login', {
    couponNumber: '1234567890',
    birthYear: '1950',
    birthMonth: '1',
    birthDay: '1',
  });
  expect(failed.status).toBe(401);
  expect(failed.text).toContain('接種券番号または生年月日が確認できませんでした。');
  expect(failed.text).toContain('value="1234567890"');
  expect(failed.text).toContain('1950年（昭和25年）1月1日');
  expect(failed.text).toContain('data-focus');
  const impossible = await visitor.fill('/login', '/login', {
    couponNumber: '123',
    birthEra: '昭和',
    birthYear: '64',
    birthMonth: '2',
    birthDay: '1',
  });
  expect(impossible.status).toBe(422);
  expect(impossible.text).toContain('昭和64年2月1日という日はありません。');
  expect(impossible.text).toContain('value="昭和" checked');
});

describe('a seat that is gone', () => {
  test('leads back to the other times, the nearest first, never to an error page', async () => {
    const lost = await site.city.addSlot({ time: '10:00', capacity: 1 });
    const [near, far] = [await site.city.addSlot({ time: '10:30' }), await site.city.addSlot({ time: '17:00' })];
    const [fast, slow] = [await site.citizen(), await site.citizen()];
    // The list of free seats may be a second old; an earlier test may have asked for it.
    let page = await slow.get(times());
    while (!page.text.includes(lost)) page = await slow.get(times());
    const form = formOf(page.text, '/book/1/hold');
    await hold(fast, lost);
    const answer = await slow.submit('/book/1/hold', { ...form?.hidden, slotId: lost });
    expect(answer.status).toBe(303);
    const back = await slow.follow(answer);
    expect(back.status).toBe(200);
    expect(back.text).toContain('この時間は先ほど満席になりました。近い時間をお選びください。');
    expect(back.text).toContain('近い時間の空き');
    const offered = [...back.text.matchAll(/<button class="button second slim" name="slotId" value="([^"]+)"/g)].map(
      ([, id]) => id,
    );
    expect(offered[0]).toBe(near);
    expect(offered).toContain(far);
    expect(back.text).toMatch(new RegExp(`value="${lost}" disabled`));
    // One tap on a near time holds it.
    const taken = await slow.submit('/book/1/hold', { ...formOf(back.text, '/book/1/hold')?.hidden, slotId: near });
    expect(taken.headers.location).toMatch(/^\/holds\/[0-9a-f-]+\/details$/);
  });

  test('a slot that never was, and a venue that never was', async () => {
    const citizen = await site.citizen();
    const answer = await citizen.fill(times(), '/book/1/hold', { slotId: '00000000-0000-4000-8000-000000000000' });
    expect((await citizen.follow(answer)).text).toContain('選んだ日時が見つかりませんでした');
    expect((await citizen.get('/book/1/times?venue=00000000-0000-4000-8000-000000000000')).headers.location).toBe(
      '/book/1/venues',
    );
    const none = await citizen.fill(times(), '/book/1/hold', {});
    expect((await citizen.follow(none)).text).toContain('時間を選んでください。');
    expect((await citizen.get('/book/7/venues')).headers.location).toBe('/bookings?refused=not_found');
  });
});

describe('a hold whose time is over', () => {
  test('takes the same seat again at the confirmation, kindly, and what was typed is still there', async () => {
    const slotId = await site.city.addSlot({ time: '11:00', capacity: 1 });
    const citizen = await site.citizen();
    const detailsPath = await hold(citizen, slotId);
    const reviewPath = (await citizen.fill(detailsPath, detailsPath, details)).headers.location ?? '';
    const form = formOf((await citizen.get(reviewPath)).text, /\/confirm$/);
    await expireHolds(citizen);
    const again = await citizen.follow(await citizen.submit(form?.action ?? '', form?.hidden ?? {}));
    expect(again.status).toBe(200);
    expect(again.text).toContain('同じお席をもう一度お取りしました');
    expect(again.text).toContain('０９０－１２３４－５６７８');
    const done = await citizen.fill(again.path, /\/confirm$/, {});
    expect(done.headers.location).toMatch(/\/done$/);
    expect(await site.city.seats(slotId)).toMatchObject({ taken: 1 });
  });

  test('leads to the other times when another person has the seat', async () => {
    const slotId = await site.city.addSlot({ time: '11:30', capacity: 1 });
    const [slow, fast] = [await site.citizen(), await site.citizen()];
    const detailsPath = await hold(slow, slotId);
    const form = formOf((await slow.get(detailsPath)).text, detailsPath);
    await expireHolds(slow);
    await book(fast, slotId);
    const back = await slow.follow(await slow.submit(detailsPath, { ...form?.hidden, ...details }));
    expect(back.path).toContain('/times?');
    expect(back.text).toContain('この時間は先ほど満席になりました');
    const next = await site.city.addSlot({ time: '12:00' });
    const newDetails = await hold(slow, next);
    expect((await slow.get(newDetails)).text).toContain('value="０９０－１２３４－５６７８"');
  });

  test('a page of it offers the seat once more', async () => {
    const slotId = await site.city.addSlot({ time: '12:30', capacity: 1 });
    const citizen = await site.citizen();
    const detailsPath = await hold(citizen, slotId);
    await expireHolds(citizen);
    const over = await citizen.get(detailsPath);
    expect(over.text).toContain('お席をお取りしておける時間が過ぎました');
    const again = await citizen.fill(detailsPath, '/book/1/hold', {});
    expect(again.headers.location).toMatch(/\/details$/);
    expect(again.headers.location).not.toBe(detailsPath);
  });

  test('can be made longer before, as often as needed', async () => {
    const slotId = await site.city.addSlot({ time: '13:00', capacity: 1 });
    const citizen = await site.citizen();
    let path = await hold(citizen, slotId);
    for (let turn = 0; turn < 3; turn++) {
      const longer = await citizen.fill(path, path, { _do: 'extend' });
      expect(longer.headers.location).toMatch(/\/details$/);
      path = longer.headers.location ?? '';
    }
    expect(await site.city.seats(slotId)).toMatchObject({ taken: 1 });
  });

  async function expireHolds(citizen: Citizen): Promise<void> {
    const { database } = site.city;
    await database('booking')
      .where({ resident_id: citizen.residentId, state: 'held' })
      .update({ hold_expires_at: database.raw("now() - interval '1 second'") });
  }
});

describe('clicking and going back', () => {
  test('a double click holds one seat and confirms one booking', async () => {
    const slotId = await site.city.addSlot({ time: '14:00' });
    const citizen = await site.citizen();
    const form = formOf((await citizen.get(times())).text, '/book/1/hold');
    const fields = { ...form?.hidden, slotId };
    const [one, two] = await Promise.all([
      citizen.submit('/book/1/hold', fields),
      citizen.submit('/book/1/hold', fields),
    ]);
    expect(one.headers.location).toMatch(/\/details$/);
    expect(two.headers.location).toBe(one.headers.location);
    const path = one.headers.location ?? '';
    const review = (await citizen.fill(path, path, details)).headers.location ?? '';
    const confirmForm = formOf((await citizen.get(review)).text, /\/confirm$/);
    const send = () => citizen.submit(confirmForm?.action ?? '', confirmForm?.hidden ?? {});
    const both = await Promise.all([send(), send()]);
    expect(both.map((answer) => answer.headers.location)).toEqual([both[0].headers.location, both[0].headers.location]);
    expect(both[0].headers.location).toMatch(/\/done$/);
    expect(await site.city.seats(slotId)).toMatchObject({ taken: 1 });
  });

  test('going back and choosing another time gives the first seat back, also from an old page', async () => {
    const [first, second] = [
      await site.city.addSlot({ time: '14:30', capacity: 1 }),
      await site.city.addSlot({ time: '15:00', capacity: 1 }),
    ];
    const citizen = await site.citizen();
    const form = formOf((await citizen.get(times())).text, '/book/1/hold');
    for (const slotId of [first, second, first]) {
      const answer = await citizen.submit('/book/1/hold', { ...form?.hidden, slotId });
      expect(answer.headers.location).toMatch(/\/details$/);
      expect((await citizen.get(answer.headers.location ?? '')).text).toContain('まで</strong>お取りしています');
    }
    expect(await site.city.seats(first)).toMatchObject({ taken: 1 });
    expect(await site.city.seats(second)).toMatchObject({ taken: 0 });
  });

  test('reloading the address of a form leads to a page', async () => {
    const citizen = await site.citizen();
    expect((await citizen.get('/book/1/hold')).status).toBe(303);
    expect((await citizen.get('/logout')).status).toBe(303);
    const path = await hold(citizen, await site.city.addSlot({ time: '15:15' }));
    expect((await citizen.follow(await citizen.get(path.replace('details', 'confirm')))).text).toContain(
      '連絡先を入力してください',
    );
  });
});

test('moving: the old booking stays until the new one is confirmed', async () => {
  const [first, second] = [await site.city.addSlot({ time: '16:00' }), await site.city.addSlot({ time: '16:30' })];
  const citizen = await site.citizen();
  const old = await book(citizen, first);
  const entry = readCalendar((await citizen.get(`/bookings/${old}/calendar.ics`)).text);
  expect((await citizen.get('/book/1/venues')).text).toContain(
    '新しい予約が決まるまで、いまの予約はそのまま残ります。',
  );
  const path = await hold(citizen, second);
  expect(
    (await citizen.get('/api/v1/bookings')).json<{ bookings: { id: string; state: string }[] }>().bookings,
  ).toContainEqual(expect.objectContaining({ id: old, state: 'confirmed' }));
  const done = await citizen.follow(await confirm(citizen, path));
  expect(done.text).toContain('予約を変更しました');
  expect(await site.city.seats(first)).toMatchObject({ taken: 0 });
  expect((await citizen.get(`/bookings/${old}`)).headers.location).toBe('/bookings');

  // Calendars put the new time in the place of the old one, from whichever booking the file is asked for.
  const moved = readCalendar((await citizen.follow(await citizen.get(`/bookings/${old}/calendar.ics`))).text);
  expect(moved).toMatchObject({ uid: entry.uid, startsAt: instantOf(day, '16:30').toISOString(), status: 'CONFIRMED' });
  expect(moved.sequence).toBeGreaterThan(entry.sequence);
});

test('an old page cannot turn a new booking into a move by accident', async () => {
  const [first, second] = [await site.city.addSlot({ time: '16:10' }), await site.city.addSlot({ time: '16:20' })];
  const citizen = await site.citizen();
  const oldTab = formOf((await citizen.get(times())).text, '/book/1/hold');
  await book(citizen, first);
  const answer = await citizen.submit('/book/1/hold', { ...oldTab?.hidden, slotId: second });
  expect(answer.headers.location).toBe('/bookings?refused=already_booked');
  expect((await citizen.follow(answer)).text).toContain('この回の予約がすでにあります。');
});

test('cancelling asks first, and says why where it cannot be done', async () => {
  const slotId = await site.city.addSlot({ time: '17:00' });
  const second = await site.city.addSlot({ dose: 2, daysAhead: 30 });
  const citizen = await site.citizen();
  const id = await book(citizen, slotId);
  const entry = readCalendar((await citizen.get(`/bookings/${id}/calendar.ics`)).text);
  const two = (await citizen.post('/api/v1/bookings', { slotId: second, dose: 2 })).json<{ id: string }>().id;
  const refused = await citizen.get(`/bookings/${id}/cancel`);
  expect(refused.text).toContain('次の回の予約が残っているため');
  expect(formOf(refused.text, `/bookings/${id}/cancel`)).toBeUndefined();
  await citizen.fill('/bookings', `/holds/${two}/give-up`, {});
  const done = await citizen.follow(await citizen.fill(`/bookings/${id}/cancel`, `/bookings/${id}/cancel`, {}));
  expect(done.text).toContain('予約を取り消しました。');
  expect(done.text).toContain(`href="/bookings/${id}/calendar.ics"`);
  expect(await site.city.seats(slotId)).toMatchObject({ taken: 0 });
  const cancelled = readCalendar((await citizen.get(`/bookings/${id}/calendar.ics`)).text);
  expect(cancelled).toMatchObject({ uid: entry.uid, status: 'CANCELLED' });
  expect(cancelled.sequence).toBeGreaterThan(entry.sequence);
  expect(cancelled.summary).toContain('取り消し：');
});

test('a session that ended in the middle goes on where it was', async () => {
  const slotId = await site.city.addSlot({ time: '17:30' });
  const citizen = await site.citizen();
  const path = await hold(citizen, slotId);
  const form = formOf((await citizen.get(path)).text, path);
  await site.city.database('citizen_session').where({ resident_id: citizen.residentId }).delete();
  const sent = await citizen.submit(path, { ...form?.hidden, ...details });
  expect(sent.status).toBe(303);
  const login = sent.headers.location ?? '';
  expect(login).toBe(`/login?${new URLSearchParams({ next: path }).toString()}`);
  expect((await citizen.get(login)).text).toContain('ログインの有効時間が過ぎました。');
  const back = await citizen.fill(login, '/login', {
    couponNumber: citizen.couponNumber,
    birthYear: '昭22',
    birthMonth: '4',
    birthDay: '1',
  });
  expect(back.headers.location).toBe(path);
});

test('every page has the call centre at its foot, and no page breaks on odd input', async () => {
  const citizen = await site.citizen();
  const paths = [
    '/',
    '/login',
    '/bookings',
    '/book/1/venues',
    times(),
    '/help/coupon',
    '/accessibility',
    '/privacy',
    '/nowhere',
    '/holds/x/details',
    '/bookings/x',
    '/book/x/venues',
    '/book/1/venues?ward=%00',
    '/book/1/venues?ward=<script>',
    '/login?next=x&next=y',
    '/bookings?refused=constructor',
    '/bookings?refused=__proto__&done=toString',
    '/%E0%A4%A',
    '/book/1/times?venue=x&day=2021-02-30',
    `/book/1/times?venue=${site.city.venueId}&day=9999-99-99&near=x&refused=slot_full`,
    '/logged-out',
  ];
  for (const path of paths) {
    const answer = await citizen.get(path);
    expect([path, answer.status < 500]).toEqual([path, true]);
    const page = answer.status === 303 ? await citizen.follow(answer) : answer;
    expect([path, page.text.includes('href="tel:0250000000"')]).toEqual([path, true]);
    expect(page.text).not.toContain('<script>');
  }
});

test('the front page says the state of the programme in a sentence', async () => {
  expect((await site.visitor().get('/')).text).toContain('予約を受け付けています');
  const later = await createCitySite({
    change: (document) => {
      for (const group of document.groups) group.opensAt = '2099-04-19T08:30:00+09:00';
    },
  });
  const over = await createCitySite({
    change: (document) => {
      for (const group of document.groups) group.closesAt = '2021-12-01T00:00:00+09:00';
    },
  });
  try {
    expect((await later.visitor().get('/')).text).toContain('4月19日（日）午前8時30分に受付が始まります');
    expect((await over.visitor().get('/')).text).toContain('予約の受付は終了しました');
    const citizen = await later.citizen();
    expect((await citizen.get('/bookings')).text).toContain('2099年4月19日（日）午前8時30分から受け付けます。');
  } finally {
    await later.close();
    await over.close();
  }
});
