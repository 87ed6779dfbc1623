import type { Page } from 'playwright-core';
import { describeInBrowser } from '../../support/chromium';
import { expectClean } from '../support/axe';
import { createAdminSite, type AdminSite } from './support/admin-site';

const number = '5700000001';
const birthDate = '1947-04-01';

describeInBrowser('the operator’s desk', () => {
  let admin: AdminSite;
  let residentId: string;
  beforeAll(async () => {
    admin = await createAdminSite();
    const { city } = admin.site;
    residentId = await city.addResident({ number, birthDate, kana: 'トキノ　ハナ' });
    await city.addResident({ number: '5700000002', birthDate: '1950-05-05', kana: 'トキノ　タロウ' });
    for (const time of ['10:00', '10:30', '11:00']) await city.addSlot({ channel: 'phone', capacity: 3, time });
    await city.addSlot({ channel: 'phone', capacity: 3, time: '13:00', daysAhead: 6 });
    await city.addSlot({ channel: 'phone', capacity: 3, time: '10:00', daysAhead: 40, dose: 2 });
    await city.database.raw(`INSERT INTO slot_quota (slot_id, channel, capacity, taken) SELECT id, 'web', 4, 1 FROM slot`);
  });
  afterAll(() => admin.close());

  const shoot = async (page: Page, name: string) => {
    if (process.env['TOKI_SHOTS']) await page.screenshot({ path: `${process.env['TOKI_SHOTS']}/desk-${name}.png`, fullPage: true });
  };
  /** Types into whatever has the focus, as somebody without a mouse does. */
  const type = (page: Page, text: string) => page.keyboard.insertText(text);
  const press = async (page: Page, ...keys: string[]) => { for (const key of keys) await page.keyboard.press(key); };
  /** The accessible words of what has the focus. */
  const focused = (page: Page) => page.evaluate<string>(`(document.activeElement.id || document.activeElement.innerText || '').trim()`);
  const untilFocused = async (page: Page, words: RegExp) => {
    let seen = '';
    for (const until = Date.now() + 10_000; Date.now() < until; ) {
      seen = await focused(page);
      if (words.test(seen)) return;
      await page.waitForTimeout(50);
    }
    await shoot(page, 'lost');
    throw new Error(`the focus is on "${seen}", not on ${String(words)}`);
  };

  test('a whole booking, its move and the next person, by keyboard alone', async () => {
    const page = await admin.open({ role: 'operator' });
    // Colours are measured as they stay, not as they fade in.
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await press(page, '/');
    await untilFocused(page, /^field-text$/);
    await shoot(page, '1-empty');
    await expectClean(page, 'the empty desk');

    await type(page, 'トキノ');
    await press(page, 'Enter');
    await untilFocused(page, /^ト○○ ハ○/);
    await shoot(page, '2-candidates');
    expect(await page.locator('toki-desk').innerText()).not.toMatch(/トキノ　ハナ|1947/);
    await expectClean(page, 'candidates');
    await press(page, 'ArrowDown', 'ArrowUp', 'Enter');
    await untilFocused(page, /^field-couponNumber$/);
    await type(page, number);
    await press(page, 'Tab');
    await type(page, '昭和22年4月2日');
    await press(page, 'Enter');
    await untilFocused(page, /^field-birthDate$/);
    expect(await page.getByRole('alert').innerText()).toContain('登録と一致しません');
    await shoot(page, '3-identity');
    await expectClean(page, 'identity, one wrong');
    await press(page, 'Control+A');
    await type(page, '昭和22年4月1日');
    await press(page, 'Enter');
    await untilFocused(page, /^1回目を予約する$/);
    await shoot(page, '4-person');
    await expectClean(page, 'the person');

    await press(page, 'Enter');
    await untilFocused(page, /桜木会場/);
    await expectClean(page, 'venues');
    await shoot(page, '5-venue');
    await press(page, 'Enter');
    await untilFocused(page, /18\/21/);
    await shoot(page, '6-day');
    await press(page, 'Enter');
    await untilFocused(page, /10:00〜10:30/);
    expect(await focused(page)).toMatch(/6\/7\s*（3\/3）/);
    await shoot(page, '7-time');
    await press(page, 'Escape');
    await untilFocused(page, /18\/21/);
    await press(page, 'Enter');
    await untilFocused(page, /10:00〜10:30/);
    await press(page, 'ArrowDown', 'Enter');

    await untilFocused(page, /^field-telephone$/);
    expect(await page.getByRole('timer').innerText()).toMatch(/^あと9分ほど、お席をお取りしています/);
    await press(page, 'Enter');
    await page.getByRole('alert').filter({ hasText: '入力内容をご確認ください' }).waitFor();
    await shoot(page, '8-confirm');
    await expectClean(page, 'the form with faults');
    await page.locator('#field-telephone').focus();
    await type(page, '090-1234-5678');
    await press(page, 'Tab', 'Tab', 'Space', 'Tab', 'Space', 'Enter');
    await untilFocused(page, /^次の方$/);
    const [booking] = await admin.site.city.bookings.listOf(residentId);
    expect(booking).toMatchObject({ state: 'confirmed', channel: 'phone' });
    const words = (await page.getByRole('region', { name: '予約を受け付けました' }).innerText()).replace(/\s+/g, ' ');
    expect(words).toContain(`${booking!.reference!.slice(0, 3)} `);
    expect(words).toMatch(/令和\d+年.*午前10時30分/);
    await shoot(page, '9-done');
    await expectClean(page, 'read out');

    await press(page, 'Escape');
    await untilFocused(page, /^2回目を予約する$/);
    await press(page, 'Shift+Tab');
    for (let step = 0; step < 8 && (await focused(page)) !== '日時を変える'; step++) await press(page, 'Shift+Tab');
    await press(page, 'Enter');
    await untilFocused(page, /10:00〜10:30|桜木会場|18\/21|17\/21/);
    await shoot(page, '10-move');
    await press(page, 'End', 'Enter');
    await untilFocused(page, /確定する$/);
    await press(page, 'Enter');
    await untilFocused(page, /^次の方$/);
    const list = await admin.site.city.bookings.listOf(residentId);
    expect(list.map((item) => item.state).sort()).toEqual(['cancelled', 'confirmed']);
    await press(page, 'Alt+n');
    await untilFocused(page, /^field-text$/);
    expect(await page.locator('#field-text').inputValue()).toBe('');
    expect(await page.locator('toki-desk').innerText()).not.toContain('トキノ');
    expect(admin.faults).toEqual([]);
  });
});
