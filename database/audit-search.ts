import type { StaffRole } from '../domain/staff/roles';
import type { Database } from './connection';

/** Which events count. Moments: `from` included, `until` not. */
export interface TouchedFilter {
  readonly from: Date;
  readonly until: Date;
  readonly actorId?: string | undefined;
  readonly action?: string | undefined;
}

/** One resident whose data was read or changed, under the id that the tables know. */
export interface TouchedResident {
  readonly residentId: string;
  readonly events: number;
  /** Members of staff who did. */
  readonly people: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly actions: readonly string[];
}

export interface TouchedCounts {
  readonly residents: number;
  readonly events: number;
  readonly people: number;
}

export type AuditSearch = ReturnType<typeof createAuditSearch>;

interface TouchedRow {
  resident_id: string;
  events: number;
  people: number;
  first_at: Date;
  last_at: Date;
  actions: string[];
}

/**
 * Whose data was touched: after a leak, the answer to how many people and which, within minutes. Everything comes out of one
 * index that holds what is asked for, so that years of reading elsewhere do not matter.
 */
export function createAuditSearch(database: Database) {
  function where(filter: TouchedFilter): { text: string; bindings: (string | Date)[] } {
    const conditions = ['resident_id IS NOT NULL', 'at >= ?', 'at < ?'];
    const bindings: (string | Date)[] = [filter.from, filter.until];
    if (filter.actorId !== undefined) { conditions.push('actor_id = ?'); bindings.push(filter.actorId); }
    if (filter.action !== undefined) { conditions.push('action = ?'); bindings.push(filter.action); }
    return { text: conditions.join(' AND '), bindings };
  }

  return {
    async counts(filter: TouchedFilter): Promise<TouchedCounts> {
      const { text, bindings } = where(filter);
      const { rows } = await database.raw<{ rows: TouchedCounts[] }>(
        `WITH touched AS MATERIALIZED (SELECT resident_id, actor_id, count(*) AS events FROM audit_event WHERE ${text} GROUP BY resident_id, actor_id)
         SELECT (SELECT count(*)::int FROM (SELECT 1 FROM touched GROUP BY resident_id) r) AS residents, (SELECT coalesce(sum(events), 0)::int FROM touched) AS events,
                (SELECT count(DISTINCT actor_id)::int FROM touched) AS people`,
        bindings,
      );
      return rows[0] ?? { residents: 0, events: 0, people: 0 };
    },

    /** In the order of their ids; `after`: the last id of the page before. */
    async residents(filter: TouchedFilter, { after, limit }: { readonly after?: string | undefined; readonly limit: number }): Promise<TouchedResident[]> {
      const { text, bindings } = where(filter);
      const { rows } = await database.raw<{ rows: TouchedRow[] }>(
        `SELECT resident_id, count(*)::int AS events, count(DISTINCT actor_id)::int AS people, min(at) AS first_at, max(at) AS last_at, array_agg(DISTINCT action ORDER BY action) AS actions
           FROM audit_event WHERE ${text} ${after === undefined ? '' : 'AND resident_id > ?'} GROUP BY resident_id ORDER BY resident_id LIMIT ?`,
        [...bindings, ...(after === undefined ? [] : [after]), limit],
      );
      return rows.map((row) => ({ residentId: row.resident_id, events: row.events, people: row.people, firstAt: row.first_at, lastAt: row.last_at, actions: row.actions }));
    },

    /** The names of everything that was ever recorded: hops from one to the next along the index instead of reading all rows. */
    async actions(): Promise<string[]> {
      const { rows } = await database.raw<{ rows: { action: string }[] }>(
        `WITH RECURSIVE hop AS (
           (SELECT action FROM audit_event ORDER BY action LIMIT 1)
           UNION ALL SELECT (SELECT a.action FROM audit_event a WHERE a.action > hop.action ORDER BY a.action LIMIT 1) FROM hop WHERE hop.action IS NOT NULL
         ) SELECT action FROM hop WHERE action IS NOT NULL`,
      );
      return rows.map((row) => row.action);
    },

    /** Everybody who has or had an account. */
    async people(): Promise<{ id: string; displayName: string; role: StaffRole }[]> {
      return database('staff').orderBy('display_name').select<{ id: string; displayName: string; role: StaffRole }[]>('id', 'display_name as displayName', 'role');
    },
  };
}
