import type { Client } from '@temporalio/client';

import { createOutbox } from '../../database/bookings/outbox';
import { createNoticeRepository } from '../../database/notices/notices';
import { createProgrammes } from '../../database/programmes/programmes';
import { bookingWorkflowId, bookingWorkflowType } from '../../domain/contracts/booking-workflow';
import { createHandOver, type HandOver } from '../../engine/hand-over/hand-over';
import { createTemporalClient } from '../../engine/temporal/temporal-client';
import { OwnTemporal } from '../support/own-temporal';
import { patienceMs } from '../support/patience';
import { createTestCity, type TestCity, testKeysText, validAnswers } from '../worlds/test-city';
import { KeptProcess, startTokiProcess, untilPolled } from './toki-process';

jest.setTimeout(120_000);

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const temporal = new OwnTemporal();
let city: TestCity;
let client: Client;
let worker: KeptProcess;
let handOver: HandOver;

beforeAll(async () => {
  city = await createTestCity();
  const address = await temporal.start();
  client = createTemporalClient({ address, namespace: 'default' }, city.keys);
  handOver = createHandOver({
    client,
    outbox: createOutbox(city.database),
    programmes: createProgrammes(city.database),
    log: silent,
  });
  worker = new KeptProcess(() =>
    startTokiProcess('worker', { DATABASE_URL: city.databaseUrl, TEMPORAL_ADDRESS: address, TOKI_KEYS: testKeysText }),
  );
  await untilPolled(address);
});
afterAll(async () => {
  await worker.stop();
  await client.connection.close();
  await temporal.dispose();
  await city.close();
});

/** One person books; as in the citizen app, nobody waits for the hand-over. */
async function bookOne(slotId: string): Promise<string> {
  const residentId = await city.addResident();
  const held = await city.bookings.hold({ residentId, slotId, dose: 1, channel: 'web', actor: 'citizen' });
  if (!held.ok) throw new Error(held.code);
  handOver.offer(held.events);
  const confirmed = await city.bookings.confirm({
    residentId,
    bookingId: held.booking.id,
    answers: validAnswers,
    channel: 'web',
    actor: 'citizen',
  });
  if (!confirmed.ok) throw new Error(confirmed.code);
  handOver.offer(confirmed.events);
  return held.booking.id;
}

async function until(check: () => Promise<boolean>, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await check())) {
    if (Date.now() > deadline)
      throw new Error(`what was waited for did not happen within ${String(withinMs / 1000)} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function expectOneWorkflowAndOneNoticeEach(ids: readonly string[]): Promise<void> {
  const notices = await city
    .database('notice')
    .whereIn('booking_id', ids)
    .select<{ booking_id: string; status: string }[]>('booking_id', 'status');
  expect(
    notices
      .filter((notice) => notice.status === 'sent')
      .map((notice) => notice.booking_id)
      .sort(),
  ).toEqual([...ids].sort());
  expect(notices).toHaveLength(ids.length);
  const messages = await createNoticeRepository(city.database).inbox(10_000);
  expect(new Set(messages.map((message) => message.noticeId)).size).toBe(messages.length);
  for (const id of ids) {
    expect(await client.workflow.getHandle(bookingWorkflowId(id)).describe()).toMatchObject({
      status: { name: 'RUNNING' },
      type: bookingWorkflowType,
    });
  }
  // One workflow for every booking there is, and no further run of any.
  const bookings = await city.database('booking').select<{ id: string }[]>('id');
  await until(
    async () => (await client.workflow.count(`WorkflowType = '${bookingWorkflowType}'`)).count === bookings.length,
    patienceMs,
  );
}

function sentOf(ids: readonly string[]): Promise<number> {
  return city
    .database('notice')
    .whereIn('booking_id', ids)
    .where({ status: 'sent' })
    .then((rows) => rows.length);
}

test('Temporal is down while 50 people book: nobody notices, and afterwards 50 workflows send 50 notices', async () => {
  const slotId = await city.addSlot({ capacity: 1_000 });
  await temporal.stop();
  const started = Date.now();
  const ids = await Promise.all(Array.from({ length: 50 }, () => bookOne(slotId)));
  expect(Date.now() - started).toBeLessThan(10_000);
  await handOver.drain();
  expect(await city.database('booking_event').whereNull('delivered_at')).toHaveLength(100);

  await temporal.start();
  await until(async () => (await sentOf(ids)) === 50, 60_000);
  await until(async () => (await city.database('booking_event').whereNull('delivered_at')).length === 0, patienceMs);
  await expectOneWorkflowAndOneNoticeEach(ids);
});

test('the worker is killed again and again while 40 people book: 40 workflows, 40 notices', async () => {
  const slotId = await city.addSlot({ capacity: 1_000, daysAhead: 6 });
  const ids: string[] = [];
  for (let turn = 0; turn < 4; turn++) {
    ids.push(...(await Promise.all(Array.from({ length: 10 }, () => bookOne(slotId)))));
    await worker.killOnce();
  }
  await until(async () => (await sentOf(ids)) === 40, 90_000);
  await expectOneWorkflowAndOneNoticeEach(ids);
});
