import { v7 as uuidv7 } from 'uuid';

import type { Database } from '../foundation/connection';
import { type KeyRing, openText } from '../foundation/keys';

/** A person may be booked for a dose although their group may not book. See `domain/bookings/permit.ts`. */
export interface BookingPermit {
  readonly id: string;
  readonly dose: number;
  readonly reason: string;
  /** Display name of the supervisor. */
  readonly by: string;
  readonly grantedAt: Date;
  readonly expiresAt: Date;
}

export type BookingPermits = ReturnType<typeof createBookingPermits>;

export function createBookingPermits({ database, keys }: { database: Database; keys: KeyRing }) {
  return {
    /** Gives a permit; one that is there for the same dose makes way for it. Returns its id. */
    async grant(input: {
      residentId: string;
      programmeId: string;
      dose: number;
      reason: string;
      staffId: string;
      days: number;
    }): Promise<string> {
      const id = uuidv7();
      await database.transaction(async (trx) => {
        // Two supervisors at once: the second waits, and replaces what the first gave.
        await trx('resident').where({ id: input.residentId }).forNoKeyUpdate().select('id');
        await trx('booking_permit')
          .where({ resident_id: input.residentId, dose: input.dose, revoked_at: null })
          .update({ revoked_at: trx.fn.now(), revoked_by: input.staffId });
        await trx('booking_permit').insert({
          id,
          programme_id: input.programmeId,
          resident_id: input.residentId,
          dose: input.dose,
          sealed_reason: keys.seal(input.reason),
          granted_by: input.staffId,
          expires_at: trx.raw('now() + make_interval(days => ?)', [input.days]),
        });
      });
      return id;
    },

    /** Takes a permit back. False: there is none that is in force. */
    async revoke(residentId: string, permitId: string, staffId: string): Promise<boolean> {
      const rows = await database('booking_permit')
        .where({ id: permitId, resident_id: residentId, revoked_at: null })
        .whereRaw('expires_at > now()')
        .update({ revoked_at: database.fn.now(), revoked_by: staffId });
      return rows > 0;
    },

    /** Permits of a resident that are in force. */
    async of(residentId: string): Promise<BookingPermit[]> {
      const rows = await database('booking_permit as p')
        .join('staff as s', 's.id', 'p.granted_by')
        .where({ 'p.resident_id': residentId, 'p.revoked_at': null })
        .whereRaw('p.expires_at > now()')
        .orderBy('p.dose')
        .select<
          {
            id: string;
            dose: number;
            sealed_reason: Buffer | null;
            display_name: string;
            granted_at: Date;
            expires_at: Date;
          }[]
        >('p.id', 'p.dose', 'p.sealed_reason', 's.display_name', 'p.granted_at', 'p.expires_at');
      return rows.map((row) => ({
        id: row.id,
        dose: row.dose,
        reason: row.sealed_reason === null ? '' : openText(keys, row.sealed_reason),
        by: row.display_name,
        grantedAt: row.granted_at,
        expiresAt: row.expires_at,
      }));
    },
  };
}
