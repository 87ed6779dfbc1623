import { randomBytes, randomUUID } from 'node:crypto';

import { createTestCity, type TestCity } from '../worlds/test-city';

describe('the programme of a resident', () => {
  let city: TestCity;
  beforeAll(async () => {
    city = await createTestCity();
  });
  afterAll(async () => {
    await city.close();
  });

  const row = (programmeId: string) => ({
    id: randomUUID(),
    programme_id: programmeId,
    coupon_index: randomBytes(32),
    sealed: randomBytes(8),
    digest: randomBytes(32),
    key_id: 'test',
    group_code: 'seniors',
  });
  const refused = { code: '23503' };

  it('is there: one row of many without it refuses them all', async () => {
    const { database } = city;
    const { programmeId } = city.version;
    await expect(database('resident').insert([row(programmeId), row(randomUUID())])).rejects.toMatchObject(refused);
    await database('resident').insert([row(programmeId), row(programmeId)]);
  });

  it('stays: a resident never changes it, and it is not deleted as long as it has residents', async () => {
    const { database } = city;
    const resident = row(city.version.programmeId);
    await database('resident').insert(resident);
    const [other] = await database('programme')
      .insert({ id: randomUUID(), code: 'another' })
      .returning<{ id: string }[]>('id');
    await expect(
      database('resident').where({ id: resident.id }).update({ programme_id: other!.id }),
    ).rejects.toMatchObject(refused);
    await database('resident').insert(row(other!.id));
    await expect(database('programme').where({ id: other!.id }).delete()).rejects.toMatchObject(refused);
    await database('resident').where({ programme_id: other!.id }).delete();
    await database('programme').where({ id: other!.id }).delete();
  });

  it('cannot go away between the look and the end of the transaction that adds its residents', async () => {
    const { database } = city;
    const id = randomUUID();
    await database('programme').insert({ id, code: 'going' });
    const adding = await database.transaction();
    await adding('resident').insert(row(id));
    const deleting = database('programme')
      .where({ id })
      .delete()
      .then(
        () => 'deleted',
        (error: unknown) => (error as { code?: string }).code,
      );
    await new Promise((resolve) => setTimeout(resolve, 200));
    await adding.commit();
    expect(await deleting).toBe('23503');
  });
});
