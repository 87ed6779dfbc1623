import { createHash } from 'node:crypto';

import { v7 as uuidv7 } from 'uuid';

import type { Database } from '../foundation/connection';
import { type KeyRing, openText } from '../foundation/keys';
import { timeLimits } from '../foundation/time-limits';

/** Plain bytes per stored piece: small, so that opening and parsing one never holds a worker up for long. */
const pieceBytes = 64 * 1024;
const piecesPerStatement = 4;
/** An upload whose run was never made is forgotten after this many hours. */
const orphanHours = 24;

/** Files `f` that belong to no run. */
const isNobodys =
  'NOT EXISTS (SELECT 1 FROM import_run r WHERE r.file_id = f.id) AND NOT EXISTS (SELECT 1 FROM assignment_run a WHERE a.file_id = f.id)';

export const importFileLimitBytes = 1024 * 1024 * 1024;

/** The file is larger than an import takes. */
export class ImportFileTooLargeError extends Error {
  override name = 'ImportFileTooLargeError';
}

/** What is said of a file beside its bytes. */
export interface ImportFileFacts {
  readonly programmeId?: string | undefined;
  readonly uploadedBy?: string | undefined;
  /** Given by a caller that must know it before the file is there; otherwise made here. */
  readonly id?: string | undefined;
  readonly limitBytes?: number | undefined;
  /** Sees every piece as it passes; what it throws undoes the upload. */
  readonly look?: ((piece: Uint8Array) => void) | undefined;
  /** Asked when the last piece has passed; what it throws undoes the upload, too. */
  readonly conclude?: (() => { readonly encoding: 'utf-8' | 'shift_jis'; readonly lineCount: number }) | undefined;
}

export interface StoredImportFile {
  readonly id: string;
  /** As the sender calls it. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly programmeId: string | null;
  readonly encoding: 'utf-8' | 'shift_jis' | null;
  readonly lineCount: number | null;
  readonly createdAt: Date;
  /** Whether its content is still there. */
  readonly isThere: boolean;
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
    async save(name: string, content: AsyncIterable<Uint8Array>, facts: ImportFileFacts = {}): Promise<string> {
      const fileId = facts.id ?? uuidv7();
      const limitBytes = facts.limitBytes ?? importFileLimitBytes;
      const hash = createHash('sha256');
      let size = 0;
      let seq = 0;
      await database.transaction(async (trx) => {
        // It pauses while a slow line brings the next piece, and holds nothing but its own rows.
        await trx.raw(`SET LOCAL idle_in_transaction_session_timeout = ${String(timeLimits.bulk.idleInTransactionMs)}`);
        await trx('import_file').insert({
          id: fileId,
          sealed_name: keys.seal(name),
          size_bytes: 0,
          sha256: Buffer.alloc(0),
          programme_id: facts.programmeId ?? null,
          uploaded_by: facts.uploadedBy ?? null,
        });
        let rows: { file_id: string; seq: number; sealed: Buffer }[] = [];
        for await (const piece of inPieces(content)) {
          size += piece.length;
          if (size > limitBytes) throw new ImportFileTooLargeError(`more than ${String(limitBytes)} bytes`);
          facts.look?.(piece);
          hash.update(piece);
          rows.push({ file_id: fileId, seq: seq++, sealed: keys.seal(piece) });
          if (rows.length === piecesPerStatement) {
            await trx('import_file_chunk').insert(rows);
            rows = [];
          }
        }
        if (rows.length > 0) await trx('import_file_chunk').insert(rows);
        const found = facts.conclude?.();
        await trx('import_file')
          .where({ id: fileId })
          .update({
            size_bytes: size,
            sha256: hash.digest(),
            ...(found ? { encoding: found.encoding, line_count: found.lineCount } : {}),
          });
      });
      return fileId;
    },

    async find(fileId: string): Promise<StoredImportFile | undefined> {
      const row = await database('import_file as f').where('f.id', fileId).first<
        | {
            sealed_name: Buffer;
            size_bytes: number;
            programme_id: string | null;
            encoding: 'utf-8' | 'shift_jis' | null;
            line_count: number | null;
            created_at: Date;
            is_there: boolean;
          }
        | undefined
      >('f.*', database.raw('EXISTS (SELECT 1 FROM import_file_chunk c WHERE c.file_id = f.id) AS is_there'));
      if (row === undefined) return undefined;
      return {
        id: fileId,
        name: openText(keys, row.sealed_name),
        sizeBytes: row.size_bytes,
        programmeId: row.programme_id,
        encoding: row.encoding,
        lineCount: row.line_count,
        createdAt: row.created_at,
        isThere: row.is_there,
      };
    },

    /** Forgets an upload that nobody imports. */
    async remove(fileId: string): Promise<void> {
      await database.raw(`DELETE FROM import_file f WHERE f.id = ? AND ${isNobodys}`, [fileId]);
    },

    /** The file's bytes, piece by piece. */
    async *read(fileId: string): AsyncGenerator<Buffer, void, undefined> {
      for (let from = 0; ; from += piecesPerStatement) {
        const rows = await database('import_file_chunk')
          .where({ file_id: fileId })
          .whereBetween('seq', [from, from + piecesPerStatement - 1])
          .orderBy('seq')
          .select<{ sealed: Buffer }[]>('sealed');
        for (const row of rows) yield keys.open(row.sealed);
        if (rows.length < piecesPerStatement) return;
      }
    },

    /** Removes the content; the row with size and checksum stays with its run. Uploads that never got a run go, too. */
    async discard(fileId: string): Promise<void> {
      await database('import_file_chunk').where({ file_id: fileId }).delete();
      await database.raw(
        `DELETE FROM import_file f WHERE f.created_at < now() - ? * interval '1 hour' AND ${isNobodys}`,
        [orphanHours],
      );
    },
  };
}

async function* inPieces(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const bytes of content) {
    let buffer =
      rest.length === 0 ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.concat([rest, bytes]);
    while (buffer.length >= pieceBytes) {
      yield buffer.subarray(0, pieceBytes);
      buffer = buffer.subarray(pieceBytes);
    }
    rest = buffer;
  }
  if (rest.length > 0) yield rest;
}
