import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Browser, Page } from 'playwright-core';

import { formatReference } from '../../../domain/bookings/reference';
import { describeInBrowser } from '../../support/chromium';
import { patienceMs } from '../../support/patience';
import { overToday } from '../../support/today';
import { expectClean } from '../support/axe';
import { launchBrowser } from '../support/browser';
import { type AdminSite, createAdminSite } from './support/admin-site';
import { venueDay } from './support/venue-day';

const phone = { width: 390, height: 844 };
const answerOf = (page: Page) => page.locator('.answer');

describeInBrowser('the reception of a venue', () => {
  let admin: AdminSite;
  let day: Awaited<ReturnType<typeof venueDay>>;
  let path: string;
  beforeAll(async () => {
    admin = await createAdminSite();
    day = await venueDay(admin.site.city);
    path = `/reception?venue=${admin.site.city.venueId}`;
  });
  const others: Browser[] = [];
  afterAll(async () => {
    await Promise.all(others.map((browser) => browser.close()));
    await admin.close();
  });

  const stateOf = async (bookingId: string) => (await admin.site.city.bookings.find(bookingId))?.state;
  /** As a QR reader types: letter by letter, then Enter, wherever the focus is. */
  const read = async (page: Page, code: string) => {
    await page.keyboard.type(code);
    await page.keyboard.press('Enter');
  };

  test('a day: by QR, by number, what does not fit, a slip undone, a person without a booking', async () => {
    const page = await admin.open({ role: 'reception', path: '/reception' });
    await page.getByRole('button', { name: /桜木会場/ }).click();
    await page.getByText('来場済み 0 / 10').waitFor();
    const [hana, ichiro] = day.today as [(typeof day.today)[number], (typeof day.today)[number]];

    await read(page, formatReference(hana.reference));
    await answerOf(page).getByText('受け付けました').waitFor();
    expect(await answerOf(page).innerText()).toContain('トキノ　ハナ');
    await page.getByText('来場済み 1 / 10').waitFor();
    await read(page, hana.reference);
    await answerOf(page).getByText('すでに受け付けています').waitFor();
    await page.getByRole('heading', { level: 1 }).click();
    await read(page, ichiro.couponNumber);
    await answerOf(page).getByText('受け付けました').waitFor();
    expect(await stateOf(ichiro.bookingId)).toBe('attended');

    await answerOf(page).getByRole('button', { name: 'この受付を取り消す' }).click();
    await expectClean(page, 'reception, undo asked');
    await answerOf(page).getByRole('button', { name: '別の人を受け付けた' }).click();
    await answerOf(page).getByText('受付を取り消しました').waitFor();
    expect(await stateOf(ichiro.bookingId)).toBe('confirmed');

    await read(page, day.elsewhere.reference);
    await answerOf(page).getByText('この会場の予約ではありません。「北区文化会館」の予約です。').waitFor();
    expect(await stateOf(day.elsewhere.bookingId)).toBe('confirmed');
    await expectClean(page, 'reception, wrong venue');
    await answerOf(page).getByRole('button', { name: '受け付けない' }).click();
    await read(page, day.elsewhere.couponNumber);
    await answerOf(page).getByRole('button', { name: '本人が会場を間違えた' }).click();
    await answerOf(page).getByText('受け付けました').waitFor();
    expect(await stateOf(day.elsewhere.bookingId)).toBe('attended');
    await read(page, day.tomorrow.reference);
    await answerOf(page)
      .getByText(/今日の予約ではありません。/)
      .waitFor();
    await answerOf(page).getByRole('button', { name: '受け付けない' }).click();
    await read(page, '123');
    await answerOf(page).getByText('受け付けられません').waitFor();

    await read(page, day.walkInNumber);
    await answerOf(page)
      .getByText(/この番号で受け付けられる予約は見つかりません。/)
      .waitFor();
    await answerOf(page).getByRole('button', { name: '予約のない方として受け付ける' }).click();
    await page.getByText('ヨシカワ　ユイ').waitFor();
    await page.getByRole('button', { name: '席を取って受け付ける' }).click();
    await page.getByText('電話番号を入力してください。').first().waitFor();
    await expectClean(page, 'reception, walk-in with faults');
    await page.getByLabel('電話番号').fill('025-123-4567');
    for (const box of await page.locator('toki-walk-in').getByRole('checkbox').all()) await box.check();
    await page.getByRole('button', { name: '席を取って受け付ける' }).click();
    await answerOf(page).getByText('予約のない方を受け付けました').waitFor();
    await page.getByText('来場済み 2 / 11').waitFor();
    expect(admin.faults).toEqual([]);
  });

  test('on a telephone: from the list, found by kana; nothing runs out of the screen', async () => {
    const page = await admin.open({ role: 'reception', path, viewport: phone });
    await page.getByRole('button', { name: 'スズキ　カズコを受け付ける' }).waitFor();
    await page.getByLabel('カナ・番号で探す').fill('こばやし');
    await page.getByRole('button', { name: 'スズキ　カズコを受け付ける' }).waitFor({ state: 'detached' });
    const button = page.getByRole('button', { name: 'コバヤシ　アキラを受け付ける' });
    expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    await button.click();
    await answerOf(page).getByText('受け付けました').waitFor();
    expect(
      await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    ).toBeLessThanOrEqual(0);
    await expectClean(page, 'reception on a telephone');
    expect(admin.faults).toEqual([]);
  });

  test('what a colleague does shows by itself', async () => {
    const page = await admin.open({ role: 'reception', path: `${path}&show=waiting` });
    const row = page.getByRole('button', { name: 'ハセガワ　サチコを受け付ける' });
    await row.waitFor();
    const person = day.today.find((item) => item.kana.startsWith('ハセガワ'))!;
    await admin.site.city.bookings.checkIn(person.bookingId, 'venue');
    await row.waitFor({ state: 'detached' });
  });

  test('closing the day says how many first', async () => {
    const { database } = admin.site.city;
    const person = day.today.find((item) => item.kana.startsWith('ツチダ'))!;
    const { slot } = (await admin.site.city.bookings.find(person.bookingId))!;
    await database('slot').where({ id: slot.id }).update(overToday());
    const page = await admin.open({ role: 'reception', path });
    await page.getByRole('button', { name: '1日を締める' }).click();
    await page.getByRole('button', { name: /件を来場なしにする/ }).click();
    await page.getByText(/件を「来場なし」にしました。/).waitFor();
    expect(await stateOf(person.bookingId)).toBe('no_show');
  });

  test('the list taken along works from a file when every server is down; its arrivals are loaded afterwards', async () => {
    const page = await admin.open({ role: 'reception', path: `${path}&panel=off-line` });
    await page.getByRole('button', { name: '合言葉を作る' }).click();
    const passphrase = await page.getByLabel(/合言葉/).inputValue();
    expect(passphrase.length).toBeGreaterThanOrEqual(12);
    await expectClean(page, 'reception, off-line panel');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: '名簿をダウンロードする' }).click(),
    ]);
    const folder = mkdtempSync(join(tmpdir(), 'toki-day-'));
    const file = join(folder, 'list.html');
    await download.saveAs(file);
    expect(download.suggestedFilename()).toMatch(/^受付名簿_\d{4}-\d{2}-\d{2}_桜木会場\.html$/);
    expect(readFileSync(file, 'utf8')).not.toMatch(/トキノ|1947/);

    // A browser of its own that can reach nobody.
    const alone = await launchBrowser();
    others.push(alone);
    const context = await alone.newContext({
      offline: true,
      acceptDownloads: true,
      locale: 'ja-JP',
      timezoneId: 'Asia/Tokyo',
      viewport: phone,
    });
    const list = await context.newPage();
    list.setDefaultTimeout(patienceMs);
    const wrong: string[] = [];
    list.on('pageerror', (error) => wrong.push(error.message));
    list.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
    await list.goto(pathToFileURL(file).href);
    await list.getByLabel('合言葉').fill('not the passphrase');
    await list.getByRole('button', { name: '名簿を開く' }).click();
    await list.getByText('合言葉が違います。').waitFor();
    await list.getByLabel('合言葉').fill(passphrase);
    await list.getByRole('button', { name: '名簿を開く' }).click();
    await list.getByRole('cell', { name: 'サトウ　イチロウ' }).waitFor();
    await expectClean(list, 'the off-line list');
    const [ichiro, kazuko] = [day.today[1]!, day.today[2]!];
    await read(list, formatReference(ichiro.reference));
    await list.locator('#result').getByText('受け付けました').waitFor();
    await read(list, kazuko.couponNumber);
    await list.locator('#result').getByText('受け付けました').waitFor();
    await read(list, kazuko.couponNumber);
    await list.locator('#result').getByText('すでに受け付けています').waitFor();
    await read(list, day.tomorrow.reference);
    await list.locator('#result').getByText('この名簿にありません').waitFor();
    await list.getByLabel('探す').fill('たかはし');
    await list.getByRole('button', { name: /を受け付ける/ }).click();
    await list.getByRole('button', { name: /を取り消す/ }).click();
    expect(await list.evaluate<number>('localStorage.length')).toBe(1);
    expect(await list.evaluate<string>('JSON.stringify({ ...localStorage })')).not.toContain(kazuko.bookingId);

    // The browser was closed in between: nothing is lost.
    await list.reload();
    await list.getByLabel('合言葉').fill(passphrase);
    await list.getByRole('button', { name: '名簿を開く' }).click();
    await list.getByText('まだ書き出していない受付が2件あります。').waitFor();
    const [ticks] = await Promise.all([
      list.waitForEvent('download'),
      list.getByRole('button', { name: '受付の記録を書き出す' }).click(),
    ]);
    const ticksFile = join(folder, 'ticks.json');
    await ticks.saveAs(ticksFile);
    expect(wrong).toEqual([]);
    await alone.close();

    expect(await stateOf(kazuko.bookingId)).toBe('confirmed');
    const load = async (path: string) => page.getByLabel('受付の記録のファイル').setInputFiles(path);
    await load(file);
    await page.getByText('受付の記録のファイルではありません。').waitFor();
    await load(ticksFile);
    await page.getByText('2件を受け付けました。').waitFor();
    expect([await stateOf(ichiro.bookingId), await stateOf(kazuko.bookingId)]).toEqual(['attended', 'attended']);
    await load(ticksFile);
    await page.getByText('2件はすでに受け付けていました。').waitFor();
  });
});
