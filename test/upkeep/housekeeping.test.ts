import { v7 as uuidv7 } from 'uuid';

import { removeOutdated } from '../../database/upkeep/housekeeping';
import { createTestCity } from '../worlds/test-city';

describe('housekeeping', () => {
  it('removes keys and files when their time is over, and nothing before', async () => {
    const city = await createTestCity();
    try {
      const residentId = await city.addResident();
      const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
      for (const [key, days] of [
        ['old', 3],
        ['fresh', 1],
      ] as const) {
        await city
          .database('idempotency_key')
          .insert({ resident_id: residentId, key, operation: 'x', response: '{}', created_at: daysAgo(days) });
      }
      const files = [
        [uuidv7(), 31],
        [uuidv7(), 29],
      ] as const;
      for (const [id, days] of files) {
        await city.database('import_file').insert({
          id,
          sealed_name: Buffer.from('x'),
          size_bytes: 1,
          sha256: Buffer.from('x'),
          created_at: daysAgo(days),
        });
        await city.database('import_file_chunk').insert({ file_id: id, seq: 0, sealed: Buffer.from('x') });
      }
      expect(await removeOutdated(city.database)).toEqual({ idempotencyKeys: 1, importFiles: 1 });
      expect((await city.database('idempotency_key').select<{ key: string }[]>('key')).map((row) => row.key)).toEqual([
        'fresh',
      ]);
      expect(
        (await city.database('import_file_chunk').select<{ file_id: string }[]>('file_id')).map((row) => row.file_id),
      ).toEqual([files[1][0]]);
      expect(await removeOutdated(city.database)).toEqual({ idempotencyKeys: 0, importFiles: 0 });
    } finally {
      await city.close();
    }
  });
});
