import { addDays, cityDate, instantOf } from '../../domain/calendar/city-time';
import { namesWithoutTimeSkipping } from '../support/histories';
import { type BookingWorld, createBookingWorld } from '../worlds/booking-world';

let world: BookingWorld;
beforeAll(async () => {
  world = await createBookingWorld();
});
afterAll(() => world.close());

/** 10:00 on the day before, as the demo programme says. */
function reminderTime(startsAt: Date): Date {
  return instantOf(addDays(cityDate(startsAt), -1), '10:00');
}

async function subjects(bookingId: string): Promise<string[]> {
  return (await world.messages(bookingId)).map((message) => message.subject);
}

async function confirmationOf(bookingId: string): Promise<void> {
  await world.until(async () => (await subjects(bookingId)).length === 1);
}

async function status(bookingId: string): Promise<unknown> {
  return (await world.searchAttributes(bookingId))['BookingStatus'];
}

describe('a hold', () => {
  test('expires at the end of its time, and not before', async () => {
    const { bookingId, holdExpiresAt } = await world.hold({ time: '08:30' });
    await world.goTo(bookingId, new Date(holdExpiresAt.getTime() - 5_000));
    expect((await world.timeline(bookingId)).state).toBe('held');
    expect(await world.finish(bookingId)).toBe('expired');
    const booking = await world.city.bookings.find(bookingId);
    expect(booking).toMatchObject({ state: 'expired', endReason: 'hold_expired' });
    expect(await world.city.seats(booking?.slot.id ?? '')).toMatchObject({ taken: 0 });
    expect(await subjects(bookingId)).toEqual([]);
    expect(await status(bookingId)).toBe('expired');
    expect((await world.outbox.eventsOf(bookingId, 0)).map((event) => event.type)).toEqual(['held', 'expired']);
  });

  test('ends when it is given up', async () => {
    const { residentId, bookingId } = await world.hold();
    await world.handOver(await world.city.bookings.cancel({ residentId, bookingId, channel: 'web', actor: 'citizen' }));
    expect(await world.handle(bookingId).result()).toBe('released');
    expect(await subjects(bookingId)).toEqual([]);
  });

  test('that was confirmed while Temporal was not told does not expire', async () => {
    const appointment = await world.hold();
    const change = await world.confirm(appointment, { deliver: false });
    await world.goTo(appointment.bookingId, new Date(appointment.holdExpiresAt.getTime() + 1_000));
    expect((await world.city.bookings.find(appointment.bookingId))?.state).toBe('confirmed');
    // Ten seconds later the workflow has asked for what it missed.
    await world.goTo(appointment.bookingId, new Date(appointment.holdExpiresAt.getTime() + 20_000));
    await confirmationOf(appointment.bookingId);
    await world.handOver(change);
    expect(await subjects(appointment.bookingId)).toHaveLength(1);
  });
});

describe('a confirmed booking', () => {
  test('gets its confirmation at once, with date, time, venue, dose and reference', async () => {
    const { bookingId } = await world.book();
    await confirmationOf(bookingId);
    const [message] = await world.messages(bookingId);
    const booking = await world.city.bookings.find(bookingId);
    expect(message).toMatchObject({
      channel: 'email',
      recipient: 'hana@example.jp',
      subject: '【新潟市】1回目の予約を受け付けました',
    });
    expect(message?.text).toContain('午前10時30分');
    expect(message?.text).toContain('桜木会場');
    expect(message?.text.replace(/-/g, '')).toContain(booking?.reference);
    expect(await status(bookingId)).toBe('confirmed');
  });

  test('is reminded at the programme’s hour, not a minute before, and once', async () => {
    const { bookingId, startsAt } = await world.book();
    await confirmationOf(bookingId);
    const due = reminderTime(startsAt);
    await world.goTo(bookingId, new Date(due.getTime() - 60_000));
    expect(await subjects(bookingId)).toHaveLength(1);
    await world.goTo(bookingId, new Date(due.getTime() + 1_000));
    await world.until(async () => (await subjects(bookingId)).length === 2);
    const reminded = (await world.timeline(bookingId)).done.find((entry) => entry.name === 'reminder');
    expect(Date.parse(reminded?.at ?? '') - due.getTime()).toBeLessThan(5_000);
    await world.goTo(bookingId, startsAt);
    expect((await subjects(bookingId)).slice(1)).toEqual(['【新潟市】明日は1回目の接種日です']);
  });

  test('is not reminded of when an import said meanwhile that the person died or moved out', async () => {
    const { bookingId, residentId, startsAt } = await world.book();
    await confirmationOf(bookingId);
    await world.city.database('resident').where({ id: residentId }).update({ status: 'missing' });
    await world.goTo(bookingId, new Date(reminderTime(startsAt).getTime() + 1_000));
    await world.until(async () =>
      (await world.notices.ofBooking(bookingId)).some((notice) => notice.status === 'skipped'),
    );
    expect(await subjects(bookingId)).toHaveLength(1);
    expect((await world.notices.ofBooking(bookingId)).find((notice) => notice.status === 'skipped')).toMatchObject({
      skipReason: 'not_eligible',
    });
  });

  test('without an address is not written to, and needs nobody’s attention', async () => {
    const { bookingId } = await world.book({ email: null });
    const entry = await world.until(async () =>
      (await world.timeline(bookingId)).done.find((item) => item.name === 'confirmation'),
    );
    expect(entry).toMatchObject({ status: 'skipped', label: '予約確定のお知らせ（メールアドレスなし）' });
    expect((await world.notices.ofBooking(bookingId))[0]).toMatchObject({
      status: 'skipped',
      skipReason: 'no_address',
    });
    expect(await world.searchAttributes(bookingId)).not.toHaveProperty('AttentionNeeded');
  });

  test('shows its timeline: what was done, what is to come', async () => {
    const { bookingId, startsAt, endsAt } = await world.book();
    await confirmationOf(bookingId);
    const timeline = await world.until(async () => {
      const now = await world.timeline(bookingId);
      return now.done.length === 3 && now;
    });
    expect(timeline).toMatchObject({ bookingId, state: 'confirmed', version: 2 });
    expect(timeline.done.map((entry) => [entry.kind, entry.name, entry.status, entry.label])).toEqual([
      ['event', 'held', 'done', '仮押さえ'],
      ['event', 'confirmed', 'done', '予約済み'],
      ['notice', 'confirmation', 'done', '予約確定のお知らせ'],
    ]);
    expect(timeline.toCome).toEqual([
      {
        kind: 'notice',
        name: 'reminder',
        at: reminderTime(startsAt).toISOString(),
        status: 'to_come',
        label: '前日のお知らせ',
      },
      {
        kind: 'deadline',
        name: 'no_show',
        at: new Date(endsAt.getTime() + 4 * 3_600_000).toISOString(),
        status: 'to_come',
        label: '来場確認の締め切り',
      },
    ]);
  });

  test('tells the Temporal UI in Japanese how far it is', async () => {
    const { bookingId } = await world.book();
    await confirmationOf(bookingId);
    const metadata = await world.handle(bookingId).query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toContain('| 状態 | 予約済み |');
    expect(metadata.currentDetails).toContain('| 会場 | 桜木会場 |');
    expect(metadata.currentDetails).toContain('前日のお知らせ');
    expect(metadata.currentDetails).toContain('`cancelBooking` 入力例 `{"reason": "operator"}`');
    const { staticSummary } = await describeSummary(bookingId);
    expect(staticSummary).toMatch(/^1回目 桜木会場 \d+\/\d+ 10:30$/);
  });

  test('has the search attributes of its appointment', async () => {
    const { bookingId, startsAt } = await world.book();
    await world.until(async () => (await status(bookingId)) === 'confirmed');
    expect(await world.searchAttributes(bookingId)).toMatchObject({
      Programme: 'test-programme',
      ProgrammeVersion: 1,
      Venue: 'sakuragi',
      SlotTime: startsAt,
      BookingStatus: 'confirmed',
      Channel: 'web',
    });
  });
});

async function describeSummary(bookingId: string): Promise<{ staticSummary: string | undefined }> {
  return { staticSummary: await (await world.handle(bookingId).describe()).staticSummary() };
}

describe('a moved booking', () => {
  test('ends in silence, and the new one tells of the change with the old date', async () => {
    const old = await world.book({ daysAhead: 5 });
    await confirmationOf(old.bookingId);
    const next = await world.hold({ residentId: old.residentId, daysAhead: 8, time: '14:00', replaces: old.bookingId });
    expect((await world.timeline(old.bookingId)).state).toBe('confirmed');
    await world.confirm(next);
    expect(await world.handle(old.bookingId).result()).toBe('cancelled');
    await confirmationOf(next.bookingId);
    expect(await subjects(old.bookingId)).toEqual(['【新潟市】1回目の予約を受け付けました']);
    const [message] = await world.messages(next.bookingId);
    expect(message?.subject).toBe('【新潟市】1回目の予約を変更しました');
    expect(message?.text).toContain('午後2時');
    expect(message?.text).toContain('午前10時30分');
    await world.goTo(next.bookingId, next.startsAt);
    await world.until(async () => (await subjects(next.bookingId)).length === 2);
    expect(await subjects(old.bookingId)).toHaveLength(1);
  });
});

describe('a cancelled booking', () => {
  test.each([
    [
      'the citizen',
      'ご本人のお手続き',
      (bookingId: string, residentId: string) =>
        world.city.bookings.cancel({ residentId, bookingId, channel: 'web', actor: 'citizen' }),
    ],
    [
      'an operator',
      'コールセンターでのお手続き',
      (bookingId: string) => world.city.bookings.cancelByCity(bookingId, 'operator'),
    ],
    ['the city', '市の都合', (bookingId: string) => world.city.bookings.cancelByCity(bookingId, 'city')],
  ])('by %s is told so, and not reminded', async (_name, words, cancel) => {
    const { bookingId, residentId } = await world.book();
    await confirmationOf(bookingId);
    await world.handOver(await cancel(bookingId, residentId));
    expect(await world.handle(bookingId).result()).toBe('cancelled');
    const messages = await world.messages(bookingId);
    expect(messages.map((message) => message.subject)).toEqual([
      '【新潟市】1回目の予約を受け付けました',
      '【新潟市】1回目の予約を取り消しました',
    ]);
    expect(messages[1]?.text).toContain(words);
    expect(await status(bookingId)).toBe('cancelled');
  });
});

describe('on the day', () => {
  test('a person who came is invited to the next dose', async () => {
    const { bookingId, startsAt } = await world.book();
    await world.goTo(bookingId, startsAt);
    await world.handOver(await world.city.bookings.checkIn(bookingId, 'venue'));
    expect(await world.handle(bookingId).result()).toBe('attended');
    expect((await subjects(bookingId)).at(-1)).toBe('【新潟市】2回目の予約のご案内');
    expect(await status(bookingId)).toBe('attended');
  });

  test('a person who has booked the next dose is not', async () => {
    const first = await world.book();
    await world.book({ residentId: first.residentId, dose: 2, daysAhead: 40 });
    await world.goTo(first.bookingId, first.startsAt);
    await world.handOver(await world.city.bookings.checkIn(first.bookingId, 'venue'));
    expect(await world.handle(first.bookingId).result()).toBe('attended');
    expect((await subjects(first.bookingId)).filter((subject) => subject.includes('ご案内'))).toEqual([]);
  });

  test('a person who did not come counts as not come some hours later', async () => {
    const { bookingId, endsAt } = await world.book();
    await world.goTo(bookingId, new Date(endsAt.getTime() + 3 * 3_600_000));
    expect((await world.city.bookings.find(bookingId))?.state).toBe('confirmed');
    expect(await world.finish(bookingId)).toBe('no_show');
    expect(await world.city.bookings.find(bookingId)).toMatchObject({ state: 'no_show', endReason: 'day_over' });
    expect((await subjects(bookingId)).filter((subject) => subject.includes('ご案内'))).toEqual([]);
  });
});

describe('the history of a booking', () => {
  test('held, confirmed, reminded, attended: at most 35 events', async () => {
    const first = await world.book();
    await world.book({ residentId: first.residentId, dose: 2, daysAhead: 40 });
    await confirmationOf(first.bookingId);
    await world.goTo(first.bookingId, first.startsAt);
    await world.until(async () => (await subjects(first.bookingId)).length === 2);
    await world.handOver(await world.city.bookings.checkIn(first.bookingId, 'venue'));
    await world.handle(first.bookingId).result();
    const names = namesWithoutTimeSkipping(await world.history(first.bookingId));
    expect(names.length).toBeLessThanOrEqual(35);
  });
});
