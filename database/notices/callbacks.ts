import { v7 as uuidv7 } from 'uuid';

import type { BookingState } from '../../domain/contracts/booking-lifecycle';
import {
  type CallbackCause,
  callbackDueAt,
  callbackDueAtProtected,
  type CallbackEnd,
  type CallOutcome,
} from '../../domain/notices/callback';
import { refuseStaff, type StaffRefusal } from '../../domain/staff/refusals';
import { defined } from '../../domain/text/defined';
import type { Audit, AuditActor } from '../audit';
import type { Database } from '../foundation/connection';
import { type KeyRing, openText } from '../foundation/keys';

/** One person to call, as the list shows it. Nothing in it says who the person is. */
export interface CallbackView {
  readonly id: string;
  readonly residentId: string;
  readonly isProtected: boolean;
  readonly cause: CallbackCause;
  readonly dueAt: Date;
  readonly assignedTo: { readonly id: string; readonly displayName: string } | null;
  /** Undefined fields of an entry without a booking are null. */
  readonly booking: {
    readonly id: string;
    readonly reference: string | null;
    readonly state: BookingState;
    readonly startsAt: Date;
    readonly venueName: string;
  } | null;
  readonly noticeId: string | null;
  readonly noticeStep: string | null;
  readonly attempts: number;
  readonly lastOutcome: CallOutcome | null;
  readonly doneAt: Date | null;
  readonly doneBy: string | null;
  readonly end: CallbackEnd | null;
  readonly version: number;
  readonly createdAt: Date;
  /** None: it came by itself. */
  readonly createdBy: string | null;
}

export interface CallbackAttempt {
  readonly at: Date;
  readonly staffName: string;
  readonly outcome: CallOutcome;
  readonly note: string | null;
}

export interface CallbackDetail extends CallbackView {
  readonly note: string | null;
  /** The oldest first. */
  readonly attemptList: readonly CallbackAttempt[];
}

export interface CallbackFilter {
  readonly residentId?: string | undefined;
  readonly done: boolean;
  readonly cause?: CallbackCause | undefined;
  /** A member of staff, or `nobody`. */
  readonly assignedTo?: string | undefined;
  readonly overdue?: boolean | undefined;
  /** The last entry of the page before: its time and id. */
  readonly after?: { readonly at: Date; readonly id: string } | undefined;
  readonly limit: number;
}

/** Entries that are open. */
export interface CallbackCounts {
  readonly open: number;
  readonly overdue: number;
  readonly unassigned: number;
  readonly byCause: Readonly<Record<CallbackCause, number>>;
}

export type CallbackOutcome = { readonly ok: true; readonly callback: CallbackDetail } | StaffRefusal;
export type CallbackRepository = ReturnType<typeof createCallbackRepository>;

interface CallbackRow {
  id: string;
  resident_id: string;
  protected: boolean;
  cause: CallbackCause;
  due_at: Date;
  assigned_to: string | null;
  assignee: string | null;
  booking_id: string | null;
  reference: string | null;
  state: BookingState;
  starts_at: Date;
  venue_name: string;
  notice_id: string | null;
  notice_step: string | null;
  attempts: number;
  last_outcome: CallOutcome | null;
  done_at: Date | null;
  done_by_name: string | null;
  outcome: CallbackEnd | null;
  version: number;
  created_at: Date;
  created_by_name: string | null;
  sealed_note: Buffer | null;
}

/** Whole milliseconds: the lists go on where a page ended, and what travels as JSON has no finer time. */
const nowMs = `date_trunc('milliseconds', clock_timestamp())`;
/** Hours after which a person who was not reached is tried again. */
const againAfterHours = 2;
const pageColumns = `c.*, r.protected, a.display_name AS assignee, d.display_name AS done_by_name, m.display_name AS created_by_name, b.reference, b.state, s.starts_at, v.name AS venue_name,
  n.step AS notice_step, coalesce(t.attempts, 0)::int AS attempts, t.last_outcome`;
const joins = `JOIN resident r ON r.id = c.resident_id LEFT JOIN staff a ON a.id = c.assigned_to LEFT JOIN staff d ON d.id = c.done_by LEFT JOIN staff m ON m.id = c.created_by
  LEFT JOIN booking b ON b.id = c.booking_id LEFT JOIN slot s ON s.id = b.slot_id LEFT JOIN venue v ON v.id = s.venue_id LEFT JOIN notice n ON n.id = c.notice_id
  LEFT JOIN LATERAL (SELECT count(*) AS attempts, (array_agg(outcome ORDER BY id DESC))[1] AS last_outcome FROM callback_attempt WHERE callback_id = c.id) t ON true`;

/**
 * Puts the resident of a booking on the list of people to call, inside the transaction that closed the notice: neither is
 * there without the other. A person who is on it already for the same cause stays there once, due at the earlier time.
 */
export async function openCallback(
  trx: Database,
  input: { readonly bookingId: string; readonly noticeId: string; readonly cause: CallbackCause },
): Promise<void> {
  const booking = await trx('booking as b')
    .join('slot as s', 's.id', 'b.slot_id')
    .join('resident as r', 'r.id', 'b.resident_id')
    .where('b.id', input.bookingId)
    .first<{ programme_id: string; resident_id: string; protected: boolean; starts_at: Date; now: Date }>(
      'b.programme_id',
      'b.resident_id',
      'r.protected',
      's.starts_at',
      trx.raw('clock_timestamp() AS now'),
    );
  await trx.raw(
    `INSERT INTO callback (id, programme_id, resident_id, cause, booking_id, notice_id, due_at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (resident_id, cause) WHERE done_at IS NULL
     DO UPDATE SET due_at = least(callback.due_at, excluded.due_at), booking_id = excluded.booking_id, notice_id = excluded.notice_id, updated_at = now()`,
    [
      uuidv7(),
      booking.programme_id,
      booking.resident_id,
      input.cause,
      input.bookingId,
      input.noticeId,
      booking.protected ? callbackDueAtProtected(booking.now) : callbackDueAt(booking.now, booking.starts_at),
    ],
  );
}

/** First of a transaction that may settle calls: a person who ticks an entry off takes the same rows in the same order. */
export async function lockCallbacksOf(trx: Database, noticeId: string): Promise<void> {
  await trx.raw(
    `SELECT 1 FROM callback WHERE done_at IS NULL AND resident_id = (SELECT b.resident_id FROM notice n JOIN booking b ON b.id = n.booking_id WHERE n.id = ?) ORDER BY id FOR UPDATE`,
    [noticeId],
  );
}

/** A notice left after all: what failed before it under the same step is settled, and so is the call, if nothing else is left to tell. */
export async function settleByNotice(trx: Database, bookingId: string, step: string): Promise<void> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `UPDATE notice SET handled_at = now() WHERE booking_id = ? AND step = ? AND urgency > 0`,
    [bookingId, step],
  );
  if (rowCount === 0) return;
  await trx.raw(
    `UPDATE callback c SET done_at = ${nowMs}, outcome = 'told_by_notice', version = version + 1, updated_at = now()
      WHERE c.resident_id = (SELECT resident_id FROM booking WHERE id = ?) AND c.cause = 'notice_failed' AND c.done_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM booking b JOIN notice n ON n.booking_id = b.id WHERE b.resident_id = c.resident_id AND n.urgency > 0)`,
    [bookingId],
  );
}

/** The people to call: whom, why, until when, by whom, and what came of it. Every change is recorded in the audit in the same transaction. */
export function createCallbackRepository({
  database,
  keys,
  audit,
}: {
  database: Database;
  keys: KeyRing;
  audit: Audit;
}) {
  const open = (sealed: Buffer | null): string | null => sealed && openText(keys, sealed);
  const seal = (note: string | null | undefined): Buffer | null => (note ? keys.seal(note) : null);

  async function detailOf(connection: Database, id: string): Promise<CallbackDetail | undefined> {
    const { rows } = await connection.raw<{ rows: CallbackRow[] }>(
      `SELECT ${pageColumns} FROM callback c ${joins} WHERE c.id = ?`,
      [id],
    );
    const [row] = rows;
    if (!row) return undefined;
    const attempts = await connection('callback_attempt as t')
      .join('staff as s', 's.id', 't.staff_id')
      .where('t.callback_id', id)
      .orderBy('t.id')
      .select<{ at: Date; outcome: CallOutcome; sealed_note: Buffer | null; display_name: string }[]>(
        't.at',
        't.outcome',
        't.sealed_note',
        's.display_name',
      );
    return {
      ...viewOf(row),
      note: open(row.sealed_note),
      attemptList: attempts.map((item) => ({
        at: item.at,
        staffName: item.display_name,
        outcome: item.outcome,
        note: open(item.sealed_note),
      })),
    };
  }

  /** A change of one entry, if nobody else made one since `version`. The audit is added last. */
  async function change(
    actor: AuditActor,
    id: string,
    version: number,
    action: string,
    work: (
      trx: Database,
      known: { resident_id: string; done_at: Date | null; cause: CallbackCause },
    ) => Promise<
      | StaffRefusal
      | { readonly values: Record<string, unknown>; readonly detail?: Record<string, string | number | boolean> }
    >,
  ): Promise<CallbackOutcome> {
    return database.transaction(async (trx): Promise<CallbackOutcome> => {
      const known = await trx('callback')
        .where({ id })
        .forUpdate()
        .first<{ resident_id: string; done_at: Date | null; cause: CallbackCause; version: number } | undefined>(
          'resident_id',
          'done_at',
          'cause',
          'version',
        );
      if (!known) return refuseStaff('callback_unknown');
      if (known.version !== version) return refuseStaff('changed_meanwhile', { version: known.version });
      const result = await work(trx, known);
      if ('staffCode' in result) return result;
      await trx('callback')
        .where({ id })
        .update({ ...result.values, version: version + 1, updated_at: trx.fn.now() });
      const callback = await detailOf(trx, id);
      if (!callback) return refuseStaff('callback_unknown');
      await audit.append(trx, actor, {
        action,
        subject: { kind: 'callback', id },
        residentId: known.resident_id,
        result: 'done',
        ...defined({ detail: result.detail }),
      });
      return { ok: true, callback };
    });
  }

  /** What was not told is known now; taken back by `reopen`. */
  async function settleNotices(trx: Database, residentId: string, callbackId: string): Promise<void> {
    await trx.raw(
      `UPDATE notice n SET handled_at = now(), handled_by = ? FROM booking b WHERE b.id = n.booking_id AND b.resident_id = ? AND n.urgency > 0`,
      [callbackId, residentId],
    );
  }

  async function mayBeAssigned(trx: Database, staffId: string): Promise<boolean> {
    const row = await trx('staff')
      .where({ id: staffId, disabled_at: null })
      .whereIn('role', ['operator', 'supervisor', 'city_admin'])
      .first<{ id: string } | undefined>('id');
    return row !== undefined;
  }

  return {
    /** Open ones in the order in which they are due; done ones the latest first. */
    async list(filter: CallbackFilter): Promise<CallbackView[]> {
      const time = filter.done ? 'done_at' : 'due_at';
      const conditions = [`c.done_at IS ${filter.done ? 'NOT NULL' : 'NULL'}`];
      const bindings: (string | number | Date)[] = [];
      const add = (condition: string, ...values: (string | number | Date)[]) => {
        conditions.push(condition);
        bindings.push(...values);
      };
      if (filter.residentId !== undefined) add('c.resident_id = ?', filter.residentId);
      if (filter.cause !== undefined) add('c.cause = ?', filter.cause);
      if (filter.assignedTo === 'nobody') add('c.assigned_to IS NULL');
      else if (filter.assignedTo !== undefined) add('c.assigned_to = ?', filter.assignedTo);
      if (filter.overdue === true) add('c.due_at <= now()');
      if (filter.after) add(`(c.${time}, c.id) ${filter.done ? '<' : '>'} (?, ?)`, filter.after.at, filter.after.id);
      const direction = filter.done ? 'DESC' : 'ASC';
      // The page is cut out first: what belongs to it is looked up for its rows alone.
      const { rows } = await database.raw<{ rows: CallbackRow[] }>(
        `SELECT ${pageColumns} FROM (SELECT * FROM callback c WHERE ${conditions.join(' AND ')} ORDER BY c.${time} ${direction}, c.id ${direction} LIMIT ?) c ${joins}
          ORDER BY c.${time} ${direction}, c.id ${direction}`,
        [...bindings, filter.limit],
      );
      return rows.map(viewOf);
    },

    find: (id: string): Promise<CallbackDetail | undefined> => detailOf(database, id),

    async counts(): Promise<CallbackCounts> {
      const { rows } = await database.raw<{
        rows: { cause: CallbackCause; open: number; overdue: number; unassigned: number }[];
      }>(
        `SELECT cause, count(*)::int AS open, count(*) FILTER (WHERE due_at <= now())::int AS overdue, count(*) FILTER (WHERE assigned_to IS NULL)::int AS unassigned
           FROM callback WHERE done_at IS NULL GROUP BY cause`,
      );
      const sum = (name: 'open' | 'overdue' | 'unassigned') => rows.reduce((total, row) => total + row[name], 0);
      return {
        open: sum('open'),
        overdue: sum('overdue'),
        unassigned: sum('unassigned'),
        byCause: {
          notice_failed: 0,
          no_address: 0,
          promised: 0,
          ...Object.fromEntries(rows.map((row) => [row.cause, row.open])),
        },
      };
    },

    /** A call promised to a resident. One open promise for each: a second one belongs into the first. */
    async promise(
      actor: AuditActor,
      input: {
        readonly residentId: string;
        readonly bookingId?: string | undefined;
        readonly dueAt: Date;
        readonly note?: string | undefined;
      },
    ): Promise<CallbackOutcome> {
      return database.transaction(async (trx): Promise<CallbackOutcome> => {
        const resident = await trx('resident')
          .where({ id: input.residentId })
          .first<{ programme_id: string } | undefined>('programme_id');
        if (!resident) return refuseStaff('resident_unknown');
        const booking =
          input.bookingId === undefined
            ? undefined
            : await trx('booking')
                .where({ id: input.bookingId, resident_id: input.residentId })
                .first<{ id: string } | undefined>('id');
        const id = uuidv7();
        const { rows } = await trx.raw<{ rows: { id: string }[] }>(
          `INSERT INTO callback (id, programme_id, resident_id, cause, booking_id, due_at, sealed_note, created_by) VALUES (?, ?, ?, 'promised', ?, ?, ?, ?)
           ON CONFLICT (resident_id, cause) WHERE done_at IS NULL DO NOTHING RETURNING id`,
          [id, resident.programme_id, input.residentId, booking?.id ?? null, input.dueAt, seal(input.note), actor.id],
        );
        if (rows.length === 0) {
          const existing = await trx('callback')
            .where({ resident_id: input.residentId, cause: 'promised', done_at: null })
            .first<{ id: string } | undefined>('id');
          return refuseStaff('callback_exists', existing && { callbackId: existing.id });
        }
        const callback = await detailOf(trx, id);
        if (!callback) return refuseStaff('callback_unknown');
        await audit.append(trx, actor, {
          action: 'callback.promise',
          subject: { kind: 'callback', id },
          residentId: input.residentId,
          result: 'done',
        });
        return { ok: true, callback };
      });
    },

    /** Who calls, until when, and what there is to know. `assignedTo` null: nobody in particular. */
    update(
      actor: AuditActor,
      id: string,
      version: number,
      input: {
        readonly assignedTo?: string | null | undefined;
        readonly dueAt?: Date | undefined;
        readonly note?: string | null | undefined;
      },
    ): Promise<CallbackOutcome> {
      return change(actor, id, version, 'callback.update', async (trx, known) => {
        if (known.done_at) return refuseStaff('callback_done');
        if (typeof input.assignedTo === 'string' && !(await mayBeAssigned(trx, input.assignedTo)))
          return refuseStaff('assignee_unknown');
        const values = {
          ...defined({ assigned_to: input.assignedTo, due_at: input.dueAt }),
          ...(input.note === undefined ? {} : { sealed_note: seal(input.note) }),
        };
        return { values, detail: { fields: Object.keys(values).sort().join(',') } };
      });
    },

    /**
     * The most urgent entry that nobody has, for the asker: two who ask at the same time get two. Its id, undefined when there is none.
     * @param options.withProtected whether the asker may call protected residents
     */
    async takeNext(
      actor: AuditActor,
      staffId: string,
      { cause, withProtected }: { readonly cause?: CallbackCause | undefined; readonly withProtected: boolean },
    ): Promise<string | undefined> {
      return database.transaction(async (trx) => {
        const { rows } = await trx.raw<{ rows: { id: string; resident_id: string }[] }>(
          `UPDATE callback SET assigned_to = ?, version = version + 1, updated_at = now()
            WHERE id = (SELECT id FROM callback WHERE done_at IS NULL AND assigned_to IS NULL ${cause === undefined ? '' : 'AND cause = ?'} ${withProtected ? '' : 'AND NOT EXISTS (SELECT 1 FROM resident r WHERE r.id = callback.resident_id AND r.protected)'} ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
           RETURNING id, resident_id`,
          cause === undefined ? [staffId] : [staffId, cause],
        );
        const [row] = rows;
        if (!row) return undefined;
        await audit.append(trx, actor, {
          action: 'callback.take',
          subject: { kind: 'callback', id: row.id },
          residentId: row.resident_id,
          result: 'done',
        });
        return row.id;
      });
    },

    /** One call and what came of it. Reached: the entry is done. Otherwise it is due again at `dueAt`, or after some hours. */
    attempt(
      actor: AuditActor,
      staffId: string,
      id: string,
      version: number,
      input: { readonly outcome: CallOutcome; readonly note?: string | undefined; readonly dueAt?: Date | undefined },
    ): Promise<CallbackOutcome> {
      return change(actor, id, version, 'callback.attempt', async (trx, known) => {
        if (known.done_at) return refuseStaff('callback_done');
        await trx('callback_attempt').insert({
          id: uuidv7(),
          callback_id: id,
          staff_id: staffId,
          outcome: input.outcome,
          sealed_note: seal(input.note),
        });
        const detail = { outcome: input.outcome };
        if (input.outcome !== 'reached')
          return {
            values: { due_at: input.dueAt ?? trx.raw(`${nowMs} + ? * interval '1 hour'`, [againAfterHours]) },
            detail,
          };
        await settleNotices(trx, known.resident_id, id);
        return {
          values: {
            done_at: trx.raw(nowMs),
            done_by: staffId,
            outcome: 'reached',
            assigned_to: trx.raw('coalesce(assigned_to, ?)', [staffId]),
          },
          detail,
        };
      });
    },

    /** Settled without a call: they came by, or there is nothing left to tell. */
    tickOff(actor: AuditActor, staffId: string, id: string, version: number): Promise<CallbackOutcome> {
      return change(actor, id, version, 'callback.tick_off', async (trx, known) => {
        if (known.done_at) return refuseStaff('callback_done');
        await settleNotices(trx, known.resident_id, id);
        return { values: { done_at: trx.raw(nowMs), done_by: staffId, outcome: 'settled' } };
      });
    },

    /** Takes the tick back; what it settled is unsettled again. */
    reopen(actor: AuditActor, id: string, version: number): Promise<CallbackOutcome> {
      return change(actor, id, version, 'callback.reopen', async (trx, known) => {
        if (!known.done_at) return refuseStaff('callback_not_done');
        const other = await trx('callback')
          .where({ resident_id: known.resident_id, cause: known.cause, done_at: null })
          .first<{ id: string } | undefined>('id');
        if (other) return refuseStaff('callback_exists', { callbackId: other.id });
        await trx('notice').where({ handled_by: id }).update({ handled_at: null, handled_by: null });
        return { values: { done_at: null, done_by: null, outcome: null } };
      });
    },

    /** Who can be asked to call. */
    async assignees(): Promise<{ id: string; displayName: string }[]> {
      return database('staff')
        .where({ disabled_at: null })
        .whereIn('role', ['operator', 'supervisor', 'city_admin'])
        .orderBy('display_name')
        .select<{ id: string; displayName: string }[]>('id', 'display_name as displayName');
    },
  };
}

function viewOf(row: CallbackRow): CallbackView {
  return {
    id: row.id,
    residentId: row.resident_id,
    isProtected: row.protected,
    cause: row.cause,
    dueAt: row.due_at,
    assignedTo: row.assigned_to === null ? null : { id: row.assigned_to, displayName: row.assignee ?? '' },
    booking:
      row.booking_id === null
        ? null
        : {
            id: row.booking_id,
            reference: row.reference,
            state: row.state,
            startsAt: row.starts_at,
            venueName: row.venue_name,
          },
    noticeId: row.notice_id,
    noticeStep: row.notice_step,
    attempts: row.attempts,
    lastOutcome: row.last_outcome,
    doneAt: row.done_at,
    doneBy: row.done_by_name,
    end: row.outcome,
    version: row.version,
    createdAt: row.created_at,
    createdBy: row.created_by_name,
  };
}
