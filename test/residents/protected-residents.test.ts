import { z } from 'zod';

import { createCookieJar } from '../../api/shared/cookies';
import type { StaffRoute } from '../../api/staff/frame/define-route';
import { createStaffSessionCheck } from '../../api/staff/frame/staff-session-check';
import { staffApi } from '../../api/staff/staff-api';
import type { StaffRole } from '../../domain/staff/roles';
import { createProtectedWorld, person, type ProtectedWorld, secondDay, today } from '../worlds/protected-world';

let world: ProtectedWorld;
beforeAll(async () => {
  world = await createProtectedWorld();
});
afterAll(() => world.close());

/** Names in an answer that can tell where, when or how to reach a person. */
const telling = new RegExp(
  `"(${'venueName venueId venue reference startsAt address maskedAddress confirmedAddress slot slotId bookingId subjectId'.split(' ').join('|')})":`,
);

/** A request to a route: what is asked, and what is answered once the resident is protected: a status or the code of a refusal. */
interface Ask {
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  readonly then: number | string;
}

const refused = 'identity_required';
const day = { from: today, to: secondDay };

/** How the routes are asked that can tell something of a booking. A route that is neither here nor excused fails the first test. */
const asks: Readonly<Record<string, (w: ProtectedWorld) => Ask | readonly Ask[]>> = {
  'get /audit': (w) => [{ then: 200 }, { query: { residentId: w.residentId }, then: 200 }],
  'get /audit/touched.csv': () => ({
    query: { from: `${today}T00:00:00+09:00`, until: `${secondDay}T00:00:00+09:00` },
    then: 200,
  }),
  'get /residents/:id': () => ({ then: refused }),
  'get /bookings/:id': () => ({ then: refused }),
  'post /residents/:id/bookings': (w) => ({ body: { slotId: w.slots.first, dose: 1 }, then: refused }),
  'post /bookings/:id/confirm': () => ({ body: { answers: {} }, then: refused }),
  'post /bookings/:id/cancel': () => ({ then: refused }),
  'get /venues': () => ({ then: 200 }),
  'get /slots': (w) => [
    { query: { dose: '1', ...day }, then: 200 },
    { query: { dose: '2', resident: w.residentId, ...day }, then: refused },
  ],
  'get /slots/venues': (w) => [
    { query: { dose: '1', ...day }, then: 200 },
    { query: { dose: '2', resident: w.residentId, ...day }, then: refused },
  ],
  'get /city/venues': () => ({ then: 200 }),
  'get /city/venues/:id': () => ({ then: 200 }),
  'get /city/venues/sheet': () => ({ then: 200 }),
  'get /imports/:id/bookings': () => ({ then: 200 }),
  'get /imports/:id/errors.csv': () => ({ then: 200 }),
  'get /imports/:id/undo': () => ({ then: 200 }),
  'get /assignments/:id/rows': () => ({ then: 200 }),
  'get /assignments/:id/faults.csv': () => ({ then: 200 }),
  'get /city/schedules': (w) => ({ query: { venueId: w.venueId }, then: 200 }),
  'get /city/slots/week': (w) => ({ query: { ...day, to: today, venueId: w.venueId }, then: 200 }),
  'get /city/slots/days': () => ({ query: day, then: 200 }),
  'get /city/slots/:id/bookings': () => ({ then: 200 }),
  'get /city/slots/history': (w) => ({ query: { venueId: w.venueId }, then: 200 }),
  'get /city/slots/sheet': () => ({ query: day, then: 200 }),
  'get /numbers': () => ({ query: day, then: 200 }),
  'get /numbers.csv': () => ({ query: day, then: 200 }),
  'get /numbers/demand.csv': () => ({ query: day, then: 200 }),
  'get /bookings': (w) => [
    { then: 200 },
    { query: { order: 'latest', attention: 'yes' }, then: 200 },
    { query: { venue: w.venueId, ...day }, then: 200 },
    { query: { reference: w.ids.reference }, then: refused },
    { query: { reference: w.ids.reference, venue: w.venueId }, then: refused },
  ],
  'get /bookings/:id/history': () => ({ then: refused }),
  'get /notices': (w) => [{ then: 200 }, { query: { reference: w.ids.reference }, then: refused }],
  'get /notices/:id': () => ({ then: refused }),
  'post /notices/:id/address': () => ({ then: refused }),
  'post /notices/:id/send-again': () => ({ then: refused }),
  'get /callbacks': () => [{ then: 200 }, { query: { cause: 'notice_failed' }, then: 200 }],
  'get /callbacks/:id': () => ({ then: 200 }),
  'post /callbacks/:id/contact': () => ({ then: 200 }),
  'patch /callbacks/:id': () => ({ body: { version: 999_999, note: 'x' }, then: 'changed_meanwhile' }),
  'post /callbacks/:id/attempts': () => ({ body: { version: 999_999, outcome: 'busy' }, then: 'changed_meanwhile' }),
  'post /callbacks/:id/tick-off': () => ({ body: { version: 999_999 }, then: 'changed_meanwhile' }),
  'post /callbacks/:id/reopen': () => ({ body: { version: 999_999 }, then: 'changed_meanwhile' }),
  'post /residents/:id/callbacks': (w) => ({
    body: { dueAt: '2099-01-01T10:00:00+09:00', bookingId: w.ids.booking },
    then: 201,
  }),
  'get /reception/day': (w) => ({ query: { venueId: w.venueId, date: today }, then: 200 }),
  'get /reception/day/changes': (w) => ({
    query: { venueId: w.venueId, date: today, since: '2021-01-01T00:00:00.000Z' },
    then: 200,
  }),
  'get /reception/day.csv': (w) => ({ query: { venueId: w.venueId, date: today }, then: 200 }),
  'post /reception/day-files': (w) => ({
    body: { venueId: w.venueId, date: today, passphrase: 'a long passphrase' },
    then: 200,
  }),
  'post /check-ins': (w) => [
    { body: { venueId: w.venueId, code: person.number }, then: 'birth_date_needed' },
    { body: { venueId: w.venueId, code: w.ids.reference }, then: 'birth_date_needed' },
    { body: { venueId: w.site.city.venueId, code: person.number }, then: 'nothing_booked' },
    { body: { venueId: w.site.city.venueId, code: w.ids.reference }, then: 'booking_unknown' },
    { body: { venueId: w.venueId, bookingId: w.ids.booking }, then: 'booking_unknown' },
    { body: { venueId: w.venueId, bookingId: w.ids.booking, letThrough: 'decided_here' }, then: 'booking_unknown' },
  ],
  'post /bookings/:id/undo-check-in': () => ({ body: { reason: 'slip' }, then: 200 }),
  'post /reception/persons': (w) => ({ body: { venueId: w.venueId, couponNumber: person.number }, then: 200 }),
  'post /reception/walk-ins': (w) => ({
    body: { residentId: w.residentId, slotId: w.slots.first, dose: 1, answers: {} },
    then: 'already_booked',
  }),
  'get /today': () => ({ then: 200 }),
  'get /exports': () => ({ then: 200 }),
  'get /programmes/:code/file': () => ({ query: { of: 'draft' }, then: 200 }),
  'get /programmes/:code/affected/bookings': () => ({ then: 200 }),
};

/** Routes that can tell a place or a time, and of nobody; or whose rows are written by what is asked above. */
const excused: Readonly<Record<string, string>> = {
  'post /site/check-address': 'the address of the site',
  'get /site/qr': 'the address of the site',
  'post /city/venues': 'a venue as it is typed in',
  'patch /city/venues/:id': 'a venue as it is typed in',
  'get /city/schedules/:id': 'a plan of seats',
  'get /assignment-template.csv': 'an example that is made up',
  'post /city/schedules/preview': 'bookings as `touchedJson` writes them, asked by GET /city/slots/:id/bookings',
  'post /city/schedules': 'the same',
  'patch /city/schedules/:id': 'the same',
  'get /city/schedules/:id/removal': 'the same',
  'delete /city/schedules/:id': 'the same',
  'post /city/slots/sheet/preview': 'the same',
  'post /city/slots/sheet': 'the same',
  'post /reception/ticks': 'tested beside the day file, which it needs',
  'post /exports': 'days and a reason as they are typed in',
  'post /exports/:id/approve': 'the same',
  'post /exports/:id/reject': 'the same',
  'post /exports/:id/file': 'tested by itself: it needs two persons',
  'get /programmes/:code/preview': 'pages for somebody invented',
  'get /programmes/:code/notice-preview/mail': 'a mail to somebody invented',
};

/** What would change the booking of a person who is not protected. */
const changes: ReadonlySet<string> = new Set([
  'post /check-ins',
  'post /bookings/:id/undo-check-in',
  'post /bookings/:id/confirm',
  'post /bookings/:id/cancel',
  'post /residents/:id/bookings',
  'post /reception/walk-ins',
  'post /notices/:id/send-again',
]);

/** What may be told all the same, with the reason. Never who. */
const seatTold: Readonly<Record<string, string>> = {
  'get /reception/day': 'the venue must know that somebody comes, and when',
  'get /reception/day.csv': 'the venue must know that somebody comes, and when',
};

function routes(): StaffRoute[] {
  const cookies = createCookieJar({ https: false });
  const { services } = world.site;
  return staffApi(services, {
    sessionCheck: createStaffSessionCheck({ cookies, sessions: services.sessions }),
    cookies,
    demo: false,
  });
}

const nameOf = (route: StaffRoute) => `${route.method} ${route.path}`;

/** Whether the description of an answer leaves room for a booking: a name that can tell, or a text of any kind. */
function canTell(route: StaffRoute): boolean {
  if (!route.answer || route.roles === 'anyone') return false;
  const schema = JSON.stringify(z.toJSONSchema(route.answer, { unrepresentable: 'any' }));
  return telling.test(schema) || !schema.includes('"properties"');
}

function pathOf({ path }: StaffRoute): string {
  const id = path.startsWith('/bookings')
    ? world.ids.booking
    : path.startsWith('/residents')
      ? world.residentId
      : path.startsWith('/notices')
        ? world.ids.notice
        : path.startsWith('/callbacks')
          ? world.ids.callback
          : path.startsWith('/imports')
            ? world.ids.importRun
            : path.startsWith('/assignments')
              ? world.ids.assignment
              : path.startsWith('/city/venues')
                ? world.venueId
                : path.startsWith('/city/slots')
                  ? world.slots.first
                  : undefined;
  if (path.includes(':id') && id === undefined) throw new Error(`say what the id of ${path} is`);
  return `/api/v1${path.replace(':id', id ?? '').replace(':code', 'test-programme')}`;
}

interface Seen {
  readonly route: string;
  readonly role: StaffRole;
  readonly ask: Ask;
  readonly status: number;
  readonly code: unknown;
  readonly text: string;
}

/** Every route that can tell something, by every role that it lets in. */
async function walk({ changing }: { readonly changing: boolean }): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>();
  for (const route of routes()) {
    const list = asks[nameOf(route)]?.(world);
    if (list === undefined || route.roles === 'anyone' || (!changing && changes.has(nameOf(route)))) continue;
    for (const role of route.roles) {
      for (const [index, ask] of [list].flat().entries()) {
        const visitor = await world.visitor(role);
        const path = `${pathOf(route)}${ask.query ? `?${new URLSearchParams(ask.query).toString()}` : ''}`;
        const isRead = route.method === 'get' || route.method === 'delete';
        const answer = await visitor.send(
          route.method.toUpperCase(),
          path,
          isRead ? undefined : JSON.stringify(ask.body ?? {}),
          isRead ? {} : { headers: { 'content-type': 'application/json' } },
        );
        const code = answer.text.startsWith('{') ? answer.json()['code'] : undefined;
        seen.set(`${nameOf(route)} ${role} ${String(index)}`, {
          route: nameOf(route),
          role,
          ask,
          status: answer.status,
          code,
          // Who asks about an id has it.
          text: path
            .split('/')
            .reduce((text, part) => (part.length === 36 ? text.replaceAll(part, '…') : text), answer.text),
        });
        await world.site.city.database('callback').where({ cause: 'promised' }).delete();
      }
    }
  }
  return seen;
}

/** Clock times also stand in moments of the present, behind a `T`. */
const holds = (text: string, marker: string): boolean =>
  /^\d\d:\d\d$/.test(marker) ? new RegExp(`(?<!T)${marker}`).test(text) : text.includes(marker);

test('every route that can tell where a person will be is asked below, or excused with a reason', () => {
  const unknown = routes()
    .filter((route) => canTell(route) && !(nameOf(route) in asks) && !(nameOf(route) in excused))
    .map(nameOf);
  expect(unknown).toEqual([]);
  const known = new Set(routes().map(nameOf));
  expect([...Object.keys(asks), ...Object.keys(excused)].filter((name) => !known.has(name))).toEqual([]);
});

test('no route tells any role where or when a protected resident will be, or how to reach them', async () => {
  // The second walk finds what the first one wrote into the audit.
  await walk({ changing: true });
  const before = await walk({ changing: true });
  await world.book();
  const whole = await walk({ changing: false });
  await world.protect();
  const after = await walk({ changing: true });
  const markers = world.markers();
  const told = (seen: Map<string, Seen>): string[] =>
    [...seen].flatMap(([key, { route, text }]) => {
      const known = before.get(key)?.text ?? '';
      const seat = [...markers.place, ...markers.time, ...markers.clock].filter(
        (marker) => !(route in seatTold) && !holds(known, marker),
      );
      return [...markers.person, ...seat]
        .filter((marker) => holds(text, marker))
        .map((marker) => `${key} tells ${marker}`);
    });
  expect(told(after)).toEqual([]);
  // The same questions tell a lot of a person who is not protected: the test can fail.
  const routesThatTold = new Set(told(whole).map((line) => line.split(' ').slice(0, 2).join(' ')));
  expect([...routesThatTold].sort()).toEqual([
    'get /assignments/:id/faults.csv',
    'get /assignments/:id/rows',
    'get /audit',
    'get /bookings',
    'get /bookings/:id',
    'get /bookings/:id/history',
    'get /callbacks',
    'get /callbacks/:id',
    'get /city/slots/:id/bookings',
    'get /imports/:id/bookings',
    'get /notices',
    'get /notices/:id',
    'get /programmes/:code/affected/bookings',
    'get /reception/day',
    'get /reception/day.csv',
    'get /reception/day/changes',
    'post /callbacks/:id/contact',
    'post /notices/:id/address',
    'post /reception/persons',
    'post /residents/:id/callbacks',
  ]);
  // And what is refused is refused because of the protection.
  const others = [...after.values()]
    .filter(({ ask, status, code }) => (typeof ask.then === 'number' ? status : code) !== ask.then)
    .filter(({ route, role }) => !(route === 'post /callbacks/:id/contact' && role === 'operator'))
    .map(
      ({ route, role, ask, status, code }) => `${route} ${role} ${String(ask.then)}: ${String(status)} ${String(code)}`,
    );
  expect(others).toEqual([]);
}, 300_000);
