import { type NoticeOutcome, resendNoticeUpdateName } from '../../domain/contracts/booking-workflow';
import { type BookingWorld, createBookingWorld } from '../worlds/booking-world';
import { FakeMailServer, type MailBehaviour } from '../worlds/fake-mail-server';

let server: FakeMailServer;
let world: BookingWorld;
beforeAll(async () => {
  server = new FakeMailServer();
  world = await createBookingWorld({ smtpUrl: `${await server.start()}?from=yoyaku@city.example.jp` });
});
afterAll(async () => {
  await world.close();
  await server.stop();
});

let count = 0;

/** Books under an address of its own, and waits until the confirmation has come to its end: retries skip their pauses. */
async function bookWith(...behaviours: MailBehaviour[]) {
  const email = `citizen${String(++count)}@example.jp`;
  server.plan(email, ...behaviours);
  const { bookingId, endsAt } = await world.book({ email });
  // An hour of the booking's own time: enough for some attempts.
  await world.goTo(bookingId, new Date(Date.now() + 3_600_000));
  const notice = await world.until(async () => {
    const [row] = await world.notices.ofBooking(bookingId);
    return row && row.status !== 'queued' && row.status !== 'sending' && row;
  });
  const row = await world.city
    .database('notice')
    .where({ id: notice.id })
    .first<{ last_error: string | null }>('last_error');
  await world.until(async () => (await world.timeline(bookingId)).done.some((entry) => entry.name === 'confirmation'));
  return { email, bookingId, endsAt, notice, row };
}

test('a mail leaves once, as text and HTML, from the city, with an id that names the notice', async () => {
  const { email, notice } = await bookWith();
  expect(notice.status).toBe('sent');
  const [mail, ...more] = server.takenBy(email);
  expect(more).toEqual([]);
  expect(mail?.from).toBe('yoyaku@city.example.jp');
  expect(mail?.raw).toContain(`Message-ID: <${notice.id}@yoyaku.example.jp>`);
  expect(mail?.raw).toMatch(/Content-Type: text\/plain/);
  expect(mail?.raw).toMatch(/Content-Type: text\/html/);
  expect(await world.messages(notice.bookingId)).toEqual([]);
});

test('an old carrier address with dots where none may be is written to', async () => {
  const { bookingId } = await world.book({ email: 'a..b.@docomo.ne.jp' });
  await world.until(async () => (await world.notices.ofBooking(bookingId))[0]?.status === 'sent');
  const [mail] = server.taken.filter((item) => item.to.includes('docomo'));
  expect(mail?.to.replace(/["\\]/g, '')).toBe('a..b.@docomo.ne.jp');
  expect(mail?.raw).toMatch(/^To: <?"a\.\.b\."@docomo\.ne\.jp>?\r$/m);
});

test('a server that says "later" is asked again, and the mail leaves once', async () => {
  const { email, notice } = await bookWith('say_later', 'say_later');
  expect(notice.status).toBe('sent');
  expect(server.attempts.get(email)).toBe(3);
  expect(server.takenBy(email)).toHaveLength(1);
});

test('a connection that breaks before the message is tried again, and the mail leaves once', async () => {
  const { email, notice } = await bookWith('hang_up_before_the_message');
  expect(notice.status).toBe('sent');
  expect(server.takenBy(email)).toHaveLength(1);
});

test.each([['refuse'], ['refuse_the_message']] as const)(
  'a server that says no (%s) is not asked again; a person is called, and can send it once more',
  async (behaviour) => {
    const { email, bookingId, notice, row } = await bookWith(behaviour);
    expect(notice.status).toBe('failed');
    // Never what the server said, which repeats the address.
    expect(row.last_error).toMatch(/^smtp 55\d$/);
    expect(server.attempts.get(email)).toBe(1);
    expect(await world.searchAttributes(bookingId)).toMatchObject({ AttentionNeeded: true });
    expect((await world.timeline(bookingId)).done.at(-1)).toMatchObject({ name: 'confirmation', status: 'failed' });
    const outcome = await world
      .handle(bookingId)
      .executeUpdate<NoticeOutcome, [{ step: string }]>(resendNoticeUpdateName, { args: [{ step: 'confirmation' }] });
    expect(outcome).toEqual({ status: 'sent' });
    await world.until(async () => (await world.searchAttributes(bookingId))['AttentionNeeded'] === false);
    expect(server.takenBy(email)).toHaveLength(1);
  },
);

test('a server that takes the mail and dies before it says so gets no second one', async () => {
  const { email, bookingId, notice } = await bookWith('take_and_hang_up');
  expect(notice.status).toBe('unclear');
  expect(server.takenBy(email)).toHaveLength(1);
  expect(server.attempts.get(email)).toBe(1);
  expect(await world.searchAttributes(bookingId)).toMatchObject({ AttentionNeeded: true });
  expect((await world.timeline(bookingId)).done.at(-1)?.label).toBe('予約確定のお知らせ（届いたか不明）');
});

test('what a dead worker left half sent is not sent again', async () => {
  const email = 'half-sent@example.jp';
  const appointment = await world.hold();
  const change = await world.confirm(appointment, { email, deliver: false });
  const notice = await world.notices.find({
    bookingId: appointment.bookingId,
    step: 'confirmation',
    occurrence: 'first',
  });
  await world.notices.startSending(notice.id, 'email');
  await world.handOver(change);
  await world.until(async () => (await world.notices.ofBooking(appointment.bookingId))[0]?.status === 'unclear');
  expect(server.takenBy(email)).toEqual([]);
});

test('a mail server that stays away is given up after some hours, and a person is called', async () => {
  const { email, bookingId, endsAt } = await bookWith();
  server.plan(email, ...Array.from({ length: 30 }, (): MailBehaviour => 'say_later'));
  await world.goTo(bookingId, new Date(endsAt.getTime() - 3_600_000));
  const reminder = await world.until(async () =>
    (await world.notices.ofBooking(bookingId)).find(
      (notice) => notice.step === 'reminder' && notice.status === 'failed',
    ),
  );
  expect(server.attempts.get(email)).toBe(1 + 15);
  expect(reminder.skipReason).toBeNull();
  await world.until(async () => (await world.searchAttributes(bookingId))['AttentionNeeded'] === true);
});
