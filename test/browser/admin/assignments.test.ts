import type { Page } from 'playwright-core';

import { addDays, cityDate } from '../../../domain/calendar/city-time';
import { describeInBrowser } from '../../support/chromium';
import { createImportWorld, type ImportWorld } from '../../worlds/import-world';
import { expectClean } from '../support/axe';
import { type AdminSite, createAdminSite } from './support/admin-site';

describeInBrowser('the city assigns appointments by a file', () => {
  let world: ImportWorld;
  let admin: AdminSite;

  beforeAll(async () => {
    world = await createImportWorld();
    await world.startWorker();
    admin = await createAdminSite({ city: world.city, temporal: world.client });
  });
  afterAll(async () => {
    await admin.close();
    await world.close();
  });

  const day = addDays(cityDate(new Date()), 6);
  const shown = process.env['TOKI_SHOTS'];
  const shot = async (page: Page, name: string) => {
    if (shown === undefined) return;
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: `${shown}/${name}-${String(width)}.png`, fullPage: true });
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  };

  test('one person chooses the file and sees what it would do, another says yes; taken back by two persons again', async () => {
    await world.city.addSlot({ daysAhead: 6, time: '09:30', capacity: 2, channel: 'venue' });
    const numbers = ['9761000001', '9761000002', '9761000003'];
    for (const number of numbers) await world.city.addResident({ number });
    const csv = [
      '接種券番号,会場,日付,開始,回',
      ...[...numbers, '9761999999'].map((number) => `${number},桜木会場,${day},9:30,1`),
      '',
    ].join('\r\n');

    const one = await admin.open({ role: 'city_admin', path: '/imports' });
    await one.getByRole('link', { name: '予約の割り当て' }).click();
    await one.getByRole('heading', { name: 'まだ割り当てはありません' }).waitFor();
    await expectClean(one, 'the empty list');
    await shot(one, 'assignments-empty');
    await one.getByRole('link', { name: 'ファイルから割り当てる' }).click();
    await one.getByRole('heading', { name: 'ファイルの作り方' }).waitFor();
    await expectClean(one, 'the choice of a file');
    await shot(one, 'assignments-upload');
    const [template] = await Promise.all([
      one.waitForEvent('download'),
      one.getByRole('link', { name: 'ひな形をダウンロード' }).click(),
    ]);
    expect(template.suggestedFilename()).toBe('assigned-appointments.csv');
    await one
      .getByLabel('CSVファイルを選ぶ')
      .setInputFiles({ name: '割り当て.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });

    await one.getByRole('heading', { name: '内容を確かめて、予約するかどうかを決めてください' }).waitFor();
    await one.getByText('この割り当てを始めた方は承認できません').waitFor();
    expect(await one.getByRole('button', { name: 'この内容で予約する' }).isDisabled()).toBe(true);
    await one.getByRole('row', { name: /4 9761000003 .*この枠の席が足りません/ }).waitFor();
    await one.getByRole('row', { name: /5 9761999999 .*対象者データにいません/ }).waitFor();
    await expectClean(one, 'the look');
    await shot(one, 'assignments-waiting');

    const two = await admin.open({ role: 'city_admin', path: new URL(one.url()).pathname });
    await two.getByRole('button', { name: 'この内容で予約する' }).click();
    await two.getByRole('dialog').getByRole('button', { name: '予約する' }).click();
    await two.getByRole('heading', { name: '予約しました' }).waitFor();
    await shot(two, 'assignments-done');
    await two.getByRole('button', { name: '取り消しを申請する' }).click();
    await two.getByRole('dialog').getByRole('button', { name: '申請する' }).click();
    await two.getByText('申請した方は承認できません').waitFor();
    await expectClean(two, 'what was booked');

    await one.reload();
    await one.getByRole('button', { name: '承認して取り消す' }).click();
    await one.getByRole('dialog').getByRole('button', { name: '取り消す' }).click();
    await one.getByRole('heading', { name: '取り消しました' }).waitFor();
    await shot(one, 'assignments-taken-back');
    await one.getByRole('link', { name: '割り当ての記録' }).click();
    await one.getByRole('row', { name: /割り当て\.csv 取り消した 取り消した 2件、残した 0件 2/ }).waitFor();
    await shot(one, 'assignments-list');
    expect(admin.faults).toEqual([]);
  });
});
