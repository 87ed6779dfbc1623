import type { Page } from 'playwright-core';

import { describeInBrowser } from '../../support/chromium';
import { patienceMs } from '../../support/patience';
import { expectClean } from '../support/axe';
import { type AdminSite, createAdminSite } from './support/admin-site';

const number = '5700000001';
let numbers = 5_700_000_003;
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
    await city.database.raw(
      `INSERT INTO slot_quota (slot_id, channel, capacity, taken) SELECT id, 'web', 4, 1 FROM slot`,
    );
  });
  afterAll(() => admin.close());

  /** Types into whatever has the focus, as a person without a mouse does. */
  const type = (page: Page, text: string) => page.keyboard.insertText(text);
  const press = async (page: Page, ...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  /** The accessible words of what has the focus; none while nothing has it, when the body stands in with the whole page. */
  const focused = (page: Page) =>
    page.evaluate<string>(
      `document.activeElement === document.body ? '' : (document.activeElement.id || document.activeElement.innerText || '').trim()`,
    );
  const untilFocused = async (page: Page, words: RegExp) => {
    let seen = '';
    for (const until = Date.now() + patienceMs; Date.now() < until;) {
      seen = await focused(page);
      if (words.test(seen)) return;
      await page.waitForTimeout(50);
    }
    throw new Error(`the focus is on "${seen}", not on ${String(words)}`);
  };

  test('a whole booking, its move and the next person, by keyboard alone', async () => {
    const page = await admin.open({ role: 'operator' });
    // Colours are measured as they stay, not as they fade in.
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await press(page, '/');
    await untilFocused(page, /^field-text$/);
    await expectClean(page, 'the empty desk');

    await type(page, 'トキノ');
    await press(page, 'Enter');
    await untilFocused(page, /^ト○○ ハ○/);
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
    await expectClean(page, 'identity, one wrong');
    await press(page, 'Control+A');
    await type(page, '昭和22年4月1日');
    await press(page, 'Enter');
    await untilFocused(page, /^1回目を予約する$/);
    await expectClean(page, 'the person');

    await press(page, 'Enter');
    await untilFocused(page, /桜木会場/);
    await expectClean(page, 'venues');
    await press(page, 'Enter');
    await untilFocused(page, /18\/21/);
    await press(page, 'Enter');
    await untilFocused(page, /10:00〜10:30/);
    expect(await focused(page)).toMatch(/6\/7\s*（3\/3）/);
    await press(page, 'Escape');
    await untilFocused(page, /18\/21/);
    await press(page, 'Enter');
    await untilFocused(page, /10:00〜10:30/);
    await press(page, 'ArrowDown', 'Enter');

    await untilFocused(page, /^field-telephone$/);
    expect(await page.getByRole('timer').innerText()).toMatch(/^あと9分ほど、お席をお取りしています/);
    await press(page, 'Enter');
    await page.getByRole('alert').filter({ hasText: '入力内容をご確認ください' }).waitFor();
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
    await expectClean(page, 'read out');

    await press(page, 'Escape');
    await untilFocused(page, /^2回目を予約する$/);
    await press(page, 'Shift+Tab');
    for (let step = 0; step < 8 && (await focused(page)) !== '日時を変える'; step++) await press(page, 'Shift+Tab');
    await press(page, 'Enter');
    await untilFocused(page, /^10:00〜10:30/);
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

  const find = async (page: Page, said: string) => {
    await page.getByRole('textbox', { name: '対象者を探す' }).fill(said);
    await press(page, 'Enter');
  };
  const identify = async (page: Page, said: Record<string, string>) => {
    for (const [label, text] of Object.entries(said)) await page.getByRole('textbox', { name: label }).fill(text);
    await press(page, 'Enter');
  };

  test('what was typed outlasts a lost connection, and the second try books once', async () => {
    const { city } = admin.site;
    const coupon = String(numbers++);
    const caller = await city.addResident({ number: coupon, birthDate: '1940-01-02', kana: 'コバリ　ツヨシ' });
    const page = await admin.open({ role: 'operator', path: '/desk' });
    await find(page, coupon);
    // What was searched by is not asked again.
    await untilFocused(page, /^field-birthDate$/);
    expect(await page.getByRole('textbox', { name: '接種券番号' }).inputValue()).toBe(coupon);
    await identify(page, { 生年月日: 'S15.1.2' });
    await untilFocused(page, /^1回目を予約する$/);
    await press(page, 'Enter');
    await untilFocused(page, /桜木会場/);
    await press(page, 'Enter');
    await untilFocused(page, /^\d+月/);
    await press(page, 'Enter');
    await untilFocused(page, /^\d+:\d+〜/);
    await press(page, 'Enter');
    await untilFocused(page, /^field-telephone$/);
    await type(page, '025-228-1000');
    for (const box of await page.locator('toki-hold-form input[type=checkbox]').all()) await box.check();

    // The booking is made, but its answer is lost on the way.
    let lost = 0;
    await page.route('**/confirm', async (route) => {
      if (lost++ > 0) return route.continue();
      await route.fetch();
      return route.abort('connectionreset');
    });
    await page.getByRole('button', { name: '予約を確定する' }).click();
    await page.getByRole('alert').filter({ hasText: 'サーバーにつながりません' }).waitFor();
    expect(await page.locator('#field-telephone').inputValue()).toBe('025-228-1000');
    await page.getByRole('button', { name: '予約を確定する' }).click();
    await untilFocused(page, /^次の方$/);
    expect((await city.bookings.listOf(caller)).map((booking) => booking.state)).toEqual(['confirmed']);

    // The page loaded again goes on with the same person, while the identity check holds.
    await page.reload();
    await page.getByText('コバリ　ツヨシ').waitFor();
    await page.getByText('これまでとこれから').click();
    await page.getByText('これからの予定はいま読み取れません').waitFor();
    await page.getByText('予約済み（電話の窓口）').waitFor();
    await expectClean(page, 'the person with a booking');

    // The slip.
    await page.getByRole('button', { name: '復唱・印刷' }).click();
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('toki-script-pane').isVisible()).toBe(false);
    expect(await page.locator('.slip').innerText()).toContain('当日お持ちいただくもの');
    await page.emulateMedia({ media: 'screen' });
    await page.getByRole('button', { name: '次の方' }).click();
    await untilFocused(page, /^field-text$/);
    expect(new URL(page.url()).search).not.toContain('person');

    // From a list of bookings or calls: the identity check comes first here too.
    await page.goto(`${admin.site.url}/desk?person=${caller}`);
    await untilFocused(page, /^field-couponNumber$/);
    expect(await page.locator('toki-desk').innerText()).toContain('コ○○ ツ○○');
    expect(await page.locator('toki-desk').innerText()).not.toContain('コバリ');
    await page.context().close();
  });

  test('a hold that ran out traps nobody: the same seat again, or another one', async () => {
    const { city } = admin.site;
    const coupon = String(numbers++);
    const caller = await city.addResident({ number: coupon, birthDate: '1941-02-03', kana: 'マチダ　ユキ' });
    const page = await admin.open({ role: 'operator', path: '/desk' });
    await find(page, coupon);
    await untilFocused(page, /^field-birthDate$/);
    await identify(page, { 生年月日: 'S16.2.3' });
    await untilFocused(page, /^1回目を予約する$/);
    await press(page, 'Enter');
    await untilFocused(page, /桜木会場/);
    await press(page, 'Enter');
    await untilFocused(page, /^\d+月/);
    await press(page, 'Enter');
    await untilFocused(page, /^\d+:\d+〜/);
    await press(page, 'Enter');
    await untilFocused(page, /^field-telephone$/);
    await type(page, '025-228-1000');
    for (const box of await page.locator('toki-hold-form input[type=checkbox]').all()) await box.check();
    /** The time of the hold is over, and its workflow has ended it. */
    const runOut = async (): Promise<string> => {
      const [booking] = await city.bookings.listOf(caller);
      await city
        .database('booking')
        .where({ id: booking!.id })
        .update({ hold_expires_at: new Date(Date.now() - 1_000) });
      await city.bookings.expireHold(booking!.id, new Date().toISOString());
      return booking!.slot.id;
    };
    const confirm = page.getByRole('button', { name: '予約を確定する' });

    const first = await runOut();
    await confirm.click();
    await page.getByRole('alert').filter({ hasText: '仮押さえの時間が過ぎました' }).waitFor();
    await expectClean(page, 'the form after its hold ran out');
    if (process.env['TOKI_SHOTS'])
      await page.screenshot({ path: `${process.env['TOKI_SHOTS']}/desk-hold-over.png`, fullPage: true });
    const heldAgain = page.waitForResponse(
      (answer) => answer.request().method() === 'POST' && new URL(answer.url()).pathname.endsWith('/bookings'),
    );
    await page.getByRole('button', { name: '同じ席をもう一度取る' }).click();
    expect((await heldAgain).status()).toBe(201);
    await page.getByRole('timer').waitFor();
    expect(await page.locator('#field-telephone').inputValue()).toBe('025-228-1000');
    expect((await city.bookings.listOf(caller))[0]).toMatchObject({ state: 'held', slot: { id: first } });

    await runOut();
    await confirm.click();
    await page.getByRole('alert').filter({ hasText: '仮押さえの時間が過ぎました' }).waitFor();
    await page.getByRole('button', { name: '日時を選び直す' }).click();
    await untilFocused(page, /^\d+:\d+〜/);
    await press(page, 'End', 'Enter');
    await page.getByRole('timer').waitFor();
    await confirm.click();
    await untilFocused(page, /^次の方$/);
    const list = await city.bookings.listOf(caller);
    expect(list.map((booking) => booking.state)).toEqual(['confirmed', 'expired', 'expired']);
    expect(list[0]?.slot.id).not.toBe(first);
    await page.context().close();
  });

  test('a supervisor lets one person book before their turn; an operator is told to ask', async () => {
    const coupon = String(numbers++);
    await admin.site.city.addResident({
      number: coupon,
      birthDate: '1990-01-02',
      kana: 'ワカイ　ジュン',
      groupCode: 'later',
    });
    const operator = await admin.open({ role: 'operator', path: '/desk' });
    await find(operator, coupon);
    await identify(operator, { 生年月日: 'H2.1.2' });
    await operator.getByText('現在の受付の対象ではありません').first().waitFor();
    await operator.getByText('この方だけの許可').click();
    await operator.getByText('責任者に代わってください').waitFor();
    await operator.context().close();

    const page = await admin.open({ role: 'supervisor', path: '/desk' });
    await find(page, coupon);
    await identify(page, { 生年月日: 'H2.1.2' });
    await page.getByRole('button', { name: '1回目を許可する' }).click();
    await page.getByText('理由を5文字以上で書いてください。').waitFor();
    await page.locator('textarea[formcontrolname=reason]').fill('高齢者施設の職員証を確認');
    await page.getByRole('button', { name: '1回目を許可する' }).click();
    await page.getByText(/1回目を許可（/).waitFor();
    await untilFocused(page, /^1回目を予約する$/);
    await page.getByText('メモ（0件）').click();
    await page.locator('textarea[formcontrolname=text]').fill('耳が遠い');
    await page.getByRole('button', { name: 'メモを残す' }).click();
    await page.getByText('メモ（1件）').waitFor();
    await expectClean(page, 'the person, for a supervisor');
    expect(admin.faults).toEqual([]);
    await page.context().close();
  });

  test('a protected person: the operator learns nothing and promises a call', async () => {
    const coupon = String(numbers++);
    const caller = await admin.site.city.addResident({ number: coupon, birthDate: '1980-01-02', kana: 'ヒミツ　アイ' });
    await admin.site.city.database('resident').where({ id: caller }).update({ protected: true });
    const page = await admin.open({ role: 'operator', path: '/desk' });
    await find(page, coupon);
    await identify(page, { 生年月日: 'S55.1.2', '氏名（カナ・ひらがな）': 'ひみつ あい' });
    await page.getByRole('alert').filter({ hasText: '責任者が折り返します' }).waitFor();
    await page.getByLabel('用件').fill('予約の希望');
    await page.getByRole('button', { name: '折り返しを約束する' }).click();
    await untilFocused(page, /^field-text$/);
    expect(await admin.site.city.database('callback').where({ resident_id: caller, cause: 'promised' })).toHaveLength(
      1,
    );
    await page.getByRole('button', { name: '接種券をなくした' }).click();
    await page.getByText('コールセンターからお送りすることはできません').waitFor();
    await page.context().close();
  });
});
