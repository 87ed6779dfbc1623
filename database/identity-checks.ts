import { v7 as uuidv7 } from 'uuid';

import { type IdentityItem, openMinutes } from '../domain/desk/identity';
import type { Database } from './connection';

export type IdentityChecks = ReturnType<typeof createIdentityChecks>;

/** Who identified whom, and how long they may look. */
export function createIdentityChecks(database: Database) {
  return {
    /** Keeps a check. Returns until when the data are open; null when it was not passed. */
    async keep({
      staffId,
      residentId,
      passed,
      items,
    }: {
      staffId: string;
      residentId: string;
      passed: boolean;
      items: readonly IdentityItem[];
    }): Promise<Date | null> {
      const rows = await database('identity_check')
        .insert({
          id: uuidv7(),
          staff_id: staffId,
          resident_id: residentId,
          passed,
          items,
          open_until: passed ? database.raw(`now() + make_interval(mins => ?)`, [openMinutes]) : null,
        })
        .returning<{ open_until: Date | null }[]>('open_until');
      return rows[0]?.open_until ?? null;
    },

    /** Until when this member of staff may look at this resident; undefined when not. */
    async openUntil(staffId: string, residentId: string): Promise<Date | undefined> {
      const row = await database('identity_check')
        .where({ staff_id: staffId, resident_id: residentId })
        .whereRaw('open_until > now()')
        .orderBy('open_until', 'desc')
        .first<{ open_until: Date } | undefined>('open_until');
      return row?.open_until;
    },

    /** The call is over: what was opened is closed. */
    async close(staffId: string, residentId: string): Promise<void> {
      await database('identity_check')
        .where({ staff_id: staffId, resident_id: residentId })
        .whereRaw('open_until > now()')
        .update({ open_until: database.fn.now() });
    },

    /** Checks of a resident within the last hour that were not passed, whoever made them. */
    async recentFailures(residentId: string): Promise<number> {
      const [row] = await database('identity_check')
        .where({ resident_id: residentId, passed: false })
        .whereRaw(`at > now() - interval '1 hour'`)
        .count<{ count: number }[]>('* as count');
      return row?.count ?? 0;
    },
  };
}
