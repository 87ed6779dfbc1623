import { addDays, cityDate } from '../../domain/calendar/city-time';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import { type CitySite, createCitySite, freshCoupon } from '../worlds/city-site';

/** A health check: nothing of it is a vaccination. */
function change(document: ProgrammeDocument): void {
  Object.assign(document, {
    schema: 2,
    name: '特定健康診査',
    words: { paper: '受診券', service: '健診', callCentre: '健診コールセンター' },
    identification: {
      couponNumber: { label: '受診券番号', digits: 10, prefixes: ['12'] },
      birthDate: { label: '生年月日' },
    },
    groups: [
      { code: 'insured', label: '国民健康保険の方', importedAs: [], opensAt: '2099-04-01T00:00:00+09:00' },
      {
        code: 'ill',
        label: '持病のある方',
        importedAs: [],
        members: [{ kind: 'declared', statement: '治療を受けている病気があります' }],
        opensAt: '2021-04-01T00:00:00+09:00',
      },
    ],
    doses: [
      { number: 1, label: '健診' },
      { number: 2, label: '結果説明', interval: { minDays: 7 }, seat: { mode: 'proposed', afterDays: 14 } },
    ],
    journey: [],
    texts: {
      front: '年に一度の健診です。',
      whatToBring: ['受診券'],
      afterBooking: '',
      couponHelp: '受診券は4月にお送りしています。',
    },
    notices: [
      {
        id: 'fasting',
        pages: ['front', 'times'],
        tone: 'warn',
        text: '前の日の夜9時からは、何も食べないでください。<script>alert(1)</script>',
      },
      { id: 'past', pages: ['front'], tone: 'info', text: '終わったお知らせ', until: '2021-05-01T00:00:00+09:00' },
    ],
    form: {
      fields: [
        {
          name: 'explain',
          kind: 'note',
          label: 'お願い',
          help: 'お薬手帳を見ながら入力してください。',
          required: false,
        },
        {
          name: 'medicine',
          kind: 'choice',
          label: '飲んでいる薬',
          required: true,
          options: [
            { value: 'yes', label: 'ある' },
            { value: 'no', label: 'ない' },
          ],
        },
        {
          name: 'medicineName',
          kind: 'text',
          label: '薬の名前',
          required: true,
          maxLength: 50,
          showWhen: [{ kind: 'one_of', field: 'medicine', values: ['yes'] }],
        },
        { name: 'lastVisit', kind: 'date', label: '前回受けた日', required: false, notAfter: 'today' },
        {
          name: 'phoneOnly',
          kind: 'text',
          label: '担当者',
          required: true,
          maxLength: 20,
          showWhen: [{ kind: 'channel', channels: ['phone'] }],
        },
      ],
    },
    translations: {
      en: {
        reviewed: true,
        name: 'Health check-up',
        groups: { insured: { label: 'National Health Insurance' } },
        notices: { fasting: 'Please eat nothing after 9 p.m. the day before.' },
        texts: { front: 'Book your check-up here.' },
      },
      vi: { reviewed: false, name: 'Khám sức khỏe' },
    },
  });
}

let site: CitySite;
beforeAll(async () => {
  site = await createCitySite({ change, reviewed: ['en', 'vi'] });
});
afterAll(() => site.close());

test('the front page speaks the programme’s words, carries its notices, and other languages once they are reviewed', async () => {
  const visitor = site.visitor();
  const page = (await visitor.get('/')).text;
  for (const words of [
    '特定健康診査',
    '受診券',
    '健診コールセンター',
    '前の日の夜9時',
    '&lt;script&gt;',
    'hreflang="en">English',
  ])
    expect(page).toContain(words);
  for (const words of ['接種', 'クーポン', '終わったお知らせ', '<script>alert', 'Tiếng'])
    expect(page).not.toContain(words);
  const english = (await visitor.get('/?lang=en')).text;
  for (const words of ['Health check-up', 'National Health Insurance', 'Book your check-up here.', 'lang="en"'])
    expect(english).toContain(words);
  for (const asked of ['vi', '__proto__', 'xx', 'ja-easy'])
    expect((await site.visitor().get(`/?lang=${asked}`)).text).toContain('特定健康診査');
  const login = (await site.visitor().get('/login')).text;
  expect(login).toContain('受診券番号');
  expect(login).not.toContain('接種');
});

test('a number that begins otherwise is no number of this programme', async () => {
  const answer = await site.visitor().post('/api/v1/session', { couponNumber: '9900000001', birthDate: '1947-04-01' });
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('受診券番号の始まりの数字が違います');
});

async function person() {
  const couponNumber = freshCoupon();
  await site.city.addResident({ number: couponNumber, birthDate: '1947-04-01', groupCode: 'insured' });
  const visitor = site.visitor();
  await visitor.post('/api/v1/session', { couponNumber, birthDate: '1947-04-01' });
  return visitor;
}

test('who declares to belong to a group may book with it, and only with groups that can be declared', async () => {
  const visitor = await person();
  expect((await visitor.get('/api/v1/me')).json()).toMatchObject({
    booking: { open: false },
    declarable: [{ group: 'ill' }],
  });
  expect((await visitor.get('/bookings')).text).toContain('治療を受けている病気があります');
  await visitor.fill('/bookings', '/declare', { groups: 'insured' });
  expect((await visitor.get('/api/v1/me')).json()).toMatchObject({ booking: { open: false } });
  const answer = await visitor.fill('/bookings', '/declare', { groups: 'ill' });
  expect(answer.status).toBe(303);
  expect((await visitor.get('/api/v1/me')).json()).toMatchObject({ booking: { open: true }, declarable: [] });
});

test('a form with conditions, a proposed second appointment, and both confirmed together, without scripts', async () => {
  const visitor = await person();
  await visitor.post('/api/v1/declarations', { groups: ['ill'] });
  const slotId = await site.city.addSlot({ daysAhead: 5 });
  await site.city.addSlot({ daysAhead: 19, dose: 2 });
  const held = (await visitor.post('/api/v1/bookings', { slotId, dose: 1 })).json<{ id: string }>();
  const details = (await visitor.get(`/holds/${held.id}/details`)).text;
  expect(details).toContain('お薬手帳を見ながら');
  expect(details).not.toContain('薬の名前');
  expect(details).not.toContain('担当者');
  const both = await visitor.follow(
    await visitor.fill(`/holds/${held.id}/details`, `/holds/${held.id}/details`, { _do: 'with-next' }),
  );
  expect(both.text).toContain('結果説明もいっしょにお取りしています');
  const [, holdId] = /\/holds\/([0-9a-f-]{36})\/details" novalidate/.exec(both.text) ?? [];
  if (holdId === undefined) throw new Error('the details of the new hold');
  const path = `/holds/${holdId}/details`;
  const added = await visitor.follow(await visitor.fill(path, path, { medicine: 'yes', lastVisit: '2099/1/1' }));
  expect(added.status).toBe(422);
  expect(added.text).toContain('薬の名前');
  expect(added.text).toContain('項目が増えました');
  expect(added.text).not.toContain('薬の名前を入力してください');
  expect(added.text).toMatch(/前回受けた日は.*以前の日/);
  expect(
    (await visitor.follow(await visitor.fill(path, path, { medicine: 'yes', lastVisit: '2020年5月1日' }))).text,
  ).toContain('薬の名前を入力してください');
  const review = await visitor.follow(
    await visitor.fill(path, path, { medicine: 'yes', medicineName: '血圧の薬', lastVisit: '2020年5月1日' }),
  );
  for (const words of ['ある', '血圧の薬', '2020年（令和2年）5月1日', '結果説明の日時'])
    expect(review.text).toContain(words);
  await visitor.fill(`/holds/${holdId}/review`, `/holds/${holdId}/confirm`, {});
  const { bookings } = (await visitor.get('/api/v1/bookings')).json<{
    bookings: { state: string; dose: number; slot: { startsAt: string }; id: string }[];
  }>();
  const confirmed = bookings.filter((booking) => booking.state === 'confirmed');
  expect(confirmed.map((booking) => [booking.dose, cityDate(booking.slot.startsAt)]).sort()).toEqual([
    [1, addDays(cityDate(new Date()), 5)],
    [2, addDays(cityDate(new Date()), 19)],
  ]);
  expect(await site.city.bookings.answersOf(confirmed[0]?.id ?? '')).toEqual({
    medicine: 'yes',
    medicineName: '血圧の薬',
    lastVisit: '2020-05-01',
  });
  const list = (await visitor.get('/bookings')).text;
  expect(list).toContain('次の回といっしょに変更する');
});

test('the form says over HTTP what it asks, and when', async () => {
  const { fields } = (await site.visitor().get('/api/v1/form')).json<{ fields: Record<string, unknown>[] }>();
  expect(fields).toContainEqual(
    expect.objectContaining({
      name: 'medicine',
      kind: 'choice',
      options: [
        { value: 'yes', label: 'ある' },
        { value: 'no', label: 'ない' },
      ],
    }),
  );
  expect(fields).toContainEqual(
    expect.objectContaining({
      name: 'medicineName',
      showWhen: [{ kind: 'one_of', field: 'medicine', values: ['yes'] }],
    }),
  );
});

test('a programme may ask for the name in kana instead of the birth date', async () => {
  const kana = await createCitySite({
    change: (document) => {
      Object.assign(document, {
        schema: 2,
        identification: { ...document.identification, secondFact: 'kana', kana: { label: '氏名（カナ）' } },
      });
    },
  });
  try {
    await kana.city.addResident({ number: '1234567890', kana: 'ニイガタ　キョウコ' });
    const visitor = kana.visitor();
    expect((await visitor.get('/login')).text).toContain('氏名（カナ）');
    expect(
      (await visitor.post('/api/v1/session', { couponNumber: '1234567890', kana: 'にいがた はなこ' })).status,
    ).toBe(401);
    expect((await visitor.post('/api/v1/session', { couponNumber: '1234567890', kana: '' })).status).toBe(422);
    expect((await visitor.post('/api/v1/session', { couponNumber: '1234567890', kana: 'ﾆｲｶﾞﾀ ｷﾖｳｺ' })).status).toBe(
      200,
    );
  } finally {
    await kana.close();
  }
});
