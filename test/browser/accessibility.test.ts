import type { Browser } from 'playwright-core';

import { createLineEvents } from '../../database/notices/line-events';
import { createLineLinks } from '../../database/notices/line-links';
import { describeInBrowser } from '../support/chromium';
import { patienceMs } from '../support/patience';
import type { CitySiteOptions } from '../worlds/city-site';
import { expectClean } from './support/axe';
import { type BookingSite, createBookingSite } from './support/booking-site';
import { desktop, launchBrowser, phone } from './support/browser';
import { Journey } from './support/journey';

const linksOf: CitySiteOptions['line'] = ({ database, keys }) => ({
  links: createLineLinks({ database, keys }),
  events: createLineEvents({ database, keys }),
  connection: { kind: 'account', accountId: '@toki', accessUrl: 'https://access.line.me' },
});

let booking: BookingSite;
let browser: Browser;

describeInBrowser('axe finds nothing', () => {
  beforeAll(async () => {
    [booking, browser] = await Promise.all([createBookingSite({ line: linksOf }), launchBrowser()]);
  });

  afterAll(async () => {
    await browser.close();
    await booking.close();
  });

  test.each([
    ['phone', phone],
    ['desktop', desktop],
  ])('on any page or error state: %s', async (_name, viewport) => {
    const context = await browser.newContext({ viewport, locale: 'ja-JP', timezoneId: 'Asia/Tokyo' });
    const page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    const journey = new Journey(page, booking.url);
    const clean = (what: string) => expectClean(page, what);
    try {
      for (const path of ['/', '/login', '/help/coupon', '/accessibility', '/privacy', '/logged-out', '/nowhere']) {
        await page.goto(booking.url + path);
        await clean(path);
      }
      await page.goto(`${booking.url}/login`);
      await page.locator('summary').click();
      await clean('log-in with its help open');
      await page.getByRole('button', { name: 'ログインする' }).click();
      await clean('log-in, nothing typed');
      await page.getByLabel('接種券番号').fill('1234567890');
      await page.getByLabel('年', { exact: true }).fill('1950');
      await page.getByLabel('月', { exact: true }).fill('1');
      await page.getByLabel('日', { exact: true }).fill('1');
      await page.getByRole('button', { name: 'ログインする' }).click();
      await clean('log-in, refused');

      await journey.logIn(await booking.newCoupon());
      await clean('my bookings, none');
      await page.getByRole('link', { name: 'LINEでお知らせを受け取る' }).click();
      await clean('LINE, not linked');
      const linkToken = `${String(viewport.width)}-link-token`;
      await createLineLinks({ database: booking.site.city.database, keys: booking.site.city.keys }).keepToken(
        linkToken,
      );
      await page.goto(`${booking.url}/line/link?linkToken=${linkToken}`);
      await page.getByRole('button', { name: 'LINEとつなぐ' }).waitFor();
      await clean('LINE, about to be linked');
      await page.goto(`${booking.url}/line/link?linkToken=used-before`);
      await clean('LINE, too late');
      await page.goto(`${booking.url}/bookings`);
      await page.getByRole('link', { name: '1回目を予約する' }).click();
      await clean('venues');
      await page.getByLabel('区でしぼる').selectOption('南区');
      await page.getByRole('button', { name: 'しぼる' }).click();
      await clean('venues, one full');
      await page.goBack();
      await journey.chooseVenue('北区文化会館');
      await clean('days');
      await page.locator('summary').click();
      await clean('days, later ones too');
      await page.getByRole('link', { name: 'カレンダーで見る' }).click();
      await clean('calendar');
      await page.getByRole('link', { name: '一覧で見る' }).click();
      await journey.chooseFirstDay();
      await clean('times');
      await page.getByRole('button', { name: 'この時間で進む' }).click();
      await clean('times, none chosen');
      const slotId = (await page.locator('input[name=slotId]:enabled').first().getAttribute('value')) ?? '';
      await (await booking.site.citizen()).post('/api/v1/bookings', { slotId, dose: 1 });
      await journey.chooseTime();
      await clean('times, taken');
      await page.locator('#near button').first().click();
      await clean('details');
      await page.getByRole('button', { name: '内容を確認する' }).click();
      await clean('details, nothing typed');
      await journey.fillDetails();
      await clean('review');
      await page.goto(`${booking.url}/bookings`);
      await clean('my bookings, one held');
      await page.getByRole('link', { name: '続きを進める' }).click();
      await journey.confirm();
      await clean('done');
      await page.getByRole('link', { name: '予約の一覧へ' }).click();
      await clean('my bookings, one confirmed');
      await page.getByRole('link', { name: /変更する.*1回目/ }).click();
      await clean('venues, moving');
      await page.goto(`${booking.url}/bookings?refused=too_late&done=cancelled`);
      await clean('my bookings with messages');
      await page.getByRole('link', { name: /取り消す.*1回目/ }).click();
      await clean('cancel');
      await page.goto(`${booking.url}/holds/x/details`);
      await clean('a booking that is not there');

      await page.goto(`${booking.url}/bookings`);
      await page.getByRole('link', { name: '2回目を予約する' }).click();
      await journey.chooseVenue('朱鷺メッセ');
      await journey.chooseFirstDay();
      await journey.chooseTime();
      await page.waitForURL(/\/details/);
      const { database } = booking.site.city;
      await database('booking')
        .where({ state: 'held' })
        .update({ hold_expires_at: database.raw("now() - interval '1 second'") });
      await page.goto(page.url());
      await clean('hold over');
    } finally {
      await context.close();
    }
  });
});
