import { performance } from 'node:perf_hooks';

import { createAudit } from '../../../database/audit/audit';
import { createAuditSearch } from '../../../database/audit/audit-search';
import { createBookingList } from '../../../database/bookings/booking-list';
import { createListedBookings } from '../../../database/lists/listed-bookings';
import { createCallbackRepository } from '../../../database/notices/callbacks';
import { createNoticeList } from '../../../database/notices/notice-list';
import { createAffected } from '../../../database/programmes/affected-bookings';
import { createDayLists } from '../../../database/reception/day-lists';
import { createBirthDateKeys } from '../../../database/residents/birth-date-keys';
import { createResidentSearch } from '../../../database/residents/resident-search';
import { searchKeysOf } from '../../../database/residents/search-keys';
import { createStatistics } from '../../../database/statistics/statistics';
import { createToDoReader } from '../../../database/statistics/to-do';
import { addDays, cityDate } from '../../../domain/calendar/city-time';
import type { ProgrammeDocument } from '../../../domain/programmes/document';
import { countEligible } from '../../../domain/programmes/eligible-people';
import { foldKana } from '../../../domain/text/kana';
import { benchAnswers, type BenchCity, createBenchCity } from './bench-city';
import { type Figure, median, round } from './measure';

const samples = 60;
const pageSize = 51;
const venueCount = 20;
const days = 60;
const timesOfDay = 16;
/** As many as there are dates of birth among people over 65. */
const personas = 12_800;
const auditRows = 2_000_000;
/** What people who look at a table wait for without noticing it as waiting, ms. */
const fluidMs = 200;
/** Sums over weeks, behind a button. */
const sumMs = 2_000;
/** Every booking to come, judged one by one while a person goes on editing. */
const wholeMs = 10_000;

interface Asked {
  readonly name: string;
  /** A sum over a long time, not a page of a list. */
  readonly isSum?: true;
  /** How often it is asked; left out: as all. */
  readonly samples?: number;
  /** What is bearable, where not `sumMs`. */
  readonly withinMs?: number;
  run(turn: number): Promise<unknown>;
}

/**
 * The staff's lists and searches with 800,000 residents, 500,000 bookings, 750,000 notices and 2,000,000 rows of the audit (all in
 * proportion to `residents`), beside reading one row by its key. Each asks for something else every time. The figure is the slowest p95 of a page.
 */
export async function tables(serverUrl: string, residents: number, say: (line: string) => void): Promise<Figure> {
  const city = await createBenchCity(serverUrl, 'toki_bench_tables');
  try {
    const bookings = Math.floor((residents * 5) / 8);
    await fill(city, residents, bookings, say);
    const bare = await timesOf({
      name: 'bare read by primary key',
      run: (turn) =>
        city.database.raw('SELECT id, state FROM booking WHERE id = ?', [bookingId((turn * 7_919) % bookings)]),
    });
    const found = [];
    for (const asked of await questions(city, bookings)) found.push({ ...asked, ...(await timesOf(asked)) });
    const worst = Math.max(...found.filter((item) => !item.isSum).map((item) => item.p95));
    const areSumsInTime = found.every((item) => !item.isSum || item.p95 <= (item.withinMs ?? sumMs));
    const line = ({ p50, p95 }: { p50: number; p95: number }) =>
      `${p50.toFixed(1)} / ${p95.toFixed(1)} (${(p50 / bare.p50).toFixed(0)} x)`;
    return {
      name: 'tables',
      value: round(worst, 1),
      wanted: `<= ${String(fluidMs)} ms`,
      holds: worst <= fluidMs && areSumsInTime,
      detail: {
        rows: `${String(residents)} residents, ${String(bookings)} bookings, ${String(auditRows)} of the audit`,
        'bare read by primary key, p50 / p95 ms': `${bare.p50.toFixed(2)} / ${bare.p95.toFixed(2)}`,
        ...Object.fromEntries(
          found.map((item) => [
            `${item.name}${item.isSum ? ` (a sum: <= ${String(item.withinMs ?? sumMs)})` : ''}`,
            line(item),
          ]),
        ),
      },
    };
  } finally {
    await city.close();
  }
}

async function timesOf({ run, samples: turns = samples }: Asked): Promise<{ p50: number; p95: number }> {
  const times: number[] = [];
  for (let turn = 0; turn < turns + 5; turn++) {
    const start = performance.now();
    await run(turn);
    // The first ones warm the caches.
    if (turn >= 5) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { p50: median(times), p95: times[Math.floor(times.length * 0.95)] ?? Number.NaN };
}

async function questions(city: BenchCity, bookings: number): Promise<Asked[]> {
  const {
    database,
    keys,
    programmes,
    version: { programmeId },
  } = city;
  const bookingLists = createBookingList(database);
  const noticeLists = createNoticeList({ database, keys, programmes });
  const audit = createAudit({ database, keys });
  const callbacks = createCallbackRepository({ database, keys, audit });
  const auditSearch = createAuditSearch(database);
  const search = createResidentSearch({ database, keys });
  const statistics = createStatistics(database);
  const dayLists = createDayLists({ database, keys, programmes });
  const toDo = createToDoReader(database);
  const affected = createAffected({ database, birthDates: createBirthDateKeys(keys) });
  const byAge: ProgrammeDocument = {
    ...city.version.document,
    groups: city.version.document.groups.map((group) => ({
      ...group,
      members: [{ kind: 'age', on: '2022-03-31', from: 80 }],
    })),
  };
  const venues = (await database('venue').select<{ id: string }[]>('id')).map((row) => row.id);
  const staff = (await database('staff').select<{ id: string }[]>('id')).map((row) => row.id);
  const first = addDays(cityDate(new Date()), -days / 2);
  const dayAt = (turn: number) => addDays(first, (turn * 7) % days);
  const pick = <Item>(items: readonly Item[], turn: number): Item => items[turn % items.length] as Item;
  const list = (filter: Partial<Parameters<typeof bookingLists.list>[0]>) =>
    bookingLists.list({ programmeId, order: 'soonest', limit: pageSize, ...filter });
  const noticeList = (filter: Partial<Parameters<typeof noticeLists.list>[0]>) =>
    noticeLists.list({ limit: pageSize, ...filter });
  const callbackList = (filter: Partial<Parameters<typeof callbacks.list>[0]>) =>
    callbacks.list({ done: false, limit: pageSize, ...filter });
  const moment = (turn: number) => new Date(Date.now() - (1 + (turn % 28)) * 86_400_000);
  const people = Array.from({ length: samples + 5 }, (_, turn) => personaOf(turn * 97));
  const [middle] = (await list({ from: cityDate(new Date()) })).slice(-1);
  if (!middle) throw new Error('there are bookings to come');
  const someNotice = (await noticeList({ status: 'sent' }))[0];
  return [
    { name: 'bookings from a day on', run: (turn) => list({ from: dayAt(turn) }) },
    { name: 'bookings, the latest first', run: (turn) => list({ order: 'latest', until: dayAt(turn) }) },
    {
      name: 'bookings of a venue on a day',
      run: (turn) => list({ venueId: pick(venues, turn), from: dayAt(turn), until: addDays(dayAt(turn), 1) }),
    },
    {
      name: 'bookings, a page in the middle',
      run: () => list({ after: { startsAt: middle.startsAt, slotId: middle.slotId, id: middle.id } }),
    },
    { name: 'bookings of a rare state, all days', run: () => list({ state: 'released' }) },
    { name: 'bookings of a state that there is not', run: () => list({ state: 'expired' }) },
    {
      name: 'bookings of a channel and dose',
      run: (turn) => list({ channel: 'line', dose: 1, venueId: pick(venues, turn) }),
    },
    { name: 'bookings by reference', run: (turn) => list({ reference: referenceOf((turn * 7_919) % bookings) }) },
    { name: 'bookings that need a person', run: () => list({ attention: true }) },
    { name: 'notices', run: () => noticeList({}) },
    {
      name: 'notices of a status',
      run: (turn) => noticeList({ status: pick(['sent', 'skipped', 'failed', 'unclear'] as const, turn) }),
    },
    {
      name: 'notices of a step on a day',
      run: (turn) =>
        noticeList({
          step: pick(['confirmation', 'reminder'], turn),
          from: dayAt(turn),
          until: addDays(dayAt(turn), 1),
        }),
    },
    {
      name: 'notices, a page in the middle',
      run: () => noticeList(someNotice ? { after: { urgency: 0, id: someNotice.id } } : {}),
    },
    { name: 'notices counted', run: () => noticeLists.counts() },
    { name: 'callbacks', run: () => callbackList({}) },
    { name: 'callbacks of one person', run: (turn) => callbackList({ assignedTo: pick(staff, turn) }) },
    { name: 'callbacks done', run: () => callbackList({ done: true }) },
    { name: 'callbacks counted', run: () => callbacks.counts() },
    { name: 'audit', run: () => audit.list({ limit: 100 }) },
    {
      name: 'audit of one person in a day',
      run: (turn) =>
        audit.list({
          actorId: pick(staff, turn),
          from: moment(turn),
          until: new Date(moment(turn).getTime() + 86_400_000),
          limit: 100,
        }),
    },
    { name: 'audit of a rare action', run: () => audit.list({ action: 'audit.verify', limit: 100 }) },
    { name: 'audit of a resident', run: (turn) => audit.list({ residentId: residentId(turn * 31), limit: 100 }) },
    { name: 'audit’s actions', run: () => auditSearch.actions() },
    {
      name: 'whose data one person touched in a day',
      run: (turn) =>
        auditSearch.touched(
          { actorId: pick(staff, turn), from: moment(turn), until: new Date(moment(turn).getTime() + 86_400_000) },
          { limit: 101 },
        ),
    },
    {
      name: 'whose data was touched in a week',
      isSum: true,
      run: (turn) =>
        auditSearch.touched(
          { from: new Date(moment(turn).getTime() - 6 * 86_400_000), until: moment(turn) },
          { limit: 101 },
        ),
    },
    {
      name: 'residents by date of birth',
      run: (turn) =>
        search.find(programmeId, { birthDate: pick(people, turn).birthDate }, { after: undefined, limit: 20 }),
    },
    {
      name: 'residents by kana',
      run: (turn) =>
        search.find(
          programmeId,
          { kana: foldKana(pick(people, turn).kana).slice(0, 4) },
          { after: undefined, limit: 20 },
        ),
    },
    {
      name: 'residents by date of birth and kana',
      run: (turn) =>
        search.find(
          programmeId,
          { birthDate: pick(people, turn).birthDate, kana: foldKana(pick(people, turn).kana).slice(0, 3) },
          { after: undefined, limit: 20 },
        ),
    },
    {
      name: 'residents by telephone',
      run: (turn) =>
        search.find(
          programmeId,
          { telephone: `0252280${String(turn).padStart(3, '0')}` },
          { after: undefined, limit: 20 },
        ),
    },
    {
      name: 'numbers of a week',
      run: (turn) => statistics.read({ programmeId, from: dayAt(turn), to: addDays(dayAt(turn), 6) }),
    },
    {
      name: 'numbers of a month',
      isSum: true,
      run: () => statistics.read({ programmeId, from: addDays(first, 15), to: addDays(first, 44) }),
    },
    {
      name: 'numbers of three weeks at one venue',
      run: (turn) =>
        statistics.read({ programmeId, from: addDays(first, 20), to: addDays(first, 40), venueId: pick(venues, turn) }),
    },
    { name: 'the list of a venue’s day', run: (turn) => dayLists.list(programmeId, pick(venues, turn), dayAt(turn)) },
    {
      name: 'what moved on that list',
      run: (turn) => dayLists.changes(programmeId, pick(venues, turn), dayAt(turn), new Date(Date.now() - 10_000)),
    },
    {
      name: 'who may book, all residents counted anew',
      isSum: true,
      samples: 6,
      run: async () =>
        countEligible(
          byAge,
          (await createAffected({ database, birthDates: createBirthDateKeys(keys) }).people(programmeId)).people,
          new Date(),
        ),
    },
    {
      name: 'bookings that a change of the groups would not allow',
      isSum: true,
      withinMs: wholeMs,
      samples: 6,
      run: () => affected.countFaulty(programmeId, byAge, city.version.document),
    },
    { name: 'what waits for a person', run: () => toDo.counts() },
    { name: 'how mail went in a day', run: () => toDo.mail() },
  ];
}

/** Keys that grow with time, as UUIDv7 does, the same in SQL and here. */
function keyOf(kind: string, index: number): string {
  const hex = index.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-${kind}`;
}
const bookingId = (index: number): string => keyOf('7001-8000-000000000001', index);
const residentId = (index: number): string => keyOf('7001-8000-000000000002', index);
const referenceOf = (index: number): string => String(index).padStart(9, '0');

const surnames = [
  'サトウ',
  'スズキ',
  'タカハシ',
  'タナカ',
  'ワタナベ',
  'コバヤシ',
  'ヤマダ',
  'ホンマ',
  'ハセガワ',
  'イガラシ',
  'オオシマ',
  'クマクラ',
  'シブヤ',
  'ナカムラ',
  'ヒグチ',
  'フジタ',
  'マルヤマ',
  'ミヤジマ',
  'ヨシダ',
  'カトウ',
];
const givenNames = [
  'ハナコ',
  'ヨシコ',
  'カズコ',
  'サチコ',
  'ミチコ',
  'フミ',
  'トシオ',
  'ヒロシ',
  'キヨシ',
  'イサム',
  'マサル',
  'タケシ',
  'シズエ',
  'キミ',
  'トメ',
];

function personaOf(index: number): { birthDate: string; kana: string } {
  const surname = surnames[index % surnames.length] ?? '';
  const given = givenNames[Math.floor(index / surnames.length) % givenNames.length] ?? '';
  return { birthDate: addDays('1921-01-01', (index * 7) % personas), kana: `${surname} ${given}` };
}

/** Everything is made inside PostgreSQL but what is sealed. Foreign keys are not checked while filling: the rows are right by construction. */
async function fill(city: BenchCity, residents: number, bookings: number, say: (line: string) => void): Promise<void> {
  const { database, keys, version } = city;
  const sealedAnswers = keys.seal(JSON.stringify(benchAnswers));
  const key = (kind: string, index = 'i') => `(lpad(to_hex(${index}), 12, '0') || '${kind}')::uuid`;
  const resident = (index: string) => key('7001-8000-000000000002', index);
  await database.raw(
    'CREATE TABLE bench_persona (n int PRIMARY KEY, sealed bytea NOT NULL, search_keys bigint[] NOT NULL)',
  );
  for (let from = 0; from < personas; from += 800) {
    const rows = Array.from({ length: 800 }, (_, offset) => {
      const person = personaOf(from + offset);
      return [
        from + offset,
        keys.seal(JSON.stringify({ number: String(1_000_000_000 + from + offset), ...person })),
        `{${searchKeysOf(keys, person).join(',')}}`,
      ] as const;
    });
    await database.raw(
      `INSERT INTO bench_persona SELECT * FROM unnest(?::int[], ?::bytea[], ?::text[]) AS p(n, sealed, k)`.replace(
        'SELECT *',
        'SELECT n, sealed, k::bigint[]',
      ),
      [rows.map((row) => row[0]), rows.map((row) => row[1]), rows.map((row) => row[2])],
    );
  }
  await database.transaction(async (trx) => {
    await trx.raw('SET LOCAL session_replication_role = replica');
    await trx.raw('SET LOCAL synchronous_commit = off');
    const run = (sql: string, bindings: Record<string, unknown> = {}) =>
      trx.raw(sql, { programme: version.programmeId, version: version.id, ...bindings } as never);
    await run(
      `INSERT INTO staff (id, login, display_name, role, password_hash) SELECT ${key('7001-8000-000000000003')}, 'bench-' || i, '計測' || i, 'operator', '' FROM generate_series(1, 40) AS i`,
    );
    await run(
      `INSERT INTO venue (id, code, name, ward, address) SELECT ${key('7001-8000-000000000004')}, 'bench-' || i, '計測会場' || i, '中央区', '' FROM generate_series(1, :venues::int) AS i`,
      { venues: venueCount },
    );
    await run('DELETE FROM slot_quota');
    await run('DELETE FROM slot');
    await run(
      `INSERT INTO slot (id, programme_id, venue_id, dose, starts_at, ends_at)
       SELECT ${key('7001-8000-000000000005', '(row_number() OVER ())::int')}, :programme, v.id, 1 + d % 2, t, t + interval '30 minutes'
         FROM generate_series(0, :days::int - 1) AS d, generate_series(0, :times::int - 1) AS h, venue v,
              LATERAL (SELECT date_trunc('day', now()) + (d - :days::int / 2) * interval '1 day' + h * interval '30 minutes' AS t) AS at WHERE v.code LIKE 'bench-%'`,
      { days, times: timesOfDay },
    );
    await run(
      `INSERT INTO slot_quota (slot_id, channel, capacity, taken) SELECT s.id, c, 100, 0 FROM slot s, unnest(ARRAY['web', 'phone', 'line', 'venue']) AS c`,
    );
    say('  tables: residents');
    await run(
      `INSERT INTO resident (id, programme_id, coupon_index, sealed, digest, key_id, group_code, search_keys)
       SELECT ${resident('i')}, :programme, sha256(i::text::bytea), p.sealed, sha256(('d' || i)::bytea), 'bench', 'seniors', p.search_keys
         FROM generate_series(0, :residents::int - 1) AS i JOIN bench_persona p ON p.n = (i * 7919::bigint) % :personas::int`,
      { residents, personas },
    );
    say('  tables: bookings');
    await run(
      `INSERT INTO booking (id, programme_id, programme_version_id, resident_id, dose, slot_id, channel, state, version, hold_expires_at, reference, sealed_answers, group_code, telephone_key, created_at)
       SELECT ${key('7001-8000-000000000001')}, :programme, :version, ${resident('i')}, s.dose, s.id, (ARRAY['web', 'web', 'web', 'web', 'web', 'phone', 'phone', 'phone', 'line', 'venue'])[1 + i % 10],
              CASE WHEN i % 5000 = 17 THEN 'released' WHEN i % 11 = 0 THEN 'cancelled' WHEN s.starts_at > now() THEN 'confirmed' WHEN i % 17 = 0 THEN 'no_show' ELSE 'attended' END,
              2, now(), lpad(i::text, 9, '0'), :answers, 'seniors', hashint8(i), now() - interval '20 days'
         FROM generate_series(0, :bookings::int - 1) AS i JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS n FROM slot) s ON s.n = (i * 7919::bigint) % (SELECT count(*) FROM slot)`,
      { bookings, answers: sealedAnswers },
    );
    say('  tables: notices and callbacks');
    // Their keys say when they were made, as UUIDv7 does.
    const noticeKey = `(lpad(to_hex((extract(epoch FROM now() - interval '30 days') * 1000)::bigint + i * (30 * 86400000::bigint / (:bookings::int * 3 / 2))), 12, '0') || '7001' || '8' || lpad(to_hex(i), 15, '0'))::uuid`;
    await run(
      `INSERT INTO notice (id, booking_id, step, occurrence, channel, status, attempts, last_error, skip_reason, queued_at, sent_at)
       SELECT ${noticeKey}, ${key('7001-8000-000000000001', '(i % :bookings::int)')}, CASE WHEN i < :bookings::int THEN 'confirmation' ELSE 'reminder' END, 'first', 'email', st, 1,
              CASE st WHEN 'failed' THEN 'smtp 550' END, CASE st WHEN 'skipped' THEN 'no_address' END, at, CASE st WHEN 'sent' THEN at END
         FROM generate_series(0, :bookings::int * 3 / 2 - 1) AS i,
              LATERAL (SELECT CASE WHEN i % 400 = 3 THEN 'failed' WHEN i % 5000 = 9 THEN 'unclear' WHEN i % 4 = 0 THEN 'skipped' ELSE 'sent' END AS st,
                              now() - interval '30 days' + i * (interval '30 days' / (:bookings::int * 3 / 2)) AS at) AS x`,
      { bookings },
    );
    await run(
      `INSERT INTO callback (id, programme_id, resident_id, cause, booking_id, due_at, assigned_to, done_at, outcome)
       SELECT ${key('7001-8000-000000000006')}, :programme, ${resident('i')}, 'notice_failed', ${key('7001-8000-000000000001')}, now() + (i % 2000 - 500) * interval '1 minute',
              CASE WHEN i % 3 = 0 THEN ${key('7001-8000-000000000003', '1 + i % 40')} END, CASE WHEN i % 10 > 1 THEN now() - i * interval '1 minute' END, CASE WHEN i % 10 > 1 THEN 'reached' END
         FROM generate_series(0, 19999) AS i`,
    );
    say('  tables: audit');
    await run(
      `INSERT INTO audit_event (seq, at, actor_kind, actor_id, action, subject_kind, subject_id, resident_id, origin, result, detail, key_id, hash, seal)
       SELECT i, now() - interval '30 days' + i * (interval '30 days' / :rows::int), 'staff', ${key('7001-8000-000000000003', '1 + i % 40')},
              CASE WHEN i % 20000 = 7 THEN 'audit.verify' ELSE (ARRAY['resident.read', 'booking.read', 'booking.confirm', 'callback.attempt', 'resident.find'])[1 + i % 5] END, 'booking', ${key('7001-8000-000000000001')},
              CASE WHEN i % 7 = 0 THEN NULL ELSE ${resident('((i * 31::bigint) % :residents::int)::int')} END, '192.0.2.1', 'done', '{}', 'bench', decode(md5(i::text), 'hex'), decode(md5(i::text), 'hex')
         FROM generate_series(1, :rows::int) AS i`,
      { rows: auditRows, residents },
    );
    await run('UPDATE audit_head SET seq = :rows::int', { rows: auditRows });
  });
  // They were made without events.
  await createListedBookings(database).rebuild();
  for (const table of [
    'resident',
    'slot',
    'slot_quota',
    'booking',
    'listed_booking',
    'notice',
    'callback',
    'audit_event',
  ])
    await database.raw(`VACUUM ANALYZE ${table}`);
  await database.raw('CHECKPOINT');
}
