import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ProgrammeDocument } from '../../domain/programmes/document';
import { previewPages } from '../../domain/programmes/editing/preview';
import { createStaffSite, type StaffSite } from '../worlds/staff-site';
import type { Visitor } from '../worlds/visitor';

interface Draft {
  version: number;
  document: ProgrammeDocument;
  faults: unknown[];
}

const programme = '/api/v1/programmes/test-programme';
let site: StaffSite;
let author: Visitor & { staffId: string };
beforeAll(async () => {
  site = await createStaffSite();
  author = await site.colleague('supervisor');
});
afterAll(() => site.close());
afterEach(() => site.city.database('programme_draft').delete());

async function begin(change: (document: ProgrammeDocument) => void = () => undefined): Promise<Draft> {
  const answer = await author.post(`${programme}/draft`, { from: 1 });
  expect(answer.status).toBe(201);
  return save(answer.json<Draft & Record<string, unknown>>(), change);
}

async function save(draft: Draft, change: (document: ProgrammeDocument) => void): Promise<Draft> {
  const document = structuredClone(draft.document);
  change(document);
  const answer = await author.send(
    'PATCH',
    `${programme}/draft`,
    JSON.stringify({ version: draft.version, document }),
    { headers: { 'content-type': 'application/json' } },
  );
  expect(answer.status).toBe(200);
  return answer.json<Draft & Record<string, unknown>>();
}

const look = async (query: string) => author.get(`${programme}/preview?${query}`);

test('it is a page that can do nothing, in a frame of ours alone', async () => {
  const { document } = await begin();
  const answer = await look('page=details');
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(answer.headers['content-security-policy']).toBe(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors 'self'; sandbox allow-same-origin",
  );
  expect([answer.headers['x-frame-options'], answer.headers['cache-control'], answer.headers['set-cookie']]).toEqual([
    'SAMEORIGIN',
    'no-store',
    undefined,
  ]);
  expect(answer.text).not.toMatch(/<script|onload=|javascript:|https?:\/\/(?!www\.w3\.org)/);
  expect(answer.text).toContain('<base target="_blank">');
  for (const field of document.form.fields) expect(answer.text).toContain(field.label);
  const css = /href="(\/assets\/site\.[0-9a-f]+\.css)"/.exec(answer.text)?.[1] ?? '';
  const sheet = await author.get(css);
  expect([sheet.status, sheet.headers['content-type'], sheet.text.length > 5_000]).toEqual([
    200,
    'text/css; charset=utf-8',
    true,
  ]);
});

test('nobody else frames the admin, and no other page of ours may be framed', async () => {
  expect((await author.get('/api/v1/programmes')).headers['x-frame-options']).toBe('DENY');
});

const examples = readdirSync(join(__dirname, '../../docs/programmes')).filter((name) => name.endsWith('.json'));

test.each(examples)('every page of %s can be looked at, for every group and dose', async (file) => {
  const text = readFileSync(join(__dirname, '../../docs/programmes', file), 'utf8');
  const read = JSON.parse(text) as ProgrammeDocument & { document?: ProgrammeDocument };
  const wanted = read.document ?? read;
  const { document } = await begin((draft) => {
    Object.keys(draft).forEach((key) => Reflect.deleteProperty(draft, key));
    Object.assign(draft, wanted);
  });
  const titles: Record<string, string> = {
    login: 'ログイン',
    bookings: '予約の一覧',
    venues: '会場を選ぶ',
    days: '日にちを選ぶ',
    times: '時間を選ぶ',
    details: '連絡先の入力',
    review: '内容の確認',
    done: '予約が完了しました',
  };
  for (const group of document.groups) {
    for (const dose of document.doses) {
      for (const page of previewPages) {
        const answer = await look(`page=${page}&group=${group.code}&dose=${String(dose.number)}`);
        const title = /<title>(.*?)<\/title>/.exec(answer.text)?.[1] ?? '';
        expect({ page, group: group.code, dose: dose.number, status: answer.status, title }).toEqual({
          page,
          group: group.code,
          dose: dose.number,
          status: 200,
          title: expect.stringContaining(titles[page] ?? '') as unknown,
        });
      }
    }
  }
});

test('what is edited is seen at once; a draft with faults is shown as it was before', async () => {
  const good = await begin((document) => {
    document.texts.front = 'はじめの案内です。';
  });
  expect((await look('page=front')).text).toContain('はじめの案内です。');
  const bad = await save(good, (document) => {
    document.texts.front = 'つぎの案内です。';
    document.groups[0]!.label = '';
  });
  expect(bad.faults).toHaveLength(1);
  const worse = await save(bad, (document) => {
    document.bookingWindow.lastDay = -1;
  });
  expect((await look('page=front')).text).toContain('はじめの案内です。');
  await save(worse, (document) => {
    document.groups[0]!.label = 'みなさま';
    document.bookingWindow.lastDay = 20;
  });
  expect((await look('page=front')).text).toContain('つぎの案内です。');
});

test('without a draft, what is published is shown; a programme that is not there is refused', async () => {
  expect((await look('page=front')).status).toBe(200);
  expect((await author.get('/api/v1/programmes/nothing/preview')).json()).toMatchObject({ code: 'programme_unknown' });
  expect((await look('page=../../etc')).json()).toMatchObject({ code: 'invalid_request' });
});

test('hostile texts stay texts', async () => {
  const hostile = '"><script>alert(1)</script><img src=x onerror=alert(2)>';
  await begin((document) => {
    document.name = hostile;
    document.city = hostile;
    document.groups[0]!.label = hostile;
    document.texts = { front: hostile, afterBooking: hostile, couponHelp: hostile, whatToBring: [hostile] };
    for (const field of document.form.fields) Object.assign(field, { label: hostile, help: hostile });
    document.notices = [
      {
        id: 'n',
        pages: ['front', 'login', 'bookings', 'venues', 'times', 'details', 'done'],
        tone: 'warn',
        text: hostile,
      },
    ];
  });
  for (const page of previewPages) {
    const { status, text } = await look(`page=${page}`);
    expect(status).toBe(200);
    expect(text).toContain('&lt;script&gt;');
    expect(text).not.toMatch(/<script|<img/);
  }
});

test('a translation is seen before anybody has reviewed it, here and nowhere else', async () => {
  await begin((document) => {
    document.translations = {
      en: { reviewed: false, name: 'Vaccination 2031', texts: { front: 'Please bring your coupon.' } },
    };
  });
  expect((await look('page=front&language=en')).text).toContain('Please bring your coupon.');
  expect((await look('page=front')).text).not.toContain('Please bring');
});

test('nothing is read of anybody, and nothing is kept', async () => {
  await begin();
  const tables = ['citizen_session', 'booking', 'booking_event', 'notice', 'unmet_search'] as const;
  const counts = () => Promise.all(tables.map((table) => site.city.database(table).count()));
  const before = await counts();
  for (const page of previewPages) await look(`page=${page}`);
  expect(await counts()).toEqual(before);
});
