import type { Page } from 'playwright-core';

import { createLineBroadcasts } from '../../../database/notices/line-broadcasts';
import { createNoticeRepository, type NoticeRepository } from '../../../database/notices/notices';
import { formatReference } from '../../../domain/bookings/reference';
import { describeInBrowser } from '../../support/chromium';
import { validAnswers } from '../../worlds/test-city';
import { expectClean } from '../support/axe';
import { type AdminSite, createAdminSite } from './support/admin-site';

describeInBrowser('people who could not be told', () => {
  let admin: AdminSite;
  let notices: NoticeRepository;
  beforeAll(async () => {
    admin = await createAdminSite();
    notices = createNoticeRepository(admin.site.city.database);
  });
  afterAll(() => admin.close());

  /** A confirmed booking whose confirmation the mail server refused for good. */
  async function notTold(daysAhead = 5) {
    const { city } = admin.site;
    const residentId = await city.addResident();
    const slotId = await city.addSlot({ daysAhead, capacity: 1_000 });
    const held = await city.bookings.hold({ residentId, slotId, dose: 1, channel: 'web', actor: 'citizen' });
    if (!held.ok) throw new Error(held.code);
    const done = await city.bookings.confirm({
      residentId,
      bookingId: held.booking.id,
      answers: validAnswers,
      channel: 'web',
      actor: 'citizen',
    });
    if (!done.ok) throw new Error(done.code);
    const { id } = await notices.find({ bookingId: done.booking.id, step: 'confirmation', occurrence: 'first' });
    await notices.startSending(id, 'email');
    await notices.markFailed(id, 'smtp 550');
    return { residentId, bookingId: done.booking.id, reference: done.booking.reference ?? '', noticeId: id };
  }
  const panel = (page: Page, name: string) => page.getByRole('region', { name });

  test('an operator calls by keyboard: takes the next, sees the number, records a try, reaches them, takes the tick back', async () => {
    const [first, second] = [await notTold(2), await notTold(9)];
    const page = await admin.open({ role: 'operator', path: '/callbacks' });
    await page.getByRole('table').waitFor();
    await expectClean(page, 'the callback list');
    expect(await page.getByRole('row').nth(1).innerText()).toContain(formatReference(first.reference));

    // The arrow keys go from row to row, Enter opens, Escape leads back.
    await page.getByRole('row').nth(1).getByRole('button').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const open = panel(page, '折り返し');
    await open.getByText(formatReference(second.reference)).waitFor();
    await page.keyboard.press('Escape');
    await open.waitFor({ state: 'detached' });
    expect(await page.locator(':focus').getAttribute('data-row')).not.toBeNull();

    await page.getByRole('button', { name: '次の方を受け持つ' }).click();
    await open.getByText(formatReference(first.reference)).waitFor();
    expect(new URL(page.url()).searchParams.get('id')).not.toBeNull();
    await open.getByRole('button', { name: /電話番号を表示する/ }).click();
    expect(await open.getByRole('link', { name: '090-1234-5678' }).getAttribute('href')).toBe('tel:09012345678');
    await expectClean(page, 'a callback, opened');
    await open.getByLabel('メモ（任意）').fill('留守番電話だった');
    await open.getByRole('button', { name: '出ない' }).click();
    await open.getByText('留守番電話だった').waitFor();

    // Another person was quicker: told, with what differs, and what was typed is still there.
    const colleague = await admin.site.colleague('supervisor');
    const id = new URL(page.url()).searchParams.get('id') ?? '';
    const { version } = (await colleague.get(`/api/v1/callbacks/${id}`)).json<{ version: number }>();
    await colleague.post(`/api/v1/callbacks/${id}/attempts`, { version, outcome: 'busy' });
    await open.getByLabel('メモ（任意）').fill('ご本人と話した');
    await open.getByRole('button', { name: /話せた/ }).click();
    await open.getByText('ほかの人が先に変更しました').waitFor();
    expect(await open.getByRole('row', { name: /電話の結果/ }).innerText()).toMatch(/話し中\s+話せた/);
    await expectClean(page, 'two people, one callback');
    expect(await open.getByLabel('メモ（任意）').inputValue()).toBe('ご本人と話した');
    await open.getByRole('button', { name: '自分の入力で保存する' }).click();
    await page.getByText('話せたとして済みにしました。').waitFor();
    expect(await notices.byId(first.noticeId)).toMatchObject({ status: 'failed' });
    expect((await admin.site.services.noticeLists.find(first.noticeId))?.urgency).toBe(0);
    await page.getByRole('button', { name: '元に戻す' }).click();
    await open.getByRole('button', { name: /話せた/ }).waitFor();
    expect((await admin.site.services.noticeLists.find(first.noticeId))?.urgency).toBe(2);
    await open.getByRole('button', { name: '電話せずに済みにする' }).click();
    await open.getByRole('button', { name: '「済」を取り消す' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByLabel('表示').selectOption('done');
    await page.getByText('電話せずに済み', { exact: false }).first().waitFor();
    await expectClean(page, 'callbacks that are done');
    expect(
      await admin.site.audit.list({ residentId: first.residentId, action: 'callback.show_contact', limit: 5 }),
    ).toHaveLength(1);
    expect(admin.faults).toEqual([]);
  });

  test('the broadcasts stand beside the notices, with the status of each', async () => {
    const { database, version } = admin.site.city;
    const broadcasts = createLineBroadcasts(database);
    await broadcasts.open({
      programmeId: version.programmeId,
      programmeVersionId: version.id,
      broadcast: 'morning',
      day: '2021-10-01',
    });
    await broadcasts.skip((await broadcasts.underWay())[0] ?? '', 'no_seats');
    const page = await admin.open({ role: 'operator', path: '/notices' });
    await page.getByRole('link', { name: '一斉のお知らせ（LINE）' }).click();
    await page.getByText('空きがないため送りませんでした').waitFor();
    await expectClean(page, 'the broadcasts');
    expect(admin.faults).toEqual([]);
  });

  test('an address that failed is first; it is shown on purpose, sent again, and the call settles itself', async () => {
    const { noticeId, bookingId, residentId, reference } = await notTold(4);
    const page = await admin.open({ role: 'supervisor', path: '/notices' });
    await page.getByRole('table').waitFor();
    await expectClean(page, 'the notices');
    await page.getByLabel('受付番号').fill(formatReference(reference));
    await page.keyboard.press('Enter');
    await page.getByRole('row').nth(1).getByRole('button').press('Enter');
    const open = panel(page, '通知の内容');
    await open.getByText('h•••@example.jp').waitFor();
    await open.getByRole('button', { name: /宛先を表示/ }).click();
    await open.getByText(validAnswers.email).waitFor();
    await expectClean(page, 'a notice, opened');
    await open.getByRole('button', { name: 'もう一度送る' }).click();
    await open.getByText('通知のしくみにつながらないため、送りませんでした。', { exact: false }).waitFor();
    admin.site.sendAgain = async (request) => {
      const row = await notices.find(request);
      await notices.startSending(row.id, 'email');
      await notices.markSent(row.id);
      return 'accepted';
    };
    await open.getByRole('button', { name: 'もう一度送る' }).click();
    await page.getByText('をもう一度送りました。', { exact: false }).waitFor();
    expect((await admin.site.services.noticeLists.find(noticeId))?.urgency).toBe(0);
    expect(await admin.site.city.database('callback').where({ resident_id: residentId })).toMatchObject([
      { outcome: 'told_by_notice' },
    ]);

    await open.getByRole('link', { name: /桜木会場/ }).click();
    const booking = panel(page, '予約の内容と履歴');
    await booking.getByText('本人・ウェブ').first().waitFor();
    expect(await booking.getByRole('link', { name: /Temporal UI/ }).getAttribute('href')).toBe(
      `http://localhost:8233/namespaces/default/workflows/booking%2F${bookingId}`,
    );
    await expectClean(page, 'a booking, opened');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '条件を消す' }).click();
    await page.getByLabel('状態').selectOption('confirmed');
    await page.waitForURL(/state=confirmed/);
    await expectClean(page, 'the bookings');
    await page.getByLabel('受付番号').fill('123');
    await page.keyboard.press('Enter');
    await page.getByText('受付番号は9桁です。', { exact: false }).waitFor();
    await page.goBack();
    await page.getByRole('table').waitFor();
    expect(admin.faults).toEqual([]);
  });

  test('an auditor reads who touched whom, keeps the list, and verifies the chain', async () => {
    const { residentId } = await notTold(3);
    const operator = await admin.site.colleague('operator');
    await operator.get(`/api/v1/bookings/${(await admin.site.city.bookings.listOf(residentId))[0]!.id}/history`);
    const name = (
      await admin.site.city.database('staff').where({ id: operator.staffId }).first<{ display_name: string }>()
    ).display_name;
    const page = await admin.open({ role: 'auditor', path: '/audit' });
    await page.getByRole('table').waitFor();
    await page.getByLabel('操作').selectOption({ label: '予約を見た' });
    await page.getByLabel('職員').selectOption({ label: name });
    await page.getByText(residentId).waitFor();
    await expectClean(page, 'the audit');
    await page.getByRole('row').nth(1).getByRole('button').click();
    await page
      .getByRole('region', { name: /^記録 / })
      .getByRole('button', { name: /この方に関する記録/ })
      .waitFor();
    await expectClean(page, 'a record, opened');
    await page.keyboard.press('Escape');

    await page.getByRole('tab', { name: 'だれの情報が見られたか' }).click();
    await page.getByLabel('職員').selectOption({ label: name });
    await page.getByRole('status').filter({ hasText: '1 人の情報が' }).waitFor();
    await page.getByText(residentId).waitFor();
    await expectClean(page, 'whose data was touched');
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: /CSVで保存/ }).click();
    expect((await download).suggestedFilename()).toMatch(/^touched-.*\.csv$/);

    await page.getByRole('tab', { name: '記録の検証' }).click();
    await page.getByLabel(/前に控えた終わり/).fill('何か');
    await page.getByRole('button', { name: '検証する' }).click();
    await page.getByRole('alert').filter({ hasText: '控えをそのまま' }).waitFor();
    await page.getByLabel(/前に控えた終わり/).fill('');
    await page.getByRole('button', { name: '検証する' }).click();
    await page.getByText('記録は完全です。').waitFor();
    await expectClean(page, 'the verification');
    const noted = await page.locator('code.head').innerText();
    await page.getByLabel(/前に控えた終わり/).fill(noted);
    await page.getByRole('button', { name: '検証する' }).click();
    await page.getByText('記録は完全です。').waitFor();
    expect(admin.faults).toEqual([]);
  });
});
