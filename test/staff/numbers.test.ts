import { addDays, cityDate } from '../../domain/calendar/city-time';
import { validAnswers } from '../support/test-city';
import { createStaffSite, type StaffSite } from './support/staff-site';

let site: StaffSite;
beforeAll(async () => { site = await createStaffSite(); });
afterAll(() => site.close());

test('seats and bookings by day, venue, dose and channel', async () => {
  const { city } = site;
  const today = cityDate(new Date());
  const day = addDays(today, 6);
  // Just after midnight of the city, which is the day before in UTC.
  const slotId = await city.addSlot({ daysAhead: 6, time: '00:10', capacity: 10 });
  await city.addSlot({ daysAhead: 6, time: '11:00', capacity: 4, channel: 'phone' });
  await city.addSlot({ daysAhead: 7, time: '11:00', capacity: 3 });
  const hold = async () => {
    const residentId = await city.addResident();
    const held = await city.bookings.hold({ residentId, slotId, dose: 1, channel: 'web', actor: 'citizen' });
    if (!held.ok) throw new Error(held.code);
    return { residentId, bookingId: held.booking.id };
  };
  const confirm = async () => {
    const held = await hold();
    await city.bookings.confirm({ ...held, answers: validAnswers, channel: 'web', actor: 'citizen' });
    return held;
  };
  await hold();
  const stale = await hold();
  await city.database('booking').where({ id: stale.bookingId }).update({ hold_expires_at: new Date(Date.now() - 1_000) });
  await confirm();
  await city.bookings.checkIn((await confirm()).bookingId, 'venue');
  await city.bookings.cancel({ ...(await confirm()), channel: 'web', actor: 'citizen' });

  const supervisor = await site.colleague('supervisor');
  const { numbers } = (await supervisor.get(`/api/v1/numbers?from=${day}&to=${day}`)).json<{ numbers: object[] }>();
  const common = { date: day, venueId: city.venueId, dose: 1 };
  expect(numbers).toEqual([
    { ...common, channel: 'phone', capacity: 4, held: 0, confirmed: 0, attended: 0, noShow: 0, cancelled: 0 },
    { ...common, channel: 'web', capacity: 10, held: 1, confirmed: 1, attended: 1, noShow: 0, cancelled: 1 },
  ]);
  for (const to of [addDays(day, -1), addDays(day, 92)]) expect((await supervisor.get(`/api/v1/numbers?from=${day}&to=${to}`)).json()['code']).toBe('range_too_long');
});
