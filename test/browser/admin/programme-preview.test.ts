import type { Frame, Page } from 'playwright-core';

import { describeInBrowser } from '../../support/chromium';
import { patienceMs } from '../../support/patience';
import { tester } from '../../worlds/staff-site';
import { expectClean } from '../support/axe';
import { type AdminSite, createAdminSite } from './support/admin-site';

const shots = process.env['TOKI_SHOTS'];

describeInBrowser('what citizens will see, beside the form', () => {
  let admin: AdminSite;
  beforeAll(async () => {
    admin = await createAdminSite();
  });
  afterAll(() => admin.close());
  beforeEach(async () => {
    await admin.site.city.database('programme_draft').delete();
    const { staffId } = await admin.site.colleague('supervisor');
    await admin.site.services.drafts.beginFrom(tester, staffId, 'test-programme', 1);
  });

  async function look(page: Page, name: string): Promise<void> {
    if (shots !== undefined) await page.screenshot({ path: `${shots}/preview-${name}.png` });
    await expectClean(page, name);
  }

  /** The frame that is shown; another may be loading behind it. */
  async function shown(page: Page): Promise<Frame> {
    for (;;) {
      const handle = await page.waitForSelector('toki-live-frame iframe >> visible=true');
      const frame = await handle.contentFrame();
      // Taken away at this very moment: the next one is there.
      if (frame) return frame;
    }
  }

  const expectText = async (page: Page, text: string) => {
    const until = Date.now() + patienceMs;
    while (Date.now() < until) {
      const found = await (
        await shown(page)
      )
        .locator('body')
        .innerText({ timeout: 1_000 })
        .catch(() => '');
      if (found.includes(text)) return;
      await page.waitForTimeout(100);
    }
    throw new Error(`the preview never said "${text}"`);
  };

  test('the page follows what is edited, stays where it was scrolled to, and can do nothing', async () => {
    const page = await admin.open({ role: 'supervisor', path: '/programme/test-programme/edit' });
    await expectText(page, '予約できる方');
    await look(page, 'front');

    // The part that is edited decides which page is shown.
    await page.getByRole('navigation', { name: '編集する項目' }).getByRole('button', { name: '入力項目' }).click();
    await expectText(page, '連絡先を入力してください');
    await (await shown(page)).evaluate('window.scrollTo(0, 200)');
    const label = page.locator('[id="field-form.fields.0.label"]');
    await label.fill('昼間に出られる電話番号');
    await expectText(page, '昼間に出られる電話番号');
    expect(await (await shown(page)).evaluate('window.scrollY')).toBe(200);

    // On a phone and a desktop, over the page where there is no room.
    expect(await (await shown(page)).evaluate('window.innerWidth')).toBe(360);
    await page.getByText('パソコン', { exact: true }).click();
    expect(await (await shown(page)).evaluate('window.innerWidth')).toBe(1200);
    await page.getByText('スマートフォン', { exact: true }).click();

    // With faults: the last good look, and why.
    await label.fill('');
    await page.getByText('間違いのなかったときの内容を表示しています').waitFor();
    await expectText(page, '昼間に出られる電話番号');
    await label.fill('日中の電話');
    await page.getByText('間違いのなかったときの内容を表示しています').waitFor({ state: 'detached' });
    // The frame is another one from here on.
    await expectText(page, '日中の電話');

    // Nothing in it can be pressed to any effect.
    const frame = await shown(page);
    const [address, pages] = [frame.url(), page.context().pages().length];
    await frame.getByRole('button', { name: '戻る' }).click();
    await frame.getByRole('button', { name: '内容を確認する' }).click();
    await page.waitForTimeout(300);
    expect([frame.url(), page.context().pages().length]).toEqual([address, pages]);
    await page.context().close();
    // The browser says that it stopped them.
    expect(admin.faults.filter((fault) => !/sandboxed|Blocked/.test(fault))).toEqual([]);
  });

  test('a text is written from a list of fields by keyboard, seen as a mail and as a short message, and sent to oneself', async () => {
    const page = await admin.open({ role: 'city_admin', path: '/programme/test-programme/edit?section=templates' });
    const body = page.locator('[id="field-templates.confirmation.text"]');
    await body.fill('ご予約ありがとうございます。');
    await body.press('End');
    await page.locator('article[aria-label$="（confirmation）"] button', { hasText: '項目を入れる' }).last().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: /会場の名前/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await body.inputValue()).toBe('ご予約ありがとうございます。{{venueName}}');
    expect(await page.locator('article[aria-label$="（confirmation）"] .mirror .field').last().innerText()).toBe(
      '{{venueName}}',
    );
    await expectText(page, 'ご予約ありがとうございます。');
    expect(await (await shown(page)).locator('body').innerText()).not.toContain('{{');
    await look(page, 'template');
    await page.getByText('LINE・SMS', { exact: true }).click();
    await page.locator('.bubble', { hasText: 'ご予約ありがとうございます。' }).waitFor();

    // A fault is at its place and is red in the text; what is shown is the text before.
    await body.fill('{{personName}} 様');
    await page.locator('[id="field-templates.confirmation.text-fault"]', { hasText: 'personName' }).waitFor();
    await page.locator('.mirror .wrong').waitFor();
    await page.getByText('間違いのなかったときの文面を表示しています').waitFor();
    await page.locator('.bubble', { hasText: 'ご予約ありがとうございます。' }).waitFor();
    await body.fill('直しました。{{date}}');
    await page.locator('.bubble', { hasText: '直しました。' }).waitFor();

    await page.getByRole('button', { name: '自分に送ってみる' }).click();
    await page.getByRole('textbox', { name: '自分のメールアドレス' }).fill('own@city.example.jp');
    await look(page, 'own-address');
    await page.getByRole('button', { name: '確認コードを送る' }).click();
    await page.getByRole('textbox', { name: /確認コード/ }).waitFor();
    const inbox = () =>
      admin.site.city
        .database('inbox_message')
        .orderBy('notice_id', 'desc')
        .select<{ recipient: string; subject: string; body_text: string }[]>('*');
    await page
      .getByRole('textbox', { name: /確認コード/ })
      .fill(/確認コード：(\d{6})/.exec((await inbox())[0]?.body_text ?? '')?.[1] ?? '');
    await page.getByRole('button', { name: '登録する' }).click();
    await page.getByText('own@city.example.jp に送りました。').waitFor();
    const [sent] = await inbox();
    expect(sent).toMatchObject({
      recipient: 'own@city.example.jp',
      subject: expect.stringMatching(/^【テスト】/) as unknown,
      body_text: expect.stringContaining('直しました。') as unknown,
    });
    await page.context().close();
    expect(admin.faults.filter((fault) => !/sandboxed|Blocked/.test(fault))).toEqual([]);
  });

  test('where the window is narrow, it opens over the form', async () => {
    const page = await admin.open({
      role: 'supervisor',
      path: '/programme/test-programme/edit',
      viewport: { width: 390, height: 844 },
    });
    await page.getByRole('button', { name: '市民に見えるページを表示する' }).click();
    await expectText(page, '予約できる方');
    await look(page, 'narrow');
    await page.getByRole('button', { name: '閉じる' }).click();
    await page.locator('toki-live-frame').waitFor({ state: 'detached' });
    await page.context().close();
  });
});
