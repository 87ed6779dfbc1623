import type { Database } from '../foundation/connection';

/** The sealed field of the resident who came in last, to try whether the keys in force open it; none before the first import. */
export async function newestSealedField(database: Database): Promise<Buffer | undefined> {
  // Ids are UUIDv7: the greatest one is the newest.
  const row = await database('resident').orderBy('id', 'desc').first<{ sealed: Buffer } | undefined>('sealed');
  return row?.sealed;
}
