import { readFileSync } from 'node:fs';

import type { Page } from 'playwright-core';

import { importWorkflowId } from '../../../domain/imports/import-workflow';
import { describeInBrowser } from '../../support/chromium';
import { type CitySite, createCitySite } from '../../worlds/city-site';
import { createImportWorld, csv, type ImportWorld, people, sampleFile } from '../../worlds/import-world';
import { validAnswers } from '../../worlds/test-city';
import { expectClean } from '../support/axe';
import { desktop } from '../support/browser';
import { type AdminSite, createAdminSite } from './support/admin-site';

describeInBrowser('importing residents', () => {
  let world: ImportWorld;
  let admin: AdminSite;
  let citizens: CitySite;

  beforeAll(async () => {
    world = await createImportWorld();
    await world.startWorker();
    [admin, citizens] = await Promise.all([
      createAdminSite({ city: world.city, temporal: world.client }),
      createCitySite({ city: world.city }),
    ]);
  });
  afterAll(async () => {
    await admin.close();
    await citizens.close();
    await world.close();
  });

  const shoot = async (page: Page, name: string) => {
    if (process.env['TOKI_SHOTS'])
      await page.screenshot({ path: `${process.env['TOKI_SHOTS']}/imports-${name}.png`, fullPage: true });
  };
  const open = async (path: string) => {
    const page = await admin.open({ role: 'city_admin', path });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    return page;
  };
  const choose = (page: Page, name: string, content: Buffer | string) =>
    page.getByLabel('CSVファイルを選ぶ').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) });
  const logIn = async (
    page: Page,
    couponNumber: string,
    era: string,
    [year, month, day]: readonly [string, string, string],
  ) => {
    await page.goto(`${citizens.url}/login`);
    await page.getByLabel('接種券番号').fill(couponNumber);
    await page.getByLabel(era).check();
    await page.getByLabel('年', { exact: true }).fill(year);
    await page.getByLabel('月', { exact: true }).fill(month);
    await page.getByLabel('日', { exact: true }).fill(day);
    await page.getByRole('button', { name: 'ログインする' }).click();
  };

  test('the file without header, from its choice to the approval, and then its people log in', async () => {
    const page = await open('/imports');
    await page.getByRole('heading', { name: 'まだ取込はありません' }).waitFor();
    await shoot(page, '1-empty');
    await expectClean(page, 'no imports yet');
    await page.getByRole('link', { name: 'ファイルを選ぶ' }).click();
    await page.getByRole('heading', { level: 1, name: 'ファイルを取り込む' }).waitFor();
    await page.getByText('100MB、1,000,000行まで').waitFor();
    await shoot(page, '2-upload');
    await expectClean(page, 'upload');

    // A broken file is refused kindly, and nothing has changed.
    await choose(page, '対象者.xlsx', Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(2_000_000, 7)]));
    await page.getByRole('alert').getByText('Excelのブックのままです。').waitFor();
    await page.getByText('何も変わっていません。').waitFor();
    await shoot(page, '3-refused');
    await expectClean(page, 'a refused file');

    await choose(page, 'eligibility-b.csv', sampleFile('b'));
    await page.getByRole('heading', { level: 1, name: '列を確かめる' }).waitFor();
    await page.getByText('文字コードはShift_JIS（CP932）').waitFor();
    await page.getByText('見出しがないため、中身から列を推測しました。').waitFor();
    await page.getByText('始めの40行のうち、40行を読み取れます。').waitFor();
    await page.getByRole('cell', { name: '1963年（昭和38年）6月11日' }).waitFor();
    await shoot(page, '4-columns');
    await expectClean(page, 'columns');
    // A person who chooses wrongly sees it at once.
    await page.getByLabel('生年月日', { exact: true }).selectOption({ index: 6 });
    await page.getByText('始めの40行のうち、0行を読み取れます。').waitFor();
    await page.getByLabel('接種券番号').selectOption({ index: 0 });
    await page.getByRole('button', { name: 'この列で確認を始める' }).click();
    await page.getByRole('alert').getByText('接種券番号がどの列か選んでください。').waitFor();
    await page.getByLabel('接種券番号').selectOption('3');
    await page.getByLabel('生年月日', { exact: true }).selectOption('5');
    await page.getByLabel('生年月日の書き方').selectOption('era_code');
    await page.getByText('始めの40行のうち、40行を読み取れます。').waitFor();
    await page.getByRole('button', { name: 'この列で確認を始める' }).click();

    await page.getByRole('heading', { name: '内容を確かめて、取り込むかどうかを決めてください' }).waitFor();
    // It can be left and found again.
    await page.getByRole('link', { name: '取込の記録' }).click();
    await page.getByText('承認待ち').waitFor();
    await shoot(page, '5-list');
    await expectClean(page, 'the list');
    await page.getByRole('link', { name: 'eligibility-b.csv' }).click();
    await page.getByRole('heading', { name: 'ログインできるか確かめる' }).waitFor();
    await page.getByLabel('接種券番号').fill('9920000001');
    await page.getByLabel('生年月日').fill('大正12年8月17日');
    await page.getByRole('button', { name: '確かめる', exact: true }).click();
    await page.getByText('ログインできます（1923年（大正12年）8月17日生まれ、65歳以上の方）。').waitFor();
    await page.getByRole('button', { name: '行を20件選んで' }).click();
    await page.getByText('20件のうち20件が、書かれた番号でログインできます。').waitFor();
    await shoot(page, '6-review');
    await expectClean(page, 'the review');

    const citizen = await (await admin.browser.newContext({ locale: 'ja-JP' })).newPage();
    await logIn(citizen, '9920000001', '大正', ['12', '8', '17']);
    await citizen.getByText('接種券番号または生年月日が確認できませんでした。').first().waitFor();

    await page.getByRole('button', { name: 'この内容で取り込む' }).click();
    await page.getByRole('dialog').getByText('新しい方 2,000人を加え').waitFor();
    await shoot(page, '7-confirm');
    await page.getByRole('dialog').getByRole('button', { name: '取り込む' }).click();
    await page.getByRole('heading', { name: '取り込みました' }).waitFor();
    await shoot(page, '8-applied');
    await expectClean(page, 'an applied import');
    const href = await page.getByRole('link', { name: '処理の記録（Temporal）' }).getAttribute('href');
    expect(decodeURIComponent(href ?? '')).toContain(importWorkflowId(page.url().split('/').at(-1) ?? ''));

    await logIn(citizen, '9920000001', '大正', ['12', '8', '17']);
    await citizen.getByRole('heading', { level: 1, name: /予約/ }).waitFor();
    expect(citizen.url()).not.toContain('login');
    expect(admin.faults).toEqual([]);
  });

  test('moved out, a new number, faulty rows: shown with their bookings, decided, and taken back', async () => {
    const { city } = world;
    const [stays, moved, renumbered] = people(3, 9_620_000_000);
    await world.import(csv([stays!, moved!, renumbered!]));
    const slotId = await city.addSlot();
    for (const person of [moved!, renumbered!]) {
      const { id } = await city
        .database('resident')
        .where({ coupon_index: city.keys.blindIndex(person.number) })
        .first<{ id: string }>('id');
      const held = await city.bookings.hold({ residentId: id, slotId, dose: 1, channel: 'web', actor: 'citizen' });
      if (!held.ok) throw new Error(held.code);
      await city.bookings.confirm({
        residentId: id,
        bookingId: held.booking.id,
        answers: validAnswers,
        channel: 'web',
        actor: 'citizen',
      });
    }
    const page = await open('/imports/new');
    await choose(
      page,
      '異動.csv',
      [
        '接種券番号,氏名カナ,生年月日,対象区分,異動事由,前の接種券番号',
        `${moved!.number},${moved!.kana},${moved!.birth},高齢者,転出,`,
        `9620009991,${renumbered!.kana},${renumbered!.birth},高齢者,,${renumbered!.number}`,
        '9620009992,ニイガタ　ハナ,昭和64年2月1日,高齢者,,',
        '9620009993,ニイガタ　タロウ,1950/1/1,高齢者,,',
      ].join('\r\n'),
    );
    await page.getByText('転出の方として扱います').waitFor();
    await page.getByRole('button', { name: 'この列で確認を始める' }).click();
    await page.getByRole('heading', { name: '予約への影響' }).waitFor();
    await page.getByRole('cell', { name: '予約は残ります。電話で確かめて、取り消してください。' }).waitFor();
    await page.getByRole('cell', { name: '昭和64年2月1日' }).waitFor();
    await shoot(page, '9-effects');
    await expectClean(page, 'effects on bookings');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'CSVでダウンロード' }).click(),
    ]);
    expect(readFileSync(await download.path(), 'utf8')).toContain('4,生年月日,昭和64年2月1日,');
    // Two people until staff say otherwise, and what is not saved is not approved.
    await page.getByText('1人と同じカナ・生年月日の人がいます（別の人として登録します）。').waitFor();
    const pair = page.getByRole('radiogroup', { name: renumbered!.kana! });
    expect(await pair.getByRole('radio', { name: '別の人' }).isChecked()).toBe(true);
    await page.getByText('••••••9991').waitFor();
    await pair.getByRole('radio', { name: '同じ人（番号が変わった）' }).check();
    expect(await page.getByRole('button', { name: 'この内容で取り込む' }).isDisabled()).toBe(true);
    await shoot(page, '9a-pair');
    await expectClean(page, 'a pair');
    await page.setViewportSize({ width: 390, height: 844 });
    await shoot(page, '9b-pair-phone');
    await page.setViewportSize(desktop);
    await page.getByRole('button', { name: '保存して、もう一度比べる' }).click();
    await page.getByText('番号が変わる方').first().waitFor();
    expect(await pair.getByRole('radio', { name: '同じ人（番号が変わった）' }).isChecked()).toBe(true);

    await page.getByRole('button', { name: 'この内容で取り込む' }).click();
    await page.getByRole('dialog').getByText('1人を、同じ人として新しい番号に引き継ぎます。').waitFor();
    await shoot(page, '9c-confirm');
    await page.getByRole('dialog').getByRole('button', { name: '取り込む' }).click();
    await page.getByRole('heading', { name: '取り込みました' }).waitFor();
    expect(await world.find('9620009991')).toBeDefined();
    expect(await world.find(renumbered!.number)).toBeUndefined();
    await page.getByRole('heading', { name: '番号が変わった方' }).waitFor();
    await shoot(page, '9d-joined');

    await page.getByRole('button', { name: '取り込む前に戻す' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '取り込む前に戻す' }).click();
    await page.getByRole('heading', { name: '取り込む前に戻しました' }).waitFor();
    await shoot(page, '10-undone');
    await expectClean(page, 'an undone import');
    expect(await world.find(moved!.number)).toBeDefined();
    expect(await world.find('9620009993')).toBeUndefined();
    expect(admin.faults).toEqual([]);
  });

  test('the settings: what is wrong is said beside the field, and who comes second sees the difference', async () => {
    const page = await open('/imports/settings');
    await page.getByText('import/test-programme').waitFor();
    await shoot(page, '11-settings');
    await expectClean(page, 'settings');
    await page.getByLabel('行数の上限').fill('0');
    await page.getByRole('button', { name: '保存する' }).click();
    await page.getByRole('alert').getByText('1から1,000万までの数で入力してください。').waitFor();
    const other = await open('/imports/settings');
    await other.getByLabel('行数の上限').fill('500000');
    await other.getByRole('button', { name: '保存する' }).click();
    await other.getByText('保存しました。').waitFor();
    await page.getByLabel('行数の上限').fill('400000');
    await page.getByRole('button', { name: '保存する' }).click();
    await page.getByRole('heading', { name: 'ほかの人が先に変更しました' }).waitFor();
    await page.getByRole('cell', { name: '500000' }).waitFor();
    await shoot(page, '12-conflict');
    await page.getByRole('button', { name: '自分の入力で保存する' }).click();
    await page.getByText('保存しました。').waitFor();
    expect(await world.city.database('import_settings').first('max_rows')).toEqual({ max_rows: 400_000 });
  });

  test('an auditor reads the history and decides nothing', async () => {
    const page = await admin.open({ role: 'auditor', path: '/imports' });
    await page.getByRole('link', { name: 'eligibility-b.csv' }).click();
    await page.getByRole('heading', { name: '取り込みました' }).waitFor();
    expect(await page.getByRole('button').allInnerTexts()).not.toContain('取り込む前に戻す');
    expect(admin.faults).toEqual([]);
  });
});
