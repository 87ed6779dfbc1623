import { temporal } from '@temporalio/proto';

import { cancelUpdateName, resendNoticeUpdateName } from '../../domain/contracts/booking-workflow';
import { EncryptionCodec } from '../../engine/temporal/payload-codec';
import { payloadsIn } from '../support/histories';
import { type BookingWorld, createBookingWorld } from '../worlds/booking-world';

let world: BookingWorld;
beforeAll(async () => {
  world = await createBookingWorld();
});
afterAll(() => world.close());

const person = { number: '9871234560', birthDate: '1947-04-01', kana: 'タナカハナコ' };
const email = 'a..hanako.@docomo.ne.jp';
/** As written, without separators, and as parts that would give it away. */
const secrets = [
  person.number,
  '9871-2345',
  '1947-04-01',
  '19470401',
  '昭和22年',
  'タナカ',
  email,
  'hanako',
  'docomo',
  '090-1234-5678',
  '09012345678',
  '+8190',
];

test('neither what is visible nor what is decrypted of a history names a person', async () => {
  const residentId = await world.city.addResident(person);
  const old = await world.book({ residentId, email });
  await world.until(async () => (await world.timeline(old.bookingId)).done.length === 3);
  await world.handle(old.bookingId).executeUpdate(resendNoticeUpdateName, { args: [{ step: 'confirmation' }] });
  const next = await world.hold({ residentId, daysAhead: 9, replaces: old.bookingId });
  await world.confirm(next, { email });
  await world.handle(old.bookingId).result();
  await world.until(async () => (await world.timeline(next.bookingId)).done.length === 3);
  await expect(world.handle(next.bookingId).executeUpdate(cancelUpdateName, { args: [{}] })).rejects.toThrow();
  await world.goTo(next.bookingId, next.startsAt);
  await world.handle(next.bookingId).executeUpdate(cancelUpdateName, { args: [{ reason: 'city' }] });
  await world.handle(next.bookingId).result();
  expect(await world.messages(next.bookingId)).toHaveLength(3);

  const codec = new EncryptionCodec(world.city.keys);
  for (const { bookingId } of [old, next]) {
    const events = await world.history(bookingId);
    const raw = events.map((event) => Buffer.from(temporal.api.history.v1.HistoryEvent.encode(event).finish()));
    const decrypted = (await codec.decode(payloadsIn(events))).map((payload) => Buffer.from(payload.data ?? []));
    const description = JSON.stringify(
      await world.client.workflowService.describeWorkflowExecution({
        namespace: world.client.options.namespace,
        execution: { workflowId: `booking/${bookingId}` },
      }),
    );
    expect(Buffer.concat(decrypted).includes(bookingId)).toBe(true);
    expect(found([...raw, ...decrypted, Buffer.from(description)])).toEqual([]);
  }
});

/** The secrets that stand in any of the texts. */
function found(texts: readonly Buffer[]): string[] {
  return secrets.filter((secret) => texts.some((text) => text.includes(secret)));
}

test('arguments, results, summaries and failures are encrypted; only search attributes can be read', async () => {
  const { bookingId } = await world.book({ email });
  await world.until(async () => (await world.timeline(bookingId)).done.length === 3);
  const events = await world.history(bookingId);
  const readable = events.flatMap((event) => {
    const { searchAttributes: _of, ...started } = event.workflowExecutionStartedEventAttributes ?? {};
    const {
      upsertWorkflowSearchAttributesEventAttributes: _upsert,
      workflowExecutionStartedEventAttributes: _started,
      ...rest
    } = event;
    return payloadsIn([started, rest]).filter(
      (payload) => Buffer.from(payload.metadata?.['encoding'] ?? []).toString() !== 'binary/encrypted',
    );
  });
  expect(readable).toEqual([]);
});
