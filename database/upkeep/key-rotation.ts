import type { Answers } from '../../domain/bookings/form';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import type { Database } from '../foundation/connection';
import { type KeyRing, openText, sealedKeyId } from '../foundation/keys';
import { forgetWhatWas } from '../imports';
import { copyBookings, holdLists } from '../lists';
import { digestTextOf, type SealedResident, searchKeysOf, telephoneKeyOfAnswers } from '../residents';

const batchRows = 1_000;

/** Sealed columns that need nothing but sealing again. Drafts of sessions and addresses that wait for their code are not among them: they are gone within the hour. */
const sealedColumns = [
  { table: 'resident_note', key: ['id'], column: 'sealed' },
  { table: 'booking_permit', key: ['id'], column: 'sealed_reason' },
  { table: 'staff', key: ['id'], column: 'sealed_totp' },
  { table: 'staff', key: ['id'], column: 'sealed_totp_new' },
  { table: 'staff', key: ['id'], column: 'sealed_email' },
  { table: 'callback', key: ['id'], column: 'sealed_note' },
  { table: 'callback_attempt', key: ['id'], column: 'sealed_note' },
  { table: 'import_file', key: ['id'], column: 'sealed_name' },
  { table: 'import_file_chunk', key: ['file_id', 'seq'], column: 'sealed' },
  { table: 'import_row_error', key: ['run_id', 'line', 'code'], column: 'sealed_value' },
  { table: 'confirmed_address', key: ['resident_id'], column: 'sealed_email' },
  { table: 'assignment_row', key: ['run_id', 'line'], column: 'sealed' },
] as const;

/** An import is under way: its staged rows are sealed with the keys that it began with. */
export class ImportUnderWayError extends Error {
  override name = 'ImportUnderWayError';
}

export interface Rotation {
  /** Rows that were sealed again, by table. */
  readonly rows: Readonly<Record<string, number>>;
}

/** How many residents are still indexed under an older key: an import waits until there are none. */
export async function residentsUnderOldKeys(database: Database, keys: KeyRing): Promise<number> {
  const [row] = await database('resident')
    .whereNot({ key_id: keys.currentKeyId })
    .count<{ count: number }[]>('* as count');
  return row?.count ?? 0;
}

/**
 * Seals everything again under the current key and makes the blind indexes again. Runs beside the applications (which
 * must already have the new key first in TOKI_KEYS), in small transactions; stopped in the middle it goes on where it was.
 * Afterwards no row needs the older keys. Throws ImportUnderWayError, or SealError when a key is missing.
 */
export async function rotateKeys(
  database: Database,
  keys: KeyRing,
  onProgress: (table: string, rows: number) => void = () => undefined,
): Promise<Rotation> {
  const open = await database('import_run')
    .whereIn('status', ['checking', 'waiting', 'applying'])
    .orWhereNotNull('undo_step')
    .first<{ id: string } | undefined>('id');
  if (open) throw new ImportUnderWayError(`import ${open.id} has not ended`);
  // Copies for an undo are sealed and indexed under the older keys: the import can no longer be undone.
  await forgetWhatWas(database, 0);
  const rows: Record<string, number> = {
    resident: await rotateResidents(database, keys, onProgress),
    booking: await rotateBookings(database, keys, onProgress),
    line_link: await rotateLineLinks(database, keys, onProgress),
  };
  for (const item of sealedColumns) rows[item.table] = await rotateColumn(database, keys, item, onProgress);
  return { rows };
}

async function rotateResidents(
  database: Database,
  keys: KeyRing,
  onProgress: (table: string, rows: number) => void,
): Promise<number> {
  for (let done = 0; ;) {
    const count = await database.transaction(async (trx) => {
      const rows = await trx('resident')
        .whereNot({ key_id: keys.currentKeyId })
        .orWhereRaw(`search_keys = '{}'`)
        .orderBy('id')
        .limit(batchRows)
        .forUpdate()
        .select<{ id: string; sealed: Buffer }[]>('id', 'sealed');
      const fresh = rows.map((row) => {
        const plain = openText(keys, row.sealed);
        const resident = JSON.parse(plain) as SealedResident;
        return {
          id: row.id,
          couponIndex: keys.blindIndex(resident.number),
          sealed: keys.seal(plain),
          digest: keys.blindIndex(digestTextOf(resident)),
          searchKeys: `{${searchKeysOf(keys, resident).join(',')}}`,
        };
      });
      await trx.raw(
        `UPDATE resident r SET coupon_index = k.coupon_index, sealed = k.sealed, digest = k.digest, search_keys = k.search_keys::bigint[], key_id = ?
           FROM unnest(?::uuid[], ?::bytea[], ?::bytea[], ?::bytea[], ?::text[]) AS k(id, coupon_index, sealed, digest, search_keys) WHERE r.id = k.id`,
        [
          keys.currentKeyId,
          fresh.map((row) => row.id),
          fresh.map((row) => row.couponIndex),
          fresh.map((row) => row.sealed),
          fresh.map((row) => row.digest),
          fresh.map((row) => row.searchKeys),
        ],
      );
      return rows.length;
    });
    done += count;
    if (count === 0) return done;
    onProgress('resident', done);
  }
}

/** Answers are sealed and the telephone number in them is indexed: both under the same key, also in the lists' copy, which no event tells of it. */
async function rotateBookings(
  database: Database,
  keys: KeyRing,
  onProgress: (table: string, rows: number) => void,
): Promise<number> {
  const versions = new Map(
    (await database('programme_version').select<{ id: string; document: ProgrammeDocument }[]>('id', 'document')).map(
      (row) => [row.id, row.document],
    ),
  );
  for (let done = 0; ;) {
    const count = await database.transaction(async (trx) => {
      await holdLists(trx);
      const rows = await trx('booking')
        .whereRaw(isSealedOld('sealed_answers'), [currentKeyIdBytes(keys)])
        .limit(batchRows)
        .forUpdate()
        .select<{ id: string; programme_version_id: string; sealed_answers: Buffer }[]>(
          'id',
          'programme_version_id',
          'sealed_answers',
        );
      for (const row of rows) {
        const plain = openText(keys, row.sealed_answers);
        const document = versions.get(row.programme_version_id);
        await trx('booking')
          .where({ id: row.id })
          .update({
            sealed_answers: keys.seal(plain),
            telephone_key: document ? telephoneKeyOfAnswers(keys, document, JSON.parse(plain) as Answers) : null,
          });
      }
      await copyBookings(
        trx,
        rows.map((row) => row.id),
      );
      return rows.length;
    });
    done += count;
    if (count === 0) return done;
    onProgress('booking', done);
  }
}

/** The key id is behind two bytes at the front of every sealed value. */
function isSealedOld(column: string): string {
  return `${column} IS NOT NULL AND substring(${column} FROM 3 FOR get_byte(${column}, 1)) <> ?::bytea`;
}

function currentKeyIdBytes(keys: KeyRing): Buffer {
  return Buffer.from(keys.currentKeyId, 'latin1');
}

/** The account of a link, and the index by which it is found: both under the same key. */
async function rotateLineLinks(
  database: Database,
  keys: KeyRing,
  onProgress: (table: string, rows: number) => void,
): Promise<number> {
  for (let done = 0; ;) {
    const count = await database.transaction(async (trx) => {
      const rows = await trx('line_link')
        .whereRaw(isSealedOld('sealed_user'), [currentKeyIdBytes(keys)])
        .limit(batchRows)
        .forUpdate()
        .select<{ id: string; sealed_user: Buffer }[]>('id', 'sealed_user');
      for (const row of rows) {
        const userId = openText(keys, row.sealed_user);
        await trx('line_link')
          .where({ id: row.id })
          .update({ sealed_user: keys.seal(userId), user_index: keys.blindIndex(userId) });
      }
      return rows.length;
    });
    done += count;
    if (count === 0) return done;
    onProgress('line_link', done);
  }
}

async function rotateColumn(
  database: Database,
  keys: KeyRing,
  { table, key, column }: { table: string; key: readonly string[]; column: string },
  onProgress: (table: string, rows: number) => void,
): Promise<number> {
  for (let done = 0; ;) {
    const count = await database.transaction(async (trx) => {
      const rows = await trx(table)
        .whereRaw(isSealedOld(column), [currentKeyIdBytes(keys)])
        .limit(table === 'import_file_chunk' ? 20 : batchRows)
        .forUpdate()
        .select<Record<string, unknown>[]>(...key, column);
      for (const row of rows) {
        const sealed = row[column] as Buffer;
        if (sealedKeyId(sealed) === keys.currentKeyId) continue;
        await trx(table)
          .where(Object.fromEntries(key.map((name) => [name, row[name]])))
          .update({ [column]: keys.seal(keys.open(sealed)) });
      }
      return rows.length;
    });
    done += count;
    if (count === 0) return done;
    onProgress(table, done);
  }
}
