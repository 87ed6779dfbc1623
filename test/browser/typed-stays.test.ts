import type { Browser, Page } from 'playwright-core';

import { describeInBrowser } from '../support/chromium';
import { translatedProgramme } from '../worlds/translated-programme';
import { expectClean } from './support/axe';
import { type BookingSite, createBookingSite } from './support/booking-site';
import { desktop, launchBrowser, phone } from './support/browser';
import { Journey } from './support/journey';

/** A folder for pictures of the pages, for a person who wants to look at them. */
const shots = process.env['TOKI_SHOTS'];

describeInBrowser('what was typed stays, whatever is pressed', () => {
  let booking: BookingSite;
  let browser: Browser;
  beforeAll(async () => {
    [booking, browser] = await Promise.all([
      createBookingSite({ change: translatedProgramme(), reviewed: ['en', 'ja-easy'] }),
      launchBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await booking.close();
  });

  test.each([
    ['phone', { viewport: phone, javaScriptEnabled: true }],
    ['phone-without-scripts', { viewport: phone, javaScriptEnabled: false }],
    ['desktop', { viewport: desktop, javaScriptEnabled: true }],
  ])(
    'in the log-in, the details, and on the way back: %s',
    async (name, options) => {
      const context = await browser.newContext({ locale: 'ja-JP', timezoneId: 'Asia/Tokyo', ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(30_000);
      const look = async (what: string) => {
        if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}-${what}.png`, fullPage: true });
        // axe is a script.
        if (options.javaScriptEnabled) await expectClean(page, what);
        const tooWide = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
        if (options.javaScriptEnabled) expect([what, await page.evaluate<number>(tooWide)]).toEqual([what, 0]);
      };
      try {
        const coupon = await booking.newCoupon();
        await page.goto(`${booking.url}/login`);
        await page.locator('#couponNumber').fill(coupon);
        await page.locator('#birthYear').fill('1947');
        await page.getByRole('button', { name: 'English', exact: true }).click();
        expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Log in');
        expect(await page.locator('#couponNumber').inputValue()).toBe(coupon);
        expect(page.url()).toBe(`${booking.url}/login`);
        await page.getByRole('button', { name: '日本語', exact: true }).click();
        expect(await page.locator('#birthYear').inputValue()).toBe('1947');
        await page.locator('#birthMonth').fill('4');
        await page.locator('#birthDay').fill('1');
        await look('login');
        await page.locator('#birthDay').press('Enter');

        await page.getByRole('link', { name: '1回目を予約する' }).click();
        const journey = new Journey(page, booking.url);
        await look('venues');
        await journey.chooseVenue('朱鷺メッセ');
        await journey.chooseFirstDay();
        await look('times');
        await journey.chooseTime();

        await page.locator('#telephone').fill('090-12');
        await page.locator('#email').fill('hana@');
        await page.getByLabel('車いすを使う').check();
        await page.getByLabel('筆談を希望する').check();
        await look('details');
        await page.getByRole('button', { name: 'お取りする時間を延ばす' }).click();
        await expectTyped(page);
        await page.getByRole('button', { name: 'English', exact: true }).click();
        await page.getByRole('heading', { name: 'Enter your contact details' }).waitFor();
        await expectTyped(page);
        await look('details-english');
        await page.getByRole('button', { name: '日本語', exact: true }).click();
        await page.getByRole('button', { name: '戻る' }).click();
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.goBack();
        await expectTyped(page);

        // Enter is the button that the page is for, not the first one that can be seen.
        await page.locator('#email').press('Enter');
        await page.getByRole('alert').first().waitFor();
        expect(await page.title()).toMatch(/^エラー：/);
        await expectTyped(page);
        await look('details-faults');
        await page.locator('#telephone').fill('090-1234-5678');
        await page.locator('#email').fill('');
        await page.locator('#consentRules').check();
        await page.locator('#consentUse').check();
        await page.locator('#email').press('Enter');
        await page.getByText('車いすを使う、筆談を希望する').waitFor();
        await look('review');
        // Back is a page that was asked for: the browser has nothing to send again.
        const back = await page.goBack();
        expect(back?.request().method() ?? 'GET').toBe('GET');
        expect(await page.locator('#telephone').inputValue()).toBe('090-1234-5678');
      } finally {
        await context.close();
      }
    },
    120_000,
  );
});

async function expectTyped(page: Page): Promise<void> {
  expect(await page.locator('#telephone').inputValue()).toBe('090-12');
  expect(await page.locator('#email').inputValue()).toBe('hana@');
  for (const value of ['wheelchair', 'hearing']) expect(await page.locator(`#help-${value}`).isChecked()).toBe(true);
}
