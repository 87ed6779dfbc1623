import type { Protection } from '../../domain/staff/visibility';
import type { Database } from '../foundation/connection';
import { type KeyRing, openJson, openText } from '../foundation/keys';
import { preparedQuery } from '../foundation/prepared-query';

export interface Resident {
  readonly id: string;
  readonly programmeId: string;
  readonly groupCode: string;
  /** `YYYY-MM-DD` */
  readonly birthDate: string;
  readonly kana?: string | undefined;
  /** Codes of the groups that the person declared to belong to. */
  readonly declared: readonly string[];
  /** Where this person will be is told to nobody without the stronger check, and never by machine. */
  readonly isProtected: boolean;
}

/** What is sealed of a resident. `kana` only where the city's file had it. */
export interface SealedResident {
  readonly number: string;
  readonly birthDate: string;
  readonly kana?: string;
}

/**
 * The text whose blind index is `resident.digest`: tells changed rows from unchanged ones, and the same person under
 * two numbers. Without kana a birth date alone would be shared by many: the number keeps their digests apart.
 */
export function digestTextOf({ number, birthDate, kana }: SealedResident): string {
  return kana === undefined ? `${birthDate} ${number}` : `${birthDate}\n${kana}`;
}

export function openResident(keys: KeyRing, sealed: Buffer): SealedResident {
  return openJson<SealedResident>(keys, sealed);
}

interface ResidentRow {
  id: string;
  programme_id: string;
  group_code: string;
  declared: string[];
  sealed: Buffer;
  protected: boolean;
}

const byCouponText = `SELECT id, programme_id, group_code, declared, sealed, protected FROM resident
  WHERE programme_id = $1 AND status = 'active' AND coupon_index = ANY ($2::bytea[]) LIMIT 1`;

export type ResidentRepository = ReturnType<typeof createResidentRepository>;

export function createResidentRepository({ database, keys }: { database: Database; keys: KeyRing }) {
  function read(row: ResidentRow): Resident {
    const { birthDate, kana } = openResident(keys, row.sealed);
    return {
      id: row.id,
      programmeId: row.programme_id,
      groupCode: row.group_code,
      declared: row.declared,
      birthDate,
      kana,
      isProtected: row.protected,
    };
  }

  return {
    /** The resident who was imported under this coupon number (digits, as parsed), whatever key it was indexed with. */
    async findByCoupon(programmeId: string, couponNumber: string): Promise<Resident | undefined> {
      const [row] = await preparedQuery<ResidentRow>(database, 'resident-by-coupon', byCouponText, [
        programmeId,
        keys.blindIndexes(couponNumber),
      ]);
      return row && read(row);
    },

    /** Whether a person is still among those whom the city lists: not moved out, dead, or missing from a whole set. */
    async isListed(id: string): Promise<boolean> {
      return (
        (await database('resident').where({ id, status: 'active' }).first<{ id: string } | undefined>('id')) !==
        undefined
      );
    },

    /** Notes to which groups a person declares to belong; what they declared before is replaced. */
    async declare(id: string, groupCodes: readonly string[]): Promise<void> {
      await database('resident')
        .where({ id })
        .update({ declared: [...groupCodes] });
    },

    /** Whether a person is protected, and the address that was confirmed for them. Nobody counts as protected: then nothing leaves. */
    async protectionOf(id: string): Promise<Protection> {
      const row = await database('resident as r')
        .leftJoin('confirmed_address as a', 'a.resident_id', 'r.id')
        .where('r.id', id)
        .first<{ protected: boolean; sealed_email: Buffer | null } | undefined>('r.protected', 'a.sealed_email');
      return {
        isProtected: row?.protected ?? true,
        confirmedAddress: row?.sealed_email ? openText(keys, row.sealed_email) : undefined,
      };
    },

    async find(id: string): Promise<Resident | undefined> {
      const row = await database('resident')
        .where({ id })
        .first<ResidentRow | undefined>('id', 'programme_id', 'group_code', 'declared', 'sealed', 'protected');
      return row && read(row);
    },
  };
}
