import type { Page } from 'playwright-core';

import { createProgrammes } from '../../../database/programmes/programmes';
import { cityDate, cityTime, formatDateJa, formatTimeJa } from '../../../domain/calendar/city-time';
import type { ProgrammeDocument } from '../../../domain/programmes/document';
import { describeInBrowser } from '../../support/chromium';
import { createCitySite, freshCoupon } from '../../worlds/city-site';
import { createRehearsalTestWorld, type RehearsalTestWorld } from '../../worlds/rehearsal-world';
import type { Visitor } from '../../worlds/visitor';
import { expectClean } from '../support/axe';
import { type AdminSite, createAdminSite } from './support/admin-site';

const shots = process.env['TOKI_SHOTS'];

describeInBrowser('a programme from nothing to published', () => {
  let world: RehearsalTestWorld;
  let admin: AdminSite;
  beforeAll(async () => {
    world = await createRehearsalTestWorld();
    admin = await createAdminSite({ city: world.city, temporal: world.client });
  });
  afterAll(async () => {
    await admin.close();
    await world.close();
  });

  async function look(page: Page, name: string): Promise<void> {
    if (shots !== undefined) await page.screenshot({ path: `${shots}/programme-${name}.png`, fullPage: true });
    await expectClean(page, name);
  }

  /** A moment of the city is a date and a time beside it. */
  async function fillMoment(page: Page, id: string, moment: number): Promise<void> {
    const date = page.locator(`[id="${id}"]`);
    await date.fill(cityDate(new Date(moment)));
    await date.locator('xpath=following-sibling::input').fill(cityTime(new Date(moment)));
  }

  const saved = (page: Page) => page.getByText('保存済み').waitFor();

  test('two groups, two openings, half of the seats kept back: set up, rehearsed, published by a second person', async () => {
    const code = `young-${String(Date.now())}`;
    const page = await admin.open({ role: 'supervisor', path: '/programme' });
    await page.getByRole('button', { name: '新しい事業を作る' }).click();
    await page.getByLabel('事業の名前').fill('若い方の接種');
    await page.getByLabel('記号').fill(code);
    await page.getByLabel('受付を始める日時').fill('2031-09-04T09:00');
    await look(page, 'new');
    await page.getByRole('button', { name: '下書きを作る' }).click();
    await page.getByRole('heading', { level: 1, name: '若い方の接種' }).waitFor();

    const first = page.locator('article[aria-label="対象の方"]');
    await page.locator('[id="field-groups.0.label"]').fill('30歳以上の方');
    await page.locator('[id="field-groups.0.code"]').fill('adults');
    await saved(page);
    await first.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: '対象区分を追加' }).click();
    await page.locator('[id="field-groups.1.label"]').fill('12〜29歳の方');
    await page.locator('[id="field-groups.1.code"]').fill('young');
    await page.locator('[id="field-groups.1.opensAt"]').fill('2031-09-07');
    await page.locator('article[aria-label="12〜29歳の方"]').getByLabel('受付開始の時刻').fill('08:00');
    await page
      .getByRole('button', { name: '席の出し方を決める' })
      .or(page.getByRole('button', { name: '席の出し方を追加' }))
      .click();
    await page.locator('[id="field-releases.0.groups"]').getByLabel('30歳以上の方').check();
    await page.locator('[id="field-releases.0.stages.0.at"]').fill('2031-09-04');
    await page.locator('[id="field-releases.0.stages.0.share"]').fill('50');
    await saved(page);
    await look(page, 'edit-groups');
    const draft = async () =>
      (
        await world.city
          .database('programme_draft')
          .orderBy('created_at', 'desc')
          .first<{ document: ProgrammeDocument }>('document')
      ).document;
    expect(await draft()).toMatchObject({
      groups: [
        { code: 'adults', opensAt: '2031-09-04T00:00:00.000Z' },
        { code: 'young', opensAt: '2031-09-07T08:00:00+09:00' },
      ],
      releases: [{ groups: ['adults'], stages: [{ at: '2031-09-04T09:00:00+09:00', share: 50 }] }],
    });

    // A mistake is beside its field, and is undone.
    await page.getByRole('button', { name: '予約の決まり' }).click();
    await page.locator('[id="field-policies.holdMinutes"]').fill('900');
    await page.locator('[id="field-policies.holdMinutes-fault"]').waitFor();
    await page.getByRole('button', { name: '元に戻す' }).click();
    await page.locator('[id="field-policies.holdMinutes-fault"]').waitFor({ state: 'detached' });
    expect(await page.locator('[id="field-policies.holdMinutes"]').inputValue()).toBe('10');
    for (const section of ['回とワクチン', '入力項目', '通知の流れ', '文面', '名前と文章', 'ほかの言語']) {
      await page.getByRole('navigation', { name: '編集する項目' }).getByRole('button', { name: section }).click();
      await page.getByRole('heading', { level: 2, name: section, exact: true }).waitFor();
      await look(page, `edit-${section}`);
    }

    await page.getByRole('link', { name: '2. チェックリスト' }).click();
    await page.getByText('公開できます。').waitFor();
    await look(page, 'checks');

    await page.getByRole('link', { name: '3. リハーサル' }).click();
    await page.getByRole('button', { name: '再生する' }).click();
    await page.getByText('問題なし').waitFor();
    await page.getByText('予約確定のお知らせ').waitFor();
    await page.getByText('この内容はリハーサル済み').waitFor();
    await look(page, 'rehearsal');

    await page.getByRole('link', { name: '4. 違いの確認と公開' }).click();
    await page.getByText('あなたはこの下書きを編集したため、公開できません。').waitFor();
    await page.context().close();

    const second = await admin.open({ role: 'city_admin', path: `/programme/${code}/publish` });
    await second.getByText('この内容で済み').waitFor();
    await look(second, 'publish');
    await second.getByRole('button', { name: '公開する' }).click();
    await second.getByRole('dialog').getByRole('button', { name: '公開する' }).click();
    await second.getByText('第1版を公開しました。').waitFor();
    await second.getByRole('link', { name: '版', exact: true }).click();
    await second.getByText('公開中', { exact: true }).waitFor();
    await look(second, 'versions');
    expect(
      (await createProgrammes(world.city.database).current(code)).document.groups.map((group) => group.label),
    ).toEqual(['30歳以上の方', '12〜29歳の方']);
    await second.context().close();
    await obeysToTheMinute(code);
    expect(admin.faults).toEqual([]);
  }, 300_000);

  /** The opening is brought forward to the next minutes, published again by two people; then the citizens' site is watched over that minute. */
  async function obeysToTheMinute(code: string): Promise<void> {
    const { city } = world;
    // The programme of this city is the one just made.
    await city
      .database('programme')
      .whereNot({ code })
      .update({ created_at: new Date(Date.now() + 86_400_000) });
    const { programmeId } = await createProgrammes(city.database).current(code);
    const slotId = await city.addSlot({ programmeId, capacity: 4 });
    const site = await createCitySite({ city });
    try {
      const people: Visitor[] = [];
      for (const groupCode of ['adults', 'adults', 'adults', 'young']) {
        const couponNumber = freshCoupon();
        await city.addResident({ programmeId, groupCode, number: couponNumber, birthDate: '1980-04-01' });
        const visitor = site.visitor();
        expect((await visitor.post('/api/v1/session', { couponNumber, birthDate: '1980-04-01' })).status).toBe(200);
        people.push(visitor);
      }
      const [first, next, last, young] = people as [Visitor, Visitor, Visitor, Visitor];
      const hold = async (visitor: Visitor) => {
        const sentAt = Date.now();
        const answer = await visitor.post('/api/v1/bookings', { slotId, dose: 1 });
        return { sentAt, status: answer.status, ...answer.json<{ code?: string; detail?: string }>() };
      };
      // Under the version of 2031 nobody books.
      expect(await hold(first)).toMatchObject({
        code: 'not_open_yet',
        detail: expect.stringContaining('2031年9月4日') as string,
      });

      const page = await admin.open({ role: 'supervisor', path: `/programme/${code}/edit` });
      await page.getByRole('button', { name: '公開中の第1版から下書きを作る' }).click();
      await page.locator('[id="field-groups.0.opensAt"]').waitFor();
      const opensAt = Math.ceil((Date.now() + 50_000) / 60_000) * 60_000;
      await fillMoment(page, 'field-groups.0.opensAt', opensAt);
      await fillMoment(page, 'field-groups.1.opensAt', opensAt + 3 * 86_400_000);
      await fillMoment(page, 'field-releases.0.stages.0.at', opensAt);
      await saved(page);
      await page.getByRole('link', { name: '3. リハーサル' }).click();
      await page.getByRole('button', { name: '再生する' }).click();
      await page.getByText('問題なし').waitFor();
      await page.getByText('この内容はリハーサル済み').waitFor();
      await page.context().close();
      const publisher = await admin.open({ role: 'city_admin', path: `/programme/${code}/publish` });
      await publisher.getByText('この内容で済み').waitFor();
      await publisher.getByRole('button', { name: '公開する' }).click();
      await publisher.getByRole('dialog').getByRole('button', { name: '公開する' }).click();
      await publisher.getByText('第2版を公開しました。').waitFor();
      await publisher.context().close();

      const words = (moment: number) =>
        `${formatDateJa(cityDate(new Date(moment)))}${formatTimeJa(cityTime(new Date(moment)))}から受け付けます`;
      const tries: Awaited<ReturnType<typeof hold>>[] = [];
      for (;;) {
        const tried = await hold(first);
        tries.push(tried);
        if (tried.status === 201 || Date.now() > opensAt + 10_000) break;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      const refused = tries.filter((tried) => tried.status !== 201);
      // Within 5 s of publishing the site says the new minute, and says it up to that minute.
      expect(refused.at(-1)).toMatchObject({
        code: 'not_open_yet',
        detail: expect.stringContaining(words(opensAt)) as string,
      });
      expect(refused.filter((tried) => tried.sentAt > opensAt)).toEqual([]);
      expect(tries.at(-1)).toMatchObject({ status: 201 });
      expect((tries.at(-1)?.sentAt ?? 0) - opensAt).toBeLessThan(2_000);
      // The younger wait for their own day; half of the four seats are kept back for them.
      expect(await hold(young)).toMatchObject({
        code: 'not_open_yet',
        detail: expect.stringContaining(words(opensAt + 3 * 86_400_000)) as string,
      });
      expect((await hold(next)).status).toBe(201);
      expect((await hold(last)).code).toBe('slot_full');
      expect(await city.seats(slotId)).toEqual({ taken: 2, capacity: 4 });
    } finally {
      await site.close();
    }
  }
});
