import { encode } from 'iconv-lite';

import { createSlotRepository } from '../../database/schedule/slots';
import { createStaffSite, type StaffSite } from '../worlds/staff-site';
import { validAnswers } from '../worlds/test-city';
import type { Visitor } from '../worlds/visitor';

interface Venue {
  id: string;
  version: number;
  upcoming: number;
  active: boolean;
  name: string;
}
let site: StaffSite;
let admin: Visitor;
beforeAll(async () => {
  site = await createStaffSite();
  admin = await site.colleague('city_admin');
});
afterAll(() => site.close());

const patch = (id: string, body: object) =>
  admin.send('PATCH', `/api/v1/city/venues/${id}`, JSON.stringify(body), {
    headers: { 'content-type': 'application/json' },
  });
const known = async (): Promise<Venue> =>
  (await admin.get(`/api/v1/city/venues/${site.city.venueId}`)).json<Venue & Record<string, unknown>>();
const fresh = { code: 'nishi', name: '西会場', ward: '西区', address: '新潟市西区1番地', features: ['parking'] };

test('a venue is added once under its code', async () => {
  const added = await admin.post('/api/v1/city/venues', fresh);
  expect([added.status, added.json()]).toEqual([
    201,
    expect.objectContaining({ ...fresh, access: '', mapUrl: null, active: true, version: 1, upcoming: 0 }),
  ]);
  expect((await admin.post('/api/v1/city/venues', fresh)).json()['code']).toBe('venue_code_taken');
  const wrong = await admin.post('/api/v1/city/venues', {
    ...fresh,
    code: 'Nishi!',
    features: ['pool'],
    mapUrl: 'javascript:alert(1)',
    name: ' ',
  });
  expect(
    Object.fromEntries(
      wrong
        .json<{ faults: { field: string; sentence: string }[] }>()
        .faults.map((fault) => [fault.field, fault.sentence]),
    ),
  ).toEqual({
    code: '会場コードは英小文字・数字・ハイフンで40文字までです（例：nishi-gym）。',
    'features.0': '設備の種類が正しくありません。',
    mapUrl: '地図のURLは https:// で始まる正しいURLを入力してください。',
    name: '会場名を入力してください。',
  });
});

test('the second of two people who edit the same venue is told, and nothing is overwritten', async () => {
  const venue = await known();
  const first = await patch(venue.id, { version: venue.version, access: '新しい行き方' });
  expect(first.json()).toMatchObject({ access: '新しい行き方', name: venue.name, version: venue.version + 1 });
  const second = await patch(venue.id, { version: venue.version, access: '別の行き方' });
  expect([second.status, second.json()['facts'], second.json()['current']]).toEqual([
    412,
    { version: venue.version + 1 },
    expect.objectContaining({ access: '新しい行き方', version: venue.version + 1 }),
  ]);
  expect(await known()).toMatchObject({ access: '新しい行き方', version: venue.version + 1 });
  const events = await site.audit.list({ action: 'venue.update', limit: 10 });
  expect(events).toMatchObject([{ subjectId: venue.id, detail: { fields: 'access' } }]);
});

test('two at the very same moment: one wins', async () => {
  const venue = await known();
  const answers = await Promise.all(
    ['a', 'b', 'c'].map((access) => patch(venue.id, { version: venue.version, access })),
  );
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412, 412]);
});

test('nothing changed is no change', async () => {
  const venue = await known();
  expect((await patch(venue.id, { version: venue.version, name: venue.name })).json()).toMatchObject({
    version: venue.version,
  });
});

test('a venue with bookings to come is switched off with them: they stay', async () => {
  const residentId = await site.city.addResident();
  const held = await site.city.bookings.hold({
    residentId,
    slotId: await site.city.addSlot(),
    dose: 1,
    channel: 'web',
    actor: 'citizen',
  });
  if (!held.ok) throw new Error(held.code);
  await site.city.bookings.confirm({
    residentId,
    bookingId: held.booking.id,
    answers: validAnswers,
    channel: 'web',
    actor: 'citizen',
  });
  const venue = await known();
  expect(venue.upcoming).toBe(1);
  expect((await patch(venue.id, { version: venue.version, active: false })).json()).toMatchObject({
    active: false,
    upcoming: 1,
  });
  expect((await site.city.bookings.find(held.booking.id))?.state).toBe('confirmed');
});

test('what citizens should know is on the citizen’s side within two seconds', async () => {
  const citizen = createSlotRepository(site.city.database);
  await site.city.addSlot({ daysAhead: 9 });
  const venue = await known();
  await patch(venue.id, { version: venue.version, active: true });
  await citizen.venues(site.city.version.programmeId);
  const fresh = await known();
  await patch(venue.id, { version: fresh.version, citizenNotes: '上履きをお持ちください' });
  const since = Date.now();
  let seen = '';
  while (seen === '' && Date.now() - since < 2_000) {
    seen =
      (await citizen.venues(site.city.version.programmeId)).find((item) => item.id === venue.id)?.citizenNotes ?? '';
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(seen).toBe('上履きをお持ちください');
});

describe('taking a venue away', () => {
  test('goes when nothing stands on it, and says where it is used when something does', async () => {
    const unused = (await admin.post('/api/v1/city/venues', { ...fresh, code: 'unused' })).json<
      Venue & Record<string, unknown>
    >();
    expect((await admin.delete(`/api/v1/city/venues/${unused.id}?version=2`)).json()).toMatchObject({
      code: 'changed_meanwhile',
      current: { version: 1 },
    });
    expect((await admin.delete(`/api/v1/city/venues/${unused.id}?version=1`)).status).toBe(204);
    expect((await admin.get(`/api/v1/city/venues/${unused.id}`)).status).toBe(404);
    await site.city.addSlot({ daysAhead: 11 });
    const venue = await known();
    const refused = await admin.delete(`/api/v1/city/venues/${venue.id}?version=${String(venue.version)}`);
    expect([refused.status, refused.json()]).toEqual([
      409,
      expect.objectContaining({
        code: 'venue_referred_to',
        facts: expect.objectContaining({ slots: expect.any(Number) as unknown }) as unknown,
      }),
    ]);
  });
});

describe('venues as a sheet', () => {
  const content = (text: string, encode: (text: string) => Buffer = (plain) => Buffer.from(plain, 'utf8')) =>
    encode(text).toString('base64');
  const preview = (base64: string) => admin.post('/api/v1/city/venues/sheet/preview', { content: base64 });
  const load = (base64: string, fingerprint: string) =>
    admin.post('/api/v1/city/venues/sheet', { content: base64, fingerprint });
  interface Plan extends Record<string, unknown> {
    fingerprint: string;
    lines: { line: number; kind: string; code: string; faults: { sentence: string }[]; changes: { field: string }[] }[];
  }
  const table =
    '会場コード,会場名,区,住所,駐車場,来場される方へのお知らせ\r\nｍｅｓｓｅ,朱鷺メッセ,中央区,"万代島6番1号, 2階",○,①番入口 髙橋ホール\r\n';

  test.each([
    ['UTF-8 with its mark', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf8')],
    ['UTF-8', (text: string) => Buffer.from(text, 'utf8')],
    ['CP932', (text: string) => encode(text, 'cp932')],
  ])('%s: shown first, loaded as shown, and loading it again changes nothing', async (_name, bytes) => {
    await site.city.database('venue').where({ code: 'messe' }).delete();
    const file = content(table, bytes);
    const shown = (await preview(file)).json<Plan>();
    expect(shown.lines).toMatchObject([{ line: 2, kind: 'new', code: 'messe', faults: [] }]);
    expect(await site.city.database('venue').where({ code: 'messe' })).toHaveLength(0);
    expect((await load(file, shown.fingerprint)).status).toBe(200);
    expect(await site.city.database('venue').where({ code: 'messe' })).toMatchObject([
      {
        name: '朱鷺メッセ',
        address: '万代島6番1号, 2階',
        features: ['parking'],
        citizen_notes: '①番入口 髙橋ホール',
        version: 1,
      },
    ]);
    const again = (await preview(file)).json<Plan>();
    expect(again.lines).toMatchObject([{ kind: 'unchanged' }]);
    await load(file, again.fingerprint);
    expect(await site.city.database('venue').where({ code: 'messe' })).toMatchObject([{ version: 1 }]);
  });

  test('what was exported can be loaded again and changes nothing, and no cell is a formula', async () => {
    const venue = await known();
    await patch(venue.id, { version: venue.version, access: '=HYPERLINK("http://evil.example")' });
    const exported = await admin.get('/api/v1/city/venues/sheet');
    expect([exported.headers['content-type'], exported.headers['content-disposition']]).toEqual([
      'text/csv; charset=utf-8',
      'attachment; filename="venues.csv"',
    ]);
    expect(exported.text.startsWith('\uFEFF会場コード,')).toBe(true);
    expect(exported.text).toContain(`"'=HYPERLINK(""http://evil.example"")"`);
    const shown = (await preview(content(exported.text))).json<Plan>();
    expect(new Set(shown.lines.map((line) => line.kind))).toEqual(new Set(['unchanged']));
  });

  test('wrong rows are named by line, and then nothing at all is written', async () => {
    const file = content(
      '会場コード,会場名,区,住所\r\ngood-one,良い会場,西区,1番地\r\n\r\n西,会場,西区,1番地\r\ngood-one,また,西区,2番地\r\nnew-one,,西区,3番地\r\n',
    );
    const shown = (await preview(file)).json<Plan>();
    expect(shown.lines.map((line) => [line.line, line.kind, line.faults.map((fault) => fault.sentence)])).toEqual([
      [2, 'new', []],
      [4, 'wrong', ['会場コードは英小文字・数字・ハイフンで40文字までです（例：nishi-gym）。']],
      [5, 'wrong', ['会場コード「good-one」は2行目にもあります。']],
      [6, 'wrong', ['会場名を入力してください。']],
    ]);
    const refused = await load(file, shown.fingerprint);
    expect([refused.status, refused.json()]).toEqual([422, expect.objectContaining({ code: 'sheet_refused' })]);
    expect(await site.city.database('venue').where({ code: 'good-one' })).toEqual([]);
  });

  test('a person edits between the preview and the load: told, and shown what it would do now', async () => {
    const venue = await known();
    const file = content(`会場コード,行き方\r\nsakuragi,バス停から3分\r\n`);
    const shown = (await preview(file)).json<Plan>();
    await patch(venue.id, { version: venue.version, access: 'バス停から4分' });
    const late = await load(file, shown.fingerprint);
    expect([late.status, late.json()]).toEqual([
      412,
      expect.objectContaining({
        code: 'changed_meanwhile',
        current: expect.objectContaining({
          lines: [expect.objectContaining({ changes: [expect.objectContaining({ before: 'バス停から4分' })] })],
        }) as unknown,
      }),
    ]);
  });

  test.each([
    ['an Excel book', Buffer.from('504b030414000600', 'hex'), /^Excelのブックのままです/],
    ['UTF-16', Buffer.from('\uFEFF会場コード,会場名', 'utf16le'), /^文字コードがUTF-16です/],
    ['tabs', Buffer.from('会場コード\t会場名\nx\ty\n'), /^列の区切りがタブになっています/],
    ['no rows', Buffer.from('会場コード,会場名\r\n'), /^データの行がありません/],
    ['an open quote', Buffer.from('会場コード,会場名\r\na,"b\r\n'), /^2行目の引用符/],
    ['no header', Buffer.from('a,b\r\nc,d\r\n'), /^1行目に見出しがありません/],
    ['broken text', Buffer.from([0xe4, 0x2c, 0xff, 0xfe, 0xfd, 0x0a, 0x2c]), /^文字コードが/],
  ])('%s is refused with the reason', async (_name, bytes, sentence) => {
    const refused = await preview(bytes.toString('base64'));
    expect([refused.status, refused.json()['faults']]).toEqual([
      400,
      [{ field: 'content', code: 'sheet_refused', sentence: expect.stringMatching(sentence) as string }],
    ]);
  });
});
