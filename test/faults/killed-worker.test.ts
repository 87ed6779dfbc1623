import type { Client } from '@temporalio/client';

import { createNoticeRepository, type NoticeStatus } from '../../database/notices/notices';
import { createProgrammes } from '../../database/programmes/programmes';
import { createEventDelivery, type DeliverEvents } from '../../engine/hand-over/deliver-events';
import { createTemporalClient } from '../../engine/temporal/temporal-client';
import { createTestNamespace } from '../support/test-namespace';
import { FakeMailServer } from '../worlds/fake-mail-server';
import { createTestCity, type TestCity, testKeysText, validAnswers } from '../worlds/test-city';
import { startTokiProcess, type TokiProcess, untilPolled } from './toki-process';

jest.setTimeout(120_000);

const mailServer = new FakeMailServer();
let city: TestCity;
let client: Client;
let deliver: DeliverEvents;
let startWorker: () => Promise<TokiProcess>;

beforeAll(async () => {
  const [smtpUrl, { address, namespace }] = await Promise.all([mailServer.start(), createTestNamespace()]);
  city = await createTestCity();
  client = createTemporalClient({ address, namespace }, city.keys);
  deliver = createEventDelivery({ client, programmes: createProgrammes(city.database) });
  startWorker = async () => {
    const worker = startTokiProcess('worker', {
      DATABASE_URL: city.databaseUrl,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
      TOKI_KEYS: testKeysText,
      SMTP_URL: smtpUrl,
    });
    await untilPolled(address, namespace);
    return worker;
  };
});
afterAll(async () => {
  await client.connection.close();
  await mailServer.stop();
  await city.close();
});

async function book(email: string): Promise<string> {
  const residentId = await city.addResident();
  const held = await city.bookings.hold({
    residentId,
    slotId: await city.addSlot({ capacity: 100 }),
    dose: 1,
    channel: 'web',
    actor: 'citizen',
  });
  if (!held.ok) throw new Error(held.code);
  await deliver(held.events);
  const confirmed = await city.bookings.confirm({
    residentId,
    bookingId: held.booking.id,
    answers: { ...validAnswers, email },
    channel: 'web',
    actor: 'citizen',
  });
  if (!confirmed.ok) throw new Error(confirmed.code);
  await deliver(confirmed.events);
  return held.booking.id;
}

async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error('what was waited for did not happen within a minute');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function statusOf(bookingId: string): Promise<NoticeStatus | undefined> {
  const [notice] = await createNoticeRepository(city.database).ofBooking(bookingId);
  return notice?.status;
}

test('a worker killed between event and notice: a mail that had not begun goes out once, one that may be out is left alone', async () => {
  mailServer.plan('before@example.jp', 'stall_before_the_message');
  mailServer.plan('after@example.jp', 'take_and_stall');
  const first = await startWorker();
  const before = await book('before@example.jp');
  const after = await book('after@example.jp');
  await until(
    () => mailServer.attempts.has('before@example.jp') && mailServer.takenBy('after@example.jp').length === 1,
  );
  await first.kill('SIGKILL');
  // Handed over while nobody was there to work on it.
  const between = await book('between@example.jp');

  const second = await startWorker();
  try {
    await until(async () => (await statusOf(between)) === 'sent');
    await until(async () => (await statusOf(before)) === 'sent');
    await until(async () => (await statusOf(after)) === 'unclear');
  } finally {
    await second.kill('SIGTERM');
  }
  for (const email of ['before@example.jp', 'after@example.jp', 'between@example.jp'])
    expect(mailServer.takenBy(email)).toHaveLength(1);
});
