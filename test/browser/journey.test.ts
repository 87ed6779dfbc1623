import type { Browser, BrowserContext, Page } from 'playwright-core';

import { describeInBrowser } from '../support/chromium';
import { patienceMs } from '../support/patience';
import { type BookingSite, createBookingSite } from './support/booking-site';
import { desktop, launchBrowser, phone, smallPhone } from './support/browser';
import { Journey } from './support/journey';

let booking: BookingSite;
let browser: Browser;

async function open(
  options: { viewport?: typeof phone; javaScriptEnabled?: boolean } = {},
): Promise<{ context: BrowserContext; page: Page; journey: Journey }> {
  const context = await browser.newContext({ viewport: phone, locale: 'ja-JP', timezoneId: 'Asia/Tokyo', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  return { context, page, journey: new Journey(page, booking.url) };
}

describeInBrowser('a citizen books', () => {
  beforeAll(async () => {
    [booking, browser] = await Promise.all([createBookingSite(), launchBrowser()]);
  });

  afterAll(async () => {
    await browser.close();
    await booking.close();
  });

  test.each([
    ['on a phone', { viewport: phone, javaScriptEnabled: true }],
    ['on a phone without JavaScript', { viewport: phone, javaScriptEnabled: false }],
    ['at a desk', { viewport: desktop, javaScriptEnabled: true }],
  ])('both doses, moves the second, cancels it and logs out: %s', async (_where, options) => {
    const { context, page, journey } = await open(options);
    try {
      await journey.logIn(await booking.newCoupon());
      expect(await page.getByText('生年月日 1947年（昭和22年）4月1日の方').isVisible()).toBe(true);
      await journey.book(1, '朱鷺メッセ');
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('予約が完了しました');
      expect(await page.getByText(/^\d{3}-\d{3}-\d{3}$/).isVisible()).toBe(true);
      expect(await page.getByRole('img', { name: /QRコード/ }).isVisible()).toBe(true);
      expect(await page.getByRole('button', { name: '印刷する' }).isVisible()).toBe(options.javaScriptEnabled);

      await page.getByRole('link', { name: '2回目を予約する' }).click();
      await journey.chooseVenue('朱鷺メッセ');
      await journey.chooseFirstDay();
      await journey.chooseTime();
      // The contacts of the first dose are still there.
      expect(await page.getByLabel('電話番号').inputValue()).toBe('090-1234-5678');
      await journey.fillDetails();
      await journey.confirm();
      await page.getByRole('link', { name: '予約の一覧へ' }).click();
      expect(await page.getByText('予約済み').count()).toBe(2);

      await page.getByRole('link', { name: /変更する.*2回目/ }).click();
      expect(await page.getByText('新しい予約が決まるまで、いまの予約はそのまま残ります。').isVisible()).toBe(true);
      await journey.chooseVenue('北区文化会館');
      await journey.chooseFirstDay();
      await journey.chooseTime(1);
      await journey.fillDetails();
      await journey.confirm();
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('予約を変更しました');

      await page.getByRole('link', { name: '予約の一覧へ' }).click();
      await page.getByRole('link', { name: /取り消す.*2回目/ }).click();
      await page.getByRole('button', { name: '予約を取り消す' }).click();
      expect(await page.getByText('予約を取り消しました。').isVisible()).toBe(true);
      expect(await page.getByText('予約済み').count()).toBe(1);
      await page.getByRole('button', { name: 'ログアウト' }).click();
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('ログアウトしました');
      await page.goto(`${booking.url}/bookings`);
      expect(new URL(page.url()).pathname).toBe('/login');
    } finally {
      await context.close();
    }
  });

  test('a taken time leads back to the others, and the nearest is one tap away', async () => {
    const { context, page, journey } = await open();
    try {
      await journey.logIn(await booking.newCoupon());
      await page.getByRole('link', { name: '1回目を予約する' }).click();
      await journey.chooseVenue('北区文化会館');
      await journey.chooseFirstDay();
      const slotId = (await page.locator('input[name=slotId]:enabled').first().getAttribute('value')) ?? '';
      const rival = await booking.site.citizen();
      expect((await rival.post('/api/v1/bookings', { slotId, dose: 1 })).status).toBe(201);
      await journey.chooseTime();
      expect(await page.title()).toMatch(/^エラー：/);
      expect(await page.evaluate<string>('document.activeElement.className')).toBe('errors');
      await page.locator('#near button').first().click();
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('連絡先を入力してください');
    } finally {
      await context.close();
    }
  });

  test('back and another time: the browser’s own way back does no harm', async () => {
    const { context, page, journey } = await open();
    try {
      await journey.logIn(await booking.newCoupon());
      await page.getByRole('link', { name: '1回目を予約する' }).click();
      await journey.chooseVenue('朱鷺メッセ');
      await journey.chooseFirstDay();
      await journey.chooseTime(0);
      await page.goBack();
      await journey.chooseTime(1);
      await journey.fillDetails();
      await page.goBack();
      await page.getByRole('button', { name: '内容を確認する' }).click();
      await journey.confirm();
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('予約が完了しました');
    } finally {
      await context.close();
    }
  });

  test('the keyboard alone is enough to log in', async () => {
    const { context, page } = await open({ viewport: desktop });
    try {
      const couponNumber = await booking.newCoupon();
      await page.goto(`${booking.url}/login`);
      const tabTo = async (id: string): Promise<void> => {
        for (let press = 0; press < 20; press++) {
          await page.keyboard.press('Tab');
          if ((await page.evaluate<string>('document.activeElement.id')) === id) return;
        }
        throw new Error(`${id} cannot be reached`);
      };
      await tabTo('couponNumber');
      await page.keyboard.type(couponNumber);
      await tabTo('birthYear');
      await page.keyboard.type('昭和22');
      await tabTo('birthMonth');
      await page.keyboard.type('4');
      await tabTo('birthDay');
      await page.keyboard.type('1');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/bookings');
      const outline = await page.evaluate<string>(`(() => {
        const button = document.querySelector('header button');
        button.focus({ focusVisible: true });
        return getComputedStyle(button).outline;
      })()`);
      expect(outline).toMatch(/rgb\(0, 0, 0\) solid 4px/);
    } finally {
      await context.close();
    }
  });

  test('every page fits into 320 px and asks nobody else for anything; its weight stays under 50 kB', async () => {
    const { context, page, journey } = await open({ viewport: smallPhone });
    try {
      const strangers: string[] = [];
      page.on('request', (request) => {
        if (!request.url().startsWith(booking.url) && !request.url().startsWith('data:')) strangers.push(request.url());
      });
      const cdp = await context.newCDPSession(page);
      await cdp.send('Network.enable');
      await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
      let bytes = 0;
      cdp.on('Network.loadingFinished', ({ encodedDataLength }) => {
        bytes += encodedDataLength;
      });
      const look = async (): Promise<void> => {
        await page.waitForLoadState('networkidle');
        bytes = 0;
        await page.reload({ waitUntil: 'networkidle' });
        const path = new URL(page.url()).pathname;
        const icon = await booking.site
          .visitor()
          .get((await page.locator('link[rel=icon]').getAttribute('href')) ?? '');
        expect([path, bytes + icon.text.length < 50_000]).toEqual([path, true]);
        expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, smallPhone.width]);
      };
      for (const path of ['/', '/login', '/help/coupon', '/accessibility', '/privacy']) {
        await page.goto(booking.url + path);
        await look();
      }
      await journey.logIn(await booking.newCoupon());
      await look();
      await page.getByRole('link', { name: '1回目を予約する' }).click();
      await look();
      await journey.chooseVenue('朱鷺メッセ');
      await look();
      await page.getByRole('link', { name: 'カレンダーで見る' }).click();
      await look();
      await page.locator('.month a').first().click();
      await look();
      await journey.chooseTime();
      await look();
      await journey.fillDetails();
      await look();
      await journey.confirm();
      await look();
      await page.getByRole('link', { name: '予約の一覧へ' }).click();
      await look();
      await page.getByRole('link', { name: /取り消す.*1回目/ }).click();
      await look();
      expect(strangers).toEqual([]);
    } finally {
      await context.close();
    }
  });

  test('printed, the sheet is the booking and the telephone number, without buttons', async () => {
    const { context, page, journey } = await open({ viewport: desktop });
    try {
      await journey.logIn(await booking.newCoupon());
      await journey.book(1, '朱鷺メッセ');
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('.actions, .stepper, .button').filter({ visible: true }).count()).toBe(0);
      expect(await page.getByText(/^\d{3}-\d{3}-\d{3}$/).isVisible()).toBe(true);
      expect(await page.locator('.call').isVisible()).toBe(true);
      for (const format of ['A4', 'A5']) {
        const pdf = await page.pdf({ format });
        expect([format, pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length]).toEqual([format, 1]);
      }
    } finally {
      await context.close();
    }
  });

  test('Japanese is set in a Japanese font', async () => {
    const { context, page } = await open();
    try {
      await page.goto(`${booking.url}/`);
      expect(await page.evaluate('document.documentElement.lang')).toBe('ja');
      const cdp = await context.newCDPSession(page);
      await cdp.send('DOM.enable');
      await cdp.send('CSS.enable');
      const { root } = await cdp.send('DOM.getDocument');
      const { nodeId } = await cdp.send('DOM.querySelector', { nodeId: root.nodeId, selector: 'h1' });
      const { fonts } = await cdp.send('CSS.getPlatformFontsForNode', { nodeId });
      expect(fonts.map((font) => font.familyName).join()).toMatch(/JP|Japan|Gothic|Hiragino|Meiryo|IPA|Takao|VL/);
    } finally {
      await context.close();
    }
  });
});
