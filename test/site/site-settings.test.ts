import { createServer, type Server } from 'node:http';

import { readQrPng, readQrSvg } from '../../api/shared/qr';
import { createSiteSettings } from '../../database/site/site-settings';
import { noSiteSettings, type SiteSettings } from '../../domain/site/settings';
import { type CitySite, createCitySite } from '../worlds/city-site';
import { createStaffSite, type StaffSite } from '../worlds/staff-site';
import type { Visitor } from '../worlds/visitor';

/** The citizen app and the staff app on one database, as in the field. */
let citizens: CitySite;
let site: StaffSite;
let admin: Visitor;
beforeAll(async () => {
  citizens = await createCitySite();
  site = await createStaffSite({ city: citizens.city, publicUrl: citizens.url });
  admin = await site.colleague('city_admin');
});
afterAll(async () => {
  await site.close();
  await citizens.close();
});

const settings = (change: Partial<SiteSettings>): SiteSettings => ({ ...noSiteSettings, ...change });
const inForce = async () =>
  (await admin.get('/api/v1/site')).json<{ current: { version: number; settings: SiteSettings } }>().current;
const change = async (changes: Partial<SiteSettings>, version?: number) =>
  admin.post('/api/v1/site', { version: version ?? (await inForce()).version, settings: settings(changes) });

/** Waits until the citizens' process has seen the change: 5 s are allowed. */
async function seen(path: string, text: string, isThere = true): Promise<number> {
  const from = performance.now();
  for (;;) {
    if ((await citizens.visitor().get(path)).text.includes(text) === isThere) return performance.now() - from;
    if (performance.now() - from > 5_000)
      throw new Error(`"${text}" is ${isThere ? 'not on' : 'still on'} ${path} after 5 s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('before anybody sets anything the programme says it all', async () => {
  const { document } = site.city.version;
  expect((await admin.get('/api/v1/site')).json()).toMatchObject({
    current: { version: 0, settings: noSiteSettings, changedAt: null },
    usual: { publicAddress: citizens.url, callCentre: document.callCentre, couponHelp: document.texts.couponHelp },
    programme: { name: document.name },
  });
  expect((await citizens.visitor().get('/')).text).toContain(document.callCentre.telephone);
});

test('citizens see a change within 5 s, on every page that speaks of it', async () => {
  const saved = await change({
    callCentre: { telephone: '０２５ー２２８ー１０００', hours: '毎日 9時〜18時' },
    couponLost: '区役所でも\n再発行できます。',
    couponHelp: '青い封筒の中です。',
    notices: [
      {
        text: '明日は<b>会場</b>をお休みします。',
        important: true,
        from: null,
        until: new Date(Date.now() + 3_600_000).toISOString(),
      },
      { text: 'まだ先のお知らせ', important: false, from: new Date(Date.now() + 3_600_000).toISOString(), until: null },
      { text: 'もう終わったお知らせ', important: false, from: null, until: new Date(Date.now() - 1_000).toISOString() },
    ],
  });
  expect(saved.json()).toMatchObject({ version: 1, changedBy: expect.stringContaining('職員') as unknown });
  expect(await seen('/', '明日は&lt;b&gt;会場&lt;/b&gt;をお休みします。')).toBeLessThan(5_000);
  const front = (await citizens.visitor().get('/')).text;
  expect(front).toContain('href="tel:0252281000"');
  expect(front).toContain('毎日 9時〜18時');
  expect(front).toContain('重要なお知らせ');
  expect(front).not.toContain('先のお知らせ');
  expect(front).not.toContain('終わったお知らせ');
  const help = (await citizens.visitor().get('/help/coupon')).text;
  expect(help).toContain('青い封筒の中です。');
  expect(help).toContain('区役所でも<br>再発行できます。');
  const script = (await (await site.colleague('operator')).get('/api/v1/call-script')).json<{
    callCentre: { telephone: string };
  }>();
  expect(script.callCentre.telephone).toBe('025-228-1000');
  await change({});
  await seen('/', '重要なお知らせ', false);
});

test('a page view costs no query for the settings', async () => {
  const reader = createSiteSettings(site.city.database);
  let queries = 0;
  site.city.database.on('query', ({ sql }: { sql: string }) => {
    if (sql.includes('site_settings')) queries++;
  });
  await Promise.all(Array.from({ length: 200 }, () => reader.current()));
  expect(queries).toBe(1);
});

test('the second of two people is told, and so is one of two at the same moment', async () => {
  const { version } = await inForce();
  expect((await change({ couponLost: 'a' }, version)).status).toBe(200);
  const late = await change({ couponLost: 'b' }, version);
  expect([late.status, late.json()['code'], late.json()['facts']]).toEqual([
    412,
    'changed_meanwhile',
    { version: version + 1 },
  ]);
  const answers = await Promise.all(['c', 'd', 'e', 'f'].map((couponLost) => change({ couponLost }, version + 1)));
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412, 412, 412]);
  // The same again is no change.
  const now = await inForce();
  expect((await change(now.settings, now.version)).json()).toMatchObject({ version: now.version });
  const history = (await admin.get('/api/v1/site/history')).json<{ versions: { version: number }[] }>();
  expect(history.versions.map((item) => item.version)).toEqual(
    Array.from({ length: now.version }, (_item, index) => now.version - index),
  );
  await expect(site.city.database('site_settings').where({ version: 1 }).update({ version: 99 })).rejects.toMatchObject(
    { code: 'TK003' },
  );
  expect(await site.audit.list({ limit: 1, action: 'site.change' })).toMatchObject([
    { result: 'done', detail: { version: now.version, changed: 'couponLost' } },
  ]);
});

test('a language is marked as reviewed, by whom and when, and taken back', async () => {
  const languages = async () =>
    (await admin.get('/api/v1/site')).json<{
      languages: { language: string; reviewedAt: string | null; reviewedBy: string | null; inProgramme: string }[];
    }>().languages;
  expect((await languages()).every(({ reviewedAt }) => reviewedAt === null)).toBe(true);
  await change({ reviewedLanguages: ['en'] });
  const first = (await languages()).find(({ language }) => language === 'en');
  expect(first).toMatchObject({
    reviewedAt: expect.any(String) as unknown,
    reviewedBy: expect.stringContaining('職員') as unknown,
    inProgramme: expect.any(String) as unknown,
  });
  // Who marked it stays, whatever else is changed afterwards.
  await change({ reviewedLanguages: ['vi', 'en'], couponLost: 'x' });
  expect((await languages()).find(({ language }) => language === 'en')).toEqual(first);
  expect((await inForce()).settings.reviewedLanguages).toEqual(['en', 'vi']);
  await change({});
  expect((await languages()).every(({ reviewedAt }) => reviewedAt === null)).toBe(true);
  expect((await change({ reviewedLanguages: ['xx' as 'en'] })).status).toBe(400);
  expect(
    (
      await (
        await site.colleague('supervisor')
      ).post('/api/v1/site', {
        version: (await inForce()).version,
        settings: { ...noSiteSettings, reviewedLanguages: ['en'] },
      })
    ).status,
  ).toBe(403);
});

test('what is wrong is said beside each field, and nothing is changed', async () => {
  const before = await inForce();
  const answer = await change({
    publicAddress: 'yoyaku',
    callCentre: { telephone: '12', hours: '' },
    notices: [{ text: '', important: false, from: 'x', until: null }],
  });
  expect(answer.json<{ faults: { field: string; sentence: string }[] }>().faults.map(({ field }) => field)).toEqual([
    'publicAddress',
    'callCentre.telephone',
    'callCentre.hours',
    'notices.0.text',
    'notices.0.from',
  ]);
  expect(await inForce()).toEqual(before);
  for (const role of ['supervisor', 'auditor'] as const)
    expect(
      (await (await site.colleague(role)).post('/api/v1/site', { version: before.version, settings: noSiteSettings }))
        .status,
    ).toBe(403);
});

describe('the public address', () => {
  let other: Server;
  let otherUrl: string;
  let isMoved = false;
  beforeAll(async () => {
    other = createServer((req, res) => {
      if (isMoved) res.writeHead(302, { location: citizens.url + String(req.url) }).end();
      else res.end('somebody else’s page '.repeat(10_000));
    });
    await new Promise<void>((resolve) =>
      other.listen(0, '127.0.0.1', () => {
        resolve();
      }),
    );
    const address = other.address();
    otherUrl = `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : '')}`;
  });
  afterAll(() => {
    other.closeAllConnections();
    other.close();
  });
  const check = async (address: string) => (await admin.post('/api/v1/site/check-address', { address })).json();

  test('is opened as a citizen would, and says where one arrives', async () => {
    expect(await check(citizens.url)).toMatchObject({ verdict: 'this_system', https: false, sameAsInstalled: true });
    expect(await check(otherUrl)).toMatchObject({ verdict: 'other_system', sameAsInstalled: false });
    isMoved = true;
    expect(await check(otherUrl)).toMatchObject({ verdict: 'redirected' });
    expect(await check('http://127.0.0.1:9')).toMatchObject({ verdict: 'no_answer' });
    expect(await check('https://yoyaku.invalid')).toMatchObject({ verdict: 'no_answer', https: true });
    expect(await check('not an address')).toMatchObject({
      code: 'invalid_request',
      faults: [{ field: 'publicAddress' }],
    });
  });

  test.each(['svg', 'png'])('as %s for the printer says the address that is in force', async (format) => {
    await change({ publicAddress: 'https://yoyaku.city.niigata.example.jp' });
    const answer = (await admin.get(`/api/v1/site/qr?format=${format}&mm=40`)).json<{
      file: string;
      dpi: number;
      fileName: string;
      address: string;
    }>();
    const file = Buffer.from(answer.file, 'base64');
    expect(format === 'svg' ? readQrSvg(file.toString('utf8')) : readQrPng(file)).toBe(
      'https://yoyaku.city.niigata.example.jp',
    );
    expect(answer).toMatchObject({
      fileName: `yoyaku-qr-40mm.${format}`,
      address: 'https://yoyaku.city.niigata.example.jp',
    });
    expect(answer.dpi).toBeGreaterThanOrEqual(300);
    await change({ publicAddress: null });
    expect((await admin.get(`/api/v1/site/qr?format=${format}&mm=40`)).json()).toMatchObject({ address: citizens.url });
  });

  test('too small to be read from paper is refused with the size that is not', async () => {
    await change({ publicAddress: `https://yoyaku.city.niigata.example.jp/${'x'.repeat(150)}` });
    const answer = await admin.get('/api/v1/site/qr?format=png&mm=15');
    expect([answer.status, answer.json()['code']]).toEqual([422, 'qr_too_small']);
    const { smallestMm } = answer.json<{ facts: { smallestMm: number } }>().facts;
    expect((await admin.get(`/api/v1/site/qr?format=png&mm=${String(smallestMm)}`)).status).toBe(200);
    await change({});
  });
});
