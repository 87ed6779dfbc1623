import type { Client } from '@temporalio/client';

import { createLineLinks } from '../../database/notices/line-links';
import { createNoticeRepository } from '../../database/notices/notices';
import { createProgrammes } from '../../database/programmes/programmes';
import { createEventDelivery, type DeliverEvents } from '../../engine/hand-over/deliver-events';
import { createTemporalClient } from '../../engine/temporal/temporal-client';
import { createTestNamespace } from '../support/test-namespace';
import { FakeLineServer, freshLineUser } from '../worlds/fake-line-server';
import { createTestCity, type TestCity, testKeysText, validAnswers } from '../worlds/test-city';
import { startTokiProcess, type TokiProcess, untilPolled } from './toki-process';

jest.setTimeout(120_000);

const line = new FakeLineServer();
let city: TestCity;
let client: Client;
let deliver: DeliverEvents;
let startWorker: () => Promise<TokiProcess>;

beforeAll(async () => {
  const [apiUrl, { address, namespace }] = await Promise.all([line.start(), createTestNamespace()]);
  city = await createTestCity();
  client = createTemporalClient({ address, namespace }, city.keys);
  deliver = createEventDelivery({ client, programmes: createProgrammes(city.database) });
  startWorker = async () => {
    const worker = startTokiProcess('worker', {
      DATABASE_URL: city.databaseUrl,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
      TOKI_KEYS: testKeysText,
      LINE_API_URL: apiUrl,
      LINE_CHANNEL_SECRET: line.channelSecret,
      LINE_CHANNEL_ACCESS_TOKEN: line.channelAccessToken,
      LINE_ACCOUNT_ID: '@toki',
    });
    await untilPolled(address, namespace);
    return worker;
  };
});
afterAll(async () => {
  await client.connection.close();
  await line.stop();
  await city.close();
});

async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error('what was waited for did not happen within a minute');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('a worker killed after LINE took a message, before it knew: the next one asks under the same key, and the person hears once', async () => {
  const user = freshLineUser();
  line.plan(user, 'take_and_stall');
  const first = await startWorker();
  const residentId = await city.addResident();
  await createLineLinks({ database: city.database, keys: city.keys }).link(residentId, user);
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
    answers: validAnswers,
    channel: 'web',
    actor: 'citizen',
  });
  if (!confirmed.ok) throw new Error(confirmed.code);
  await deliver(confirmed.events);
  await until(() => line.takenBy(user).length === 1);
  await first.kill('SIGKILL');

  const second = await startWorker();
  const notices = createNoticeRepository(city.database);
  try {
    await until(async () => (await notices.ofBooking(held.booking.id))[0]?.status === 'sent');
  } finally {
    await second.kill('SIGTERM');
  }
  const [notice] = await notices.ofBooking(held.booking.id);
  expect(notice).toMatchObject({ status: 'sent', channel: 'line' });
  expect(line.takenBy(user)).toHaveLength(1);
  expect(line.keys.get(user)).toEqual([notice?.id, notice?.id]);
  expect(await notices.inbox(10)).toEqual([]);
});
