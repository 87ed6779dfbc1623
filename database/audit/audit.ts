import { createHash, createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

import type { Knex } from 'knex';

import { canonicalText } from '../../domain/programmes/document';
import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import { createLane } from '../foundation/lane';
import { timeLimits } from '../foundation/time-limits';

/** Who did something, and from where. `machine`: the command line or a program of ours. */
export interface AuditActor {
  readonly kind: 'staff' | 'anonymous' | 'machine';
  readonly id: string | null;
  /** Network address, or the name of the program. */
  readonly origin: string;
  readonly requestId: string | null;
}

export interface AuditEntry {
  /** What was done, as `noun.verb`. */
  readonly action: string;
  readonly subject?:
    | {
        readonly kind:
          | 'staff'
          | 'booking'
          | 'slot'
          | 'venue'
          | 'audit'
          | 'notice'
          | 'callback'
          | 'import'
          | 'day_file'
          | 'export'
          | 'programme'
          | 'assignment';
        readonly id: string;
      }
    | undefined;
  /** Whose data was read or changed. */
  readonly residentId?: string | undefined;
  /** `done`, `begun`, or the code of the refusal. */
  readonly result: string;
  /** Codes, counts and ids. Never numbers, dates of birth, names or tokens. */
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

export interface AuditEvent {
  readonly seq: number;
  readonly at: Date;
  readonly actorKind: AuditActor['kind'];
  readonly actorId: string | null;
  /** The member of staff as they are called today; the chain itself holds no names. */
  readonly actorName: string | null;
  readonly action: string;
  readonly subjectKind: string | null;
  readonly subjectId: string | null;
  readonly residentId: string | null;
  /** It is about a resident who is protected now. */
  readonly isProtected: boolean;
  readonly origin: string;
  readonly result: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
}

export interface AuditFilter {
  readonly residentId?: string | undefined;
  readonly actorId?: string | undefined;
  readonly action?: string | undefined;
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
  /** Only events before this number: the next page. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Where the chain ends: noted down elsewhere, it shows later that nothing was cut off. `hash` in hex. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

/** `changed`: a row is not what it was. `gap`: rows are missing. `seal`: made again by a person without the keys. `head`: the end was cut off. */
export type AuditVerdict =
  | { readonly ok: true; readonly checked: number; readonly head: AuditHead }
  | {
      readonly ok: false;
      readonly checked: number;
      readonly fault: 'gap' | 'changed' | 'seal' | 'head';
      readonly seq: number;
    };

interface AuditRow {
  seq: number;
  at: Date;
  actor_kind: AuditActor['kind'];
  actor_id: string | null;
  action: string;
  subject_kind: string | null;
  subject_id: string | null;
  resident_id: string | null;
  origin: string;
  result: string;
  detail: string;
  request_id: string | null;
  key_id: string;
  hash: Buffer;
  seal: Buffer;
}

const verifyBatch = 2_000;
/** One row is added after the other: a second transaction keeps the next one ready, more would only hold connections. */
const recordsAtOnce = 2;
const beginning = Buffer.alloc(32);

export type Audit = ReturnType<typeof createAudit>;

/**
 * The record of what staff read and changed. Rows are linked by hashes, and each hash is sealed with a key from outside the
 * database, so neither a changed row nor a chain made again goes unnoticed. One row is added after the other.
 */
export function createAudit({ database, keys }: { database: Database; keys: KeyRing }) {
  const derived = keys.derived('toki/audit');
  const keyById = new Map(derived.map(({ id, key }) => [id, key]));
  const lane = createLane({ width: recordsAtOnce, waitMs: timeLimits.staff.lockMs });

  /** Adds a row inside a transaction, as the last thing that it does: the change and its record are there together, or neither is. */
  async function append(trx: Knex.Transaction, actor: AuditActor, entry: AuditEntry): Promise<void> {
    const current = derived[0];
    if (!current) throw new Error('a key ring has at least one key');
    const head = await trx('audit_head')
      .forUpdate()
      .first<{ seq: number; hash: Buffer; now: Date }>('seq', 'hash', trx.raw('clock_timestamp() AS now'));
    const row = {
      seq: head.seq + 1,
      at: head.now,
      actor_kind: actor.kind,
      actor_id: actor.id,
      action: entry.action,
      subject_kind: entry.subject?.kind ?? null,
      subject_id: entry.subject?.id ?? null,
      resident_id: entry.residentId ?? null,
      origin: actor.origin,
      result: entry.result,
      detail: canonicalText(entry.detail ?? {}),
      request_id: actor.requestId,
    };
    const hash = hashOf(head.hash, row);
    await trx('audit_event').insert({ ...row, key_id: current.id, hash, seal: sealOf(current.key, hash) });
    await trx('audit_head').update({ seq: row.seq, hash });
  }

  return {
    append,

    /** Records a look, which is no change of its own. */
    record(actor: AuditActor, entry: AuditEntry): Promise<void> {
      return lane(() => database.transaction((trx) => append(trx, actor, entry)));
    },

    /** The newest first. */
    async list(filter: AuditFilter): Promise<AuditEvent[]> {
      const rows = await database('audit_event')
        .modify((query) => {
          if (filter.residentId !== undefined) void query.where('resident_id', filter.residentId);
          if (filter.actorId !== undefined) void query.where('actor_id', filter.actorId);
          if (filter.action !== undefined) void query.where('action', filter.action);
          // Rows are added one after the other, so their numbers are in the order of their times: a day is a stretch of numbers.
          if (filter.from !== undefined)
            void query.where(
              'seq',
              '>=',
              database.raw(
                '(SELECT coalesce((SELECT seq FROM audit_event WHERE at >= ? ORDER BY at, seq LIMIT 1), 9223372036854775807))',
                [filter.from],
              ),
            );
          if (filter.until !== undefined)
            void query.where(
              'seq',
              '<',
              database.raw(
                '(SELECT coalesce((SELECT seq FROM audit_event WHERE at >= ? ORDER BY at, seq LIMIT 1), 9223372036854775807))',
                [filter.until],
              ),
            );
          if (filter.before !== undefined) void query.where('seq', '<', filter.before);
        })
        .leftJoin('staff', 'staff.id', 'audit_event.actor_id')
        .leftJoin('resident', 'resident.id', 'audit_event.resident_id')
        .orderBy('seq', 'desc')
        .limit(filter.limit)
        .select<(AuditRow & { actor_name: string | null; protected: boolean | null })[]>(
          'audit_event.*',
          'staff.display_name as actor_name',
          'resident.protected',
        );
      return rows.map((row) => ({
        seq: row.seq,
        at: row.at,
        actorKind: row.actor_kind,
        actorId: row.actor_id,
        actorName: row.actor_name,
        action: row.action,
        subjectKind: row.subject_kind,
        subjectId: row.subject_id,
        residentId: row.resident_id,
        isProtected: row.protected ?? false,
        origin: row.origin,
        result: row.result,
        detail: JSON.parse(row.detail) as Record<string, unknown>,
        requestId: row.request_id,
      }));
    },

    /**
     * Follows the whole chain as it was when it began. Rows sealed with a key that is gone are vouched for by those after them.
     * @param noted an earlier end of the chain, written down outside: it must still be in it
     */
    async verify(noted?: AuditHead): Promise<AuditVerdict> {
      const head = await database('audit_head').first<{ seq: number; hash: Buffer }>('seq', 'hash');
      let previous: Buffer = beginning;
      let seq = 0;
      while (seq < head.seq) {
        const rows = await database('audit_event')
          .where('seq', '>', seq)
          .where('seq', '<=', head.seq)
          .orderBy('seq')
          .limit(verifyBatch)
          .select<AuditRow[]>('*');
        if (rows.length === 0) return { ok: false, checked: seq, fault: 'gap', seq: seq + 1 };
        for (const row of rows) {
          const fault = faultOf(row, seq, previous, keyById, noted);
          if (fault) return { ok: false, checked: seq, fault, seq: seq + 1 };
          seq = row.seq;
          previous = row.hash;
        }
      }
      if (!previous.equals(head.hash) || (noted && noted.seq > seq))
        return { ok: false, checked: seq, fault: 'head', seq: seq + 1 };
      return { ok: true, checked: seq, head: { seq, hash: head.hash.toString('hex') } };
    },
  };
}

function faultOf(
  row: AuditRow,
  before: number,
  previous: Buffer,
  keyById: ReadonlyMap<string, KeyObject>,
  noted: AuditHead | undefined,
): 'gap' | 'changed' | 'seal' | 'head' | undefined {
  if (row.seq !== before + 1) return 'gap';
  if (!hashOf(previous, row).equals(row.hash)) return 'changed';
  const key = keyById.get(row.key_id);
  if (key && (row.seal.length !== 32 || !timingSafeEqual(sealOf(key, row.hash), row.seal))) return 'seal';
  return noted?.seq === row.seq && noted.hash !== row.hash.toString('hex') ? 'head' : undefined;
}

function hashOf(previous: Buffer, row: Omit<AuditRow, 'key_id' | 'hash' | 'seal'>): Buffer {
  const content = [
    row.seq,
    row.at.toISOString(),
    row.actor_kind,
    row.actor_id,
    row.action,
    row.subject_kind,
    row.subject_id,
    row.resident_id,
    row.origin,
    row.result,
    row.detail,
    row.request_id,
  ];
  return createHash('sha256').update(previous).update(JSON.stringify(content)).digest();
}

function sealOf(key: KeyObject, hash: Buffer): Buffer {
  return createHmac('sha256', key).update(hash).digest();
}
