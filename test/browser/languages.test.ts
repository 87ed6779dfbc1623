import type { Browser, Page } from 'playwright-core';

import { otherLanguages } from '../../domain/programmes/document';
import { describeInBrowser } from '../support/chromium';
import { patienceMs } from '../support/patience';
import { translatedProgramme } from '../worlds/translated-programme';
import { expectClean } from './support/axe';
import { type BookingSite, createBookingSite } from './support/booking-site';
import { launchBrowser, phone, smallPhone } from './support/browser';

let booking: BookingSite;
let browser: Browser;

/** Nothing stands outside of the screen: words are longer in some languages. */
async function expectFits(page: Page, what: string): Promise<void> {
  const over = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  expect([what, over]).toEqual([what, 0]);
}

/** The way through a booking by what the pages do, not by what they say. */
async function walk(
  page: Page,
  url: string,
  language: string,
  couponNumber: string,
  look: (what: string) => Promise<void>,
): Promise<void> {
  await page.goto(`${url}/`);
  await page.locator(`.languages a[href$="lang=${language}"]`).click();
  await look('front');
  for (const path of ['/help/coupon', '/privacy', '/accessibility', '/nowhere']) {
    await page.goto(url + path);
    await look(path);
  }
  await page.goto(`${url}/login`);
  await page.locator('main .actions button.button').click();
  await look('log-in, nothing typed');
  await page.locator('#couponNumber').fill(couponNumber);
  await page.locator('input[name=birthEra][value="昭和"]').check();
  await page.locator('#birthYear').fill('22');
  await page.locator('#birthMonth').fill('4');
  await page.locator('#birthDay').fill('1');
  await page.locator('main .actions button.button').click();
  await page.waitForURL(/\/bookings$/);
  await look('my bookings, none');
  await page.locator('a[href="/book/1/venues"]').click();
  await look('venues');
  await page.locator('.venue a[href*="/times?venue="]').last().click();
  await look('days');
  await page.locator('.views a').last().click();
  await look('calendar');
  await page.locator('.month td a').first().click();
  await page.locator('main .actions button.button').last().click();
  await look('times, none chosen');
  await page.locator('input[name=slotId]:enabled').first().check();
  await page.locator('main .actions button.button').last().click();
  await page.waitForURL(/\/details$/);
  await page.locator('main .actions button.button').click();
  await look('details, nothing typed');
  await page.locator('#telephone').fill('090-1234-5678');
  for (const box of await page.getByRole('checkbox').all()) await box.check();
  await page.locator('main .actions button.button').click();
  // Who wants an interpreter is asked for which language.
  await page.waitForURL(/added=interpreterLanguage/);
  await look('details, one question more');
  await page.getByRole('radio', { name: 'English' }).first().check();
  await page.locator('main .actions button.button').click();
  await page.waitForURL(/\/review$/);
  await look('review');
  await page.locator('form[action$="/confirm"] button').click();
  await page.waitForURL(/\/done$/);
  await look('done');
  await page.goto(`${url}/bookings`);
  await look('my bookings, one');
  await page.locator('a[href$="/cancel"]').click();
  await look('cancel');
}

describeInBrowser('a citizen books in another language', () => {
  beforeAll(async () => {
    [booking, browser] = await Promise.all([
      createBookingSite({ change: translatedProgramme(otherLanguages), reviewed: otherLanguages }),
      launchBrowser(),
    ]);
  });

  afterAll(async () => {
    await browser.close();
    await booking.close();
  });

  test.each(otherLanguages.map((language) => [language]))(
    '%s: axe finds nothing and nothing runs out of a small screen',
    async (language) => {
      const context = await browser.newContext({ viewport: phone, timezoneId: 'Asia/Tokyo', locale: 'ja-JP' });
      const page = await context.newPage();
      page.setDefaultTimeout(patienceMs);
      try {
        await walk(page, booking.url, language, await booking.newCoupon(), async (what) => {
          await expectFits(page, what);
          await expectClean(page, `${language}: ${what}`);
        });
      } finally {
        await context.close();
      }
    },
  );

  test('without scripts, on the smallest screen, in English', async () => {
    const context = await browser.newContext({
      viewport: smallPhone,
      javaScriptEnabled: false,
      timezoneId: 'Asia/Tokyo',
      locale: 'en-GB',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    try {
      await page.goto(`${booking.url}/`);
      expect(await page.locator('.offer').textContent()).toContain('Read this site in English');
      const seen: string[] = [];
      await walk(page, booking.url, 'en', await booking.newCoupon(), async (what) => {
        seen.push(what);
        expect([what, await page.locator('html').getAttribute('lang')]).toEqual([what, 'en']);
      });
      expect(seen).toHaveLength(17);
    } finally {
      await context.close();
    }
  });
});
