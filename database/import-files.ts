import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from './connection';
import type { KeyRing } from './keys';

/** Plain bytes per stored piece: small, so that opening and parsing one never holds a worker up for long. */
const PIECE_BYTES = 64 * 1024;
const PIECES_PER_STATEMENT = 4;
/** An upload whose run was never made is forgotten after this many hours. */
const ORPHAN_HOURS = 24;

export const importFileLimitBytes = 1024 * 1024 * 1024;

/** The file is larger than an import takes. */
export class ImportFileTooLargeError extends Error {
  override name = 'ImportFileTooLargeError';
}

export type ImportFileStore = ReturnType<typeof createImportFileStore>;

/**
 * City files on their way in, sealed piece by piece in the database: any worker on any machine can read them, none
 * holds one whole. They hold columns that must not be kept, so they are removed as soon as their rows are staged.
 */
export function createImportFileStore({ database, keys }: { readonly database: Database; readonly keys: KeyRing }) {
  return {
    /**
     * Stores a file as it arrives, in one transaction.
     * @param name as the sender calls it; sealed, for it may name people
     * @throws ImportFileTooLargeError
     */
    async save(name: string, content: AsyncIterable<Uint8Array>): Promise<string> {
      const fileId = uuidv7();
      const hash = createHash('sha256');
      let size = 0;
      let seq = 0;
      await database.transaction(async (trx) => {
        await trx('import_file').insert({ id: fileId, sealed_name: keys.seal(name), size_bytes: 0, sha256: Buffer.alloc(0) });
        let rows: { file_id: string; seq: number; sealed: Buffer }[] = [];
        for await (const piece of inPieces(content)) {
          size += piece.length;
          if (size > importFileLimitBytes) throw new ImportFileTooLargeError(`more than ${String(importFileLimitBytes)} bytes`);
          hash.update(piece);
          rows.push({ file_id: fileId, seq: seq++, sealed: keys.seal(piece) });
          if (rows.length === PIECES_PER_STATEMENT) {
            await trx('import_file_chunk').insert(rows);
            rows = [];
          }
        }
        if (rows.length > 0) await trx('import_file_chunk').insert(rows);
        await trx('import_file').where({ id: fileId }).update({ size_bytes: size, sha256: hash.digest() });
      });
      return fileId;
    },

    /** The file's bytes, piece by piece. */
    async *read(fileId: string): AsyncGenerator<Buffer, void, undefined> {
      for (let from = 0; ; from += PIECES_PER_STATEMENT) {
        const rows = await database('import_file_chunk')
          .where({ file_id: fileId })
          .whereBetween('seq', [from, from + PIECES_PER_STATEMENT - 1])
          .orderBy('seq')
          .select<{ sealed: Buffer }[]>('sealed');
        for (const row of rows) yield keys.open(row.sealed);
        if (rows.length < PIECES_PER_STATEMENT) return;
      }
    },

    /** Removes the content; the row with size and checksum stays with its run. Uploads that never got a run go, too. */
    async discard(fileId: string): Promise<void> {
      await database('import_file_chunk').where({ file_id: fileId }).delete();
      await database.raw(
        `DELETE FROM import_file f WHERE f.created_at < now() - ? * interval '1 hour'
            AND NOT EXISTS (SELECT 1 FROM import_run r WHERE r.file_id = f.id)`,
        [ORPHAN_HOURS],
      );
    },
  };
}

async function* inPieces(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const bytes of content) {
    let buffer = rest.length === 0 ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.concat([rest, bytes]);
    while (buffer.length >= PIECE_BYTES) {
      yield buffer.subarray(0, PIECE_BYTES);
      buffer = buffer.subarray(PIECE_BYTES);
    }
    rest = buffer;
  }
  if (rest.length > 0) yield rest;
}
