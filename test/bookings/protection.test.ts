import { createLineLinks } from '../../database/notices/line-links';
import { createOpenedResidents } from '../../database/residents/opened-residents';
import { EncryptionCodec } from '../../engine/temporal/payload-codec';
import { decryptInPlace, payloadsIn } from '../support/histories';
import { type BookingWorld, createBookingWorld } from '../worlds/booking-world';
import { freshLineUser } from '../worlds/fake-line-server';
import { validAnswers } from '../worlds/test-city';

let world: BookingWorld;
let staffId: string;
beforeAll(async () => {
  world = await createBookingWorld({ line: 'inbox' });
  staffId = '01900000-0000-7000-8000-000000000001';
  await world.city.database('staff').insert({
    id: staffId,
    login: 'supervisor',
    display_name: '責任者',
    role: 'supervisor',
    password_hash: 'none',
  });
});
afterAll(() => world.close());

const openedResidents = () => createOpenedResidents({ database: world.city.database, keys: world.city.keys });
const causes = (residentId: string) =>
  world.city.database('callback').where({ resident_id: residentId }).pluck<string[]>('cause');
const settled = (bookingId: string, step: string) =>
  world.until(async () =>
    (await world.notices.ofBooking(bookingId)).find(
      (notice) => notice.step === step && notice.status !== 'queued' && notice.status !== 'sending',
    ),
  );

/** Confirmed in the database; the workflows hear of it later. */
async function bookedQuietly() {
  const residentId = await world.city.addResident();
  await createLineLinks({ database: world.city.database, keys: world.city.keys }).link(residentId, freshLineUser());
  const appointment = await world.hold({ residentId });
  const change = await world.confirm(appointment, { deliver: false });
  return { ...appointment, change };
}

test('a notice that was under way when the protection began does not leave, by mail or by LINE', async () => {
  const { residentId, bookingId, change } = await bookedQuietly();
  await openedResidents().protect(residentId, true);
  await world.handOver(change);
  expect(await settled(bookingId, 'confirmation')).toMatchObject({ status: 'skipped', skipReason: 'protected' });
  expect(await world.messages(bookingId)).toEqual([]);
  // They have booked themselves and know it: nobody calls, as with everybody who has no address.
  expect(await causes(residentId)).toEqual([]);
});

test('what the city does while a person is protected becomes a call that is due soon', async () => {
  const { residentId, bookingId, change } = await bookedQuietly();
  await world.handOver(change);
  expect(await settled(bookingId, 'confirmation')).toMatchObject({ status: 'sent', channel: 'line' });
  await openedResidents().protect(residentId, true);
  await world.handOver(await world.city.bookings.cancelByCity(bookingId, 'city'));
  expect(await settled(bookingId, 'cancellation')).toMatchObject({ status: 'skipped', skipReason: 'protected' });
  expect(await world.messages(bookingId)).toHaveLength(1);
  expect(await causes(residentId)).toEqual(['no_address']);
  const { due_at: due } = await world.city
    .database('callback')
    .where({ resident_id: residentId })
    .first<{ due_at: Date }>('due_at');
  expect(Math.abs(due.getTime() - Date.now() - 7_200_000)).toBeLessThan(120_000);
  // Temporal names the place and the time: it does not hear that the person is protected.
  const history = await world.history(bookingId);
  await decryptInPlace(history, new EncryptionCodec(world.city.keys));
  const text = payloadsIn(history)
    .map(({ data }) => Buffer.from(data ?? []).toString('utf8'))
    .join('\n');
  expect(text).toContain('no_address');
  expect(text).not.toMatch(/protected|保護/);
  // Ending it sends nothing of what was withheld.
  await openedResidents().protect(residentId, false);
  expect(await settled(bookingId, 'cancellation')).toMatchObject({ status: 'skipped' });
});

test('an appointment that the city assigns is not told by machine', async () => {
  const residentId = await world.city.addResident();
  await openedResidents().protect(residentId, true);
  const slotId = await world.city.addSlot({ daysAhead: 6, channel: 'venue' });
  const assigned = await world.city.bookings.assign(
    { residentId, slotId, dose: 1, channel: 'venue', answers: { email: validAnswers.email } },
    () => Promise.resolve(true),
  );
  if (!assigned.ok) throw new Error(assigned.code);
  await world.handOver(assigned);
  expect(await settled(assigned.booking.id, 'confirmation')).toMatchObject({ skipReason: 'protected' });
  expect(await causes(residentId)).toEqual(['no_address']);
});

test('with a confirmed address notices go there alone, never to what the form held and never by LINE', async () => {
  const { residentId, bookingId, change } = await bookedQuietly();
  await openedResidents().protect(residentId, true);
  expect(await openedResidents().confirmAddress(residentId, staffId, 'safe@example.jp')).toBe(true);
  // Even where an account is linked by some other way.
  await createLineLinks({ database: world.city.database, keys: world.city.keys }).link(residentId, freshLineUser());
  await world.handOver(change);
  expect(await settled(bookingId, 'confirmation')).toMatchObject({ status: 'sent', channel: 'email' });
  expect((await world.messages(bookingId)).map((message) => message.recipient)).toEqual(['safe@example.jp']);
});
