import { setTimeout as sleep } from 'node:timers/promises';

import { createAssignmentRunStore } from '../../database/imports/assignment-runs';
import { removeOutdated } from '../../database/upkeep/housekeeping';
import { addDays, cityDate } from '../../domain/calendar/city-time';
import { createCitySite } from '../worlds/city-site';
import { createImportWorld, type ImportWorld } from '../worlds/import-world';
import { createStaffSite, type StaffSite } from '../worlds/staff-site';
import { validAnswers } from '../worlds/test-city';
import type { Answer, Visitor } from '../worlds/visitor';

interface Run {
  readonly id: string;
  readonly phase: string;
  readonly rows: Record<string, number>;
  readonly faults: readonly { readonly code: string; readonly count: number; readonly sentence: string }[];
  readonly refusal: { readonly code: string; readonly sentence: string } | null;
  readonly untouched: number;
  readonly touched: number;
}
interface Row {
  readonly line: number;
  readonly state: string;
  readonly sentence: string;
  readonly number: string;
}

let world: ImportWorld;
let site: StaffSite;
let one: Visitor & { staffId: string };
let two: Visitor & { staffId: string };
let number = 9_700_000_000;

beforeAll(async () => {
  world = await createImportWorld();
  await world.startWorker();
  site = await createStaffSite({ city: world.city, temporal: world.client });
  [one, two] = [await site.colleague('city_admin'), await site.colleague('city_admin')];
});
afterAll(async () => {
  await site.close();
  await world.close();
});

const day = (ahead: number) => addDays(cityDate(new Date()), ahead);
const fresh = () => String(number++);
const header = '接種券番号,会場,日付,開始,回,メールアドレス';
const row = (coupon: string, { venue = '桜木会場', date = day(5), time = '10:30', dose = '1', email = '' } = {}) =>
  [coupon, venue, date, time, dose, email].join(',');
const fileOf = (...rows: string[]) => [header, ...rows, ''].join('\r\n');

async function person(options: { groupCode?: string } = {}): Promise<{ number: string; id: string }> {
  const coupon = fresh();
  return { number: coupon, id: await world.city.addResident({ number: coupon, ...options }) };
}

async function until(runId: string, ...phases: string[]): Promise<Run> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const run = (await one.get(`/api/v1/assignments/${runId}`)).json<Run>();
    if (phases.includes(run.phase)) return run;
    if (Date.now() > deadline) throw new Error(`the run is ${run.phase}: ${JSON.stringify(run)}`);
    await sleep(50);
  }
}

async function upload(content: Buffer | string): Promise<string> {
  const answer = await one.send('POST', '/api/v1/imports/files', Buffer.from(content), {
    headers: { 'content-type': 'application/octet-stream', 'x-file-name': encodeURIComponent('割り当て 山田花子.csv') },
  });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.json<{ id: string }>().id;
}

async function begin(content: Buffer | string): Promise<Run> {
  const started = await one.post('/api/v1/assignments', { fileId: await upload(content) });
  if (started.status !== 201) throw new Error(started.text);
  return until(started.json<Run>().id, 'waiting', 'refused', 'failed');
}

const approve = (visitor: Visitor, run: Run): Promise<Answer> =>
  visitor.post(`/api/v1/assignments/${run.id}/approve`, { bookable: run.rows['bookable'] });

async function book(content: string): Promise<Run> {
  const run = await begin(content);
  const answer = await approve(two, run);
  if (answer.status !== 200) throw new Error(answer.text);
  return until(run.id, 'done');
}

async function rowsOf(runId: string): Promise<Row[]> {
  return (await one.get(`/api/v1/assignments/${runId}/rows`)).json<{ rows: Row[] }>().rows;
}

const slot = (options: Parameters<typeof world.city.addSlot>[0] = {}) =>
  world.city.addSlot({ channel: 'venue', ...options });

test('a file is looked through, another person says yes, and everybody has the seat that the city gave them', async () => {
  const slotId = await slot({ capacity: 3 });
  const [a, b] = [await person(), await person()];
  const run = await begin(
    fileOf(
      row(a.number, { email: 'hana@example.jp' }),
      row(`${b.number.slice(0, 4)}－${b.number.slice(4)}`, { venue: 'sakuragi', date: day(5).replaceAll('-', '/') }),
    ),
  );
  expect(run).toMatchObject({ phase: 'waiting', rows: { bookable: 2, refused: 0, booked: 0 } });
  // Looking took nothing.
  expect(await world.city.seats(slotId, 'venue')).toEqual({ taken: 0, capacity: 3 });

  expect((await approve(one, run)).json()).toMatchObject({ code: 'second_person_needed' });
  expect((await two.post(`/api/v1/assignments/${run.id}/approve`, { bookable: 7 })).json()).toMatchObject({
    code: 'changed_meanwhile',
  });
  expect((await approve(two, run)).status).toBe(200);
  expect(await until(run.id, 'done')).toMatchObject({ rows: { bookable: 0, booked: 2 }, untouched: 2, touched: 0 });
  expect(await world.city.seats(slotId, 'venue')).toEqual({ taken: 2, capacity: 3 });

  const [booking] = await world.city.bookings.listOf(a.id);
  expect(booking).toMatchObject({
    state: 'confirmed',
    channel: 'venue',
    dose: 1,
    slot: { id: slotId },
    reference: expect.stringMatching(/^\d{9}$/) as unknown,
  });
  // What the file knows of the form is kept; what it does not know is not made up.
  expect(await world.city.bookings.answersOf(booking!.id)).toEqual({ email: 'hana@example.jp' });
  const events = await world.city
    .database('booking_event')
    .where({ booking_id: booking!.id })
    .orderBy('version')
    .select('type', 'actor');
  expect(events).toEqual([
    { type: 'held', actor: 'city' },
    { type: 'confirmed', actor: 'city' },
  ]);
  const audited = await world.city
    .database('audit_event')
    .where({ action: 'assignment.book', resident_id: a.id })
    .select('subject_id', 'result');
  expect(audited).toEqual([{ subject_id: booking!.id, result: 'done' }]);

  // The second yes, and the same file again, change nothing.
  expect((await approve(two, run)).json()).toMatchObject({ code: 'assignment_not_waiting' });
  expect(await world.city.seats(slotId, 'venue')).toEqual({ taken: 2, capacity: 3 });
  // A person who was given a seat changes it the usual way.
  const other = await world.city.addSlot({ daysAhead: 9 });
  const moved = await world.city.bookings.hold({
    residentId: a.id,
    slotId: other,
    dose: 1,
    channel: 'web',
    actor: 'citizen',
    replaces: booking!.id,
  });
  if (!moved.ok) throw new Error(moved.code);
  expect(
    await world.city.bookings.confirm({
      residentId: a.id,
      bookingId: moved.booking.id,
      answers: validAnswers,
      channel: 'web',
      actor: 'citizen',
    }),
  ).toMatchObject({ ok: true });
  expect(await world.city.seats(slotId, 'venue')).toEqual({ taken: 1, capacity: 3 });
});

test('a person who was given a seat sees it on the site, and is asked for what is missing when they change it', async () => {
  await slot({ daysAhead: 18, capacity: 1 });
  const other = await world.city.addSlot({ daysAhead: 19, capacity: 1 });
  const citizens = await createCitySite({ city: world.city });
  try {
    const citizen = await citizens.citizen();
    await book(fileOf(row(citizen.couponNumber, { date: day(18) })));
    const list = (await citizen.get('/api/v1/bookings')).json<{ bookings: { id: string; state: string }[] }>().bookings;
    expect(list).toMatchObject([{ state: 'confirmed', dose: 1 }]);
    for (const path of ['/bookings', `/bookings/${list[0]!.id}`])
      expect((await citizen.get(path)).text).toContain('桜木会場');
    const held = (await citizen.post('/api/v1/bookings', { slotId: other, dose: 1, replaces: list[0]!.id })).json<{
      id: string;
    }>();
    expect((await citizen.post(`/api/v1/bookings/${held.id}/confirm`, { answers: {} })).json()).toMatchObject({
      code: 'invalid_answers',
    });
    expect((await citizen.post(`/api/v1/bookings/${held.id}/confirm`, { answers: validAnswers })).json()).toMatchObject(
      { state: 'confirmed' },
    );
  } finally {
    await citizens.close();
  }
});

test('each row that cannot be booked says why, with its line, before anybody says yes', async () => {
  await slot({ daysAhead: 6, time: '09:00', capacity: 2 });
  await slot({ daysAhead: 10, time: '09:00', dose: 2, capacity: 5 });
  await slot({ daysAhead: 40, time: '09:00', dose: 2, capacity: 5 });
  const at = { date: day(6), time: '9:00' };
  const [good, twice, against, late, booked, pair, quick, outsider] = await Promise.all([
    person(),
    person(),
    person(),
    person(),
    person(),
    person(),
    person(),
    person({ groupCode: 'nobody' }),
  ]);
  const web = await world.city.addSlot({ daysAhead: 7 });
  const held = await world.city.bookings.hold({
    residentId: booked.id,
    slotId: web,
    dose: 1,
    channel: 'web',
    actor: 'citizen',
  });
  if (!held.ok) throw new Error(held.code);
  await world.city.bookings.confirm({
    residentId: booked.id,
    bookingId: held.booking.id,
    answers: validAnswers,
    channel: 'web',
    actor: 'citizen',
  });
  await slot({ daysAhead: 8, time: '09:00', capacity: 5 });

  const run = await begin(
    fileOf(
      row(good.number, at), // 2: one of two seats
      row(twice.number, at), // 3: the other
      row(twice.number, at), // 4: the same again
      row(against.number, at), // 5
      row(against.number, { date: day(8), time: '9:00' }), // 6: contradicts 5
      row(late.number, at), // 7: no seat left
      row(booked.number, { date: day(8), time: '9:00' }), // 8
      row(pair.number, { date: day(8), time: '9:00' }), // 9
      row(pair.number, { date: day(40), time: '9:00', dose: '2' }), // 10: the second of two in one file
      row(quick.number, { date: day(10), time: '9:00', dose: '2' }), // 11: no first dose
      row(outsider.number, { date: day(8), time: '9:00' }), // 12
      row('9799999999', at), // 13: nobody
      row(good.number, { venue: '北会場', dose: '2' }), // 14
      row(good.number, { date: day(6), time: '9:15', dose: '2' }), // 15: no such time
      row(quick.number, { date: '令和8年2月30日' }), // 16
    ),
  );
  expect(run).toMatchObject({ phase: 'waiting', rows: { bookable: 4, refused: 11 } });
  const found = await rowsOf(run.id);
  expect(found.map(({ line, sentence }) => `${String(line)} ${sentence}`)).toEqual([
    '4 同じ内容の行が前にあります。前の行だけを予約します。',
    '5 同じ方の同じ回が、別の日時や会場でほかの行にもあります。どちらが正しいかわからないため、どの行も予約しません。',
    '6 同じ方の同じ回が、別の日時や会場でほかの行にもあります。どちらが正しいかわからないため、どの行も予約しません。',
    '7 この枠の席が足りません。',
    '8 この方には、この回の予約がすでにあります。',
    '11 この方には、前の回の予約がありません。',
    '12 この方は受付の対象ではありません（対象区分に入らないか、転出などで外れています）。',
    '13 この接種券番号の方は、対象者データにいません。',
    '14 この会場は登録されていません。会場コードか会場名をご確認ください。',
    '15 この会場に、この日時・この回の枠がありません。',
    '16 日付を読み取れません。2026-05-29 や 令和8年5月29日 のように書いてください。',
  ]);
  const csv = await one.get(`/api/v1/assignments/${run.id}/faults.csv`);
  expect(csv.text.split('\r\n')).toHaveLength(13);
  expect((await two.post(`/api/v1/assignments/${run.id}/reject`)).json()).toMatchObject({ phase: 'rejected' });
  expect((await approve(two, run)).json()).toMatchObject({ code: 'assignment_not_waiting' });
});

test('what happened between the look and the yes is met by the rules, not by the look', async () => {
  const slotId = await slot({ daysAhead: 11, capacity: 2 });
  const [first, second, rival] = [await person(), await person(), await person()];
  const at = { date: day(11) };
  const run = await begin(fileOf(row(first.number, at), row(second.number, at)));
  expect(run.rows['bookable']).toBe(2);
  const walk = await world.city.bookings.assign(
    { residentId: rival.id, slotId, dose: 1, channel: 'venue', answers: {} },
    () => Promise.resolve(true),
  );
  expect(walk.ok).toBe(true);
  await approve(two, run);
  expect(await until(run.id, 'done')).toMatchObject({
    rows: { booked: 1, refused: 1 },
    faults: [{ code: 'slot_full', count: 1 }],
  });
  expect(await world.city.seats(slotId, 'venue')).toEqual({ taken: 2, capacity: 2 });
});

test('a worker taken away in the middle: another goes on, nobody is booked twice, nobody is left out', async () => {
  const many = 300;
  const slotId = await slot({ daysAhead: 12, capacity: many });
  const everybody = await Promise.all(Array.from({ length: many }, () => person()));
  const run = await begin(fileOf(...everybody.map((item) => row(item.number, { date: day(12) }))));
  expect(run.rows['bookable']).toBe(many);
  const runs = createAssignmentRunStore(world.city);
  await approve(two, run);
  while (((await runs.find(run.id))?.rows.booked ?? 0) < 20) await sleep(5);
  await world.stopWorkers();
  const left = await runs.find(run.id);
  expect(left?.rows.booked).toBeLessThan(many);
  await world.startWorker();
  expect(await until(run.id, 'done')).toMatchObject({ rows: { booked: many, refused: 0 } });
  expect(await world.city.seats(slotId, 'venue')).toEqual({ taken: many, capacity: many });
  const { rows } = await world.city.database.raw<{ rows: { bookings: number; people: number }[] }>(
    `SELECT count(*)::int AS bookings, count(DISTINCT resident_id)::int AS people FROM booking WHERE slot_id = ? AND state = 'confirmed'`,
    [slotId],
  );
  expect(rows).toEqual([{ bookings: many, people: many }]);
});

test('taking back cancels what nobody has touched, with a yes of its own by another person', async () => {
  const slotId = await slot({ daysAhead: 13, capacity: 5 });
  const [still, cancelled, moved] = [await person(), await person(), await person()];
  const at = { date: day(13) };
  const run = await book(fileOf(row(still.number, at), row(cancelled.number, at), row(moved.number, at)));
  expect(run.rows['booked']).toBe(3);
  const bookingOf = async (id: string) =>
    (await world.city.bookings.listOf(id)).find((item) => item.state === 'confirmed')!;
  await world.city.bookings.cancel({
    residentId: cancelled.id,
    bookingId: (await bookingOf(cancelled.id)).id,
    channel: 'web',
    actor: 'citizen',
  });
  const other = await world.city.addSlot({ daysAhead: 15 });
  const hold = await world.city.bookings.hold({
    residentId: moved.id,
    slotId: other,
    dose: 1,
    channel: 'web',
    actor: 'citizen',
    replaces: (await bookingOf(moved.id)).id,
  });
  if (!hold.ok) throw new Error(hold.code);
  await world.city.bookings.confirm({
    residentId: moved.id,
    bookingId: hold.booking.id,
    answers: validAnswers,
    channel: 'web',
    actor: 'citizen',
  });

  expect((await two.post(`/api/v1/assignments/${run.id}/take-back/approve`)).json()).toMatchObject({
    code: 'assignment_nothing_to_take_back',
  });
  expect((await one.post(`/api/v1/assignments/${run.id}/take-back`)).json()).toMatchObject({
    untouched: 1,
    touched: 2,
    takeBackAsked: { by: { id: one.staffId } },
  });
  expect((await one.post(`/api/v1/assignments/${run.id}/take-back/approve`)).json()).toMatchObject({
    code: 'second_person_needed',
  });
  expect((await two.post(`/api/v1/assignments/${run.id}/take-back/approve`)).status).toBe(200);
  expect(await until(run.id, 'taken_back')).toMatchObject({ rows: { taken_back: 1, kept: 2, booked: 0 } });
  expect(await world.city.bookings.listOf(still.id)).toMatchObject([{ state: 'cancelled', endReason: 'city' }]);
  expect((await bookingOf(moved.id)).slot.id).toBe(other);
  expect(await world.city.seats(slotId, 'venue')).toEqual({ taken: 0, capacity: 5 });
});

test('two persons and the approval before any booking are constraints of the table', async () => {
  const fileId = await upload(fileOf(row(fresh())));
  const { database } = world.city;
  const id = await createAssignmentRunStore(world.city).create({
    programmeId: world.city.version.programmeId,
    fileId,
    channel: 'venue',
    startedBy: one.staffId,
  });
  await expect(
    database('assignment_run').where({ id }).update({ status: 'booking', approved_by: one.staffId }),
  ).rejects.toThrow('assignment_two_persons');
  await expect(database('assignment_run').where({ id }).update({ status: 'booking' })).rejects.toThrow(
    'assignment_approved',
  );
  await expect(
    database('assignment_run').where({ id }).update({ status: 'taking_back', approved_by: two.staffId }),
  ).rejects.toThrow('assignment_take_back_approved');
  await expect(database('assignment_row').insert({ run_id: id, line: 1, state: 'booked' })).rejects.toThrow(
    'assignment_row_booked',
  );
  await database('assignment_run').where({ id }).delete();
});

test.each([
  [
    'CP932 with titles above the header',
    (text: string) => Buffer.concat([Buffer.from([0x95, 0xaa, 0x0d, 0x0a]), cp932(text)]),
    'waiting',
  ],
  ['UTF-8 with its mark', (text: string) => Buffer.from(`\uFEFF${text}`), 'waiting'],
  ['no header', (text: string) => Buffer.from(text.split('\r\n').slice(1).join('\r\n')), 'refused'],
])('%s', async (_name, encode, phase) => {
  await slot({ daysAhead: 16 });
  const { number: coupon } = await person();
  const run = await begin(encode(fileOf(row(coupon, { date: day(16), venue: 'sakuragi' }))));
  expect(run.phase).toBe(phase);
  expect(run.refusal === null).toBe(phase === 'waiting');
});

test('nothing of the file can be read in the database, and after 30 days nothing of it is there', async () => {
  await slot({ daysAhead: 17 });
  const { number: coupon } = await person();
  const run = await begin(fileOf(row(coupon, { date: day(17), email: 'secret-hana@example.jp' }), row('9788888888')));
  const { database } = world.city;
  const dump = JSON.stringify([
    await database('assignment_row').where({ run_id: run.id }),
    await database('assignment_run').where({ id: run.id }),
    await database('audit_event').where({ subject_id: run.id }),
  ]);
  for (const secret of [coupon, '9788888888', 'secret-hana', '桜木会場', '山田花子'])
    expect(dump).not.toContain(secret);
  const chunks = await database('import_file_chunk as c')
    .join('assignment_run as r', 'r.file_id', 'c.file_id')
    .where('r.id', run.id)
    .select('c.seq');
  expect(chunks).toEqual([]);
  await database('assignment_run')
    .where({ id: run.id })
    .update({ created_at: database.raw(`now() - interval '31 days'`) });
  await removeOutdated(database);
  expect(await database('assignment_row').where({ run_id: run.id }).whereNotNull('sealed').select('line')).toEqual([]);
  // Nobody said yes for so long: nobody may any more.
  expect(await until(run.id, 'rejected')).toMatchObject({ phase: 'rejected' });
});

test('there is a file to begin from, and it can be loaded as it is', async () => {
  const template = await one.get('/api/v1/assignment-template.csv');
  expect(template.text).toContain('接種券番号,会場,日付,開始,回');
  const run = await begin(template.text);
  expect(run).toMatchObject({ phase: 'waiting', rows: { bookable: 0, refused: 1 } });
});

/** Only ASCII and the header's own characters are needed here. */
function cp932(text: string): Buffer {
  const table: Readonly<Record<string, number>> = {
    接: 0x90da,
    種: 0x8eed,
    券: 0x8c94,
    番: 0x94d4,
    号: 0x8d86,
    会: 0x89ef,
    場: 0x8fea,
    日: 0x93fa,
    付: 0x9574,
    開: 0x8a4a,
    始: 0x8e6e,
    回: 0x89f1,
    メ: 0x8381,
    ー: 0x815b,
    ル: 0x838b,
    ア: 0x8341,
    ド: 0x8368,
    レ: 0x838c,
    ス: 0x8358,
  };
  return Buffer.concat(
    [...text].map((character) => {
      const code = table[character];
      return code === undefined ? Buffer.from(character, 'latin1') : Buffer.from([code >> 8, code & 0xff]);
    }),
  );
}
