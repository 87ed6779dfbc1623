import { createSlotRepository } from '../../../database/schedule/slots';
import { createVenueRepository } from '../../../database/schedule/venues';
import { addDays, cityDate } from '../../../domain/calendar/city-time';
import { planSlots } from '../../../domain/schedule/plan-slots';
import { sameHours } from '../../../domain/schedule/week-plan';
import { type CitySite, type CitySiteOptions, createCitySite, freshCoupon } from '../../worlds/city-site';

export interface BookingSite {
  readonly site: CitySite;
  readonly url: string;
  /** A new resident born on 1 April 1947; returns the coupon number. */
  newCoupon(): Promise<string>;
  close(): Promise<void>;
}

/** A city with three venues: one with free seats, one nearly full, one full. */
export async function createBookingSite(options: CitySiteOptions = {}): Promise<BookingSite> {
  const site = await createCitySite(options);
  const { database, version } = site.city;
  const slots = createSlotRepository(database);
  const from = addDays(cityDate(new Date()), 2);
  const until = addDays(from, 56);
  const places = [
    { code: 'messe', name: '朱鷺メッセ', ward: '中央区', address: '新潟市中央区万代島6番1号', left: 6 },
    { code: 'kita', name: '北区文化会館', ward: '北区', address: '新潟市北区東栄町1丁目1番5号', left: 1 },
    { code: 'minami', name: '白根学習館', ward: '南区', address: '新潟市南区田中383番地', left: 0 },
  ];
  for (const [position, { left, ...place }] of places.entries()) {
    const venueId = await createVenueRepository(database).save({
      ...place,
      access: 'JR新潟駅からバスで約15分',
      features: ['step_free', 'parking', 'sign_language'],
      mapUrl: 'https://map.example.jp/',
      position,
    });
    const template = {
      week: sameHours(
        [0, 1, 2, 3, 4, 5, 6],
        [
          { from: '09:30', until: '12:30' },
          { from: '13:30', until: '15:30' },
        ],
      ),
      breaks: [],
      exceptions: [],
      closedOnHolidays: false,
      blockMinutes: 60,
      vaccine: null,
      seats: [1, 2].map((dose) => ({ dose, channel: 'web' as const, capacity: 6 })),
    };
    await slots.addSlots(
      version.programmeId,
      venueId,
      null,
      planSlots(template, from, until, () => false),
    );
    await database.raw(
      `UPDATE slot_quota SET taken = capacity - ? WHERE slot_id IN (SELECT id FROM slot WHERE venue_id = ?)`,
      [left, venueId],
    );
    // One full time among free ones.
    if (left > 0)
      await database.raw(
        `UPDATE slot_quota SET taken = capacity WHERE slot_id IN (SELECT id FROM slot WHERE venue_id = ? ORDER BY starts_at LIMIT 1)`,
        [venueId],
      );
  }
  return {
    site,
    url: site.url,
    async newCoupon() {
      const number = freshCoupon();
      await site.city.addResident({ number, birthDate: '1947-04-01' });
      return number;
    },
    close: () => site.close(),
  };
}
