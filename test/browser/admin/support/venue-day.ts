import { createVenueRepository } from '../../../../database/schedule/venues';
import { addDays, cityDate } from '../../../../domain/calendar/city-time';
import { defined } from '../../../../domain/text/defined';
import { underWayToday } from '../../../support/today';
import { type TestCity, validAnswers } from '../../../worlds/test-city';

export interface Expected {
  readonly bookingId: string;
  readonly reference: string;
  readonly couponNumber: string;
  readonly kana: string;
}

const people = [
  'トキノ　ハナ',
  'サトウ　イチロウ',
  'スズキ　カズコ',
  'タカハシ　キヨシ',
  'ワタナベ　セツコ',
  'コバヤシ　アキラ',
  'ハセガワ　サチコ',
  'イガラシ　マサシ',
  'ホンマ　フミ',
  'ツチダ　レン',
];
let numbers = 5_700_000_000;
let used = 0;

/** A booking of `kana` for today at the city's venue, or `offsetDays` later; `venueId`: elsewhere. */
export async function expectSomebody(
  city: TestCity,
  {
    kana,
    offsetDays = 0,
    venueId,
    channel = 'web',
  }: { kana: string; offsetDays?: number; venueId?: string; channel?: 'web' | 'phone' },
): Promise<Expected> {
  const couponNumber = String(numbers++);
  const residentId = await city.addResident({ number: couponNumber, kana });
  const slotId = await city.addSlot({
    daysAhead: 50,
    channel,
    capacity: 4,
    time: `${String(9 + Math.floor(used / 12)).padStart(2, '0')}:${String((used++ % 12) * 5).padStart(2, '0')}`,
  });
  const held = await city.bookings.hold({ residentId, slotId, dose: 1, channel, actor: 'citizen' });
  if (!held.ok) throw new Error(held.code);
  const done = await city.bookings.confirm({
    residentId,
    bookingId: held.booking.id,
    answers: validAnswers,
    channel,
    actor: 'citizen',
  });
  if (!done.ok) throw new Error(done.code);
  const startsAt = new Date(
    `${addDays(cityDate(new Date()), offsetDays)}T${String(9 + Math.floor(used / 4)).padStart(2, '0')}:${String((used % 4) * 15).padStart(2, '0')}:00+09:00`,
  );
  await city
    .database('slot')
    .where({ id: slotId })
    .update({
      starts_at: startsAt,
      ends_at: new Date(startsAt.getTime() + 900_000),
      ...defined({ venue_id: venueId }),
    });
  return { bookingId: done.booking.id, reference: done.booking.reference ?? '', couponNumber, kana };
}

/** Ten people who are expected today, one tomorrow, one today at another venue, and seats of the venue for a person without a booking. */
export async function venueDay(city: TestCity) {
  const otherVenueId = await createVenueRepository(city.database).save({
    code: 'elsewhere',
    name: '北区文化会館',
    ward: '北区',
    address: '新潟市北区東栄町1丁目1番5号',
    access: '',
    features: [],
    mapUrl: null,
    position: 1,
  });
  const today: Expected[] = [];
  for (const kana of people) today.push(await expectSomebody(city, { kana }));
  const tomorrow = await expectSomebody(city, { kana: 'アベ　ケン', offsetDays: 1 });
  const elsewhere = await expectSomebody(city, { kana: 'カトウ　ヒナ', venueId: otherVenueId });
  const walkInNumber = String(numbers++);
  await city.addResident({ number: walkInNumber, kana: 'ヨシカワ　ユイ' });
  const slotId = await city.addSlot({ daysAhead: 51, channel: 'venue', capacity: 2, time: '17:00' });
  await city.database('slot').where({ id: slotId }).update(underWayToday());
  return { otherVenueId, today, tomorrow, elsewhere, walkInNumber };
}
