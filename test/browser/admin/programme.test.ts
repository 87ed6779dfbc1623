import type { Page } from 'playwright-core';
import { createProgrammes } from '../../../database/programmes';
import type { ProgrammeDocument } from '../../../domain/programme/document';
import { describeInBrowser } from '../../support/chromium';
import { createRehearsalTestWorld, type RehearsalTestWorld } from '../../programme/rehearsal-world';
import { expectClean } from '../support/axe';
import { createAdminSite, type AdminSite } from './support/admin-site';

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
    expect(await first.count()).toBe(0);
    await page.getByRole('button', { name: '対象区分を追加' }).click();
    await page.locator('[id="field-groups.1.label"]').fill('12〜29歳の方');
    await page.locator('[id="field-groups.1.code"]').fill('young');
    await page.locator('[id="field-groups.1.opensAt"]').fill('2031-09-07T08:00');
    await page.getByRole('button', { name: '席の出し方を決める' }).or(page.getByRole('button', { name: '席の出し方を追加' })).click();
    await page.locator('[id="field-releases.0.groups"]').getByLabel('30歳以上の方').check();
    await page.locator('[id="field-releases.0.stages.0.at"]').fill('2031-09-04T09:00');
    await page.locator('[id="field-releases.0.stages.0.share"]').fill('50');
    await saved(page);
    await look(page, 'edit-groups');
    const draft = async () => (await world.city.database('programme_draft').orderBy('created_at', 'desc').first<{ document: ProgrammeDocument }>('document')).document;
    expect(await draft()).toMatchObject({
      groups: [{ code: 'adults', opensAt: '2031-09-04T00:00:00.000Z' }, { code: 'young', opensAt: '2031-09-07T08:00:00+09:00' }],
      releases: [{ groups: ['adults'], stages: [{ at: '2031-09-04T09:00:00+09:00', share: 50 }] }],
    });

    // A mistake stands beside its field, and is undone.
    await page.getByRole('button', { name: '予約の決まり' }).click();
    await page.locator('[id="field-policies.holdMinutes"]').fill('900');
    await page.locator('[id="field-policies.holdMinutes-fault"]').waitFor();
    await page.getByRole('button', { name: '元に戻す' }).click();
    await page.locator('[id="field-policies.holdMinutes-fault"]').waitFor({ state: 'detached' });
    expect(await page.locator('[id="field-policies.holdMinutes"]').inputValue()).toBe('10');
    for (const section of ['回とワクチン', '入力項目', '通知の流れ', '文面', '名前と文章', 'ほかの言語']) {
      await page.getByRole('navigation', { name: '編集する項目' }).getByRole('button', { name: section }).click();
      await page.getByRole('heading', { level: 2, name: section }).waitFor();
      await look(page, `edit-${section}`);
    }

    await page.getByRole('link', { name: '2. チェックリスト' }).click();
    await page.getByText('公開できます。').waitFor();
    await look(page, 'checks');

    await page.getByRole('link', { name: '3. リハーサル' }).click();
    await page.getByRole('button', { name: '再生する' }).click();
    await page.getByText('問題なし').waitFor({ timeout: 20_000 });
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
    expect((await createProgrammes(world.city.database).current(code)).document.groups.map((group) => group.label)).toEqual(['30歳以上の方', '12〜29歳の方']);
    expect(admin.faults).toEqual([]);
  }, 180_000);
});
