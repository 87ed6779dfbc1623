import { readFileSync } from 'node:fs';

import { type TOTP, URI } from 'otpauth';
import type { Page } from 'playwright-core';

import { readQrPng, readQrSvg } from '../../../api/shared/qr';
import { findFreePort } from '../../../runtime/servers/free-port';
import { describeInBrowser } from '../../support/chromium';
import { type CitySite, createCitySite } from '../../worlds/city-site';
import { startIdentityProvider } from '../../worlds/identity-provider';
import { tester } from '../../worlds/staff-site';
import { expectClean } from '../support/axe';
import { type AdminSite, createAdminSite } from './support/admin-site';

const password = 'ときの舞う大空を見上げる';

describeInBrowser('accounts and the site', () => {
  let citizens: CitySite;
  let admin: AdminSite;
  beforeAll(async () => {
    citizens = await createCitySite();
    admin = await createAdminSite({ city: citizens.city, publicUrl: citizens.url });
  });
  afterAll(async () => {
    await admin.close();
    await citizens.close();
  });
  afterEach(() => {
    expect(admin.faults.splice(0)).toEqual([]);
  });

  async function logIn(page: Page, login: string, secret: string, code: string): Promise<void> {
    await page.getByLabel('ログイン名').fill(login);
    await page.getByLabel('パスワード', { exact: true }).fill(secret);
    await page.getByLabel('確認コード').fill(code);
    await page.getByRole('button', { name: 'ログインする' }).click();
  }

  test('an admin registers a person, who sets up the app, keeps the codes, and chooses a password', async () => {
    const login = `hanako.${String(Date.now())}`;
    const staffPage = await admin.open({ role: 'city_admin', path: '/staff' });
    await staffPage.getByRole('button', { name: '職員を登録する' }).click();
    await staffPage.getByRole('button', { name: '登録する', exact: true }).click();
    await staffPage.getByRole('alert').getByText('名前を100文字以内で入力してください。').waitFor();
    await expectClean(staffPage, 'staff, nothing typed');
    await staffPage.getByLabel('名前', { exact: true }).fill('新人 花子');
    await staffPage.getByLabel('ログイン名', { exact: true }).fill(login.toUpperCase());
    await staffPage.getByRole('radio', { name: /会場受付/ }).check();
    await staffPage.getByRole('button', { name: '登録する', exact: true }).click();
    const slip = staffPage.getByRole('status').filter({ hasText: '仮パスワード（新人 花子さん）' });
    const oneTime = await slip.locator('.big').innerText();
    expect(oneTime).toMatch(/^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
    await expectClean(staffPage, 'staff, one-time password');
    await slip.getByRole('button', { name: '伝えました' }).click();
    await staffPage.getByText(oneTime).waitFor({ state: 'hidden' });
    await staffPage
      .getByRole('row', { name: new RegExp(login) })
      .getByText('初回ログイン待ち')
      .waitFor();

    const page = await admin.open({ path: '/venues' });
    await logIn(page, login, oneTime, '');
    await page.getByRole('heading', { level: 1, name: '初めてのログイン' }).waitFor();
    // Nothing else opens before it is finished.
    await page.goto(`${admin.site.url}/`);
    await page.getByRole('heading', { level: 1, name: '初めてのログイン' }).waitFor();
    const picture = await page.getByAltText('認証アプリに登録するためのQRコード').getAttribute('src');
    const app = URI.parse(readQrSvg(Buffer.from(picture!.split(',')[1]!, 'base64').toString('utf8'))!) as TOTP;
    await page.getByText('QRコードを読み取れないとき').click();
    expect((await page.locator('.secret').innerText()).replaceAll(' ', '')).toBe(app.secret.base32);
    await expectClean(page, 'first log-in, app');
    await page.getByLabel('アプリに表示された6桁の数字').fill('123');
    await page.getByRole('button', { name: '登録する' }).click();
    await page.getByRole('alert').getByText('確認コードが違います。').waitFor();
    await page.getByLabel('アプリに表示された6桁の数字').fill(app.generate());
    await page.getByRole('button', { name: '登録する' }).click();
    const sheet = page.getByRole('region', { name: '回復用コード' }).locator('code');
    await sheet.first().waitFor();
    const codes = await sheet.allInnerTexts();
    expect(codes).toHaveLength(8);
    await expectClean(page, 'first log-in, recovery codes');
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'ファイルに保存する' }).click();
    const file = readFileSync(await (await saved).path(), 'utf8');
    for (const code of codes) expect(file).toContain(code);
    await page.getByRole('button', { name: '保管したので、次へ' }).click();
    // The page was loaded again in between: the one-time password is asked for.
    await page.getByLabel('仮パスワード').fill(oneTime);
    await page.getByLabel('新しいパスワード').fill('short');
    await page.getByRole('button', { name: 'パスワードを決める' }).click();
    await page.getByRole('alert').getByText('12文字以上').waitFor();
    await page.getByLabel('新しいパスワード').fill(password);
    await page.getByRole('button', { name: 'パスワードを決める' }).click();
    await page.getByRole('heading', { level: 1, name: '今日' }).waitFor();
    await page.context().close();

    // The next day: with a recovery code, since the telephone was left at home.
    const later = await admin.open({ path: '/account' });
    await later.getByRole('button', { name: /回復用コードを使う/ }).click();
    await later.getByLabel('ログイン名').fill(login);
    await later.getByLabel('パスワード', { exact: true }).fill(password);
    await later.getByLabel('回復用コード').fill(codes[3]!);
    await later.getByRole('button', { name: 'ログインする' }).click();
    await later.getByRole('heading', { level: 1, name: '自分のアカウント' }).waitFor();
    await later.getByText('残り').waitFor();
    expect(await later.locator('dd').filter({ hasText: '残り' }).innerText()).toContain('7');
    await expectClean(later, 'own account');
    await later.getByRole('button', { name: '回復用コードを作り直す' }).click();
    await later.locator('#field-password').fill(password);
    await later.getByRole('button', { name: '続ける' }).click();
    await later.getByRole('region', { name: '回復用コード', exact: true }).locator('code').nth(7).waitFor();
    await later.context().close();
    await staffPage.context().close();
  });

  test('two admins change the same person: the second sees both', async () => {
    const { staff } = await admin.site.account('operator');
    const page = await admin.open({ role: 'city_admin', path: `/staff?person=${staff.id}` });
    await page.getByRole('heading', { level: 2, name: `${staff.displayName}さん` }).waitFor();
    await admin.site.staff.update(tester, staff.id, staff.version, { displayName: '先に変えた名前' });
    await page.getByLabel('名前', { exact: true }).fill('後から変えた名前');
    await page.getByRole('button', { name: '保存する' }).click();
    const conflict = page.getByRole('alert').filter({ hasText: 'ほかの人が先に変更しました' });
    await conflict.getByText('先に変えた名前').waitFor();
    await conflict.getByText('後から変えた名前').waitFor();
    await expectClean(page, 'staff, conflict');
    await conflict.getByRole('button', { name: '自分の入力で保存する' }).click();
    await page.getByText('後から変えた名前さんを保存しました。').waitFor();
    expect(await admin.site.staff.find(staff.id)).toMatchObject({ displayName: '後から変えた名前' });
    await page.context().close();
  });

  test('an open page of a person shut out is covered, says so, and lets nobody on', async () => {
    const person = await admin.site.enrolled('operator');
    await admin.site.city.database('staff').where({ id: person.staff.id }).update({ password_expires_at: null });
    const page = await admin.open({ path: '/log-in?from=/account' });
    await page.clock.install();
    await logIn(
      page,
      person.staff.login,
      person.password,
      (URI.parse(`otpauth://totp/x?secret=${person.totpSecret}`) as TOTP).generate(),
    );
    await page.getByLabel('新しいパスワード').fill('まだ保存していない文字');

    const staffPage = await admin.open({ role: 'city_admin', path: `/staff?person=${person.staff.id}` });
    await staffPage.getByRole('button', { name: '利用を停止する' }).click();
    await staffPage.getByRole('dialog').getByRole('button', { name: '停止する' }).click();
    await staffPage.getByText('利用を停止しました。').waitFor();
    await staffPage.context().close();

    await page.clock.fastForward(25_000);
    const dialog = page.getByRole('dialog', { name: 'もう一度ログインしてください' });
    await dialog.getByText('入力した内容はこの画面に残っています。').waitFor();
    await expectClean(page, 'log in again');
    await dialog.getByLabel('パスワード', { exact: true }).fill(person.password);
    await dialog.getByLabel('確認コード').fill('000000');
    await dialog.getByRole('button', { name: 'ログインする' }).click();
    await dialog.getByRole('alert').getByText('ログインできませんでした。').waitFor();
    // The error was a mistake: opened again, the person finds what was typed.
    await admin.site.staff.enable(tester, person.staff.id);
    await dialog.getByRole('button', { name: /回復用コードを使う/ }).click();
    await dialog.getByLabel('パスワード', { exact: true }).fill(person.password);
    await dialog.getByLabel('回復用コード').fill(person.recoveryCodes[0]!);
    await dialog.getByRole('button', { name: 'ログインする' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await page.getByLabel('新しいパスワード').inputValue()).toBe('まだ保存していない文字');
    await page.context().close();
  });

  test('before the idle time ends the page asks, and one press goes on', async () => {
    const page = await admin.open({ role: 'supervisor', path: '/account' });
    await page.getByRole('heading', { level: 1 }).waitFor();
    const { id } = await page.evaluate(async () => (await (await fetch('/api/v1/me')).json()) as { id: string });
    const idleFor = (minutes: number) =>
      admin.site.city
        .database('staff_session')
        .where({ staff_id: id })
        .update({ seen_at: new Date(Date.now() - minutes * 60_000) });
    await page.clock.install({ time: Date.now() + 10 * 60_000 });
    // The timer of the page was there before the clock: begin again under it.
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.clock.fastForward(6 * 60_000);
    await idleFor(28.5);
    await page.clock.fastForward(25_000);
    const dialog = page.getByRole('alertdialog', { name: 'まもなくログアウトします' });
    await dialog.waitFor();
    await expectClean(page, 'idle warning');
    await dialog.getByRole('button', { name: '続ける' }).click();
    await dialog.waitFor({ state: 'hidden' });
    const { seen_at } = await admin.site.city
      .database('staff_session')
      .where({ staff_id: id })
      .first<{ seen_at: Date }>('seen_at');
    expect(Date.now() - seen_at.getTime()).toBeLessThan(60_000);
    await page.context().close();
  });

  test('through the city’s identity provider, back to the page that was asked for; refused in words', async () => {
    const port = await findFreePort();
    const provider = await startIdentityProvider({
      port: await findFreePort(),
      redirectUri: `http://localhost:${String(port)}/oidc/callback`,
    });
    const city = await createAdminSite({ port, oidc: { ...provider.settings, loginClaim: 'preferred_username' } });
    try {
      const { staff } = await city.site.account('supervisor');
      await provider.person('stranger', { preferred_username: 'stranger' });
      const page = await city.open({ path: '/site?from=mail' });
      await page.getByRole('link', { name: '市の認証でログイン' }).waitFor();
      await expectClean(page, 'log-in with a provider');
      await page.getByRole('link', { name: '市の認証でログイン' }).click();
      await page.getByRole('alert').getByText('このシステムに登録がありません。').waitFor();
      // Another person sits down: the provider's own session ends.
      await page.context().clearCookies({ name: /^_/ });
      await provider.person('boss', { preferred_username: staff.login });
      await page.getByRole('link', { name: '市の認証でログイン' }).click();
      await page.getByRole('heading', { level: 1, name: '予約サイト' }).waitFor();
      expect(new URL(page.url()).search).toBe('?from=mail');
      await page.goto(`${city.site.url}/account`);
      await page.getByText('結び付いています').waitFor();
      await provider.stop();
      await page.getByRole('button', { name: new RegExp(staff.displayName) }).click();
      await page.getByRole('menuitem', { name: 'ログアウトする' }).click();
      await page.getByText('ログアウトしました。').waitFor();
      expect(city.faults).toEqual([]);
    } finally {
      await provider.stop();
      await city.close();
    }
  });

  test('a notice and another number of the telephone reach the citizens’ front page', async () => {
    const page = await admin.open({ role: 'city_admin', path: '/site' });
    await page.getByRole('button', { name: 'お知らせを加える' }).click();
    await page.getByRole('checkbox', { name: /とは別の番号・時間を載せる/ }).check();
    await page.getByLabel('電話番号').fill('12');
    await page.getByRole('button', { name: '保存して反映する' }).click();
    await page.getByRole('alert').getByText('お知らせの文を入力するか').waitFor();
    await page.getByRole('alert').getByText('市外局番から入力してください。').waitFor();
    await expectClean(page, 'site, faults');
    await page.getByLabel('文（お知らせ 1）').fill('20日（火）は桜木会場をお休みします。');
    await page.getByRole('checkbox', { name: '重要なお知らせとして目立たせる' }).check();
    await page.getByLabel('電話番号').fill('０２５−２２８−１０００');
    await page
      .getByRole('region', { name: 'トップページの見え方' })
      .getByText('20日（火）は桜木会場をお休みします。')
      .waitFor();
    await page.getByRole('button', { name: '保存して反映する' }).click();
    await page.getByText('保存しました。数秒で予約サイトに反映されます。').waitFor();
    await expectClean(page, 'site, saved');
    const front = await admin.browser.newPage();
    const savedAt = performance.now();
    do await front.goto(citizens.url);
    while (
      !(await front.locator('main').innerText()).includes('20日（火）は桜木会場をお休みします。') &&
      performance.now() - savedAt < 5_000
    );
    expect(await front.locator('main').innerText()).toContain('20日（火）は桜木会場をお休みします。');
    expect(await front.locator('footer').innerText()).toContain('025-228-1000');
    await expectClean(front, 'the citizens’ front page with a notice');
    await front.close();
    await page.context().close();
  });

  test('a language is marked as read, and the page says what keeps it hidden, and who marked it', async () => {
    const page = await admin.open({ role: 'city_admin', path: '/site' });
    await page.getByRole('checkbox', { name: 'Englishを見直した' }).check();
    const line = page.getByRole('listitem').filter({ hasText: 'Englishを見直した' });
    await line.getByText('事業の訳がまだありません').waitFor();
    await page.getByRole('button', { name: '保存して反映する' }).click();
    await line.getByText(/職員/).waitFor();
    await page.getByRole('region', { name: '変更の一覧' }).getByText('見直し済みの言語').waitFor();
    await expectClean(page, 'site, a language marked');
    await page.context().close();
  });

  test('the QR code for the printer is checked, saved, and read', async () => {
    const page = await admin.open({ role: 'city_admin', path: '/site' });
    await page.getByRole('button', { name: 'つながるか確かめる' }).click();
    await page.getByText('このアドレスを開くと、この予約サイトにつながります。').waitFor();
    await page.getByText('https:// で始まっていません').waitFor();
    const save = async (name: RegExp) => {
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name }).click();
      return readFileSync(await (await download).path());
    };
    expect(readQrPng(await save(/PNG/))).toBe(citizens.url);
    await page.getByText('読み返して確認済み').waitFor();
    await expectClean(page, 'site, QR code');
    expect(readQrSvg((await save(/SVG/)).toString('utf8'))).toBe(citizens.url);
    await page.context().close();
  });
});
