import type { Database } from '../foundation/connection';
import { rushIsOn } from '../foundation/rush';

export type RushSigns = ReturnType<typeof createRushSigns>;

/** What processes tell each other of citizens who wait. A sign holds for seconds only, so nobody has to take it back. */
export function createRushSigns(database: Database) {
  return {
    /** Citizens wait at this process, for `forMs` from now on unless it says so again. */
    async raise(processId: string, forMs: number): Promise<void> {
      await database.raw(
        `WITH gone AS (DELETE FROM rush WHERE until < now() - interval '1 minute' AND process_id <> ?)
         INSERT INTO rush (process_id, until) VALUES (?, now() + ? * interval '1 millisecond')
         ON CONFLICT (process_id) DO UPDATE SET until = EXCLUDED.until`,
        [processId, processId, forMs],
      );
    },

    /** Whether citizens wait at any process. */
    async isOn(): Promise<boolean> {
      const { rows } = await database.raw<{ rows: { is_on: boolean }[] }>(`SELECT ${rushIsOn} AS is_on`);
      return rows[0]?.is_on ?? false;
    },
  };
}
