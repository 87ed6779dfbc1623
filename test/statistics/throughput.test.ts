import { setTimeout as sleep } from 'node:timers/promises';

import { createRushSigns } from '../../database/bookings/rush';
import { createThroughput } from '../../database/statistics/throughput';
import { createTestCity, type TestCity, validAnswers } from '../worlds/test-city';

let city: TestCity;
beforeAll(async () => {
  city = await createTestCity();
});
afterAll(() => city.close());

async function hold(slotId: string): Promise<{ residentId: string; bookingId: string }> {
  const residentId = await city.addResident();
  const held = await city.bookings.hold({ residentId, slotId, dose: 1, channel: 'web', actor: 'citizen' });
  if (!held.ok) throw new Error(held.code);
  return { residentId, bookingId: held.booking.id };
}

test('every event is counted in exactly one stretch, whenever one looks', async () => {
  const throughput = createThroughput(city.database);
  const slotId = await city.addSlot({ daysAhead: 6, capacity: 50 });
  const before = await throughput.since();
  const seen = { held: 0, confirmed: 0, ended: 0 };
  let { until } = before;
  let last = before;
  const look = async () => {
    last = await throughput.since(until);
    expect(last.from).toEqual(until);
    until = last.until;
    for (const key of ['held', 'confirmed', 'ended'] as const) seen[key] += last[key];
  };
  for (let index = 0; index < 12; index++) {
    const held = await hold(slotId);
    if (index < 7) await city.bookings.confirm({ ...held, answers: validAnswers, channel: 'web', actor: 'citizen' });
    if (index < 2) await city.bookings.cancel({ ...held, channel: 'web', actor: 'citizen' });
    if (index % 3 === 0) await look();
  }
  await sleep(1_200);
  await look();
  expect(seen).toEqual({ held: 12, confirmed: 7, ended: 2 });
  expect(last).toMatchObject({ toHandOver: 21, noticesSent: 0, noticesWaiting: 0, isRush: false });
  expect(last.oldestS).toBeGreaterThan(1);
});

test('what waits and who waits', async () => {
  const throughput = createThroughput(city.database);
  await createRushSigns(city.database).raise('0190b0a0-0000-7000-8000-000000000003', 60_000);
  expect((await throughput.since()).isRush).toBe(true);
});

test('looks up a second by time, however many events there are', async () => {
  const { rows } = await city.database
    .raw<{ rows: { 'QUERY PLAN': string }[] }>(
      `SET LOCAL enable_seqscan = off; EXPLAIN SELECT count(*) FROM booking_event WHERE at > now() - interval '1 second'`,
    )
    .then((result: unknown) => (result as { rows: { 'QUERY PLAN': string }[] }[])[1] ?? { rows: [] });
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('booking_event_by_time');
});
