import type { LoginCheckCode } from '../../domain/imports/log-in-check';
import type { RowErrorCode } from '../../domain/imports/row-error';
import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import { openResident, type SealedResident } from '../residents';
import { lastDigits } from './import-carry-overs';
import { isMissing } from './import-conditions';
import { keptTableOf, tableOf } from './import-tables';

/** Why an import touches a person who has a booking. */
export const effectKinds = ['new_number', 'moved_out', 'died', 'missing'] as const;
export type EffectKind = (typeof effectKinds)[number];

/** A live booking of a person whom an import touches. */
export interface TouchedBooking {
  readonly kind: EffectKind;
  readonly bookingId: string;
  readonly residentId: string;
  readonly isProtected: boolean;
  readonly reference: string | null;
  readonly state: 'held' | 'confirmed';
  readonly dose: number;
  readonly startsAt: Date;
  readonly venueName: string;
}

/** A row that was taken at random and read as a log-in would read it. */
export interface SampledRow {
  readonly line: number;
  readonly number: string;
  readonly birthDate: string;
  readonly groupCode: string;
  readonly isFound: boolean;
}

export interface LoginCheck {
  readonly code: LoginCheckCode;
  readonly groupCode?: string;
}

/** What is looked at: the run, and whether its staged rows are still to be taken over. */
interface ReviewedRun {
  readonly id: string;
  readonly programmeId: string;
  readonly isWaiting: boolean;
  readonly isFullSet: boolean;
}

type Row<Fields> = { rows: Fields[] };

export type ImportReview = ReturnType<typeof createImportReview>;

/** What staff look at before they say yes, and afterwards. */
export function createImportReview({ database, keys }: { readonly database: Database; readonly keys: KeyRing }) {
  async function exists(table: string): Promise<boolean> {
    const { rows } = await database.raw<Row<{ is_there: boolean }>>('SELECT to_regclass(?) IS NOT NULL AS is_there', [
      table,
    ]);
    return rows[0]?.is_there === true;
  }

  function opened(sealed: Buffer): SealedResident {
    return openResident(keys, sealed);
  }

  /** Residents touched by the run, as `touched (resident_id, kind)` with the values of its placeholders. */
  async function touched({
    id,
    programmeId,
    isWaiting,
    isFullSet,
  }: ReviewedRun): Promise<{ sql: string; values: Record<'run' | 'programme', string> }> {
    const parts = [
      `SELECT c.resident_id, 'new_number' AS kind FROM import_carry_over c WHERE c.run_id = :run AND c.is_wanted`,
      `SELECT r.id, e.code FROM import_row_error e JOIN resident r ON r.programme_id = :programme AND r.coupon_index = e.coupon_index WHERE e.run_id = :run AND e.code IN ('moved_out', 'died')`,
    ];
    if (isWaiting && isFullSet && (await exists(tableOf(id)))) {
      parts.push(`SELECT r.id, 'missing' FROM resident r WHERE ${isMissing(tableOf(id), ':programme', ':run')}`);
    } else if (!isWaiting && (await exists(keptTableOf(id)))) {
      parts.push(
        `SELECT r.id, 'missing' FROM ${keptTableOf(id)} k JOIN resident r ON r.id = k.id
          WHERE k.status = 'active' AND r.status = 'missing'
            AND NOT EXISTS (SELECT 1 FROM import_row_error e WHERE e.run_id = :run AND e.coupon_index = k.coupon_index AND e.code IN ('moved_out', 'died'))`,
      );
    }
    return {
      sql: `touched (resident_id, kind) AS (${parts.join(' UNION ALL ')})`,
      values: { run: id, programme: programmeId },
    };
  }

  return {
    /** Live bookings of people whom the run touches, by kind and time, from `offset` on. */
    async touchedBookings(
      run: ReviewedRun,
      { offset, limit }: { readonly offset: number; readonly limit: number },
    ): Promise<TouchedBooking[]> {
      const { sql, values } = await touched(run);
      const { rows } = await database.raw<
        Row<{
          kind: EffectKind;
          id: string;
          resident_id: string;
          protected: boolean;
          reference: string | null;
          state: 'held' | 'confirmed';
          dose: number;
          starts_at: Date;
          name: string;
        }>
      >(
        `WITH ${sql}
          SELECT t.kind, b.id, b.resident_id, r.protected, b.reference, b.state, b.dose, s.starts_at, v.name
            FROM touched t JOIN booking b ON b.resident_id = t.resident_id AND b.state IN ('held', 'confirmed')
            JOIN slot s ON s.id = b.slot_id JOIN venue v ON v.id = s.venue_id JOIN resident r ON r.id = b.resident_id
           ORDER BY t.kind DESC, s.starts_at, b.id OFFSET :offset LIMIT :limit`,
        { ...values, offset, limit },
      );
      return rows.map((row) => ({
        kind: row.kind,
        bookingId: row.id,
        residentId: row.resident_id,
        isProtected: row.protected,
        reference: row.reference,
        state: row.state,
        dose: row.dose,
        startsAt: row.starts_at,
        venueName: row.name,
      }));
    },

    /**
     * Whether a person with this number and birth date could log in after the approval.
     * @param couponNumber digits, as parsed; @param birthDate YYYY-MM-DD
     */
    async loginCheck(run: ReviewedRun, couponNumber: string, birthDate: string): Promise<LoginCheck> {
      const compare = (sealed: Buffer, groupCode: string): LoginCheck => ({
        code: opened(sealed).birthDate === birthDate ? 'would_log_in' : 'other_birth_date',
        groupCode,
      });
      const indexes = keys.blindIndexes(couponNumber);
      if (run.isWaiting && (await exists(tableOf(run.id)))) {
        const staged = await database.raw<Row<{ sealed: Buffer; group_code: string }>>(
          `SELECT sealed, group_code FROM ${tableOf(run.id)} WHERE coupon_index = ANY(?)`,
          [indexes],
        );
        if (staged.rows[0] !== undefined) return compare(staged.rows[0].sealed, staged.rows[0].group_code);
        const error = await database('import_row_error')
          .where({ run_id: run.id })
          .whereIn('coupon_index', indexes)
          .first<{ code: RowErrorCode } | undefined>('code');
        if (error?.code === 'moved_out' || error?.code === 'died') return { code: error.code };
        const resident = await database.raw<Row<{ sealed: Buffer; group_code: string; is_carried: boolean }>>(
          `SELECT r.sealed, r.group_code, EXISTS (SELECT 1 FROM import_carry_over c WHERE c.run_id = ? AND c.resident_id = r.id AND c.is_wanted) AS is_carried
             FROM resident r WHERE r.programme_id = ? AND r.status = 'active' AND r.coupon_index = ANY(?)`,
          [run.id, run.programmeId, indexes],
        );
        const [found] = resident.rows;
        if (found === undefined) return { code: error === undefined ? 'unknown_number' : 'row_refused' };
        if (found.is_carried) return { code: 'new_number' };
        // A damaged row leaves the resident as they are.
        return run.isFullSet && error === undefined ? { code: 'removed' } : compare(found.sealed, found.group_code);
      }
      const row = await database('resident')
        .where({ programme_id: run.programmeId, status: 'active' })
        .whereIn('coupon_index', indexes)
        .first<{ sealed: Buffer; group_code: string } | undefined>('sealed', 'group_code');
      return row === undefined ? { code: 'unknown_number' } : compare(row.sealed, row.group_code);
    },

    /** Rows taken at random, each looked for by the number that it holds, as a log-in would. */
    async sample(run: ReviewedRun, size: number): Promise<SampledRow[]> {
      const isStaged = run.isWaiting && (await exists(tableOf(run.id)));
      if (!isStaged) return [];
      const { rows } = await database.raw<
        Row<{ line: number; sealed: Buffer; coupon_index: Buffer; group_code: string }>
      >(`SELECT line, sealed, coupon_index, group_code FROM ${tableOf(run.id)} ORDER BY random() LIMIT ?`, [size]);
      return rows
        .map((row) => {
          const { number, birthDate } = opened(row.sealed);
          return {
            line: row.line,
            number: lastDigits(number),
            birthDate,
            groupCode: row.group_code,
            isFound: keys.blindIndexes(number).some((index) => index.equals(row.coupon_index)),
          };
        })
        .sort((one, other) => one.line - other.line);
    },
  };
}
