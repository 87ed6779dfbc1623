import { createOutbox } from '../../database/bookings/outbox';
import { createProgrammes } from '../../database/programmes/programmes';
import { bookingWorkflowId } from '../../domain/contracts/booking-workflow';
import { createEventDelivery } from '../../engine/hand-over/deliver-events';
import { createRelay } from '../../engine/hand-over/relay';
import { createTemporalClient } from '../../engine/temporal/temporal-client';
import { findFreePort } from '../../runtime/servers/free-port';
import { createTestNamespace, type TestNamespace } from '../support/test-namespace';
import { createTestCity, type TestCity, testKeysText, validAnswers } from '../worlds/test-city';
import { startTokiProcess, type TokiProcess } from './toki-process';

jest.setTimeout(120_000);

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const citizens = 12;
let city: TestCity;
let temporal: TestNamespace;
let app: TokiProcess;
let url: string;

beforeAll(async () => {
  [city, temporal] = await Promise.all([createTestCity(), createTestNamespace()]);
  const port = await findFreePort();
  url = `http://localhost:${String(port)}`;
  app = startTokiProcess('citizen', {
    DATABASE_URL: city.databaseUrl,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TOKI_KEYS: testKeysText,
    CITIZEN_PORT: String(port),
    PUBLIC_URL: url,
  });
  for (let attempt = 0; !(await isUp()); attempt++) {
    if (attempt > 300) throw new Error('the citizen app did not come up');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});
afterAll(async () => {
  await app.kill('SIGKILL');
  await city.close();
});

async function isUp(): Promise<boolean> {
  return fetch(`${url}/healthz`).then(
    (response) => response.ok,
    () => false,
  );
}

async function post(
  path: string,
  body: unknown,
  cookie = '',
): Promise<{ status: number; cookie: string; body: Record<string, unknown> }> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify(body),
  });
  const cookies = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return { status: response.status, cookie: cookies, body: (await response.json()) as Record<string, unknown> };
}

async function logIn(couponNumber: string): Promise<string> {
  const session = await post('/api/v1/session', { couponNumber, birthDate: '1947-04-01' });
  if (session.status !== 200) throw new Error(JSON.stringify(session));
  return session.cookie;
}

/** Books, cancels, books again … until the app is gone. Notes down every confirmation that was answered. */
async function bookAndCancel(
  cookie: string,
  slotId: string,
  answered: Map<string, string>,
  cancelled: Set<string>,
): Promise<void> {
  for (;;) {
    const held = await post('/api/v1/bookings', { slotId, dose: 1 }, cookie);
    const id = String(held.body['id']);
    const confirmed = await post(`/api/v1/bookings/${id}/confirm`, { answers: validAnswers }, cookie);
    if (confirmed.status !== 200) throw new Error(JSON.stringify(confirmed));
    answered.set(id, String(confirmed.body['reference']));
    cancelled.add(id);
    await post(`/api/v1/bookings/${id}/cancel`, {}, cookie);
  }
}

test('the citizen app is killed under load: every confirmation that was answered is in the database, and reaches its workflow', async () => {
  const slotId = await city.addSlot({ capacity: 1_000 });
  const cookies: string[] = [];
  for (let index = 0; index < citizens; index++) {
    const number = `98765432${String(index).padStart(2, '0')}`;
    await city.addResident({ number });
    cookies.push(await logIn(number));
  }
  const answered = new Map<string, string>();
  const cancelled = new Set<string>();
  const people = cookies.map((cookie) => bookAndCancel(cookie, slotId, answered, cancelled));
  const ends = Promise.allSettled(people);
  while (answered.size < 60) {
    await Promise.race([
      new Promise((resolve) => setTimeout(resolve, 20)),
      Promise.any(people.map((one) => one.then(() => undefined))),
    ]);
  }
  await app.kill('SIGKILL');
  for (const end of await ends) expect(end).toMatchObject({ status: 'rejected', reason: { message: 'fetch failed' } });

  const bookings = await city
    .database('booking')
    .select<{ id: string; state: string; reference: string | null }[]>('id', 'state', 'reference');
  const byId = new Map(bookings.map((booking) => [booking.id, booking]));
  for (const [id, reference] of answered) {
    expect(byId.get(id)?.reference).toBe(reference);
    expect(['confirmed', 'cancelled']).toContain(byId.get(id)?.state);
    if (byId.get(id)?.state === 'cancelled') expect(cancelled).toContain(id);
  }
  const taken = bookings.filter((booking) => booking.state === 'held' || booking.state === 'confirmed').length;
  expect(await city.seats(slotId)).toMatchObject({ taken });

  const client = createTemporalClient(temporal, city.keys);
  const outbox = createOutbox(city.database);
  const programmes = createProgrammes(city.database);
  const relay = createRelay({ client, outbox, programmes, log: silent, olderThanMs: 0, pollMs: 50 });
  relay.start();
  try {
    for (let attempt = 0; (await outbox.backlog()).count > 0; attempt++) {
      if (attempt > 300) throw new Error('the relay did not get through');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    for (const { id } of bookings)
      expect((await client.workflow.getHandle(bookingWorkflowId(id)).describe()).status.name).toBe('RUNNING');
    // Delivered, so a second delivery is harmless, by any process.
    const deliver = createEventDelivery({ client, programmes });
    for (const { id } of bookings.slice(0, 3)) await deliver(await outbox.eventsOf(id, 0));
  } finally {
    await relay.stop();
    await client.connection.close();
  }
});
