import { join } from 'node:path';

import type { Browser, Page } from 'playwright-core';

import { projectRoot } from '../../runtime/root';
import { desktop, launchBrowser } from '../browser/support/browser';
import { describeInBrowser } from '../support/chromium';
import { patienceMs } from '../support/patience';
import { createTokiPlace, RunningToki, type TokiPlace } from '../support/running-toki';

jest.setTimeout(300_000);

/** Born on 17 August of Taisho 12; line 2 of the city's file. */
const caller = { number: '9920000001', kana: 'タカハシ', birthDate: 'T12.8.17' };

/** `YYYY-MM-DD` in the city, so many days from today. */
const day = (ahead: number) =>
  new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Tokyo' }).format(new Date(Date.now() + ahead * 86_400_000));

describeInBrowser('the first day of somebody who has never seen it, on what `npm start` gives', () => {
  let place: TokiPlace;
  let toki: RunningToki;
  let browser: Browser;
  let staffUrl: string;

  beforeAll(async () => {
    place = await createTokiPlace();
    expect(await new RunningToki(place, 'build').exited).toBe(0);
    toki = new RunningToki(place);
    await toki.ready();
    staffUrl = toki.runtime.staffUrl;
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser.close();
    await toki.stop();
    place.remove();
  });

  const logIn = async (login: string): Promise<Page> => {
    const context = await browser.newContext({ viewport: desktop, locale: 'ja-JP', timezoneId: 'Asia/Tokyo' });
    const page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    await page.goto(staffUrl);
    await page.getByLabel('ログイン名').fill(login);
    await page.getByLabel('パスワード', { exact: true }).fill('toki-demo-2021');
    await page.getByRole('button', { name: 'ログインする' }).click();
    await page.getByRole('heading', { level: 1, name: '今日' }).waitFor();
    return page;
  };
  const goTo = async (page: Page, area: string) =>
    page.getByRole('navigation').getByRole('link', { name: area, exact: true }).click();

  test('adds a venue, plans weeks, loads residents, books for a caller, checks the person in, and reads it all', async () => {
    const city = await logIn('admin');

    await goTo(city, '会場');
    await city.getByRole('link', { name: '会場を追加する' }).first().click();
    await city.getByLabel('会場コード').fill('toyano');
    await city.getByLabel('会場名').fill('鳥屋野総合体育館');
    await city.getByLabel('区（必須）').fill('中央区');
    await city.getByLabel('住所').fill('新潟市中央区神道寺南2丁目3番46号');
    await city.getByLabel('駐車場').check();
    await city.getByRole('button', { name: '追加する' }).click();
    await city.getByText('鳥屋野総合体育館').first().waitFor();

    await goTo(city, '日程と枠');
    await city.getByRole('link', { name: '日程を作る' }).first().click();
    await city.getByLabel('会場', { exact: true }).selectOption({ label: '鳥屋野総合体育館' });
    await city.getByLabel('日程の名前').fill('冬の土日も開く日程');
    await city.getByLabel('最初の日').fill(day(0));
    await city.getByLabel('最後の日').fill(day(27));
    for (const weekday of ['日', '土']) await city.getByLabel(`${weekday}曜日`, { exact: true }).check();
    await city.getByLabel('1回目の電話の席数').fill('4');
    await city.getByRole('button', { name: '何が変わるかを見る' }).click();
    await city.getByRole('heading', { name: '保存すると、こうなります' }).waitFor();
    await city.getByRole('button', { name: 'この内容で保存する' }).click();
    await city.getByRole('heading', { name: '保存すると、こうなります' }).waitFor({ state: 'detached' });

    await goTo(city, '対象者データ');
    await city.getByRole('link', { name: 'ファイルを取り込む' }).first().click();
    await city.getByLabel('CSVファイルを選ぶ').setInputFiles(join(projectRoot, 'test', 'data', 'eligibility-b.csv'));
    await city.getByRole('button', { name: 'この列で確認を始める' }).click();
    await city.getByRole('button', { name: 'この内容で取り込む' }).click();
    await city.getByRole('dialog').getByRole('button', { name: '取り込む' }).click();
    await city.getByRole('heading', { name: '取り込みました' }).waitFor();

    const operator = await logIn('operator');
    await operator.keyboard.press('/');
    await operator.getByRole('textbox', { name: '対象者を探す' }).fill(caller.number);
    await operator.keyboard.press('Enter');
    await operator.getByLabel('生年月日').fill(caller.birthDate);
    await operator.keyboard.press('Enter');
    await operator.getByRole('button', { name: '1回目を予約する' }).click();
    await operator.getByRole('option', { name: /鳥屋野総合体育館/ }).click();
    // Seats of the same day are given by telephone, too: this caller comes another day.
    await operator.getByRole('option').nth(1).click();
    await operator.getByRole('option').first().click();
    await operator.getByLabel('電話番号').fill('025-123-4567');
    await operator.getByRole('checkbox', { name: '車いすを使う' }).check();
    for (const consent of [/持って行きます/, /同意します/])
      await operator.getByRole('checkbox', { name: consent }).check();
    await operator.getByRole('button', { name: '予約を確定する' }).click();
    await operator.getByRole('heading', { name: '予約を受け付けました' }).waitFor();
    const reference = (await operator.locator('ol.reference strong').allInnerTexts()).join('');
    expect(reference).toMatch(/^\d{9}$/);

    const reception = await logIn('reception');
    await goTo(reception, '受付');
    await reception.getByRole('button', { name: /鳥屋野総合体育館/ }).click();
    await reception.getByLabel('受付番号・接種券番号・QRコード').fill(reference);
    await reception.keyboard.press('Enter');
    await reception.locator('.answer').getByText('今日の予約ではありません').waitFor();
    await reception.locator('.answer').getByRole('button', { name: '本人が日を間違えた' }).click();
    await reception.locator('.answer').getByText('受け付けました').waitFor();
    await reception.locator('.answer').getByText('当日のお手伝い：車いすを使う').waitFor();

    await goTo(city, '集計');
    await city.getByRole('heading', { level: 1, name: '集計' }).waitFor();
    await goTo(city, '今日');
    await city.getByRole('rowheader', { name: '鳥屋野総合体育館' }).waitFor();
    await goTo(city, '監査');
    await city.getByRole('heading', { level: 1 }).waitFor();
    await city.getByRole('row', { name: /受付/ }).first().waitFor();
  });
});
