import { type AuditActor, type AuditHead, createAudit } from '../../database/audit/audit';
import { makeKeys, parseKeys } from '../../database/foundation/keys';
import { createTestCity, type TestCity, testKeys } from '../worlds/test-city';

let city: TestCity;
beforeEach(async () => {
  city = await createTestCity();
});
afterEach(() => city.close());

const actor: AuditActor = { kind: 'machine', id: null, origin: 'test', requestId: null };

async function filled(rows = 6) {
  const audit = createAudit({ database: city.database, keys: testKeys });
  for (let index = 1; index <= rows; index++)
    await audit.record(actor, { action: 'test.step', result: 'done', detail: { index } });
  return audit;
}

/** What a person with the rights of the database's owner could do. */
async function tamper(sql: string): Promise<void> {
  await city.database.raw('ALTER TABLE audit_event DISABLE TRIGGER USER');
  await city.database.raw(sql);
  await city.database.raw('ALTER TABLE audit_event ENABLE TRIGGER USER');
}

test('an untouched chain is intact, also when many write at once', async () => {
  const audit = await filled();
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      audit.record(actor, { action: 'test.burst', result: 'done', detail: { index } }),
    ),
  );
  expect(await audit.verify()).toEqual({
    ok: true,
    checked: 26,
    head: { seq: 26, hash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown },
  });
});

test('rows can be neither changed nor removed', async () => {
  await filled();
  await expect(city.database('audit_event').where({ seq: 2 }).update({ result: 'x' })).rejects.toThrow('append-only');
  await expect(city.database('audit_event').where({ seq: 2 }).delete()).rejects.toThrow('append-only');
  await expect(city.database.raw('TRUNCATE audit_event')).rejects.toThrow('append-only');
});

test.each([
  ['a changed result', `UPDATE audit_event SET result = 'login_failed' WHERE seq = 3`, 'changed', 3],
  ['a changed time', `UPDATE audit_event SET at = at + interval '1 second' WHERE seq = 4`, 'changed', 4],
  ['another person', `UPDATE audit_event SET actor_id = gen_random_uuid() WHERE seq = 1`, 'changed', 1],
  ['a removed row', 'DELETE FROM audit_event WHERE seq = 3', 'gap', 3],
  [
    'a removed row, numbers closed up',
    'DELETE FROM audit_event WHERE seq = 3; UPDATE audit_event SET seq = seq - 1 WHERE seq > 3',
    'changed',
    3,
  ],
  ['a removed end', 'DELETE FROM audit_event WHERE seq = 6', 'gap', 6],
  ['everything removed', 'DELETE FROM audit_event', 'gap', 1],
  ['a false seal', `UPDATE audit_event SET seal = decode(repeat('ab', 32), 'hex') WHERE seq = 5`, 'seal', 5],
])('%s is found', async (_name, sql, fault, seq) => {
  const audit = await filled();
  await tamper(sql);
  expect(await audit.verify()).toEqual({ ok: false, checked: seq - 1, fault, seq });
});

test('a chain made again without the keys is found', async () => {
  await filled();
  const forger = createAudit({ database: city.database, keys: parseKeys(makeKeys('test')) });
  await tamper(`DELETE FROM audit_event; UPDATE audit_head SET seq = 0, hash = decode(repeat('00', 32), 'hex')`);
  await forger.record(actor, { action: 'test.step', result: 'done' });
  expect(await createAudit({ database: city.database, keys: testKeys }).verify()).toEqual({
    ok: false,
    checked: 0,
    fault: 'seal',
    seq: 1,
  });
});

test('an end cut off together with its head is found by an end noted down before', async () => {
  const audit = await filled();
  const noted = await headOf(audit);
  await tamper(
    `DELETE FROM audit_event WHERE seq > 4; UPDATE audit_head SET seq = 4, hash = (SELECT hash FROM audit_event WHERE seq = 4)`,
  );
  expect(await audit.verify()).toMatchObject({ ok: true, checked: 4 });
  expect(await audit.verify(noted)).toMatchObject({ ok: false, fault: 'head' });
  await audit.record(actor, { action: 'test.step', result: 'done' });
  await audit.record(actor, { action: 'test.step', result: 'done' });
  expect(await audit.verify(noted)).toMatchObject({ ok: false, fault: 'head', seq: 6 });
});

test('after a rotation the new key vouches for what the old one sealed', async () => {
  await filled();
  const next = makeKeys('next');
  const both = createAudit({ database: city.database, keys: parseKeys(`${next},${makeKeys('other')}`) });
  await both.record(actor, { action: 'test.step', result: 'done' });
  expect(await createAudit({ database: city.database, keys: parseKeys(next) }).verify()).toMatchObject({
    ok: true,
    checked: 7,
  });
});

async function headOf(audit: Awaited<ReturnType<typeof filled>>): Promise<AuditHead> {
  const verdict = await audit.verify();
  if (!verdict.ok) throw new Error(verdict.fault);
  return verdict.head;
}
