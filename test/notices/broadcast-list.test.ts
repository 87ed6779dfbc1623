import { createLineBroadcasts } from '../../database/notices/line-broadcasts';
import { createProgrammes } from '../../database/programmes/programmes';
import { cityDate } from '../../domain/calendar/city-time';
import { laterToday } from '../support/today';
import { createStaffSite, type StaffSite } from '../worlds/staff-site';
import { testDocument } from '../worlds/test-city';

let site: StaffSite;
beforeAll(async () => {
  site = await createStaffSite();
});
afterAll(() => site.close());

interface Answer {
  hasLine: boolean;
  planned: {
    id: string;
    label: string;
    nextAt: string | null;
    preview: { text: string; venues: number; seats: number; wouldLeave: boolean };
  }[];
  past: { label: string; day: string; status: string; reason: string | null; text: string | null; seats: number }[];
}

test('staff see what would be said now, and what was said; no broadcast, nothing to see', async () => {
  const operator = await site.colleague('operator');
  const read = async () => (await operator.get('/api/v1/broadcasts')).json<Answer>();
  expect(await read()).toEqual({ hasLine: false, planned: [], past: [] });

  const document = testDocument((it) => {
    it.schema = 3;
    it.bookingWindow.exceptions = [{ channels: ['phone'], firstDay: 0, lastDay: 30 }];
    it.broadcasts = [
      {
        id: 'morning',
        label: '朝の空き状況',
        at: '09:00',
        seatsOf: ['phone'],
        text: '{{#if totalSeats}}空き{{totalSeats}}席{{else}}空きはありません{{/if}}',
      },
    ];
  });
  const version = await createProgrammes(site.city.database).publish(site.city.version.programmeCode, document);
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  expect((await read()).planned).toMatchObject([
    {
      id: 'morning',
      label: '朝の空き状況',
      preview: { text: '空きはありません', venues: 0, seats: 0, wouldLeave: false },
    },
  ]);

  const slotId = await site.city.addSlot({ daysAhead: 20, capacity: 4, channel: 'phone' });
  await site.city.database('slot').where({ id: slotId }).update(laterToday());
  const broadcasts = createLineBroadcasts(site.city.database);
  const day = cityDate(new Date());
  await broadcasts.open({
    programmeId: version.programmeId,
    programmeVersionId: version.id,
    broadcast: 'morning',
    day,
  });
  const [id = ''] = await broadcasts.underWay();
  await broadcasts.skip(id, 'no_seats');
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const { planned, past } = await read();
  expect(planned[0]?.preview).toEqual({ text: '空き4席', venues: 1, seats: 4, wouldLeave: true });
  expect(past).toMatchObject([
    { label: '朝の空き状況', day, status: 'skipped', reason: '空きがないため送りませんでした', text: null },
  ]);
  expect((await (await site.colleague('reception')).get('/api/v1/broadcasts')).status).toBe(403);
});
