import { createBroadcastActivities } from '../../activities/notices/broadcast-activities';
import { createLineApi } from '../../activities/notices/line-api';
import { createLineBroadcasts, type LineBroadcasts } from '../../database/notices/line-broadcasts';
import type { Programmes } from '../../database/programmes/programmes';
import { createBroadcastSeats } from '../../database/schedule/free-seats-of-a-day';
import { createSlotRepository } from '../../database/schedule/slots';
import { addDays, cityDate, cityTime } from '../../domain/calendar/city-time';
import { broadcastWorkflowId } from '../../domain/notices/broadcast-workflow';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import { createBroadcastSweeper } from '../../engine/loops/broadcast-sweeper';
import { laterToday } from '../support/today';
import { type BookingWorld, createBookingWorld } from '../worlds/booking-world';
import { FakeLineServer } from '../worlds/fake-line-server';

const line = new FakeLineServer();
const now = new Date();
const today = cityDate(now);
const log = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined };
let world: BookingWorld;
let broadcasts: LineBroadcasts;

function withBroadcast(document: ProgrammeDocument): void {
  document.schema = 3;
  document.bookingWindow.exceptions = [{ channels: ['phone'], firstDay: 0, lastDay: 30 }];
  document.broadcasts = [
    {
      id: 'morning',
      at: cityTime(now),
      seatsOf: ['phone'],
      text: '{{date}}の空き\n{{#each venues}}{{venueName}} {{seats}}席\n{{/each}}合計{{totalSeats}}席 {{siteUrl}}',
    },
  ];
}

beforeAll(async () => {
  const apiUrl = await line.start();
  world = await createBookingWorld({
    change: withBroadcast,
    line: { apiUrl, channelAccessToken: line.channelAccessToken },
  });
  broadcasts = createLineBroadcasts(world.city.database);
  for (const slot of [
    { time: '10:00', capacity: 3, channel: 'phone' },
    { time: '11:00', capacity: 4, channel: 'phone' },
    // Not theirs: another channel, another day.
    { time: '12:00', capacity: 50, channel: 'web' },
  ] as const) {
    const id = await world.city.addSlot({ daysAhead: 40, ...slot });
    await world.city.database('slot').where({ id }).update(laterToday());
  }
  await world.city.addSlot({ daysAhead: 1, capacity: 50, channel: 'phone' });
});
afterAll(async () => {
  await world.close();
  await line.stop();
});

/** Some workers look at the same time, each at least once from beginning to end. */
async function look(workers = 3): Promise<void> {
  const looks = Array.from({ length: workers }, () => 0);
  const loops = looks.map((_none, index) => {
    const programmes: Pick<Programmes, 'allPublished'> = {
      allPublished: () => {
        looks[index]! += 1;
        return world.programmes.allPublished();
      },
    };
    return createBroadcastSweeper({ client: world.client, broadcasts, programmes, log, everyMs: 50 });
  });
  for (const loop of loops) loop.start();
  // Who looks for the second time has ended the first.
  await world.until(() => Promise.resolve(looks.every((count) => count >= 2)));
  await Promise.all(loops.map((loop) => loop.stop()));
}

const ended = () =>
  world.until(async () => {
    const [row] = await broadcasts.recent(world.city.version.programmeId, 1);
    return row && row.status !== 'queued' && row.status !== 'sending' ? row : undefined;
  });

test('leaves once a day, however many workers look and however often they begin again, with the free seats of the day', async () => {
  await look();
  const row = await ended();
  await look();
  await look(1);
  expect(row).toMatchObject({ broadcast: 'morning', day: today, status: 'sent', venues: 1, seats: 7 });
  expect(line.takenBy('all')).toHaveLength(1);
  expect(line.takenBy('all')[0]).toMatchObject({ retryKey: row.id });
  expect(line.takenBy('all')[0]?.texts[0]).toContain('桜木会場 7席\n合計7席 https://yoyaku.example.jp');
  expect(await broadcasts.recent(world.city.version.programmeId, 10)).toHaveLength(1);
  expect(await world.client.workflow.getHandle(broadcastWorkflowId(row.id)).result()).toBe('sent');
});

/** Another day's row of the same broadcast, and the activities as a worker has them, at a time when that day's broadcast is due. */
async function another(daysAhead: number, change: { sender?: 'inbox' | 'none' } = {}) {
  const { database, version } = world.city;
  const day = addDays(today, daysAhead);
  await broadcasts.open({
    programmeId: version.programmeId,
    programmeVersionId: version.id,
    broadcast: 'morning',
    day,
  });
  const { id } = await database('line_broadcast').where({ day }).first<{ id: string }>('id');
  const sender =
    change.sender === 'inbox'
      ? 'inbox'
      : createLineApi({ apiUrl: line.url, channelAccessToken: line.channelAccessToken });
  const activities = createBroadcastActivities({
    broadcasts,
    programmes: world.programmes,
    seats: createBroadcastSeats(createSlotRepository(database)),
    publicUrl: 'https://yoyaku.example.jp',
    clock: () => new Date(now.getTime() + daysAhead * 86_400_000),
    ...(change.sender === 'none' ? {} : { sender }),
  });
  return {
    id,
    send: () => activities.sendBroadcast({ broadcastId: id }),
    settle: () => activities.settleBroadcast({ broadcastId: id }),
    row: () => broadcasts.find(id),
  };
}

const takenWith = (id: string) => line.takenBy('all').filter((message) => message.retryKey === id).length;

test('taken but the answer lost: asked again under the same key and with the same words, also by another worker', async () => {
  const { id, send } = await another(1);
  line.plan('all', 'take_and_fail', 'busy');
  for (let attempt = 1; attempt <= 2; attempt++) await expect(send()).rejects.toThrow('is not known');
  expect(await send()).toEqual({ status: 'sent' });
  expect(await send()).toEqual({ status: 'sent' });
  expect(takenWith(id)).toBe(1);
});

test('two attempts at the same time: one message', async () => {
  const { id, send } = await another(2);
  await world.city.addSlot({ daysAhead: 2, capacity: 5, channel: 'phone' });
  await Promise.allSettled([send(), send(), send(), send()]);
  expect(await send()).toEqual({ status: 'sent' });
  expect(takenWith(id)).toBe(1);
});

test('refused, or the month’s messages used up: failed, and not asked again', async () => {
  await world.city.addSlot({ daysAhead: 3, capacity: 5, channel: 'phone' });
  const { id, send, row } = await another(3);
  line.plan('all', 'quota_gone');
  expect(await send()).toEqual({ status: 'failed', reason: 'line quota' });
  expect(await send()).toEqual({ status: 'failed', reason: 'line quota' });
  expect(takenWith(id)).toBe(0);
  expect((await row())?.attempts).toBe(1);
});

test('attempts used up: failed where LINE never took it, otherwise a person looks', async () => {
  await world.city.addSlot({ daysAhead: 4, capacity: 5, channel: 'phone' });
  await world.city.addSlot({ daysAhead: 5, capacity: 5, channel: 'phone' });
  const [busy, lost] = [await another(4), await another(5)];
  line.plan('all', 'busy', 'fail');
  await expect(busy.send()).rejects.toThrow('did not take');
  await expect(lost.send()).rejects.toThrow('is not known');
  expect(await busy.settle()).toEqual({ status: 'failed', reason: 'line 429' });
  expect(await lost.settle()).toEqual({ status: 'unclear', reason: 'attempts used up' });
});

test('nothing leaves without free seats, without LINE, or an hour late', async () => {
  const none = await another(6);
  expect(await none.send()).toEqual({ status: 'skipped', reason: 'no_seats' });
  await world.city.addSlot({ daysAhead: 7, capacity: 5, channel: 'phone' });
  expect(await (await another(7, { sender: 'none' })).send()).toEqual({ status: 'skipped', reason: 'no_line' });
  const { database, version } = world.city;
  await broadcasts.open({
    programmeId: version.programmeId,
    programmeVersionId: version.id,
    broadcast: 'morning',
    day: addDays(today, -1),
  });
  const { id } = await database('line_broadcast')
    .where({ day: addDays(today, -1) })
    .first<{ id: string }>('id');
  await look(1);
  await world.until(async () => (await broadcasts.find(id))?.reason === 'too_late');
});

test('in the demo it lands in the inbox', async () => {
  await world.city.addSlot({ daysAhead: 8, capacity: 6, channel: 'phone' });
  const { id, send } = await another(8, { sender: 'inbox' });
  expect(await send()).toEqual({ status: 'sent' });
  const message = (await world.notices.inbox(10)).find((item) => item.noticeId === id);
  expect(message).toMatchObject({ channel: 'line', recipient: 'LINEの友だち全員' });
  expect(message?.text).toContain('6席');
});

test('seats are those of the message’s channels, without what is held or taken', async () => {
  const { version, database } = world.city;
  const [broadcast] = version.document.broadcasts ?? [];
  if (!broadcast) throw new Error('the broadcast is missing');
  const held = await world.city.bookings.hold({
    residentId: await world.city.addResident(),
    slotId: await world.city.addSlot({ daysAhead: 9, capacity: 2, channel: 'phone' }),
    dose: 1,
    channel: 'phone',
    actor: 'operator',
  });
  expect(held.ok).toBe(true);
  const day = addDays(today, 9);
  const count = createBroadcastSeats(createSlotRepository(database));
  expect(await count(version, broadcast, day, now)).toEqual([{ venueName: '桜木会場', seats: 1 }]);
  expect(await count(version, { ...broadcast, seatsOf: ['web', 'line'] }, day, now)).toEqual([]);
});
