import { createHash } from 'node:crypto';

import type { Knex } from 'knex';
import { v7 as uuidv7 } from 'uuid';

import {
  canonicalText,
  checkProgrammeDocument,
  type DocumentFault,
  newestSchema,
  type ProgrammeDocument,
  schemaOf,
} from '../../domain/programmes/document';
import type { ProgrammeVersion } from '../../domain/programmes/version';
import type { Database } from '../foundation/connection';
import type { Sql } from '../foundation/transaction';

export type { ProgrammeVersion };

/** A document that breaks its rules: never stored, never read. */
export class ProgrammeDocumentError extends Error {
  override name = 'ProgrammeDocumentError';
  constructor(readonly faults: readonly DocumentFault[]) {
    super(faults.map((fault) => `${fault.path}: ${fault.sentence}`).join('; '));
  }
}

/** A document of a newer way of writing than this code understands: an older process leaves it to newer ones, and says so. */
export class ProgrammeTooNewError extends ProgrammeDocumentError {
  override name = 'ProgrammeTooNewError';
}

/** No programme is published, or none of that code. */
export class NoProgrammeError extends Error {
  override name = 'NoProgrammeError';
}

interface VersionRow {
  id: string;
  programme_id: string;
  code: string;
  number: number;
  document: unknown;
  checksum: string;
}

/** How long a process may go on with what it read, ms. Publishing must take effect everywhere within 5 s. */
const freshForMs = 2_000;

const versionById = `SELECT v.id, v.programme_id, p.code, v.number, v.document, v.checksum
  FROM programme_version v JOIN programme p ON p.id = v.programme_id WHERE v.id = $1`;

export type Programmes = ReturnType<typeof createProgrammes>;

/** Programmes and their versions, kept in the process: reading them costs no query per request. */
export function createProgrammes(database: Database) {
  const byId = new Map<string, ProgrammeVersion>();
  let published: { readonly at: number; readonly versions: Promise<ProgrammeVersion[]> } | undefined;

  function read(row: VersionRow): ProgrammeVersion {
    const known = byId.get(row.id);
    if (known) return known;
    const checked = checkProgrammeDocument(row.document);
    if (!checked.ok)
      throw (schemaOf(row.document) ?? 0) > newestSchema
        ? new ProgrammeTooNewError(checked.faults)
        : new ProgrammeDocumentError(checked.faults);
    if (checksumOf(row.document) !== row.checksum)
      throw new Error(`programme version ${row.id} does not match its checksum`);
    const version = {
      id: row.id,
      programmeId: row.programme_id,
      programmeCode: row.code,
      number: row.number,
      document: checked.document,
    };
    byId.set(row.id, version);
    return version;
  }

  function versions() {
    return database('programme_version as v')
      .join('programme as p', 'p.id', 'v.programme_id')
      .select<VersionRow[]>('v.id', 'v.programme_id', 'p.code', 'v.number', 'v.document', 'v.checksum');
  }

  async function readPublished(): Promise<ProgrammeVersion[]> {
    const rows = await versions().where('v.status', 'published').orderBy('p.created_at');
    return rows.map(read);
  }

  /** All published versions, the oldest programme first. At most 2 s behind the database. */
  async function allPublished(): Promise<ProgrammeVersion[]> {
    const now = Date.now();
    if (!published || now - published.at > freshForMs) {
      const fresh = { at: now, versions: readPublished() };
      published = fresh;
      fresh.versions.catch(() => {
        if (published === fresh) published = undefined;
      });
    }
    return published.versions;
  }

  return {
    allPublished,

    /** The published version of the programme `code`, or of the oldest programme. Throws NoProgrammeError. */
    async current(code?: string): Promise<ProgrammeVersion> {
      const all = await allPublished();
      const found = code === undefined ? all[0] : all.find((version) => version.programmeCode === code);
      if (!found)
        throw new NoProgrammeError(
          code === undefined ? 'no programme is published' : `no programme "${code}" is published`,
        );
      return found;
    },

    /**
     * A version by id, published or superseded: what a booking pins. Inside a transaction give its `sql`: a transaction
     * that waited for a second connection of the same pool could wait for ever. Throws NoProgrammeError.
     */
    async version(id: string, sql?: Sql): Promise<ProgrammeVersion> {
      const known = byId.get(id);
      if (known) return known;
      const row = sql
        ? (await sql<VersionRow>(versionById, [id]))[0]
        : await versions().where('v.id', id).first<VersionRow | undefined>();
      if (!row) throw new NoProgrammeError(`no programme version ${id}`);
      return read(row);
    },

    /**
     * Publishes `document` as the programme's next version; the version before is superseded. The same document again
     * changes nothing. Throws ProgrammeDocumentError.
     */
    async publish(code: string, document: unknown): Promise<ProgrammeVersion> {
      const checked = checkProgrammeDocument(document);
      if (!checked.ok) throw new ProgrammeDocumentError(checked.faults);
      const id = await database.transaction(async (trx) => {
        await trx.raw(`INSERT INTO programme (id, code) VALUES (?, ?) ON CONFLICT (code) DO NOTHING`, [uuidv7(), code]);
        const programme = (await trx('programme').where({ code }).first<{ id: string }>('id')).id;
        return (await publishIn(trx, programme, checked.document)).id;
      });
      published = undefined;
      return this.version(id);
    },

    /** Something was published by other means in this process: it is read again at the next request. */
    forget(): void {
      published = undefined;
    },
  };
}

/**
 * Makes a checked document the programme's next version; the one before is superseded. The same document again by the machine changes
 * nothing; by a person it is a version of its own. A publisher among the editors is refused by the table.
 */
export async function publishIn(
  trx: Knex.Transaction,
  programmeId: string,
  document: ProgrammeDocument,
  people?: { readonly editedBy: readonly string[]; readonly publishedBy: string; readonly waiverId: string | null },
): Promise<{ readonly id: string; readonly number: number }> {
  const checksum = checksumOf(document);
  await trx('programme').where({ id: programmeId }).forUpdate().first('id');
  const latest = await trx('programme_version')
    .where({ programme_id: programmeId })
    .orderBy('number', 'desc')
    .first<{ id: string; number: number; checksum: string; status: string } | undefined>(
      'id',
      'number',
      'checksum',
      'status',
    );
  if (!people && latest?.status === 'published' && latest.checksum === checksum) return latest;
  await trx('programme_version')
    .where({ programme_id: programmeId, status: 'published' })
    .update({ status: 'superseded' });
  // What was to bring the older one to running bookings has lost its end.
  await trx('programme_change')
    .where({ programme_id: programmeId })
    .whereIn('state', ['waiting', 'running'])
    .update({ state: 'superseded', ended_at: trx.fn.now() });
  const id = uuidv7();
  const number = (latest?.number ?? 0) + 1;
  await trx('programme_version').insert({
    id,
    programme_id: programmeId,
    number,
    status: 'published',
    document: JSON.stringify(document),
    checksum,
    published_at: trx.fn.now(),
    ...(people
      ? { edited_by: [...people.editedBy], published_by: people.publishedBy, waiver_id: people.waiverId }
      : {}),
  });
  return { id, number };
}

/** What a document is recognised by, whatever the order of its keys. */
export function checksumOf(document: unknown): string {
  return createHash('sha256').update(canonicalText(document)).digest('hex');
}
