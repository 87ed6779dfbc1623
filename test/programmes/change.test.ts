import { createProgrammes } from '../../database/programmes/programmes';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import { defined } from '../../domain/text/defined';
import { patienceMs } from '../support/patience';
import { createRehearsalTestWorld, type RehearsalTestWorld } from '../worlds/rehearsal-world';
import { runningChange } from '../worlds/running-change';
import { createStaffSite, type StaffSite } from '../worlds/staff-site';
import { validAnswers } from '../worlds/test-city';
import type { Visitor } from '../worlds/visitor';

interface Change {
  id: string;
  number: number;
  state: string;
  expected: number;
  moved: number;
  failed: number;
  stayed: { reason: string; count: number }[];
}
const programme = '/api/v1/programmes/test-programme';
let world: RehearsalTestWorld;
let site: StaffSite;
let asker: Visitor & { staffId: string };
let admin: Visitor & { staffId: string };
beforeAll(async () => {
  world = await createRehearsalTestWorld();
  site = await createStaffSite({ city: world.city, temporal: world.client });
  asker = await site.colleague('city_admin');
  admin = await site.colleague('city_admin');
});
afterAll(async () => {
  await site.close();
  await world.close();
});
afterEach(async () => {
  await world.city
    .database('programme_change')
    .whereIn('state', ['waiting', 'running'])
    .update({ state: 'superseded', ended_at: new Date() });
  await world.city.database.raw(
    `UPDATE booking SET state = 'cancelled', version = version + 1 WHERE state = 'confirmed'`,
  );
  await world.city.database.raw(`UPDATE booking SET state = 'released', version = version + 1 WHERE state = 'held'`);
});

async function publish(change: (document: ProgrammeDocument) => void): Promise<number> {
  const programmes = createProgrammes(world.city.database);
  const document = structuredClone((await programmes.current('test-programme')).document);
  document.name = `${document.name.slice(0, 20)} ${crypto.randomUUID().slice(0, 8)}`;
  change(document);
  site.services.programmes.forget();
  const { number } = await programmes.publish('test-programme', document);
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  return number;
}

interface Booked {
  readonly id: string;
  readonly residentId: string;
}
async function hold(
  options: { daysAhead?: number; birthDate?: string; residentId?: string; replaces?: string } = {},
): Promise<Booked> {
  const residentId = options.residentId ?? (await world.city.addResident(defined({ birthDate: options.birthDate })));
  const slotId = await world.city.addSlot({ daysAhead: options.daysAhead ?? 10, capacity: 1_000 });
  const held = await world.city.bookings.hold({
    residentId,
    slotId,
    dose: 1,
    channel: 'web',
    actor: 'citizen',
    ...defined({ replaces: options.replaces }),
  });
  if (!held.ok) throw new Error(held.code);
  return { id: held.booking.id, residentId };
}
async function confirm({ id, residentId }: Booked): Promise<void> {
  const done = await world.city.bookings.confirm({
    residentId,
    bookingId: id,
    answers: validAnswers,
    channel: 'web',
    actor: 'citizen',
  });
  if (!done.ok) throw new Error(done.code);
}
async function book(options: Parameters<typeof hold>[0] = {}): Promise<Booked> {
  const booked = await hold(options);
  await confirm(booked);
  return booked;
}

const versionOf = async ({ id }: Booked) =>
  (
    await world.city
      .database('booking as b')
      .join('programme_version as v', 'v.id', 'b.programme_version_id')
      .where('b.id', id)
      .first<{ number: number }>('v.number')
  ).number;
const changedEvents = async ({ id }: Booked) =>
  (await world.city.database('booking_event').where({ booking_id: id, type: 'programme_changed' }).select('version'))
    .length;
const preview = async () =>
  (await asker.get(`${programme}/change-preview`)).json<{
    number: number;
    bookings: number;
    willMove: number;
    versions: { number: number; bookings: number; held: number }[];
    stays: { reason: string; count: number }[];
    notices: { step: string; kind: string; bookings: number }[];
  }>();
const list = async () => (await asker.get(`${programme}/changes`)).json<{ changes: Change[] }>().changes;
const ask = (number: number, by: Visitor = asker) => by.post(`${programme}/changes`, { number });
const approve = (id: string, number: number, by: Visitor = admin) =>
  by.post(`${programme}/changes/${id}/approve`, { number });

async function ended(id: string): Promise<Change> {
  for (const until = Date.now() + patienceMs; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const found = (await list()).find((change) => change.id === id);
    if (found && found.state !== 'running') return found;
    if (Date.now() > until) throw new Error(`the change is still ${found?.state ?? 'unknown'}`);
  }
}

test('shown first, asked for by one, approved by another: then each booking is moved once, and the report says which stayed and why', async () => {
  const people = [await book(), await book(), await book({ birthDate: '1985-01-01' })];
  const number = await publish((document) => {
    document.groups = document.groups.map((group) =>
      group.code === 'seniors' ? { ...group, members: [{ kind: 'born', until: '1957-12-31' }] } : group,
    );
    for (const step of document.journey) if (step.when.kind === 'days_before') step.when.days += 1;
    document.journey.push({
      id: 'a-week-before',
      on: 'confirmed',
      when: { kind: 'days_before', days: 7, at: '09:00' },
      template: document.journey[0]!.template,
    });
  });
  const fresh = await book();
  const shown = await preview();
  expect(shown).toMatchObject({
    number,
    bookings: 3,
    willMove: 2,
    versions: [{ number: number - 1, bookings: 3, held: 0 }],
    stays: [expect.objectContaining({ reason: 'not_eligible', count: 1 })],
  });
  expect(shown.notices).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ step: 'a-week-before', kind: 'added', bookings: 2 }),
      expect.objectContaining({ kind: 'moved', bookings: 2 }),
    ]),
  );

  const asked = await ask(number);
  expect(asked.status).toBe(201);
  const { id } = asked.json<Change & Record<string, unknown>>();
  expect((await ask(number)).json()['code']).toBe('change_exists');
  // Nobody alone, and nobody who may not publish.
  expect((await approve(id, number, asker)).json()['code']).toBe('change_own');
  expect((await approve(id, number, await site.colleague('supervisor'))).status).toBe(403);
  expect(await Promise.all(people.map(versionOf))).toEqual([number - 1, number - 1, number - 1]);
  expect((await approve(id, number)).json()).toMatchObject({ state: 'running', expected: 3 });
  expect(await ended(id)).toMatchObject({
    state: 'done',
    moved: 2,
    failed: 0,
    stayed: [expect.objectContaining({ reason: 'not_eligible', count: 1 })],
  });
  expect(await Promise.all(people.map(versionOf))).toEqual([number, number, number - 1]);
  expect(await Promise.all([...people, fresh].map(changedEvents))).toEqual([1, 1, 0, 0]);
  // The answers and the reference are those of then.
  expect(await world.city.bookings.answersOf(people[0]!.id)).toMatchObject({ email: validAnswers.email });
  expect(
    (
      await world.city
        .database('booking_event')
        .where({ booking_id: people[0]!.id, type: 'programme_changed' })
        .first<{ delivered_at: Date | null }>('delivered_at')
    ).delivered_at,
  ).not.toBeNull();
  expect((await approve(id, number)).json()['code']).toBe('change_over');
});

test('another version published between the look and the yes: nothing begins', async () => {
  const one = await book();
  const number = await publish(() => undefined);
  const { id } = (await ask(number)).json<Change & Record<string, unknown>>();
  const next = await publish(() => undefined);
  expect((await approve(id, number)).json()['code']).toBe('change_over');
  expect((await list()).find((change) => change.id === id)?.state).toBe('superseded');
  const stale = await ask(number);
  expect([stale.status, stale.json()['code'], stale.json()['facts']]).toEqual([
    412,
    'changed_meanwhile',
    { version: undefined, number: next },
  ]);
  const again = (await ask(next)).json<Change & Record<string, unknown>>();
  expect((await approve(again.id, number)).status).toBe(412);
  expect(await versionOf(one)).toBe(number - 1);
});

test('what was cancelled, moved or is held meanwhile: the ended stay as they are, the new booking has its own version, the hold is reached when it is confirmed', async () => {
  const [cancelled, old, held] = [await book(), await book(), await hold()];
  const { changeId, published } = await runningChange(world.city, (document) => {
    document.name = 'meanwhile';
  });
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  await world.city.bookings.cancel({
    residentId: cancelled.residentId,
    bookingId: cancelled.id,
    channel: 'web',
    actor: 'citizen',
  });
  const moved = await hold({ residentId: old.residentId, replaces: old.id, daysAhead: 12 });
  expect(await world.city.bookings.changeVersion(held.id, changeId)).toEqual({ outcome: 'over' });
  // The move is still under way: the old booking stands, is changed, and the move is confirmed all the same.
  expect(await world.city.bookings.changeVersion(old.id, changeId)).toMatchObject({ outcome: 'moved' });
  await confirm(moved);
  expect(await world.city.bookings.changeVersion(old.id, changeId)).toEqual({ outcome: 'over' });
  expect(await world.city.bookings.changeVersion(cancelled.id, changeId)).toEqual({ outcome: 'over' });
  await confirm(held);
  expect(await world.city.bookings.changeVersion(held.id, changeId)).toMatchObject({ outcome: 'moved' });
  expect(await Promise.all([held, moved].map(versionOf))).toEqual([published.number, published.number]);
  expect(await Promise.all([cancelled, old, held, moved].map(changedEvents))).toEqual([0, 1, 1, 0]);
});

test('two attempts at the same booking at once move it once; a change and a cancellation at once do not cross', async () => {
  const people = await Promise.all(Array.from({ length: 6 }, () => book()));
  const { changeId } = await runningChange(world.city, (document) => {
    document.name = 'at once';
  });
  const outcomes = await Promise.all(
    [...people, ...people].map(({ id }) => world.city.bookings.changeVersion(id, changeId)),
  );
  expect(outcomes.filter(({ outcome }) => outcome === 'moved')).toHaveLength(6);
  expect(await Promise.all(people.map(changedEvents))).toEqual(people.map(() => 1));
  const more = await Promise.all(
    people.map(({ id, residentId }) =>
      world.city.bookings.cancel({ residentId, bookingId: id, channel: 'web', actor: 'citizen' }),
    ),
  );
  expect(more.every((item) => item.ok)).toBe(true);
  for (const { id } of people) {
    const versions = await world.city
      .database('booking_event')
      .where({ booking_id: id })
      .orderBy('version')
      .select<{ version: number }[]>('version');
    expect(versions.map(({ version }) => version)).toEqual([1, 2, 3, 4]);
  }
});

test('an attempt that died is gone on with: nothing twice, nothing forgotten', async () => {
  const people = await Promise.all(Array.from({ length: 8 }, () => book()));
  const { changeId, published } = await runningChange(world.city, (document) => {
    document.name = 'died';
  });
  for (const { id } of people.slice(0, 3)) await world.city.bookings.changeVersion(id, changeId);
  await world.processes.startChange(changeId);
  await world.processes.startChange(changeId);
  const report = await ended(changeId);
  expect(report).toMatchObject({ state: 'done', moved: 8, failed: 0, stayed: [] });
  expect(await Promise.all(people.map(versionOf))).toEqual(people.map(() => published.number));
  expect(await Promise.all(people.map(changedEvents))).toEqual(people.map(() => 1));
});

test('a stopped change ends, and reaches nobody more', async () => {
  const people = [await book(), await book()];
  const before = await versionOf(people[1]!);
  const { changeId, published } = await runningChange(world.city, (document) => {
    document.name = 'stopped';
  });
  await world.city.bookings.changeVersion(people[0]!.id, changeId);
  expect((await asker.post(`${programme}/changes/${changeId}/stop`, {})).json()).toMatchObject({
    state: 'stopped',
    moved: 1,
  });
  expect(await world.city.bookings.changeVersion(people[1]!.id, changeId)).toEqual({ outcome: 'stopped' });
  await world.processes.startChange(changeId);
  await world.client.workflow.getHandle(`change/${changeId}`).result();
  expect(await Promise.all(people.map(versionOf))).toEqual([published.number, before]);
  expect((await asker.post(`${programme}/changes/${changeId}/stop`, {})).json()['code']).toBe('change_over');
});

test('bookings whose address the new form would not find stay', async () => {
  const one = await book();
  const { changeId } = await runningChange(world.city, (document) => {
    document.form.fields = document.form.fields.map((field) =>
      field.kind === 'email' ? { ...field, name: 'mailAddress' } : field,
    );
  });
  expect(await world.city.bookings.changeVersion(one.id, changeId)).toEqual({
    outcome: 'stayed',
    reason: 'address_field_gone',
  });
  await publish((document) => {
    document.form.fields = document.form.fields.map((field) =>
      field.kind === 'email' ? { ...field, name: 'email' } : field,
    );
  });
});

test('a writer that gets past the program is stopped by the tables', async () => {
  const { database } = world.city;
  const one = await book();
  const number = await publish(() => undefined);
  const target = await database('programme_version')
    .where({ number })
    .first<{ id: string; programme_id: string }>('id', 'programme_id');
  const move = () =>
    database('booking')
      .where({ id: one.id })
      .update({ programme_version_id: target.id, version: database.raw('version + 1') });
  await expect(move()).rejects.toThrow(/keeps the version/);
  const row = (values: object) =>
    database('programme_change').insert({
      id: crypto.randomUUID(),
      programme_id: target.programme_id,
      programme_version_id: target.id,
      asked_by: asker.staffId,
      ...values,
    });
  await expect(row({ state: 'running' })).rejects.toThrow(/programme_change_approved/);
  await expect(row({ state: 'running', approved_by: asker.staffId, approved_at: new Date() })).rejects.toThrow(
    /programme_change_two_persons/,
  );
  await row({});
  await expect(move()).rejects.toThrow(/keeps the version/);
  await expect(row({})).rejects.toThrow(/programme_change_one_open/);
  await database('programme_change')
    .where({ state: 'waiting' })
    .update({ state: 'running', approved_by: admin.staffId, approved_at: new Date() });
  await expect(database('booking').where({ id: one.id }).update({ programme_version_id: target.id })).rejects.toThrow(
    /keeps the version/,
  );
  expect(await move()).toBe(1);
  const older = await database('programme_version')
    .where({ number: number - 1 })
    .first<{ id: string }>('id');
  await expect(
    database('booking')
      .where({ id: one.id })
      .update({ programme_version_id: older.id, version: database.raw('version + 1') }),
  ).rejects.toThrow(/keeps the version/);
});

test('a wish stated at publishing waits for a second person', async () => {
  await book();
  const author = await site.colleague('supervisor');
  const begun = (
    await author.post(`${programme}/draft`, {
      from: (await createProgrammes(world.city.database).current('test-programme')).number,
    })
  ).json<{ version: number; document: ProgrammeDocument }>();
  begun.document.name = '反映したい';
  const saved = (
    await author.send('PATCH', `${programme}/draft`, JSON.stringify(begun), {
      headers: { 'content-type': 'application/json' },
    })
  ).json<{ version: number; document: ProgrammeDocument }>();
  const rehearsed = await site.services.rehearsals.ask(
    { kind: 'machine', id: null, origin: 'test', requestId: null },
    author.staffId,
    'test-programme',
    saved.document,
    { kind: 'programme', people: 1, seed: 1 },
  );
  await site.services.rehearsals.finish(rehearsed.ok ? rehearsed.id : '', { people: 1, durationMs: 1, faults: [] });
  const answer = await asker.post(`${programme}/draft/publish`, { version: saved.version, reach: true });
  expect([answer.status, answer.text.slice(0, 200)]).toEqual([200, expect.any(String)]);
  const { number } = answer.json<{ number: number }>();
  const [waiting] = await list();
  expect(waiting).toMatchObject({ state: 'waiting', number });
  expect((await approve(waiting!.id, number, asker)).json()['code']).toBe('change_own');
  expect((await approve(waiting!.id, number)).status).toBe(200);
  expect(await ended(waiting!.id)).toMatchObject({ state: 'done', moved: 1 });
});
