import type { Database } from './connection';
import type { KeyRing } from './keys';
import type { SealedResident } from './residents';

export type StaffDeskReader = ReturnType<typeof createStaffDeskReader>;

/** What only staff look up: a booking by what is said on the telephone, and the number behind a resident to clear a lock. */
export function createStaffDeskReader({ database, keys }: { database: Database; keys: KeyRing }) {
  return {
    /** @param reference nine digits, as parsed */
    async findByReference(programmeId: string, reference: string): Promise<{ bookingId: string; residentId: string } | undefined> {
      const row = await database('booking').where({ programme_id: programmeId, reference }).first<{ id: string; resident_id: string } | undefined>('id', 'resident_id');
      return row && { bookingId: row.id, residentId: row.resident_id };
    },

    /** For the log-in counters. Never shown, never recorded. */
    async couponOf(residentId: string): Promise<{ programmeId: string; couponNumber: string } | undefined> {
      const row = await database('resident').where({ id: residentId }).first<{ programme_id: string; sealed: Buffer } | undefined>('programme_id', 'sealed');
      return row && { programmeId: row.programme_id, couponNumber: (JSON.parse(keys.open(row.sealed).toString('utf8')) as SealedResident).number };
    },
  };
}
