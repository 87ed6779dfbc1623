import { totpCode } from '../../../database/staff/credentials';
import { staffRoles } from '../../../domain/staff/roles';
import { describeInBrowser } from '../../support/chromium';
import { expectClean } from '../support/axe';
import { type AdminSite, createAdminSite } from './support/admin-site';

/** Bytes over the wire until a page stands, everything included. */
const routeBudget = 300 * 1024;

describeInBrowser('the frame of the admin', () => {
  let admin: AdminSite;
  beforeAll(async () => {
    admin = await createAdminSite();
  });
  afterAll(() => admin.close());

  test('a page asked for without a session leads to the log-in and back', async () => {
    const { staff, password, totpSecret } = await admin.site.enrolled('city_admin');
    await admin.site.city.database('staff').where({ id: staff.id }).update({ password_expires_at: null });
    const page = await admin.open({ path: '/?x=1' });
    await page.waitForURL(/\/log-in\?from=/);
    await page.getByRole('button', { name: 'ログインする' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('ログイン名を入力してください。');
    await expectClean(page, 'log-in, nothing typed');
    await page.getByLabel('ログイン名').fill(staff.login);
    await page.getByLabel('パスワード').fill('not the password');
    await page.getByLabel('確認コード').fill('000000');
    await page.getByRole('button', { name: 'ログインする' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('ログインできませんでした。');
    expect(await page.getByLabel('ログイン名').inputValue()).toBe(staff.login);
    await page.getByLabel('パスワード').fill(password);
    await page.getByLabel('確認コード').fill(totpCode(totpSecret, new Date()));
    await page.getByLabel('確認コード').press('Enter');
    await page.getByRole('heading', { level: 1, name: '今日' }).waitFor();
    expect(new URL(page.url()).search).toBe('?x=1');
    await page.getByRole('button', { name: new RegExp(staff.displayName) }).click();
    await page.getByRole('menuitem', { name: 'ログアウトする' }).click();
    await page.getByText('ログアウトしました。').waitFor();
    expect(admin.faults).toEqual([]);
  });

  const measured = new Set<string>();

  /** First load is the same for everybody who may open a page, so it is measured for the first role that does. */
  async function expectSmall(role: (typeof staffRoles)[number], label: string, path: string): Promise<void> {
    if (measured.has(path)) return;
    measured.add(path);
    const fresh = await admin.open({ role, path: '/log-in' });
    let bytes = 0;
    fresh.on(
      'requestfinished',
      (request) => void request.sizes().then(({ responseBodySize }) => (bytes += responseBodySize)),
    );
    await fresh.goto(admin.site.url + path);
    await fresh.getByRole('heading', { level: 1 }).waitFor();
    await fresh.waitForLoadState('networkidle');
    expect({ label, tooLarge: bytes > routeBudget ? bytes : false }).toEqual({ label, tooLarge: false });
    await fresh.context().close();
  }

  test.each(staffRoles)('%s: every page of the navigation opens, is small and accessible', async (role) => {
    const page = await admin.open({ role });
    await page.getByRole('navigation').waitFor();
    const links = await page.getByRole('navigation').getByRole('link').all();
    const areas = await Promise.all(
      links.map(async (link) => ({
        label: (await link.innerText()).trim(),
        path: (await link.getAttribute('href')) ?? '',
      })),
    );
    expect(areas.length).toBeGreaterThan(0);
    for (const { label, path } of areas) {
      await page.getByRole('navigation').getByRole('link', { name: label, exact: true }).click();
      await page.waitForURL((url) => url.pathname === path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      await expectClean(page, `${role}: ${label}`);
      await expectSmall(role, label, path);
    }
    await page.context().close();
    expect(admin.faults).toEqual([]);
  });
});
