import type { VenueView } from '../../database/schedule';
import type { VenueFeature } from '../../domain/schedule/venue-features';
import { sameHours, type ScheduleTemplate } from '../../domain/schedule/week-plan';

export interface DemoVenue extends Omit<VenueView, 'id'> {
  readonly schedule: ScheduleTemplate;
}

const everyDay = [0, 1, 2, 3, 4, 5, 6];
const weekdays = [1, 2, 3, 4, 5];

/** Seats per block: `web` for both doses; the telephone's lane has seats of its own, and one venue has some for people without a booking. */
function seats(web: number, phone: number, venue = 0): ScheduleTemplate['seats'] {
  return [1, 2].flatMap((dose) => [
    { dose, channel: 'web' as const, capacity: web },
    { dose, channel: 'phone' as const, capacity: phone },
    ...(venue > 0 ? [{ dose, channel: 'venue' as const, capacity: venue }] : []),
  ]);
}

interface DemoSchedule {
  readonly weekdays: readonly number[];
  readonly closedOnHolidays: boolean;
  readonly sessions: readonly { readonly from: string; readonly until: string }[];
  readonly blockMinutes: number;
  readonly seats: ScheduleTemplate['seats'];
}

function venue(
  code: string,
  name: string,
  ward: string,
  address: string,
  access: string,
  features: VenueFeature[],
  { weekdays, sessions, ...rest }: DemoSchedule,
): DemoVenue {
  const schedule: ScheduleTemplate = {
    week: sameHours(weekdays, sessions),
    breaks: [],
    exceptions: [],
    vaccine: null,
    ...rest,
  };
  return { code, name, ward, address, access, features, mapUrl: null, citizenNotes: '', schedule };
}

const day = [
  { from: '09:30', until: '12:00' },
  { from: '13:30', until: '16:30' },
];
const afternoon = [{ from: '13:30', until: '16:30' }];

/** Public places of Niigata's eight wards. The schedules are invented. */
export const demoVenues: readonly DemoVenue[] = [
  venue(
    'kita-culture',
    '北区文化会館',
    '北区',
    '新潟市北区東栄町1丁目1番5号',
    'JR豊栄駅から歩いて約15分',
    ['step_free', 'parking'],
    { weekdays: everyDay, closedOnHolidays: false, sessions: day, blockMinutes: 30, seats: seats(6, 2) },
  ),
  venue(
    'higashi-plaza',
    '東区プラザ',
    '東区',
    '新潟市東区下木戸1丁目4番1号',
    '東区役所の中。バス停「東区役所前」からすぐ',
    ['step_free', 'parking', 'sign_language'],
    { weekdays: everyDay, closedOnHolidays: false, sessions: day, blockMinutes: 30, seats: seats(10, 4) },
  ),
  venue(
    'chuo-toki-messe',
    '朱鷺メッセ',
    '中央区',
    '新潟市中央区万代島6番1号',
    'JR新潟駅からバスで約15分',
    ['step_free', 'parking', 'sign_language'],
    {
      weekdays: everyDay,
      closedOnHolidays: false,
      sessions: [
        { from: '09:30', until: '12:30' },
        { from: '13:30', until: '20:30' },
      ],
      blockMinutes: 30,
      seats: seats(30, 10, 2),
    },
  ),
  venue(
    'konan-culture',
    '江南区文化会館',
    '江南区',
    '新潟市江南区茅野山3丁目1番14号',
    'JR亀田駅から歩いて約20分',
    ['step_free', 'parking'],
    { weekdays: [0, 3, 6], closedOnHolidays: false, sessions: day, blockMinutes: 30, seats: seats(8, 3) },
  ),
  venue(
    'akiha-ward-office',
    '秋葉区役所',
    '秋葉区',
    '新潟市秋葉区程島2009番地',
    'JR新津駅から歩いて約15分',
    ['step_free', 'parking'],
    { weekdays, closedOnHolidays: true, sessions: afternoon, blockMinutes: 30, seats: seats(4, 2) },
  ),
  venue('minami-hall', '白根学習館', '南区', '新潟市南区田中383番地', 'バス停「白根」から歩いて約10分', ['parking'], {
    weekdays: [2, 4, 6],
    closedOnHolidays: false,
    sessions: afternoon,
    blockMinutes: 30,
    seats: seats(5, 2),
  }),
  venue(
    'nishi-gym',
    '西総合スポーツセンター',
    '西区',
    '新潟市西区五十嵐1の町6368番地12',
    'JR内野西が丘駅から歩いて約20分',
    ['step_free', 'parking'],
    { weekdays: everyDay, closedOnHolidays: false, sessions: day, blockMinutes: 15, seats: seats(5, 2) },
  ),
  venue(
    'nishikan-maki',
    '巻文化会館',
    '西蒲区',
    '新潟市西蒲区巻甲635番地',
    'JR巻駅から歩いて約15分',
    ['step_free', 'parking'],
    { weekdays: [0, 5, 6], closedOnHolidays: false, sessions: afternoon, blockMinutes: 30, seats: seats(4, 2) },
  ),
];

/** Where the demo's first days are nearly full. */
export const crowdedVenue = 'akiha-ward-office';

/** Where people come today who telephoned this morning: one of them is open in the evening. */
export const todaysVenues = ['chuo-toki-messe', 'higashi-plaza'] as const;
