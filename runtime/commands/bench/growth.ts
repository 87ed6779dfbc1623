import { performance } from 'node:perf_hooks';

import { createOutbox } from '../../../database/bookings/outbox';
import { createResidentRepository } from '../../../database/residents/residents';
import { createSlotRepository } from '../../../database/schedule/slots';
import { addDays, cityDate } from '../../../domain/calendar/city-time';
import { addResidents, benchAnswers, type BenchCity, createBenchCity } from './bench-city';
import { type Figure, median, round } from './measure';

const few = 10_000;
const samples = 400;
const runs = 5;

/**
 * Latency of what people wait for, one after the other, with 10,000 bookings in the tables of one database and `many` in
 * those of another on the same server. The two are measured in turn, so that both meet the same machine; each figure is the
 * median of its samples, the best of its runs. The figure is the largest ratio.
 */
export async function growth(serverUrl: string, many: number, say: (line: string) => void): Promise<Figure> {
  const [small, large] = [
    await createBenchCity(serverUrl, 'toki_bench_small'),
    await createBenchCity(serverUrl, 'toki_bench_large'),
  ];
  try {
    await fill(small, 0, few);
    const step = 500_000;
    for (let from = 0; from < many; from += step) {
      await fill(large, from, Math.min(many, from + step));
      say(`  growth: ${String(Math.min(many, from + step))} bookings`);
    }
    const [before = {}, after = {}] = await inTurn(small, large);
    const ratios = Object.keys(before).map((name) => ({
      name,
      before: before[name] ?? Number.NaN,
      after: after[name] ?? Number.NaN,
      ratio: (after[name] ?? Number.NaN) / (before[name] ?? Number.NaN),
    }));
    const value = Math.max(...ratios.map((item) => item.ratio));
    return {
      name: 'growth',
      value: round(value),
      wanted: '<= 1.2',
      holds: value <= 1.2,
      detail: {
        bookings: `${String(few)} -> ${String(many)}`,
        ...Object.fromEntries(
          ratios.map((item) => [
            `${item.name} ms`,
            `${item.before.toFixed(2)} -> ${item.after.toFixed(2)} (${item.ratio.toFixed(2)})`,
          ]),
        ),
      },
    };
  } finally {
    await small.close();
    await large.close();
  }
}

/**
 * Residents and bookings with two events each, [from, until), made inside PostgreSQL. Foreign keys are not checked
 * while filling (the rows are right by construction); indexes and other constraints are.
 */
async function fill(city: BenchCity, from: number, until: number): Promise<void> {
  await city.database.transaction(async (trx) => {
    await trx.raw(`SET LOCAL session_replication_role = replica`);
    await trx.raw(`SET LOCAL synchronous_commit = off`);
    const binding = {
      from,
      until: until - 1,
      programme: city.version.programmeId,
      version: city.version.id,
      slots: city.slotIds.length,
    };
    // Keys that grow with time, as UUIDv7 does; references that no real booking of the bench can get.
    const key = (kind: string) =>
      `(lpad(to_hex(i), 12, '0') || '${kind}' || substr(md5(i::text || '${kind}'), 1, 19))::uuid`;
    await trx.raw(
      `INSERT INTO resident (id, programme_id, coupon_index, sealed, digest, key_id, group_code)
       SELECT ${key('7')}, :programme, sha256(i::text::bytea), sha256(('s' || i)::bytea) || sha256(('t' || i)::bytea), sha256(('d' || i)::bytea), 'bench', 'seniors'
         FROM generate_series(:from::int, :until::int) AS i`,
      binding,
    );
    await trx.raw(
      `INSERT INTO booking (id, programme_id, programme_version_id, resident_id, dose, slot_id, channel, state, version, hold_expires_at, reference, sealed_answers)
       SELECT ${key('8')}, :programme, :version, ${key('7')}, 1, s.id, 'web', CASE i % 10 WHEN 0 THEN 'cancelled' ELSE 'attended' END, 2, now(),
              'f' || lpad(i::text, 8, '0'), sha256(('a' || i)::bytea) || sha256(('b' || i)::bytea) || sha256(('c' || i)::bytea)
         FROM generate_series(:from::int, :until::int) AS i JOIN (SELECT id, row_number() OVER () AS n FROM slot) s ON s.n = 1 + i % :slots`,
      binding,
    );
    await trx.raw(
      `INSERT INTO booking_event (booking_id, version, type, actor, facts, delivered_at)
       SELECT ${key('8')}, v, CASE v WHEN 1 THEN 'held' ELSE 'confirmed' END, 'citizen', '{"state":"confirmed"}', now()
         FROM generate_series(:from::int, :until::int) AS i, generate_series(1, 2) AS v`,
      binding,
    );
  });
  for (const table of ['resident', 'booking', 'booking_event']) await city.database.raw(`VACUUM ANALYZE ${table}`);
  await city.database.raw('CHECKPOINT');
}

async function inTurn(...cities: readonly BenchCity[]): Promise<Record<string, number>[]> {
  const best: Record<string, number>[] = cities.map(() => ({}));
  for (let run = 0; run <= runs; run++) {
    for (const [index, city] of cities.entries()) {
      const found = await onePass(city);
      const known = best[index] ?? {};
      // The first pass only warms caches and plans.
      if (run > 0)
        for (const [name, value] of Object.entries(found)) known[name] = Math.min(known[name] ?? Infinity, value);
    }
  }
  return best;
}

async function onePass(city: BenchCity): Promise<Record<string, number>> {
  const residents = await addResidents(city, samples);
  const repository = createResidentRepository({ database: city.database, keys: city.keys });
  const outbox = createOutbox(city.database);
  const times: Record<string, number[]> = {};
  async function timed<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const start = performance.now();
    const result = await work();
    (times[name] ??= []).push(performance.now() - start);
    return result;
  }
  const from = addDays(cityDate(new Date()), 3);
  for (const [index, residentId] of residents.entries()) {
    const slotId = city.slotIds[(index * 7) % city.slotIds.length] as string;
    await timed('log-in look-up', () =>
      repository.findByCoupon(city.version.programmeId, String(9_000_000_000 + index)),
    );
    const held = await timed('hold', () =>
      city.bookings.hold({ residentId, slotId, dose: 1, channel: 'web', actor: 'citizen' }),
    );
    if (!held.ok) throw new Error(held.code);
    const done = await timed('confirm', () =>
      city.bookings.confirm({
        residentId,
        bookingId: held.booking.id,
        answers: benchAnswers,
        channel: 'web',
        actor: 'citizen',
      }),
    );
    if (!done.ok) throw new Error(done.code);
    await timed('my bookings', () => city.bookings.listOf(residentId));
    await outbox.markDelivered(
      [held, done].flatMap((change) => change.events.map(({ bookingId, version }) => ({ bookingId, version }))),
    );
    if (index % 8 === 0) {
      // A repository of its own each time: its cache would answer otherwise.
      const slots = createSlotRepository(city.database);
      await timed('free seats of a month', () =>
        slots.freeSlots({
          programmeId: city.version.programmeId,
          dose: 1,
          channel: 'web',
          from,
          until: addDays(from, 30),
        }),
      );
      await timed('hand-over backlog', () => outbox.backlog());
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}
