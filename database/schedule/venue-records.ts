import { createHash } from 'node:crypto';

import type { Knex } from 'knex';
import { v7 as uuidv7 } from 'uuid';

import { type VenueFields, venueFields } from '../../domain/schedule/venue-fields';
import { type SheetFault, venueAfter, type VenueRow as SheetRow } from '../../domain/schedule/venue-sheet';
import { refuseStaff, type StaffRefusal } from '../../domain/staff/refusals';
import type { Audit, AuditActor } from '../audit';
import type { Database } from '../foundation/connection';
import { catchUp } from '../lists';
import { readVenue, type VenueRow, venueValues } from './venues';

/** What staff say of a venue. One that is not active takes no new bookings, and those that it has stay; `position` is its place in the city's order. */
export type VenueInput = VenueFields;

type VenueChanges = { readonly [Field in keyof VenueInput]?: VenueInput[Field] | undefined };

export interface VenueRecord extends VenueInput {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  /** Bookings (held or confirmed) that are still to come. */
  readonly upcoming: number;
}

type StaffVenueRow = VenueRow & {
  capacity_notes: string;
  active: boolean;
  position: number;
  version: number;
  upcoming: number;
};

/** All venues in one pass over the bookings, instead of one pass for each. */
const upcomingByVenue = `(SELECT s.venue_id, count(*)::int AS upcoming FROM listed_booking b JOIN slot s ON s.id = b.slot_id
  WHERE s.starts_at > now() AND (b.state = 'confirmed' OR (b.state = 'held' AND b.hold_expires_at > now())) GROUP BY s.venue_id) AS u`;

export type VenueOutcome = { readonly ok: true; readonly venue: VenueRecord } | StaffRefusal;

/** A row of a sheet that was read, or what is wrong with it. */
export type VenueSheetRow = { readonly line: number } & (
  | { readonly ok: true; readonly row: SheetRow }
  | { readonly ok: false; readonly code: string; readonly faults: readonly SheetFault[] }
);

export interface VenueImportLine {
  readonly line: number;
  readonly code: string;
  readonly name: string;
  readonly kind: 'new' | 'changed' | 'unchanged' | 'wrong';
  /** Fields that change, by name, with what is there before and after. */
  readonly changes: readonly { readonly field: string; readonly before: string; readonly after: string }[];
  readonly faults: readonly SheetFault[];
}

/** What loading a sheet does. `fingerprint` covers all of it: the load that follows does this and nothing else. */
export interface VenueImportPlan {
  readonly lines: readonly VenueImportLine[];
  readonly fingerprint: string;
}

export type VenueImportOutcome = { readonly ok: true; readonly plan: VenueImportPlan } | StaffRefusal;
export type VenueRecords = ReturnType<typeof createVenueRecords>;

/** Where a venue may stand besides the bookings: while it does, it is not taken away. */
const places = { schedules: 'schedule', slots: 'slot' } as const;

/** Venues as the city edits them. Every change is recorded in the audit in the same transaction. */
export function createVenueRecords({ database, audit }: { database: Database; audit: Audit }) {
  const select = (connection: Knex) =>
    connection('venue as v')
      .leftJoin(connection.raw(upcomingByVenue), 'u.venue_id', 'v.id')
      .select<StaffVenueRow[]>('v.*', connection.raw('coalesce(u.upcoming, 0) AS upcoming'));

  async function insert(
    trx: Knex.Transaction,
    actor: AuditActor,
    code: string,
    input: VenueInput,
  ): Promise<StaffVenueRow | undefined> {
    const [row] = await trx('venue')
      .insert({ id: uuidv7(), code, ...venueValues(input) })
      .onConflict('code')
      .ignore()
      .returning<StaffVenueRow[]>('*');
    if (row)
      await audit.append(trx, actor, { action: 'venue.add', subject: { kind: 'venue', id: row.id }, result: 'done' });
    return row && { ...row, upcoming: 0 };
  }

  async function change(
    trx: Knex.Transaction,
    actor: AuditActor,
    known: StaffVenueRow,
    input: VenueChanges,
  ): Promise<StaffVenueRow> {
    const values = venueValues(input);
    const fields = changedColumns(known, values);
    if (fields.length === 0) return known;
    // Holds share the venue's key (`shareSlots` in `seats.ts`): those under way end first, and later ones see that it is off.
    if (known.active && input.active === false) await trx('venue').where({ id: known.id }).forUpdate().select('id');
    const [row] = await trx('venue')
      .where({ id: known.id })
      .update({ ...values, version: known.version + 1, updated_at: trx.fn.now() })
      .returning<StaffVenueRow[]>('*');
    await audit.append(trx, actor, {
      action: 'venue.update',
      subject: { kind: 'venue', id: known.id },
      result: 'done',
      detail: { fields: fields.join(',') },
    });
    return { ...known, ...row };
  }

  async function planImport(
    connection: Knex,
    rows: readonly VenueSheetRow[],
  ): Promise<
    VenueImportPlan & {
      readonly work: readonly { known: StaffVenueRow | undefined; code: string; fields: VenueFields }[];
    }
  > {
    const known = new Map((await select(connection)).map((row) => [row.code, row]));
    const codes = rows.map((item) => (item.ok ? item.row.code : item.code));
    const work: { known: StaffVenueRow | undefined; code: string; fields: VenueFields }[] = [];
    const lines = rows.map((item, index): VenueImportLine => {
      const code = codes[index] ?? '';
      const there = known.get(code);
      const wrong = (faults: readonly SheetFault[]): VenueImportLine => ({
        line: item.line,
        code,
        name: there?.name ?? '',
        kind: 'wrong',
        changes: [],
        faults,
      });
      if (!item.ok) return wrong(item.faults);
      const first = codes.indexOf(code);
      if (first < index)
        return wrong([
          {
            column: '会場コード',
            code: 'twice',
            sentence: `会場コード「${code}」は${String(rows[first]?.line ?? 0)}行目にもあります。`,
          },
        ]);
      const before = there && venueFields.parse(readRecord(there));
      const after = venueAfter(item.row, before);
      if (!after.ok) return wrong(after.faults);
      const changes = (Object.keys(after.fields) as (keyof VenueFields)[]).flatMap((field) => {
        const [old, now] = [wordsOf(before?.[field]), wordsOf(after.fields[field])];
        return old === now ? [] : [{ field, before: old, after: now }];
      });
      if (!there || changes.length > 0) work.push({ known: there, code, fields: after.fields });
      return {
        line: item.line,
        code,
        name: after.fields.name,
        kind: there ? (changes.length > 0 ? 'changed' : 'unchanged') : 'new',
        changes,
        faults: [],
      };
    });
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([lines, work.map((item) => [item.code, item.known?.version ?? 0])]))
      .digest('base64url');
    return { lines, fingerprint, work };
  }

  return {
    /** All of them, those that are off too, in the city's order. */
    async list(): Promise<VenueRecord[]> {
      await catchUp(database);
      const rows = await select(database).orderBy(['v.position', 'v.code']);
      return rows.map(readRecord);
    },

    async find(id: string): Promise<VenueRecord | undefined> {
      await catchUp(database);
      const [row] = await select(database).where('v.id', id);
      return row && readRecord(row);
    },

    async add(actor: AuditActor, code: string, input: VenueInput): Promise<VenueOutcome> {
      return database.transaction(async (trx) => {
        const row = await insert(trx, actor, code, input);
        return row ? { ok: true, venue: readRecord(row) } : refuseStaff('venue_code_taken');
      });
    },

    /** Changes what is given, if nobody else did since `version`. Switched off, it keeps its bookings and takes no new ones. */
    async update(actor: AuditActor, id: string, version: number, input: VenueChanges): Promise<VenueOutcome> {
      return database.transaction(async (trx) => {
        const [known] = await select(trx).where('v.id', id).forNoKeyUpdate('v');
        if (!known) return refuseStaff('venue_unknown');
        if (known.version !== version)
          return refuseStaff('changed_meanwhile', { version: known.version }, readRecord(known));
        return { ok: true, venue: readRecord(await change(trx, actor, known, input)) };
      });
    },

    /** Takes a venue away that nothing stands on. Otherwise says where it is used: plans, slots, bookings. */
    async remove(actor: AuditActor, id: string, version: number): Promise<{ readonly ok: true } | StaffRefusal> {
      await catchUp(database);
      try {
        return await database.transaction(async (trx) => {
          const [known] = await select(trx).where('v.id', id).forUpdate('v');
          if (!known) return refuseStaff('venue_unknown');
          if (known.version !== version)
            return refuseStaff('changed_meanwhile', { version: known.version }, readRecord(known));
          const used: Record<string, number> = {};
          for (const [name, table] of Object.entries(places)) {
            const [row] = await trx(table).where({ venue_id: id }).count<{ count: number }[]>('* as count');
            if (row && row.count > 0) used[name] = row.count;
          }
          if (known.upcoming > 0) used['bookings'] = known.upcoming;
          if (Object.keys(used).length > 0) return refuseStaff('venue_referred_to', used);
          await trx('venue').where({ id }).delete();
          await audit.append(trx, actor, { action: 'venue.remove', subject: { kind: 'venue', id }, result: 'done' });
          return { ok: true };
        });
      } catch (error) {
        // Tables of other parts that point here too: the database names the one that is in the way.
        const { code, table } = error as { code?: string; table?: string };
        if (code !== '23503') throw error;
        return refuseStaff('venue_referred_to', { [table ?? 'elsewhere']: 1 });
      }
    },

    /** What loading these rows would do. Changes nothing. */
    async previewImport(rows: readonly VenueSheetRow[]): Promise<VenueImportPlan> {
      const { lines, fingerprint } = await planImport(database, rows);
      return { lines, fingerprint };
    },

    /** Loads all rows or none: what was shown under `fingerprint`, or a refusal with what it would do now. */
    async applyImport(
      actor: AuditActor,
      rows: readonly VenueSheetRow[],
      fingerprint: string,
    ): Promise<VenueImportOutcome> {
      return database.transaction(async (trx) => {
        // A person who loads or edits venues meanwhile waits: the comparison below stays true.
        await trx('venue').select('id').orderBy('id').forNoKeyUpdate();
        const { work, ...plan } = await planImport(trx, rows);
        if (plan.lines.some((item) => item.kind === 'wrong')) return refuseStaff('sheet_refused', undefined, plan);
        if (plan.fingerprint !== fingerprint) return refuseStaff('changed_meanwhile', undefined, plan);
        // In the order in which holds share venues.
        const inOrder = [...work].sort((a, b) => ((a.known?.id ?? '') < (b.known?.id ?? '') ? -1 : 1));
        for (const { known, code, fields } of inOrder) {
          if (known) await change(trx, actor, known, fields);
          else if (!(await insert(trx, actor, code, fields))) return refuseStaff('venue_code_taken');
        }
        return { ok: true, plan };
      });
    },
  };
}

function changedColumns(known: StaffVenueRow, values: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(values)
    .filter((name) => JSON.stringify(values[name]) !== JSON.stringify(known[name as keyof StaffVenueRow]))
    .sort();
}

function readRecord(row: StaffVenueRow): VenueRecord {
  const { features, ...rest } = readVenue(row);
  return {
    ...rest,
    features: venueFields.shape.features.catch([]).parse(features),
    capacityNotes: row.capacity_notes,
    active: row.active,
    position: row.position,
    version: row.version,
    upcoming: row.upcoming,
  };
}

function wordsOf(value: VenueFields[keyof VenueFields] | undefined): string {
  return value === null || value === undefined ? '' : Array.isArray(value) ? value.join(',') : String(value);
}
