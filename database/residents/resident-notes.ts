import { v7 as uuidv7 } from 'uuid';

import type { Database } from '../foundation/connection';
import { type KeyRing, openText } from '../foundation/keys';

export interface ResidentNote {
  readonly id: string;
  readonly at: Date;
  /** Display name of the author. */
  readonly by: string;
  readonly text: string;
}

/** Notes shown at most; older ones stay in the table. */
const mostShown = 100;

export type ResidentNotes = ReturnType<typeof createResidentNotes>;

/** What staff write down of a resident: added, never changed. */
export function createResidentNotes({ database, keys }: { database: Database; keys: KeyRing }) {
  return {
    async add(residentId: string, staffId: string, text: string): Promise<string> {
      const id = uuidv7();
      await database('resident_note').insert({
        id,
        resident_id: residentId,
        staff_id: staffId,
        sealed: keys.seal(text),
      });
      return id;
    },

    /** The newest first. Erased ones are left out. */
    async of(residentId: string): Promise<ResidentNote[]> {
      const rows = await database('resident_note as n')
        .join('staff as s', 's.id', 'n.staff_id')
        .where({ 'n.resident_id': residentId })
        .whereNotNull('n.sealed')
        .orderBy('n.id', 'desc')
        .limit(mostShown)
        .select<{ id: string; at: Date; display_name: string; sealed: Buffer }[]>(
          'n.id',
          'n.at',
          's.display_name',
          'n.sealed',
        );
      return rows.map((row) => ({
        id: row.id,
        at: row.at,
        by: row.display_name,
        text: openText(keys, row.sealed),
      }));
    },
  };
}
