import type { BookingFacts, Timeline } from '../contracts/booking-workflow';
import { bookingDetails } from './workflow-details';

const facts: BookingFacts = {
  state: 'confirmed',
  programmeCode: 'covid',
  programmeVersionId: 'v',
  programmeVersion: 1,
  dose: 2,
  channel: 'web',
  venueCode: 'sakuragi',
  venueName: '桜木|会場',
  slotStartsAt: '2021-05-29T01:30:00Z',
  slotEndsAt: '2021-05-29T02:00:00Z',
};
const timeline: Timeline = {
  bookingId: 'b',
  state: 'confirmed',
  version: 2,
  done: [{ kind: 'event', name: 'confirmed', at: '2021-05-01T00:00:00Z', status: 'done', label: '予約済み' }],
  toCome: [
    { kind: 'notice', name: 'reminder', at: '2021-05-28T09:00:00Z', status: 'to_come', label: '前日のお知らせ' },
  ],
};

test('says the state of the booking, what is next and when, and what an operator may do', () => {
  expect(bookingDetails(timeline, facts, ['confirmation'])).toBe(`| | |
|---|---|
| 状態 | 予約済み |
| 回 | 2回目 |
| 日時 | 2021年（令和3年）5月29日（土） 午前10時30分 |
| 会場 | 桜木\\|会場 |
| 次にすること | 前日のお知らせ（5/28 18:00） |

### これまでとこれから

- 5/1 09:00 予約済み **済**
- 5/28 18:00 前日のお知らせ **予定**

### できる操作（Update）

- 予約を取り消す: \`cancelBooking\` 入力例 \`{"reason": "operator"}\`（市の都合のときは \`"city"\`）
- お知らせをもう一度送る: \`resendNotice\` 入力例 \`{"step": "confirmation"}\`
`);
});

test('offers nothing for a booking that has ended, and works before the first event too', () => {
  expect(
    bookingDetails({ ...timeline, state: 'cancelled', toCome: [] }, { ...facts, state: 'cancelled' }, ['confirmation']),
  ).not.toContain('Update');
  expect(
    bookingDetails({ bookingId: 'b', state: 'waiting', version: 0, done: [], toCome: [] }, undefined, []),
  ).toContain('読み込み中');
});
