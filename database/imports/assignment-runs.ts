import { v7 as uuidv7 } from 'uuid';

import type { Channel } from '../../domain/contracts/booking-workflow';
import type { AssignmentCells } from '../../domain/imports/assignments/row';
import type { AssignmentFault, AssignmentPhase } from '../../domain/imports/assignments/words';
import { refuseStaff, type StaffRefusalCode } from '../../domain/staff/refusals';
import type { Database } from '../foundation/connection';
import { type KeyRing, openJson, openText } from '../foundation/keys';
import type { Sql } from '../foundation/transaction';
import { freeSeatsSql } from '../schedule';

export type AssignmentRowState = 'read' | 'bookable' | 'refused' | 'booked' | 'taken_back' | 'kept';

/** A file of appointments that the city assigned, and how far it is. Ids of people are those of staff. */
export interface AssignmentRun {
  readonly id: string;
  readonly programmeId: string;
  readonly fileId: string;
  readonly fileName: string;
  readonly channel: Channel;
  readonly status: AssignmentPhase;
  /** Records of the file that are dealt with. */
  readonly stagedRecords: number;
  /** Lines of the file, roughly; null: not known. */
  readonly lineCount: number | null;
  readonly refusal: { readonly code: string; readonly sentence: string } | null;
  readonly startedBy: string;
  readonly approvedBy: string | null;
  readonly takeBackAskedBy: string | null;
  readonly takeBackAskedAt: Date | null;
  readonly takeBackApprovedBy: string | null;
  readonly createdAt: Date;
  readonly approvedAt: Date | null;
  readonly endedAt: Date | null;
  readonly takenBackAt: Date | null;
  /** Rows by their state. */
  readonly rows: Readonly<Record<AssignmentRowState, number>>;
}

/** A row as it was read. Without `fault` it is looked at further. */
export interface NewAssignmentRow {
  readonly line: number;
  readonly cells: AssignmentCells;
  readonly residentId?: string | undefined;
  readonly slotId?: string | undefined;
  readonly dose?: number | undefined;
  readonly fault?: AssignmentFault | undefined;
}

/** A row that is to be booked. */
export interface AssignmentSeat {
  readonly line: number;
  readonly residentId: string;
  readonly slotId: string;
  readonly dose: number;
  readonly cells: AssignmentCells;
}

export interface AssignmentFinding {
  readonly line: number;
  /** Of a person who is in the city's data and protected. */
  readonly isProtected: boolean;
  readonly state: AssignmentRowState;
  /** Empty where the row was swept. */
  readonly cells: AssignmentCells;
  readonly code: string | null;
  readonly detail: Readonly<Record<string, string | number>>;
  readonly bookingId: string | null;
}

interface RunRow {
  id: string;
  programme_id: string;
  file_id: string;
  sealed_name: Buffer;
  line_count: number | null;
  channel: Channel;
  status: AssignmentPhase;
  staged_records: number;
  refusal: AssignmentRun['refusal'];
  started_by: string;
  approved_by: string | null;
  take_back_asked_by: string | null;
  take_back_asked_at: Date | null;
  take_back_approved_by: string | null;
  created_at: Date;
  approved_at: Date | null;
  ended_at: Date | null;
  taken_back_at: Date | null;
  rows: Partial<Record<AssignmentRowState, number>> | null;
}

export type AssignmentRunStore = ReturnType<typeof createAssignmentRunStore>;

/** Files of assigned appointments and their rows. A row's cells are personal: they are sealed, and removed with time. */
export function createAssignmentRunStore({ database, keys }: { readonly database: Database; readonly keys: KeyRing }) {
  const seal = (cells: AssignmentCells) => keys.seal(JSON.stringify(cells));
  const open = (sealed: Buffer | null): AssignmentCells =>
    sealed === null ? {} : openJson<AssignmentCells>(keys, sealed);

  function runs() {
    return database('assignment_run as r')
      .join('import_file as f', 'f.id', 'r.file_id')
      .select<RunRow[]>(
        'r.*',
        'f.sealed_name',
        'f.line_count',
        database.raw(
          `(SELECT jsonb_object_agg(w.state, w.n) FROM (SELECT state, count(*)::int AS n FROM assignment_row WHERE run_id = r.id GROUP BY state) AS w) AS rows`,
        ),
      );
  }

  function read(row: RunRow): AssignmentRun {
    return {
      id: row.id,
      programmeId: row.programme_id,
      fileId: row.file_id,
      fileName: openText(keys, row.sealed_name),
      channel: row.channel,
      status: row.status,
      stagedRecords: row.staged_records,
      lineCount: row.line_count,
      refusal: row.refusal,
      startedBy: row.started_by,
      approvedBy: row.approved_by,
      takeBackAskedBy: row.take_back_asked_by,
      takeBackAskedAt: row.take_back_asked_at,
      takeBackApprovedBy: row.take_back_approved_by,
      createdAt: row.created_at,
      approvedAt: row.approved_at,
      endedAt: row.ended_at,
      takenBackAt: row.taken_back_at,
      rows: { read: 0, bookable: 0, refused: 0, booked: 0, taken_back: 0, kept: 0, ...row.rows },
    };
  }

  async function find(id: string): Promise<AssignmentRun | undefined> {
    const [row] = await runs().where('r.id', id);
    return row && read(row);
  }

  /**
   * One step of a run by a member of staff: looked at under a lock, refused with why.
   * @param change the columns to set, or the refusal
   */
  async function step(
    id: string,
    change: (run: AssignmentRun) => Record<string, unknown> | StaffRefusalCode,
  ): Promise<{ ok: true } | ReturnType<typeof refuseStaff>> {
    return database.transaction(async (trx) => {
      await trx('assignment_run').where({ id }).forUpdate().first('id');
      const run = await find(id);
      const changed = run ? change(run) : 'assignment_unknown';
      if (typeof changed === 'string') return refuseStaff(changed);
      await trx('assignment_run').where({ id }).update(changed);
      return { ok: true };
    });
  }

  return {
    find,

    /** One run per file: who asks twice gets the same. */
    async create(run: {
      readonly programmeId: string;
      readonly fileId: string;
      readonly channel: Channel;
      readonly startedBy: string;
    }): Promise<string> {
      const id = uuidv7();
      const inserted = await database('assignment_run')
        .insert({
          id,
          programme_id: run.programmeId,
          file_id: run.fileId,
          channel: run.channel,
          status: 'checking',
          started_by: run.startedBy,
        })
        .onConflict(database.raw(`(file_id) WHERE status <> 'failed'`))
        .ignore()
        .returning<{ id: string }[]>('id');
      if (inserted.length > 0) return id;
      return (
        await database('assignment_run')
          .where({ file_id: run.fileId })
          .whereNot({ status: 'failed' })
          .first<{ id: string }>('id')
      ).id;
    },

    /** The newest first. */
    async history({
      before,
      limit,
    }: {
      readonly before?: string | undefined;
      readonly limit: number;
    }): Promise<AssignmentRun[]> {
      const asked = runs().orderBy('r.id', 'desc').limit(limit);
      return (await (before === undefined ? asked : asked.where('r.id', '<', before))).map(read);
    },

    /** The yes of another person, to as many appointments as they saw. */
    approve: (id: string, staffId: string, bookable: number) =>
      step(id, (run) => {
        if (run.status === 'booking' && run.approvedBy === staffId) return { approved_by: staffId };
        if (run.status !== 'waiting') return 'assignment_not_waiting';
        if (run.startedBy === staffId) return 'second_person_needed';
        if (run.rows.bookable !== bookable) return 'changed_meanwhile';
        return { status: 'booking', approved_by: staffId, approved_at: database.fn.now() };
      }),

    reject: (id: string) =>
      step(id, (run) =>
        run.status === 'waiting' ? { status: 'rejected', ended_at: database.fn.now() } : 'assignment_not_waiting',
      ),

    /** A person wants the run's appointments cancelled; another person says yes to it. */
    askTakeBack: (id: string, staffId: string) =>
      step(id, (run) => {
        if (run.status !== 'done' || run.rows.booked === 0) return 'assignment_nothing_to_take_back';
        return run.takeBackAskedBy === null
          ? { take_back_asked_by: staffId, take_back_asked_at: database.fn.now() }
          : 'assignment_take_back_asked';
      }),

    withdrawTakeBack: (id: string) =>
      step(id, (run) =>
        run.status === 'done' && run.takeBackAskedBy !== null
          ? { take_back_asked_by: null, take_back_asked_at: null }
          : 'assignment_nothing_to_take_back',
      ),

    approveTakeBack: (id: string, staffId: string) =>
      step(id, (run) => {
        if (run.status === 'taking_back' && run.takeBackApprovedBy === staffId)
          return { take_back_approved_by: staffId };
        if (run.status !== 'done' || run.takeBackAskedBy === null) return 'assignment_nothing_to_take_back';
        return run.takeBackAskedBy === staffId
          ? 'second_person_needed'
          : { status: 'taking_back', take_back_approved_by: staffId };
      }),

    /** How many appointments of the run nobody has touched since, and how many a person has. */
    async untouched(id: string): Promise<{ readonly untouched: number; readonly touched: number }> {
      const { rows } = await database.raw<{ rows: { untouched: number; touched: number }[] }>(
        `SELECT count(*) FILTER (WHERE is_untouched)::int AS untouched, count(*) FILTER (WHERE NOT is_untouched)::int AS touched FROM (
           SELECT b.state = 'confirmed' AND b.version = w.booking_version AND s.starts_at > now() AS is_untouched
             FROM assignment_row w JOIN booking b ON b.id = w.booking_id JOIN slot s ON s.id = b.slot_id WHERE w.run_id = ? AND w.state = 'booked') AS x`,
        [id],
      );
      return rows[0] ?? { untouched: 0, touched: 0 };
    },

    /** Ends a part of the run; one that has ended stays as it is. */
    async end(
      id: string,
      from: AssignmentPhase,
      to: AssignmentPhase,
      refusal?: AssignmentRun['refusal'],
    ): Promise<void> {
      await database('assignment_run')
        .where({ id, status: from })
        .update({
          status: to,
          ...(refusal ? { refusal: JSON.stringify(refusal) } : {}),
          ...(to === 'taken_back'
            ? { taken_back_at: database.fn.now() }
            : to === 'waiting'
              ? {}
              : { ended_at: database.fn.now() }),
        });
    },

    /** Keeps read rows together with how far the file is dealt with. */
    async store(id: string, rows: readonly NewAssignmentRow[], toRecord: number): Promise<void> {
      await database.transaction(async (trx) => {
        if (rows.length > 0) {
          await trx('assignment_row').insert(
            rows.map((row) => ({
              run_id: id,
              line: row.line,
              state: row.fault === undefined ? 'read' : 'refused',
              sealed: seal(row.cells),
              resident_id: row.residentId ?? null,
              slot_id: row.slotId ?? null,
              dose: row.dose ?? null,
              code: row.fault ?? null,
            })),
          );
        }
        await trx('assignment_run').where({ id }).update({ staged_records: toRecord });
      });
    },

    /** Rows that say the same of one person's dose twice, or contradict each other. */
    async settleDuplicates(id: string): Promise<void> {
      await database.raw(
        `UPDATE assignment_row w SET state = 'refused', code = CASE WHEN x.first_slot <> x.last_slot THEN 'row_contradicts' ELSE 'row_twice' END
           FROM (SELECT line, row_number() OVER (same ORDER BY line) AS nth, min(slot_id::text) OVER same AS first_slot, max(slot_id::text) OVER same AS last_slot
                   FROM assignment_row WHERE run_id = ? AND state = 'read' WINDOW same AS (PARTITION BY resident_id, dose)) AS x
          WHERE w.run_id = ? AND w.line = x.line AND (x.first_slot <> x.last_slot OR x.nth > 1)`,
        [id, id],
      );
    },

    /** The next rows that were only read, those of one person together: at most `people` persons. */
    async nextPeople(id: string, people: number): Promise<AssignmentSeat[][]> {
      const { rows } = await database.raw<{ rows: SeatRow[] }>(
        `SELECT line, resident_id, slot_id, dose, sealed FROM assignment_row WHERE run_id = ? AND state = 'read' AND resident_id IN (
           SELECT resident_id FROM assignment_row WHERE run_id = ? AND state = 'read' GROUP BY 1 ORDER BY 1 LIMIT ?) ORDER BY resident_id, dose, line`,
        [id, id, people],
      );
      const byPerson = new Map<string, AssignmentSeat[]>();
      for (const row of rows) byPerson.set(row.resident_id, [...(byPerson.get(row.resident_id) ?? []), seatOf(row)]);
      return [...byPerson.values()];
    },

    /** What was found of rows; those that ended otherwise meanwhile stay as they are. */
    async mark(
      id: string,
      from: AssignmentRowState,
      found: readonly {
        readonly line: number;
        readonly state: AssignmentRowState;
        readonly code?: string;
        readonly detail?: Readonly<Record<string, string | number>> | undefined;
      }[],
    ): Promise<void> {
      if (found.length === 0) return;
      await database.raw(
        `UPDATE assignment_row w SET state = x.state, code = x.code, detail = x.detail FROM jsonb_to_recordset(?) AS x(line int, state text, code text, detail jsonb)
          WHERE w.run_id = ? AND w.line = x.line AND w.state = ?`,
        [
          JSON.stringify(
            found.map((item) => ({
              line: item.line,
              state: item.state,
              code: item.code ?? null,
              detail: item.detail ?? null,
            })),
          ),
          id,
          from,
        ],
      );
    },

    /** Rows that could each be booked, but not all of them: a slot's seats go to the first lines. */
    async refuseBeyondSeats(id: string, channel: Channel): Promise<void> {
      await database.raw(
        `UPDATE assignment_row w SET state = 'refused', code = 'slot_full' FROM (
           SELECT a.line, row_number() OVER (PARTITION BY a.slot_id ORDER BY a.line) AS nth, free.seats
             FROM assignment_row a JOIN LATERAL (
               SELECT ${freeSeatsSql} AS seats FROM slot s JOIN slot_quota q ON q.slot_id = s.id AND q.channel = ? WHERE s.id = a.slot_id) AS free ON true
            WHERE a.run_id = ? AND a.state = 'bookable') AS x
          WHERE w.run_id = ? AND w.line = x.line AND x.nth > x.seats`,
        [channel, id, id],
      );
    },

    /** The next rows to be booked: first doses first. */
    async nextToBook(id: string, limit: number): Promise<AssignmentSeat[]> {
      const rows = await database('assignment_row')
        .where({ run_id: id, state: 'bookable' })
        .orderBy(['dose', 'line'])
        .limit(limit)
        .select<SeatRow[]>('line', 'resident_id', 'slot_id', 'dose', 'sealed');
      return rows.map(seatOf);
    },

    /** Inside the booking's own transaction: the row is booked. False: it is not to be booked any more. */
    async recordBooked(
      sql: Sql,
      id: string,
      line: number,
      booking: { readonly id: string; readonly version: number },
    ): Promise<boolean> {
      const done = await sql(statements.booked, [id, line, booking.id, booking.version]);
      return done.length > 0;
    },

    /** The next bookings to take back: later doses first. */
    async nextToTakeBack(
      id: string,
      limit: number,
    ): Promise<{ readonly line: number; readonly bookingId: string; readonly version: number }[]> {
      const rows = await database('assignment_row')
        .where({ run_id: id, state: 'booked' })
        .orderBy([{ column: 'dose', order: 'desc' }, { column: 'line' }])
        .limit(limit)
        .select<{ line: number; booking_id: string; booking_version: number }[]>(
          'line',
          'booking_id',
          'booking_version',
        );
      return rows.map((row) => ({ line: row.line, bookingId: row.booking_id, version: row.booking_version }));
    },

    /** Rows in some states by line, with their contents. */
    async findings(
      id: string,
      states: readonly AssignmentRowState[],
      { afterLine, limit }: { readonly afterLine: number; readonly limit: number },
    ): Promise<AssignmentFinding[]> {
      const rows = await database('assignment_row as a')
        .leftJoin('resident as r', 'r.id', 'a.resident_id')
        .where('a.run_id', id)
        .whereIn('a.state', [...states])
        .where('a.line', '>', afterLine)
        .orderBy('a.line')
        .limit(limit)
        .select<
          {
            line: number;
            protected: boolean | null;
            state: AssignmentRowState;
            sealed: Buffer | null;
            code: string | null;
            detail: Record<string, string | number> | null;
            booking_id: string | null;
          }[]
        >('a.line', 'r.protected', 'a.state', 'a.sealed', 'a.code', 'a.detail', 'a.booking_id');
      return rows.map((row) => ({
        line: row.line,
        isProtected: row.protected ?? false,
        state: row.state,
        cells: open(row.sealed),
        code: row.code,
        detail: row.detail ?? {},
        bookingId: row.booking_id,
      }));
    },

    /** Refused and kept rows, counted by code; the most frequent first. */
    async faults(id: string): Promise<{ readonly code: string; readonly count: number }[]> {
      return database('assignment_row')
        .where({ run_id: id })
        .whereNotNull('code')
        .groupBy('code')
        .orderBy([{ column: 'count', order: 'desc' }, { column: 'code' }])
        .select<{ code: string; count: number }[]>('code', database.raw('count(*)::int AS count'));
    },
  };

  function seatOf(row: SeatRow): AssignmentSeat {
    return {
      line: row.line,
      residentId: row.resident_id,
      slotId: row.slot_id,
      dose: row.dose,
      cells: open(row.sealed),
    };
  }
}

interface SeatRow {
  line: number;
  resident_id: string;
  slot_id: string;
  dose: number;
  sealed: Buffer | null;
}

const statements = {
  booked: `UPDATE assignment_row SET state = 'booked', booking_id = $3, booking_version = $4 WHERE run_id = $1 AND line = $2 AND state = 'bookable' RETURNING line`,
} as const;
