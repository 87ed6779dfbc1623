import { describeInBrowser } from '../../support/chromium';
import { createTestCity, type TestCity } from '../../worlds/test-city';
import { expectClean } from '../support/axe';
import { type AdminSite, createAdminSite } from './support/admin-site';

const shots = process.env['TOKI_SHOTS'];
const number = '5760000001';
const birthDate = '1985-04-01';

describeInBrowser('the desk with a programme of declarations and conditions', () => {
  let city: TestCity;
  let admin: AdminSite;
  beforeAll(async () => {
    city = await createTestCity({
      change: (document) => {
        document.schema = 2;
        document.groups.push({
          code: 'illness',
          label: '基礎疾患のある方',
          importedAs: [],
          members: [
            { kind: 'declared', statement: '基礎疾患があり、通院しています', help: '証明するものはいりません。' },
          ],
          opensAt: '2021-04-19T08:30:00+09:00',
        });
        document.form.fields.unshift(
          {
            name: 'advice',
            kind: 'note',
            label: '主治医に相談してください',
            help: '予約の前に、受けてよいか聞いてください。',
            required: false,
            showWhen: [{ kind: 'group', groups: ['illness'] }],
          },
          {
            name: 'medicine',
            kind: 'choice',
            label: '飲んでいる薬',
            help: 'お薬手帳をご覧ください。',
            required: true,
            options: [
              { value: 'yes', label: 'ある' },
              { value: 'no', label: 'ない' },
            ],
          },
          {
            name: 'medicineName',
            kind: 'text',
            label: '薬の名前',
            required: true,
            maxLength: 100,
            showWhen: [{ kind: 'one_of', field: 'medicine', values: ['yes'] }],
          },
          { name: 'wheelchair', kind: 'checkbox', label: '車いすで来場する', required: false },
        );
      },
    });
    admin = await createAdminSite({ city });
    await city.addResident({ number, birthDate, groupCode: 'none' });
    await city.addSlot({ channel: 'phone', capacity: 3, time: '10:00' });
  });
  afterAll(async () => {
    await admin.close();
    await city.close();
  });

  test('a caller declares, and is asked what the programme asks of them', async () => {
    const page = await admin.open({ role: 'operator', path: '/desk' });
    const look = async (name: string) => {
      if (shots !== undefined) await page.screenshot({ path: `${shots}/desk-${name}.png`, fullPage: true });
      await expectClean(page, name);
    };
    await page.locator('#field-text').fill(number);
    await page.keyboard.press('Enter');
    await page.locator('#field-birthDate').fill('1985-04-01');
    await page.keyboard.press('Enter');
    await page.getByText('「基礎疾患があり、通院しています」').waitFor();
    await look('declare');
    await page.getByRole('button', { name: '基礎疾患のある方の申告を記録する' }).click();
    await page.getByText('「基礎疾患のある方」の申告を記録しました。').waitFor();
    await page.getByRole('button', { name: '1回目を予約する' }).click();
    await page.getByRole('option', { name: /桜木会場/ }).click();
    await page
      .getByRole('option', { name: /電話枠は3席のうち3席/ })
      .first()
      .click();
    await page.getByRole('option', { name: /10:00/ }).click();

    await page.getByText('主治医に相談してください').waitFor();
    const name = page.getByLabel('薬の名前');
    expect(await name.count()).toBe(0);
    await page.getByLabel('ある', { exact: true }).check();
    await name.waitFor();
    await look('fields');
    await page.getByLabel(/^電話番号/).fill('090-1234-5678');
    await page.getByLabel(/接種券と本人確認書類/).check();
    await page.getByLabel(/入力した連絡先/).check();
    await page.getByRole('button', { name: '予約を確定する' }).click();
    await page.getByText('薬の名前を入力してください。').first().waitFor();
    await look('fault');
    await page.getByLabel('ない', { exact: true }).check();
    await name.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: '予約を確定する' }).click();
    await page.locator('toki-read-out').waitFor();
    expect(admin.faults).toEqual([]);
  });
});
