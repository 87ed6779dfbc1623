import { createLineLinks, type LineLinks } from '../../database/notices/line-links';
import type { JourneyStep } from '../../domain/programmes/document';
import { EncryptionCodec } from '../../engine/temporal/payload-codec';
import { payloadsIn } from '../support/histories';
import { type BookingWorld, createBookingWorld } from '../worlds/booking-world';
import { FakeLineServer, freshLineUser, type LineBehaviour } from '../worlds/fake-line-server';
import { FakeMailServer } from '../worlds/fake-mail-server';

const line = new FakeLineServer();
const mail = new FakeMailServer();
let world: BookingWorld;
let links: LineLinks;
beforeAll(async () => {
  const [apiUrl, smtpUrl] = await Promise.all([line.start(), mail.start()]);
  world = await createBookingWorld({
    smtpUrl,
    line: { apiUrl, channelAccessToken: line.channelAccessToken },
    change: (document) => {
      const ways: Record<string, JourneyStep['channels']> = {
        confirmation: ['line', 'email', 'callback'],
        reminder: ['line', 'callback'],
        cancellation: ['email', 'line'],
      };
      for (const step of document.journey) if (ways[step.id]) step.channels = ways[step.id];
    },
  });
  links = createLineLinks({ database: world.city.database, keys: world.city.keys });
});
afterAll(async () => {
  await world.close();
  await line.stop();
  await mail.stop();
});

let count = 0;

interface Person {
  readonly linked?: boolean;
  readonly withMail?: boolean;
}

/** Books, and waits until the confirmation has come to its end; LINE behaves as it is told. */
async function bookWith({ linked = true, withMail = true }: Person, ...behaviours: LineBehaviour[]) {
  const email = `line${String(++count)}@example.jp`;
  const user = freshLineUser();
  line.plan(user, ...behaviours);
  const residentId = await world.city.addResident();
  if (linked) await links.link(residentId, user);
  const appointment = await world.book({ residentId, email: withMail ? email : null });
  await world.goTo(appointment.bookingId, new Date(Date.now() + 3_600_000));
  const notice = await settled(appointment.bookingId, 'confirmation');
  return { ...appointment, email, user, notice };
}

async function settled(bookingId: string, step: string) {
  const found = await world.until(async () =>
    (await world.notices.ofBooking(bookingId)).find(
      (notice) => notice.step === step && notice.status !== 'queued' && notice.status !== 'sending',
    ),
  );
  const row = await world.city
    .database('notice')
    .where({ id: found.id })
    .first<{ last_error: string | null }>('last_error');
  return { ...found, error: row.last_error };
}

const calls = async (residentId: string) =>
  (await world.city.database('callback').where({ resident_id: residentId }).select<{ cause: string }[]>('cause')).map(
    (row) => row.cause,
  );

test('a person who linked an account hears there, in plain text, and gets no mail', async () => {
  const { user, email, notice } = await bookWith({});
  expect(notice).toMatchObject({ status: 'sent', channel: 'line' });
  const [message, ...more] = line.takenBy(user);
  expect(more).toEqual([]);
  expect(message).toMatchObject({ retryKey: notice.id });
  expect(message?.texts.join('')).toContain('予約を受け付けました');
  expect(message?.texts.join('')).not.toMatch(/<|\{\{/);
  expect(mail.takenBy(email)).toEqual([]);
});

test('a person who linked none gets a mail; without an address staff call', async () => {
  const { email, user } = await bookWith({ linked: false });
  expect(line.attempts.has(user)).toBe(false);
  expect(mail.takenBy(email)).toHaveLength(1);
  const { notice, residentId } = await bookWith({ linked: false, withMail: false });
  expect(notice).toMatchObject({ status: 'skipped', skipReason: 'no_address' });
  expect(await calls(residentId)).toEqual(['no_address']);
});

test.each([['take_and_fail'], ['take_and_hang_up']] as const)(
  'taken, but the answer lost (%s): asked again under the same key, told once, and no mail',
  async (behaviour) => {
    const { user, email, notice } = await bookWith({}, behaviour);
    expect(notice).toMatchObject({ status: 'sent', channel: 'line' });
    expect(line.keys.get(user)).toEqual([notice.id, notice.id]);
    expect(line.takenBy(user)).toHaveLength(1);
    expect(mail.takenBy(email)).toEqual([]);
  },
);

test('taken, the answer lost, then too busy, then refused: nobody can say that it was not taken, so no mail, until LINE says that it was', async () => {
  const { user, email, notice } = await bookWith({}, 'take_and_fail', 'busy', 'quota_gone');
  expect(notice).toMatchObject({ status: 'sent', channel: 'line' });
  expect(line.attempts.get(user)).toBe(4);
  expect(line.takenBy(user)).toHaveLength(1);
  expect(mail.takenBy(email)).toEqual([]);
});

test('a server that fails without taking it is asked again until it takes it', async () => {
  const { user, notice } = await bookWith({}, 'fail', 'fail');
  expect(notice).toMatchObject({ status: 'sent', channel: 'line' });
  expect(line.takenBy(user)).toHaveLength(1);
});

test.each([['refuse'], ['quota_gone']] as const)('%s: the next way is taken, once', async (behaviour) => {
  const { user, email, notice } = await bookWith({}, behaviour);
  expect(notice).toMatchObject({ status: 'sent', channel: 'email' });
  expect(line.attempts.get(user)).toBe(1);
  expect(line.takenBy(user)).toEqual([]);
  expect(mail.takenBy(email)).toHaveLength(1);
});

test('too busy is asked again some times, then the next way is taken', async () => {
  const soon = await bookWith({}, 'busy', 'busy');
  expect(soon.notice).toMatchObject({ status: 'sent', channel: 'line' });
  const never = await bookWith({}, 'busy', 'busy', 'busy', 'busy', 'busy', 'busy');
  expect(never.notice).toMatchObject({ status: 'sent', channel: 'email' });
  expect(line.attempts.get(never.user)).toBe(5);
  expect(line.takenBy(never.user)).toEqual([]);
});

test('refused by LINE and no address: failed, and staff call', async () => {
  const { residentId, notice } = await bookWith({ withMail: false }, 'refuse');
  expect(notice).toMatchObject({ status: 'failed', error: 'line 400' });
  expect(await calls(residentId)).toEqual(['notice_failed']);
});

test('a person who blocks the account is unlinked, and hears by the next way', async () => {
  const { user, residentId, bookingId, email, startsAt } = await bookWith({});
  expect(await links.unlinkUser(user)).toBe(1);
  await world.goTo(bookingId, new Date(startsAt.getTime() - 3_600_000));
  // This step names no mail: staff call.
  expect(await settled(bookingId, 'reminder')).toMatchObject({ status: 'skipped', skipReason: 'not_linked' });
  expect(await calls(residentId)).toEqual(['no_address']);
  expect(line.takenBy(user)).toHaveLength(1);
  expect(mail.takenBy(email)).toEqual([]);
});

test('the order is the step’s own: mail first, and LINE when the mail server says no', async () => {
  const { user, residentId, bookingId, email } = await bookWith({});
  mail.plan(email, 'refuse');
  await world.handOver(await world.city.bookings.cancel({ residentId, bookingId, channel: 'web', actor: 'citizen' }));
  expect(await settled(bookingId, 'cancellation')).toMatchObject({ status: 'sent', channel: 'line' });
  expect(line.takenBy(user)).toHaveLength(2);
  expect(mail.takenBy(email)).toEqual([]);
});

test('an attempt that is overtaken by the next one cannot take another way', async () => {
  const appointment = await world.hold();
  await world.confirm(appointment, { deliver: false });
  const { id } = await world.notices.find({
    bookingId: appointment.bookingId,
    step: 'confirmation',
    occurrence: 'first',
  });
  const first = await world.notices.startPush(id);
  expect(await world.notices.startPush(id)).toBeUndefined();
  const second = await world.notices.resumePush(id);
  expect([first, second]).toEqual([1, 2]);
  expect(await world.notices.giveWay(id, 1, 'line 400')).toBe(false);
  expect(await world.notices.giveWay(id, 2, 'line 400')).toBe(true);
});

test('after a day LINE no longer knows the key: a person decides', async () => {
  const residentId = await world.city.addResident();
  const user = freshLineUser();
  await links.link(residentId, user);
  const appointment = await world.hold({ residentId });
  const change = await world.confirm(appointment, { deliver: false });
  const notice = await world.notices.find({
    bookingId: appointment.bookingId,
    step: 'confirmation',
    occurrence: 'first',
  });
  await world.notices.startPush(notice.id);
  await world.city
    .database('notice')
    .where({ id: notice.id })
    .update({ updated_at: world.city.database.raw(`now() - interval '24 hours'`) });
  await world.handOver(change);
  expect(await settled(appointment.bookingId, 'confirmation')).toMatchObject({
    status: 'unclear',
    error: 'line unclear',
  });
  expect(line.attempts.has(user)).toBe(false);
});

test('the account is nowhere in clear: not in the database, not in the history', async () => {
  const { user, bookingId } = await bookWith({}, 'take_and_fail', 'fail');
  const { rows: tables } = await world.city.database.raw<{ rows: { name: string }[] }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  );
  for (const { name } of tables) {
    const { rows } = await world.city.database.raw<{ rows: { found: number }[] }>(
      `SELECT count(*)::int AS found FROM "${name}" t WHERE t::text LIKE ? OR t::text LIKE ?`,
      [`%${user}%`, `%${Buffer.from(user).toString('hex')}%`],
    );
    expect([name, rows[0]?.found]).toEqual([name, 0]);
  }
  const events = await world.history(bookingId);
  const decrypted = (await new EncryptionCodec(world.city.keys).decode(payloadsIn(events))).map((payload) =>
    Buffer.from(payload.data ?? []),
  );
  expect(Buffer.concat(decrypted).includes(bookingId)).toBe(true);
  expect(Buffer.concat(decrypted).includes(user)).toBe(false);
  expect(JSON.stringify(events)).not.toContain(user);
});
