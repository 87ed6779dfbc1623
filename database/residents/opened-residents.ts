import type { Answers } from '../../domain/bookings/form';
import { callbackDueAtProtected } from '../../domain/notices/callback';
import type { Database } from '../foundation/connection';
import { type KeyRing, openText } from '../foundation/keys';
import { openAnswers } from '../foundation/sealed-answers';
import { openResident, type SealedResident } from './residents';

/** A resident with everything that is sealed, opened: for after the identity check. */
export interface OpenedResident extends SealedResident {
  readonly id: string;
  readonly programmeId: string;
  readonly groupCode: string;
  /** Codes of the groups that the person declared to belong to. */
  readonly declared: readonly string[];
  /** `missing`: no longer in the city's data. */
  readonly status: 'active' | 'missing';
  readonly isProtected: boolean;
}

/** Bookings whose answers are looked at for telephone numbers and for what to fill in again. */
const mostAnswers = 20;

export type OpenedResidents = ReturnType<typeof createOpenedResidents>;

/** What only staff look up: a booking by what is said on the telephone, and all that is known of a resident. */
export function createOpenedResidents({ database, keys }: { database: Database; keys: KeyRing }) {
  return {
    /** @param reference nine digits, as parsed */
    async findByReference(
      programmeId: string,
      reference: string,
    ): Promise<{ bookingId: string; residentId: string } | undefined> {
      const row = await database('booking')
        .where({ programme_id: programmeId, reference })
        .first<{ id: string; resident_id: string } | undefined>('id', 'resident_id');
      return row && { bookingId: row.id, residentId: row.resident_id };
    },

    async opened(residentId: string): Promise<OpenedResident | undefined> {
      const row = await database('resident').where({ id: residentId }).first<
        | {
            id: string;
            programme_id: string;
            group_code: string;
            declared: string[];
            status: 'active' | 'missing';
            protected: boolean;
            sealed: Buffer;
          }
        | undefined
      >('id', 'programme_id', 'group_code', 'declared', 'status', 'protected', 'sealed');
      return (
        row && {
          ...openResident(keys, row.sealed),
          id: row.id,
          programmeId: row.programme_id,
          groupCode: row.group_code,
          declared: row.declared,
          status: row.status,
          isProtected: row.protected,
        }
      );
    },

    /** What was answered at the resident's confirmations, the newest first. */
    async answersOf(residentId: string): Promise<Answers[]> {
      const rows = await database('booking')
        .where({ resident_id: residentId })
        .whereNotNull('sealed_answers')
        .orderBy('id', 'desc')
        .limit(mostAnswers)
        .select<{ sealed_answers: Buffer }[]>('sealed_answers');
      return rows.map((row) => openAnswers(keys, row.sealed_answers));
    },

    async isProtected(residentId: string): Promise<boolean> {
      const row = await database('resident')
        .where({ id: residentId })
        .first<{ protected: boolean } | undefined>('protected');
      return row?.protected ?? false;
    },

    /**
     * Protecting ends the resident's sessions on the citizen site, takes their LINE account off, and makes calls that wait due at a time
     * that says nothing of the appointment. Ending it forgets the confirmed address. Undefined: there is nobody of this id.
     */
    async protect(residentId: string, isProtected: boolean): Promise<{ readonly unlinked: boolean } | undefined> {
      return database.transaction(async (trx) => {
        const rows = await trx('resident').where({ id: residentId }).update({ protected: isProtected });
        if (rows === 0) return undefined;
        if (!isProtected) {
          await trx('confirmed_address').where({ resident_id: residentId }).delete();
          return { unlinked: false };
        }
        await trx('citizen_session').where({ resident_id: residentId }).delete();
        await trx('line_nonce').where({ resident_id: residentId }).delete();
        const links = await trx('line_link').where({ resident_id: residentId }).delete();
        await trx('callback')
          .where({ resident_id: residentId, done_at: null })
          .whereNot('cause', 'promised')
          .update({ due_at: callbackDueAtProtected(new Date()) });
        return { unlinked: links > 0 };
      });
    },

    /** Where a protected resident may be written to from now on; null: nowhere any more. False: they are not protected. */
    async confirmAddress(residentId: string, staffId: string, email: string | null): Promise<boolean> {
      return database.transaction(async (trx) => {
        const row = await trx('resident')
          .where({ id: residentId, protected: true })
          .forShare()
          .first<{ id: string } | undefined>('id');
        if (!row) return false;
        await trx('confirmed_address').where({ resident_id: residentId }).delete();
        if (email !== null)
          await trx('confirmed_address').insert({
            resident_id: residentId,
            sealed_email: keys.seal(email),
            confirmed_by: staffId,
          });
        return true;
      });
    },

    /** The address that was confirmed for a protected resident. */
    async confirmedAddress(residentId: string): Promise<string | undefined> {
      const row = await database('confirmed_address')
        .where({ resident_id: residentId })
        .first<{ sealed_email: Buffer } | undefined>('sealed_email');
      return row && openText(keys, row.sealed_email);
    },
  };
}
