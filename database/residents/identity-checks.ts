import { v7 as uuidv7 } from 'uuid';

import { type IdentityItem, openMinutes } from '../../domain/residents/identity';
import type { StaffRole } from '../../domain/staff/roles';
import { opensData } from '../../domain/staff/visibility';
import type { Database } from '../foundation/connection';

export type IdentityChecks = ReturnType<typeof createIdentityChecks>;

interface OpenRow {
  resident_id: string;
  open_until: Date;
  items: readonly string[];
  role: StaffRole;
  protected: boolean;
}

/** Who identified whom, and how long they may look. */
export function createIdentityChecks(database: Database) {
  /** The checks that are open now and open something: read with the role and the protection of this moment, not of the check's. */
  async function openChecks(staffId: string, residentId?: string): Promise<OpenRow[]> {
    const rows = await database('identity_check as c')
      .join('staff as s', 's.id', 'c.staff_id')
      .join('resident as r', 'r.id', 'c.resident_id')
      .where('c.staff_id', staffId)
      .modify((query) => {
        if (residentId !== undefined) void query.where('c.resident_id', residentId);
      })
      .whereRaw('c.open_until > now()')
      .orderBy('c.open_until', 'desc')
      .select<OpenRow[]>('c.resident_id', 'c.open_until', 'c.items', 's.role', 'r.protected');
    return rows.filter((row) => opensData({ role: row.role, items: row.items.length }, { isProtected: row.protected }));
  }

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
      return (await openChecks(staffId, residentId))[0]?.open_until;
    },

    /** Whose data are open to this member of staff now. */
    async openResidents(staffId: string): Promise<ReadonlySet<string>> {
      return new Set((await openChecks(staffId)).map((row) => row.resident_id));
    },

    /** The call is over: what was opened is closed. */
    async close(staffId: string, residentId: string): Promise<void> {
      await database('identity_check')
        .where({ staff_id: staffId, resident_id: residentId })
        .whereRaw('open_until > now()')
        .update({ open_until: database.fn.now() });
    },

    /** Checks of a resident within the last hour that were not passed, by any member of staff. */
    async recentFailures(residentId: string): Promise<number> {
      const [row] = await database('identity_check')
        .where({ resident_id: residentId, passed: false })
        .whereRaw(`at > now() - interval '1 hour'`)
        .count<{ count: number }[]>('* as count');
      return row?.count ?? 0;
    },
  };
}
