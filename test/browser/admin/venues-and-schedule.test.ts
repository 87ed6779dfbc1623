import type { Page } from 'playwright-core';

import { addDays, cityDate, instantOf, weekdayOf } from '../../../domain/calendar/city-time';
import { describeInBrowser } from '../../support/chromium';
import { type CitySite, createCitySite, freshCoupon } from '../../worlds/city-site';
import { validAnswers } from '../../worlds/test-city';
import { expectClean } from '../support/axe';
import { phone } from '../support/browser';
import { Journey } from '../support/journey';
import { type AdminSite, createAdminSite } from './support/admin-site';

describeInBrowser('venues, plans and the week grid', () => {
  let admin: AdminSite;
  let citizens: CitySite;
  beforeAll(async () => {
    admin = await createAdminSite();
    citizens = await createCitySite({ city: admin.site.city });
  });
  afterAll(async () => {
    await citizens.close();
    await admin.close();
  });
  afterEach(() => {
    expect(admin.faults).toEqual([]);
  });

  const shoot = async (page: Page, name: string) => {
    if (process.env['TOKI_SHOTS'])
      await page.screenshot({ path: `${process.env['TOKI_SHOTS']}/schedule-${name}.png`, fullPage: true });
  };
  /** A Monday at least a week ahead. */
  const monday = (() => {
    const day = addDays(cityDate(new Date()), 7);
    return addDays(day, (8 - weekdayOf(day)) % 7);
  })();
  /** A venue with a planned week, made behind the screens. */
  async function plannedVenue(code: string, name: string): Promise<string> {
    const city = await admin.site.colleague('city_admin');
    const venueId = (
      await city.post('/api/v1/city/venues', { code, name, ward: '西区', address: '新潟市西区1番地' })
    ).json<{ id: string }>().id;
    const schedule = {
      venueId,
      name: '平日',
      validFrom: monday,
      validUntil: addDays(monday, 7),
      template: {
        week: [1, 2, 3, 4, 5].map((weekday) => ({ weekday, sessions: [{ from: '09:00', until: '11:00' }] })),
        breaks: [],
        closedOnHolidays: false,
        exceptions: [],
        blockMinutes: 30,
        seats: [
          { dose: 1, channel: 'web', capacity: 5 },
          { dose: 1, channel: 'phone', capacity: 2 },
        ],
        vaccine: null,
      },
    };
    const { fingerprint } = (await city.post('/api/v1/city/schedules/preview', { schedule })).json<{
      fingerprint: string;
    }>();
    expect((await city.post('/api/v1/city/schedules', { schedule, fingerprint })).status).toBe(201);
    return venueId;
  }
  async function book(venueId: string, time: string): Promise<string> {
    const slot = await admin.site.city
      .database('slot')
      .where({ venue_id: venueId, dose: 1, starts_at: instantOf(monday, time) })
      .first<{ id: string }>('id');
    const residentId = await admin.site.city.addResident();
    const held = await admin.site.city.bookings.hold({
      residentId,
      slotId: slot.id,
      dose: 1,
      channel: 'web',
      actor: 'citizen',
    });
    if (!held.ok) throw new Error(held.code);
    const done = await admin.site.city.bookings.confirm({
      residentId,
      bookingId: held.booking.id,
      answers: validAnswers,
      channel: 'web',
      actor: 'citizen',
    });
    if (!done.ok) throw new Error(done.code);
    return done.booking.reference ?? '';
  }
  const webSeats = async (venueId: string, time: string, day = monday) =>
    (
      await admin.site.city
        .database('slot as s')
        .join('slot_quota as q', 'q.slot_id', 's.id')
        .where({ 's.venue_id': venueId, 's.dose': 1, 's.starts_at': instantOf(day, time), 'q.channel': 'web' })
        .first<{ capacity: number }>('q.capacity')
    ).capacity;

  test('the city adds a venue, plans its weeks, and a citizen sees it', async () => {
    const page = await admin.open({ role: 'city_admin', path: '/venues' });
    await page.getByRole('row', { name: /桜木会場/ }).waitFor();
    await expectClean(page, 'the list of venues');
    await shoot(page, 'venues');
    await page.getByRole('link', { name: '会場を追加する' }).click();
    await page.getByRole('button', { name: '追加する' }).click();
    expect(await page.getByRole('alert').first().innerText()).toContain('会場名を入力してください。');
    await expectClean(page, 'the form of a venue, nothing typed');
    await shoot(page, 'venue-faults');
    await page.getByLabel('会場コード').fill('Messe!');
    await page.getByLabel('会場名').fill('朱鷺メッセ');
    await page.getByLabel('区（必須）').fill('中央区');
    await page.getByLabel('住所').fill('新潟市中央区万代島6番1号');
    await page.getByLabel('行き方').fill('JR新潟駅からバスで約15分');
    await page.getByLabel('段差なし').check();
    await page.getByLabel('来場される方へのお知らせ').fill('正面の入口からお入りください');
    await page.getByRole('button', { name: '追加する' }).click();
    await page.getByText('会場コードは英小文字・数字・ハイフンで40文字までです').first().waitFor();
    await page.getByLabel('会場コード').fill('messe');
    await page.getByRole('button', { name: '追加する' }).click();
    await page.getByRole('heading', { level: 1, name: '朱鷺メッセ' }).waitFor();
    await page.getByRole('button', { name: '閉じる' }).click();
    await shoot(page, 'venue-form');

    await page.getByRole('link', { name: '枠と日程' }).click();
    await page.getByRole('heading', { name: 'この週には枠がありません' }).waitFor();
    await shoot(page, 'week-empty');
    await page.getByRole('link', { name: 'この会場の日程を作る' }).click();
    await page.getByLabel('日程の名前').fill('');
    await page.getByRole('button', { name: '何が変わるかを見る' }).click();
    await page.getByRole('alert').getByText('日程の名前を入力してください。').waitFor();
    await page.getByLabel('日程の名前').fill('平日の日程');
    await page.getByRole('button', { name: '何が変わるかを見る' }).click();
    await page.getByRole('heading', { name: '保存すると、こうなります' }).waitFor();
    expect(await page.getByText(/^新しい枠 \d+$/).innerText()).not.toBe('新しい枠 0');
    // The frame's head stays in sight and would lie over the fields that were scrolled under it.
    await page.evaluate('scrollTo(0, 0)');
    await expectClean(page, 'the plan and what it would do');
    await shoot(page, 'plan-preview');
    await page.getByRole('button', { name: 'この内容で保存する' }).click();
    await page.getByRole('grid').waitFor();
    await shoot(page, 'week-planned');

    const context = await admin.browser.newContext({ viewport: phone, locale: 'ja-JP' });
    const citizen = await context.newPage();
    const number = freshCoupon();
    await admin.site.city.addResident({ number, birthDate: '1947-04-01' });
    const journey = new Journey(citizen, citizens.url);
    await journey.logIn(number);
    await citizen.getByRole('link', { name: '1回目を予約する' }).click();
    const card = citizen.getByRole('listitem').filter({ hasText: '朱鷺メッセ' }).first();
    expect(await card.innerText()).toMatch(
      /空きあり[\s\S]*万代島6番1号[\s\S]*正面の入口からお入りください[\s\S]*段差なし/,
    );
    await shoot(citizen, 'citizen');
    await journey.chooseVenue('朱鷺メッセ');
    await journey.chooseFirstDay();
    expect(await citizen.locator('input[name=slotId]').count()).toBeGreaterThan(5);
    await context.close();
    await page.context().close();
  });

  test('seats are changed by the keyboard alone, taken back, and not below what is booked', async () => {
    const venueId = await plannedVenue('keys', '鍵盤会場');
    const reference = await book(venueId, '09:00');
    const page = await admin.open({
      role: 'city_admin',
      path: `/schedule/week?venue=${venueId}&week=${monday}&dose=1`,
    });
    const grid = page.getByRole('grid');
    await grid.waitFor();
    // The grid is one stop of the Tab key.
    for (
      let stop = 0;
      stop < 60 && !(await page.evaluate<boolean>(`document.activeElement?.id.startsWith('cell-') ?? false`));
      stop++
    )
      await page.keyboard.press('Tab');
    expect(await page.evaluate<string>(`document.activeElement.querySelector('.visually-hidden').textContent`)).toMatch(
      / 9:00～9:30、ウェブ 5席（予約1・仮押さえ0・空き4）、電話 2席/,
    );
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowDown');
    await page.getByText('4個の枠を選んでいます').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '4個の枠' }).waitFor();
    await expectClean(page, 'the grid with a range and its panel');
    await shoot(page, 'week-range');
    await page.locator('[aria-label="ウェブの席数"]:focus').waitFor();
    await page.keyboard.type('8');
    await page.keyboard.press('Enter');
    await page.getByText('4個の枠の席数を変えました。').waitFor();
    expect([
      await webSeats(venueId, '09:30'),
      await webSeats(venueId, '10:00', addDays(monday, 1)),
      await webSeats(venueId, '09:00'),
    ]).toEqual([8, 8, 5]);
    await page.getByRole('button', { name: '元に戻す' }).press('Enter');
    await page.getByText('席数を元に戻しました。').waitFor();
    expect(await webSeats(venueId, '09:30')).toBe(5);

    await page.locator('#cell-0-0').focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Enter');
    await page.locator('[aria-label="ウェブの席数"]:focus').waitFor();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('0');
    await page.keyboard.press('Enter');
    const refusal = page.getByRole('alert');
    await refusal.getByText('予約や仮押さえの数より席を少なくすることはできません').waitFor();
    expect(await refusal.innerText()).toContain(
      `${reference.slice(0, 3)}-${reference.slice(3, 6)}-${reference.slice(6)}`,
    );
    await shoot(page, 'week-touched');
    expect(await webSeats(venueId, '09:00')).toBe(5);
    await page.keyboard.press('Escape');
    await page.locator('#cell-0-0:focus').waitFor();
    await page.context().close();
  });

  test('a closed day says in words that it takes no new bookings, and nobody is offered it', async () => {
    const venueId = await plannedVenue('closing', '休み会場');
    await book(venueId, '09:00');
    await book(venueId, '09:30');
    const city = await admin.site.colleague('city_admin');
    const { schedules } = (await city.get(`/api/v1/city/schedules?venueId=${venueId}`)).json<{
      schedules: { id: string; version: number; venueId: string; template: object }[];
    }>();
    const known = schedules.find((item) => item.venueId === venueId)!;
    const { id, version, ...rest } = known;
    const schedule = {
      ...rest,
      template: { ...known.template, exceptions: [{ kind: 'closed', date: monday, note: '' }] },
    };
    const { fingerprint } = (await city.post('/api/v1/city/schedules/preview', { id, schedule })).json<{
      fingerprint: string;
    }>();
    const saved = await city.send(
      'PATCH',
      `/api/v1/city/schedules/${id}`,
      JSON.stringify({ schedule, version, fingerprint, leaveConflicts: true }),
      { headers: { 'content-type': 'application/json' } },
    );
    expect(saved.status).toBe(200);
    const page = await admin.open({
      role: 'city_admin',
      path: `/schedule/week?venue=${venueId}&week=${monday}&dose=1`,
    });
    await page.getByRole('grid').waitFor();
    const cell = page.locator('#cell-0-0');
    expect(await cell.innerText()).toContain('受付停止・予約1');
    expect(await cell.locator('.visually-hidden').textContent()).toContain('新しい予約の受付を止めている枠');
    await expectClean(page, 'the week grid with a closed day');
    await shoot(page, 'week-stopped');
    await cell.click();
    await page.getByText('この枠は受付停止です').waitFor();
    await shoot(page, 'week-stopped-panel');
    await page.goto(`${admin.site.url}/schedule?week=${monday}`);
    await page.getByText('受付停止・予約2').waitFor();
    await expectClean(page, 'all venues with a closed day');
    await shoot(page, 'overview-stopped');
    const citizen = await citizens.citizen();
    const { slots } = (await citizen.get(`/api/v1/slots?venue=${venueId}&dose=1`)).json<{
      slots: { startsAt: string }[];
    }>();
    expect(slots.some((slot) => cityDate(slot.startsAt) === monday)).toBe(false);
    expect(slots.length).toBeGreaterThan(0);
    await page.context().close();
  });

  test('a range is drawn with the mouse', async () => {
    const venueId = await plannedVenue('mouse', '鼠会場');
    const page = await admin.open({
      role: 'city_admin',
      path: `/schedule/week?venue=${venueId}&week=${monday}&dose=1`,
    });
    await page.getByRole('grid').waitFor();
    await page.locator('#cell-0-0').hover();
    await page.mouse.down();
    await page.locator('#cell-1-2').hover();
    await page.mouse.up();
    await page.getByRole('heading', { name: '6個の枠' }).waitFor();
    await page.getByLabel('増やす・減らす').check();
    await page.getByLabel('電話の席数').fill('-1');
    await page.getByRole('button', { name: '席数を変える' }).click();
    await page.getByText('6個の枠の席数を変えました。').waitFor();
    expect(await page.locator('#cell-1-2').innerText()).toContain('電話 1席');
    await page.context().close();
  });

  test('the second of two people who edit a venue sees the difference, and nothing is lost', async () => {
    const venueId = await plannedVenue('both', '二人会場');
    const [one, two] = [
      await admin.open({ role: 'city_admin', path: `/venues/${venueId}` }),
      await admin.open({ role: 'city_admin', path: `/venues/${venueId}` }),
    ];
    await two.getByLabel('行き方').fill('わたしの行き方');
    await one.getByLabel('行き方').fill('先の人の行き方');
    await one.getByRole('button', { name: '保存する' }).click();
    await one.getByText('会場を保存しました').waitFor();
    await two.getByRole('button', { name: '保存する' }).click();
    await two.getByRole('heading', { name: 'ほかの人が先に変更しました' }).waitFor();
    expect(await two.getByRole('row', { name: /行き方/ }).innerText()).toMatch(/先の人の行き方\s+わたしの行き方/);
    await expectClean(two, 'two people and one venue');
    await shoot(two, 'venue-conflict');
    await two.getByRole('button', { name: '自分の入力で保存する' }).click();
    await two.getByText('会場を保存しました').waitFor();
    // Leaving with something unsaved asks first.
    await two.getByLabel('住所').fill('まだ保存しない住所');
    await two.getByRole('link', { name: '一覧へ' }).click();
    await two.getByRole('button', { name: 'このページに残る' }).click();
    expect(await two.getByLabel('住所').inputValue()).toBe('まだ保存しない住所');
    await one.context().close();
    await two.context().close();
  });

  test('sheets are shown before they are loaded; the other pages stand', async () => {
    await plannedVenue('sheet', '取込会場');
    const page = await admin.open({ role: 'city_admin', path: '/venues/import' });
    const choose = (text: string) =>
      page
        .locator('input[type=file]')
        .setInputFiles({ name: '会場.csv', mimeType: 'text/csv', buffer: Buffer.from(text, 'utf8') });
    await choose('会場コード\t会場名\r\na\tb\r\n');
    await page.getByText('列の区切りがタブになっています').waitFor();
    await choose('会場コード,会場名,区,住所\r\nkita,北区文化会館,北区,1番地\r\n北,南,西,東\r\n');
    await page.getByText('誤りのある行が1件あります').waitFor();
    await expectClean(page, 'a sheet of venues with a wrong row');
    await shoot(page, 'venue-import');
    await choose('会場コード,会場名,区,住所\r\nkita,北区文化会館,北区,1番地\r\n');
    await page.getByRole('button', { name: '取り込む' }).click();
    await page.getByText('取り込みました。').waitFor();

    await page.goto(`${admin.site.url}/schedule/import`);
    await page.locator('input[type=file]').setInputFiles({
      name: '枠.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(
        `会場コード,日付,開始,終了,回,Web\r\nkita,${monday},9:00,9:30,1,5\r\nsheet,${monday},9:15,9:45,1,5\r\n`,
        'utf8',
      ),
    });
    await page.getByText('の枠（9:00～9:30）と時間が重なります').waitFor();
    await expectClean(page, 'a sheet of slots in conflict');
    await shoot(page, 'slot-import');
    await page.getByRole('button', { name: 'ぶつかる枠を残して取り込む' }).click();
    await page.getByText('取り込みました。').waitFor();

    await page.goto(`${admin.site.url}/schedule?week=${monday}`);
    await page.getByRole('table').waitFor();
    await expectClean(page, 'all venues in one week');
    await shoot(page, 'overview');
    await page.goto(`${admin.site.url}/schedule/history`);
    await page.getByRole('heading', { level: 1, name: '枠の変更履歴' }).waitFor();
    await page
      .getByText(/変更の記録がまだありません|日程の保存/)
      .first()
      .waitFor();
    await expectClean(page, 'the history of seats');
    await page.context().close();
  });

  test('a person who may only read finds nothing to press', async () => {
    const page = await admin.open({ role: 'auditor', path: '/venues' });
    await page.getByRole('row', { name: /桜木会場/ }).waitFor();
    expect(await page.getByRole('link', { name: '会場を追加する' }).count()).toBe(0);
    await page.getByRole('link', { name: '桜木会場', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: '桜木会場' }).waitFor();
    expect(await page.getByRole('button', { name: '保存する' }).count()).toBe(0);
    await page.context().close();
  });
});
