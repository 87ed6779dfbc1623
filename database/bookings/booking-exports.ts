import { v7 as uuidv7 } from 'uuid';

import type { Answers } from '../../domain/bookings/form';
import { addDays, instantOf } from '../../domain/calendar/city-time';
import type { BookingState } from '../../domain/contracts/booking-lifecycle';
import type { Channel } from '../../domain/contracts/booking-workflow';
import { refuseStaff, type StaffRefusal } from '../../domain/staff/refusals';
import type { Audit, AuditActor } from '../audit';
import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import { openAnswers } from '../foundation/sealed-answers';
import { catchUp } from '../lists';
import { openResident } from '../residents';

/** Which bookings leave: of appointments from one city date to another, both included. */
export interface ExportParameters {
  readonly from: string;
  readonly to: string;
  readonly venueId: string | null;
}

export interface DataExport {
  readonly id: string;
  readonly parameters: ExportParameters;
  readonly reason: string;
  readonly askedBy: { readonly id: string; readonly name: string };
  readonly askedAt: Date;
  readonly decidedBy: { readonly id: string; readonly name: string } | null;
  readonly decidedAt: Date | null;
  readonly state: 'waiting' | 'approved' | 'rejected' | 'downloaded' | 'expired';
  readonly usableUntil: Date | null;
  readonly downloadedAt: Date | null;
  /** How many bookings the file would hold now. */
  readonly bookings: number;
}

/** A booking as it leaves in a file. */
export interface ExportedBooking {
  readonly isProtected: boolean;
  readonly reference: string;
  readonly state: BookingState;
  readonly startsAt: Date;
  readonly venueName: string;
  readonly dose: number;
  readonly channel: Channel;
  readonly groupCode: string | null;
  readonly couponNumber: string;
  readonly birthDate: string;
  readonly kana: string | null;
  /** As given in the form, by name of the field. */
  readonly answers: Answers;
}

export type ExportOutcome = { readonly ok: true; readonly item: DataExport } | StaffRefusal;
export type DataExports = ReturnType<typeof createDataExports>;

/** Hours in which an approved file can be fetched. */
const usableHours = 24;
const batch = 2_000;
const listed = 100;

interface Row {
  id: string;
  parameters: ExportParameters;
  reason: string;
  asked_by: string;
  asked_name: string;
  asked_at: Date;
  decided_by: string | null;
  decided_name: string | null;
  decided_at: Date | null;
  approved: boolean | null;
  usable_until: Date | null;
  downloaded_at: Date | null;
  now: Date;
  bookings: number;
}

const range = `s.programme_id = e.programme_id AND s.starts_at >= ((e.parameters->>'from')::date)::timestamp AT TIME ZONE 'Asia/Tokyo'
  AND s.starts_at < ((e.parameters->>'to')::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo'
  AND (e.parameters->>'venueId' IS NULL OR s.venue_id = (e.parameters->>'venueId')::uuid)`;
const select = `SELECT e.*, a.display_name AS asked_name, d.display_name AS decided_name, clock_timestamp() AS now,
    (SELECT count(*)::int FROM slot s JOIN listed_booking b ON b.slot_id = s.id AND b.state IN ('confirmed', 'attended', 'no_show', 'cancelled') WHERE ${range}) AS bookings
  FROM data_export e JOIN staff a ON a.id = e.asked_by LEFT JOIN staff d ON d.id = e.decided_by`;

/**
 * Exports of many residents' data: one person asks and says why, another approves what they have read, and the one who asked fetches
 * the file once within a day. The table holds these rules too (two persons, once, nothing changed in between).
 */
export function createDataExports({ database, keys, audit }: { database: Database; keys: KeyRing; audit: Audit }) {
  async function find(connection: Database, id: string): Promise<{ row: Row; item: DataExport } | undefined> {
    const { rows } = await connection.raw<{ rows: Row[] }>(`${select} WHERE e.id = ?`, [id]);
    return rows[0] && { row: rows[0], item: read(rows[0]) };
  }

  /** One step of an export: looked at under a lock, recorded with the change or with the refusal. */
  async function step(
    actor: AuditActor,
    id: string,
    action: string,
    work: (found: { row: Row; item: DataExport }, trx: Database) => Promise<StaffRefusal | undefined>,
  ): Promise<ExportOutcome> {
    await catchUp(database);
    return database.transaction(async (trx) => {
      await trx('data_export').where({ id }).forUpdate().select('id');
      const found = await find(trx, id);
      const refusal = found ? await work(found, trx) : refuseStaff('export_unknown');
      await audit.append(trx, actor, {
        action,
        ...(found ? { subject: { kind: 'export', id } } : {}),
        result: refusal?.staffCode ?? 'done',
        ...(found ? { detail: { bookings: found.item.bookings } } : {}),
      });
      if (refusal) return refusal;
      const after = await find(trx, id);
      return after ? { ok: true, item: after.item } : refuseStaff('export_unknown');
    });
  }

  return {
    /** The newest first. */
    async list(): Promise<DataExport[]> {
      await catchUp(database);
      const { rows } = await database.raw<{ rows: Row[] }>(`${select} ORDER BY e.asked_at DESC LIMIT ?`, [listed]);
      return rows.map(read);
    },

    async ask(
      actor: AuditActor,
      staffId: string,
      programmeId: string,
      parameters: ExportParameters,
      reason: string,
    ): Promise<ExportOutcome> {
      const id = uuidv7();
      await database('data_export').insert({
        id,
        programme_id: programmeId,
        kind: 'bookings',
        parameters: JSON.stringify(parameters),
        reason,
        asked_by: staffId,
      });
      return step(actor, id, 'export.ask', () => Promise.resolve(undefined));
    },

    /** Another person says yes or no. */
    decide(actor: AuditActor, staffId: string, id: string, approved: boolean): Promise<ExportOutcome> {
      return step(actor, id, approved ? 'export.approve' : 'export.reject', async ({ row }, trx) => {
        if (row.asked_by === staffId) return refuseStaff('export_own');
        if (row.decided_at) return refuseStaff('export_decided');
        await trx('data_export')
          .where({ id })
          .update({
            decided_by: staffId,
            decided_at: trx.raw('clock_timestamp()'),
            approved,
            usable_until: approved ? trx.raw(`clock_timestamp() + ? * interval '1 hour'`, [usableHours]) : null,
          });
        return undefined;
      });
    },

    /** The one who asked takes the file, once: from now on it counts as taken, whatever happens on the way. */
    take(actor: AuditActor, staffId: string, id: string): Promise<ExportOutcome> {
      return step(actor, id, 'export.download', async ({ row, item }, trx) => {
        if (row.asked_by !== staffId) return refuseStaff('export_not_yours');
        if (item.state === 'waiting' || item.state === 'rejected') return refuseStaff('export_not_ready');
        if (item.state !== 'approved') return refuseStaff('export_used');
        await trx('data_export')
          .where({ id })
          .update({ downloaded_by: staffId, downloaded_at: trx.raw('clock_timestamp()') });
        return undefined;
      });
    },

    /** The bookings themselves, in order of their appointments, read in small portions: nothing is ever held whole. */
    async *bookings(programmeId: string, { from, to, venueId }: ExportParameters): AsyncGenerator<ExportedBooking> {
      await catchUp(database);
      let after: readonly [Date, string] = [new Date(0), '00000000-0000-0000-0000-000000000000'];
      for (;;) {
        const { rows } = await database.raw<{
          rows: {
            id: string;
            protected: boolean;
            reference: string;
            state: BookingState;
            starts_at: Date;
            venue_name: string;
            dose: number;
            channel: Channel;
            group_code: string | null;
            sealed: Buffer;
            sealed_answers: Buffer | null;
          }[];
        }>(
          `SELECT b.id, r.protected, b.reference, b.state, s.starts_at, v.name AS venue_name, b.dose, b.channel, b.group_code, r.sealed, a.sealed_answers
             FROM slot s JOIN listed_booking b ON b.slot_id = s.id AND b.state IN ('confirmed', 'attended', 'no_show', 'cancelled') JOIN booking a ON a.id = b.id JOIN venue v ON v.id = s.venue_id JOIN resident r ON r.id = b.resident_id
            WHERE s.programme_id = ? AND s.starts_at >= ? AND s.starts_at < ? AND (?::uuid IS NULL OR s.venue_id = ?) AND (s.starts_at, b.id) > (?, ?)
            ORDER BY s.starts_at, b.id LIMIT ?`,
          [
            programmeId,
            instantOf(from, '00:00'),
            instantOf(addDays(to, 1), '00:00'),
            venueId,
            venueId,
            after[0],
            after[1],
            batch,
          ],
        );
        for (const row of rows) {
          const { number, birthDate, kana } = openResident(keys, row.sealed);
          yield {
            isProtected: row.protected,
            reference: row.reference,
            state: row.state,
            startsAt: row.starts_at,
            venueName: row.venue_name,
            dose: row.dose,
            channel: row.channel,
            groupCode: row.group_code,
            couponNumber: number,
            birthDate,
            kana: kana ?? null,
            answers: row.sealed_answers ? openAnswers(keys, row.sealed_answers) : {},
          };
        }
        const last = rows.at(-1);
        if (!last || rows.length < batch) return;
        after = [last.starts_at, last.id];
      }
    },
  };
}

function read(row: Row): DataExport {
  const state =
    row.approved === null
      ? 'waiting'
      : !row.approved
        ? 'rejected'
        : row.downloaded_at
          ? 'downloaded'
          : row.usable_until && row.usable_until <= row.now
            ? 'expired'
            : 'approved';
  return {
    id: row.id,
    parameters: row.parameters,
    reason: row.reason,
    askedBy: { id: row.asked_by, name: row.asked_name },
    askedAt: row.asked_at,
    decidedBy: row.decided_by === null ? null : { id: row.decided_by, name: row.decided_name ?? '' },
    decidedAt: row.decided_at,
    state,
    usableUntil: row.usable_until,
    downloadedAt: row.downloaded_at,
    bookings: row.bookings,
  };
}
