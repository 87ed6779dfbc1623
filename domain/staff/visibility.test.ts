import { staffRoles } from './roles';
import { auditEntryTold, disclosureTo, noticeWayOf, opensData, type ReadingPlace } from './visibility';

const places: readonly ReadingPlace[] = ['one', 'list', 'review', 'venue_day', 'file'];

describe('what is told', () => {
  it('of a person who is not protected is everything, everywhere', () => {
    expect(places.map((place) => disclosureTo(place, { isProtected: false }))).toEqual(places.map(() => 'whole'));
  });

  it.each([
    ['one', 'refused', 'whole'],
    ['list', 'row', 'whole'],
    ['review', 'row', 'row'],
    ['venue_day', 'seat', 'seat'],
    ['file', 'row', 'row'],
  ] as const)('of a protected resident in %s: %s, after the check %s', (place, before, after) => {
    expect([false, true].map((isChecked) => disclosureTo(place, { isProtected: true }, isChecked))).toEqual([
      before,
      after,
    ]);
  });
});

describe('the check that opens data', () => {
  it('is three answers and a supervisor for a protected resident, whatever else was opened before', () => {
    const open = staffRoles.flatMap((role) =>
      [2, 3, 4]
        .filter((items) => opensData({ role, items }, { isProtected: true }))
        .map((items) => `${role} ${String(items)}`),
    );
    expect(open).toEqual(['city_admin 3', 'city_admin 4', 'supervisor 3', 'supervisor 4']);
    expect(opensData({ role: 'operator', items: 2 }, { isProtected: false })).toBe(true);
  });
});

it.each([
  [{ isProtected: false }, 'usual'],
  [{ isProtected: false, confirmedAddress: 'a@example.jp' }, 'usual'],
  [{ isProtected: true }, 'withheld'],
  [{ isProtected: true, confirmedAddress: 'a@example.jp' }, { mailTo: 'a@example.jp' }],
])('notices of %j leave: %j', (protection, way) => {
  expect(noticeWayOf(protection)).toEqual(way);
});

it('an entry of the audit keeps who and what, and loses what leads to a place', () => {
  const entry = {
    action: 'booking.check_in',
    subjectKind: 'booking',
    subjectId: 'b',
    detail: { venueId: 'v', asked: 'kana' },
  };
  expect(auditEntryTold(entry, 'whole')).toBe(entry);
  expect(auditEntryTold(entry, 'row')).toEqual({ ...entry, subjectId: null, detail: { asked: 'kana' } });
  const other = { action: 'callback.read', subjectKind: 'callback', subjectId: 'c', detail: {} };
  expect(auditEntryTold(other, 'row')).toEqual(other);
});
