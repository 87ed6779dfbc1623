import type { Page } from 'playwright-core';

import { describeInBrowser } from '../../support/chromium';
import { validAnswers } from '../../worlds/test-city';
import { expectClean } from '../support/axe';
import { type AdminSite, createAdminSite } from './support/admin-site';

const shots = process.env['TOKI_SHOTS'];

describeInBrowser('who is affected by a draft', () => {
  let admin: AdminSite;
  beforeAll(async () => {
    admin = await createAdminSite();
    const { city } = admin.site;
    for (const [index, birthDate] of ['1935-01-01', '1940-01-01', '1952-01-01', '1953-01-01'].entries()) {
      const residentId = await city.addResident({ birthDate });
      const held = await city.bookings.hold({
        residentId,
        slotId: await city.addSlot({ daysAhead: 5 + index }),
        dose: 1,
        channel: 'web',
        actor: 'citizen',
      });
      if (held.ok)
        await city.bookings.confirm({
          residentId,
          bookingId: held.booking.id,
          answers: validAnswers,
          channel: 'web',
          actor: 'citizen',
        });
    }
    for (let index = 0; index < 20; index++) await city.addResident({ birthDate: `19${String(36 + index)}-05-05` });
  });
  afterAll(() => admin.close());

  async function look(page: Page, name: string): Promise<void> {
    if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
    await expectClean(page, name);
  }

  test('an edit of a group is counted at once, and the bookings it would not allow can be opened', async () => {
    const page = await admin.open({ role: 'supervisor', path: '/programme/test-programme/versions' });
    await page.getByRole('button', { name: '下書きを作る' }).click();
    const card = page.getByRole('region', { name: 'だれに影響するか' });
    await card.getByText('24人').first().waitFor();
    await card.getByText('変わりません').waitFor();
    await page
      .locator('[id="field-bookingWindow"]')
      .or(page.locator('[id="field-bookingWindow.lastDay"]'))
      .first()
      .waitFor();
    // Seniors from now on are those born until 1947: what the editor saves is counted again by itself.
    const json = await page.evaluate(
      async () =>
        (await (await fetch('/api/v1/programmes/test-programme/draft')).json()) as {
          version: number;
          document: { groups: { members?: object[] }[] };
        },
    );
    json.document.groups[0]!.members = [{ kind: 'born', until: '1947-12-31' }];
    await page.evaluate(
      async (body) =>
        fetch('/api/v1/programmes/test-programme/draft', {
          method: 'PATCH',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      json,
    );
    await page.reload();
    await card.getByText('－10人').waitFor();
    await card.getByText('2件', { exact: true }).first().waitFor();
    await card.getByText('対象区分ごとの人数').click();
    await look(page, 'affected-card');
    await page.locator('[id="field-groups.0.label"]').fill('年長の方');
    await page.getByText('保存済み').waitFor();
    await card.getByText('－10人').waitFor();
    await page.setViewportSize({ width: 390, height: 900 });
    // What the header covers while the page is scrolled is not what is looked at.
    await page.evaluate('scrollTo(0, 0)');
    await look(page, 'affected-card-phone');
    await page.setViewportSize({ width: 1280, height: 900 });
    await card.getByRole('link', { name: '2件' }).click();
    await page.getByRole('heading', { name: 'この下書きでは認められない予約' }).waitFor();
    await page.locator('tbody tr').nth(1).waitFor();
    expect(await page.locator('tbody tr').count()).toBe(2);
    await look(page, 'affected-bookings');
    await page.locator('tbody tr').first().getByRole('link').click();
    await page.locator('toki-booking-panel').getByRole('heading').first().waitFor();
    await page.goto(`${admin.site.url}/programme/test-programme/checks`);
    await card.getByText('－10人').waitFor();
    await look(page, 'affected-checks');
    await page.goto(`${admin.site.url}/programme/test-programme/publish`);
    await card.getByText('－10人').waitFor();
    await look(page, 'affected-publish');
    expect(admin.faults).toEqual([]);
  });
});
