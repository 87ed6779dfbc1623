import type { Page } from 'playwright-core';

/** What a citizen does, in the words of the pages. Works with and without JavaScript. */
export class Journey {
  constructor(
    private readonly page: Page,
    private readonly url: string,
  ) {}

  async logIn(couponNumber: string): Promise<void> {
    await this.page.goto(`${this.url}/`);
    await this.page.getByRole('link', { name: '予約する・予約を確認する' }).click();
    await this.page.getByLabel('接種券番号').fill(couponNumber);
    await this.page.getByLabel('昭和').check();
    await this.page.getByLabel('年', { exact: true }).fill('22');
    await this.page.getByLabel('月', { exact: true }).fill('4');
    await this.page.getByLabel('日', { exact: true }).fill('1');
    await this.page.getByRole('button', { name: 'ログインする' }).click();
  }

  async chooseVenue(name: string): Promise<void> {
    await this.page.getByRole('link', { name: new RegExp(`この会場を選ぶ.*${name}`) }).click();
  }

  async chooseFirstDay(): Promise<void> {
    await this.page.locator('.days a').first().click();
  }

  /** @param index among the times that can be chosen */
  async chooseTime(index = 0): Promise<void> {
    await this.page.locator('input[name=slotId]:enabled').nth(index).check();
    await this.page.getByRole('button', { name: 'この時間で進む' }).click();
  }

  async fillDetails(): Promise<void> {
    await this.page.getByLabel('電話番号').fill('090-1234-5678');
    await this.page.getByLabel('メールアドレス').fill('hana@example.jp');
    for (const box of await this.page.getByRole('checkbox').all()) await box.check();
    await this.page.getByRole('button', { name: '内容を確認する' }).click();
  }

  async confirm(): Promise<void> {
    await this.page.getByRole('button', { name: '予約を確定する' }).click();
  }

  /** From the list of bookings to the confirmed booking. */
  async book(dose: number, venue: string, time = 0): Promise<void> {
    await this.page.getByRole('link', { name: `${String(dose)}回目を予約する` }).click();
    await this.chooseVenue(venue);
    await this.chooseFirstDay();
    await this.chooseTime(time);
    await this.fillDetails();
    await this.confirm();
  }
}
