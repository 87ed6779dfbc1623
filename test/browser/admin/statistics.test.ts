import { readFileSync } from 'node:fs';

import { addDays, cityDate } from '../../../domain/calendar/city-time';
import { describeInBrowser } from '../../support/chromium';
import { expectClean } from '../support/axe';
import { type AdminSite, createAdminSite } from './support/admin-site';
import { venueDay } from './support/venue-day';

describeInBrowser('figures, the first page, and files with personal data', () => {
  let admin: AdminSite;
  const today = cityDate(new Date());
  beforeAll(async () => {
    admin = await createAdminSite();
    const day = await venueDay(admin.site.city);
    for (const person of day.today.slice(0, 4)) await admin.site.city.bookings.checkIn(person.bookingId, 'venue');
    await admin.site.city.bookings.cancelByCity(day.today[5]!.bookingId, 'city');
    await admin.site.city.database('unmet_search').insert({
      programme_id: admin.site.city.version.programmeId,
      day: today,
      venue_id: admin.site.city.venueId,
      dose: 1,
      channel: 'web',
      people: 57,
    });
    await admin.site.city.database('unmet_wish').insert({
      programme_id: admin.site.city.version.programmeId,
      resident_id: await admin.site.city.addResident(),
      dose: 1,
      day: today,
    });
  });
  afterAll(() => admin.close());

  test('the figures by day, by venue, narrowed down by the URL; the picture has its table; the file opens in a spreadsheet', async () => {
    const page = await admin.open({ role: 'auditor', path: `/numbers?from=${today}&to=${addDays(today, 3)}` });
    await page.locator('canvas').waitFor();
    const tile = (label: string) =>
      page
        .locator('.tiles > div')
        .filter({ has: page.getByText(label, { exact: true }) })
        .locator('dd')
        .innerText();
    expect([await tile('来場済み'), await tile('取り消し'), await tile('空きがなかった人')]).toEqual(['4', '1', '57']);
    await page.getByRole('region', { name: '対象区分ごとの希望と予約' }).waitFor();
    // One person, and the share of all.
    expect([await tile('空きがなかった方'), await tile('そのうち、まだ予約のない方')]).toEqual(['1', '17%']);
    if (process.env['TOKI_SHOTS']) {
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 900 });
        await page.screenshot({
          path: `${process.env['TOKI_SHOTS']}/numbers-demand-${String(width)}.png`,
          fullPage: true,
        });
      }
      await page.setViewportSize({ width: 1280, height: 900 });
    }
    await expectClean(page, 'numbers by day');
    await page.getByRole('button', { name: '会場', exact: true }).click();
    await page.getByRole('rowheader', { name: '北区文化会館' }).waitFor();
    expect(page.url()).toContain('by=venue');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /CSV/ }).click(),
    ]);
    expect(readFileSync(await download.path(), 'utf8')).toMatch(/^\uFEFF集計の単位,項目,定員/);
    await page.goto(`${admin.site.url}/numbers?from=2020-01-01&to=2020-01-02`);
    await page.getByText('この条件に当てはまる枠も予約もありません').waitFor();
    await page.goto(`${admin.site.url}/numbers?from=2020-01-02&to=2020-01-01`);
    await page.getByText('期間の終わりは始まりと同じか後の日で').waitFor();
    expect(admin.faults).toEqual([]);
  });

  test('today shows how full it is, what waits, and that all is well', async () => {
    const page = await admin.open({ role: 'supervisor' });
    await page.getByRole('rowheader', { name: '桜木会場' }).waitFor();
    await page.getByText('すべて動いています。').waitFor();
    await expectClean(page, 'today');
    expect(admin.faults).toEqual([]);
  });

  test('a file with personal data: asked for, approved by another, taken once', async () => {
    const supervisor = await admin.open({ role: 'supervisor', path: '/exports' });
    await supervisor.getByRole('button', { name: '申請する' }).click();
    await supervisor
      .getByText('理由を10文字以上500文字以内で入力してください。承認する人が読みます。')
      .first()
      .waitFor();
    await expectClean(supervisor, 'exports, nothing typed');
    await supervisor.getByLabel('理由').fill('接種記録との突き合わせのため');
    await supervisor.getByRole('button', { name: '申請する' }).click();
    await supervisor.getByRole('cell', { name: '承認待ち' }).waitFor();

    const city = await admin.open({ role: 'city_admin', path: '/exports' });
    await city.getByRole('button', { name: '承認する' }).click();
    await city.getByRole('dialog').getByRole('button', { name: '承認する' }).click();
    await city.getByRole('cell', { name: '承認済み' }).waitFor();
    expect(await city.getByRole('button', { name: '受け取る' }).count()).toBe(0);

    await supervisor.reload();
    await supervisor.getByRole('button', { name: '受け取る' }).click();
    const [download] = await Promise.all([
      supervisor.waitForEvent('download'),
      supervisor.getByRole('dialog').getByRole('button', { name: '受け取る' }).click(),
    ]);
    expect(readFileSync(await download.path(), 'utf8')).toMatch(/トキノ　ハナ/);
    await supervisor.getByRole('cell', { name: '受け取り済み' }).waitFor();
    await expectClean(supervisor, 'exports, taken');
    expect(admin.faults).toEqual([]);
  });
});
