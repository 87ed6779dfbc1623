import type { Page } from 'playwright-core';

import { createProgrammes } from '../../../database/programmes/programmes';
import { describeInBrowser } from '../../support/chromium';
import { createRehearsalTestWorld, type RehearsalTestWorld } from '../../worlds/rehearsal-world';
import { validAnswers } from '../../worlds/test-city';
import { expectClean } from '../support/axe';
import { type AdminSite, createAdminSite } from './support/admin-site';

const shots = process.env['TOKI_SHOTS'];

describeInBrowser('a version is brought to running bookings', () => {
  let world: RehearsalTestWorld;
  let admin: AdminSite;
  beforeAll(async () => {
    world = await createRehearsalTestWorld();
    admin = await createAdminSite({ city: world.city, temporal: world.client });
    for (const birthDate of ['1940-01-01', '1941-01-01', '1958-01-01']) {
      const residentId = await world.city.addResident({ birthDate });
      const held = await world.city.bookings.hold({
        residentId,
        slotId: await world.city.addSlot({ daysAhead: 10 }),
        dose: 1,
        channel: 'web',
        actor: 'citizen',
      });
      if (held.ok)
        await world.city.bookings.confirm({
          residentId,
          bookingId: held.booking.id,
          answers: validAnswers,
          channel: 'web',
          actor: 'citizen',
        });
    }
    const document = structuredClone(world.city.version.document);
    document.groups = document.groups.map((group) =>
      group.code === 'seniors' ? { ...group, members: [{ kind: 'born', until: '1950-12-31' }] } : group,
    );
    for (const step of document.journey) if (step.when.kind === 'days_before') step.when.days += 1;
    document.journey.push({
      id: 'week',
      label: '1週間前のお知らせ',
      on: 'confirmed',
      when: { kind: 'days_before', days: 7, at: '09:00' },
      template: document.journey[0]!.template,
    });
    await createProgrammes(world.city.database).publish('test-programme', document);
  });
  afterAll(async () => {
    await admin.close();
    await world.close();
  });

  async function look(page: Page, name: string): Promise<void> {
    if (shots !== undefined) await page.screenshot({ path: `${shots}/change-${name}.png`, fullPage: true });
    await expectClean(page, name);
  }

  test('shown, asked for, approved by another, reported', async () => {
    const first = await admin.open({ role: 'supervisor', path: '/programme/test-programme/versions' });
    await first.getByRole('button', { name: '反映すると何が変わるかを見る' }).click();
    await first.getByText('1週間前のお知らせ').waitFor();
    await first.getByText('新しく届く').waitFor();
    await look(first, 'preview');
    await first.getByRole('button', { name: '反映を申請する' }).click();
    await first.getByRole('dialog').getByRole('button', { name: '申請する' }).click();
    await first.getByText('第2版の反映：承認を待っています').waitFor();
    expect(await first.getByRole('button', { name: '内容を確かめて承認する' }).count()).toBe(0);
    await look(first, 'waiting');

    const second = await admin.open({ role: 'city_admin', path: '/programme/test-programme/versions' });
    await second.getByText('1週間前のお知らせ').waitFor();
    await second.getByRole('button', { name: '内容を確かめて承認する' }).click();
    await look(second, 'dialog');
    await second.getByRole('dialog').getByRole('button', { name: '承認して始める' }).click();
    await second.getByText('完了', { exact: true }).waitFor();
    await second.getByText('対象区分から外れる 1件').waitFor();
    await second.getByText('移せる予約はありません。').waitFor();
    await look(second, 'report');
    await second.setViewportSize({ width: 390, height: 900 });
    await look(second, 'report-phone');
    expect(await world.city.database('booking_event').where({ type: 'programme_changed' })).toHaveLength(2);
    expect(admin.faults).toEqual([]);
  });
});
