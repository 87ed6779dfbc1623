import type { StaffRole } from '../../domain/staff/roles';
import type { Database } from '../foundation/connection';

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
  readonly allEvents: number;
  /** Members of staff. */
  readonly allPeople: number;
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
    if (filter.actorId !== undefined) {
      conditions.push('actor_id = ?');
      bindings.push(filter.actorId);
    }
    if (filter.action !== undefined) {
      conditions.push('action = ?');
      bindings.push(filter.action);
    }
    return { text: conditions.join(' AND '), bindings };
  }

  return {
    /** How many in all, and a page of them in the order of their ids; `after`: the last id of the page before. */
    async touched(
      filter: TouchedFilter,
      { after, limit }: { readonly after?: string | undefined; readonly limit: number },
    ): Promise<TouchedCounts & { readonly list: TouchedResident[] }> {
      const { text, bindings } = where(filter);
      const { rows } = await database.raw<{
        rows: (TouchedCounts & { [Column in keyof TouchedRow]: TouchedRow[Column] | null })[];
      }>(
        `WITH touched AS MATERIALIZED (
           SELECT resident_id, actor_id, action, count(*)::int AS events, min(at) AS first_at, max(at) AS last_at FROM audit_event WHERE ${text} GROUP BY resident_id, actor_id, action
         ), people AS (SELECT resident_id FROM touched GROUP BY resident_id),
         counts AS (
           SELECT (SELECT count(*)::int FROM people) AS residents, (SELECT coalesce(sum(events), 0)::int FROM touched) AS "allEvents",
                  (SELECT count(*)::int FROM (SELECT 1 FROM touched WHERE actor_id IS NOT NULL GROUP BY actor_id) a) AS "allPeople"
         ), page AS (SELECT resident_id FROM people ${after === undefined ? '' : 'WHERE resident_id > ?'} ORDER BY resident_id LIMIT ?),
         list AS (
           SELECT t.resident_id, sum(t.events)::int AS events, count(DISTINCT t.actor_id)::int AS people, min(t.first_at) AS first_at, max(t.last_at) AS last_at,
                  array_agg(DISTINCT t.action ORDER BY t.action) AS actions
             FROM page JOIN touched t USING (resident_id) GROUP BY t.resident_id
         )
         SELECT counts.residents, counts."allEvents", counts."allPeople", list.* FROM counts LEFT JOIN list ON true ORDER BY list.resident_id`,
        [...bindings, ...(after === undefined ? [] : [after]), limit],
      );
      const [first] = rows;
      return {
        residents: first?.residents ?? 0,
        allEvents: first?.allEvents ?? 0,
        allPeople: first?.allPeople ?? 0,
        list: rows.flatMap((row) => {
          const { resident_id: residentId, events, people, first_at: firstAt, last_at: lastAt, actions } = row;
          return residentId === null ||
            events === null ||
            people === null ||
            firstAt === null ||
            lastAt === null ||
            actions === null
            ? []
            : [{ residentId, events, people, firstAt, lastAt, actions }];
        }),
      };
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
      return database('staff')
        .orderBy('display_name')
        .select<{ id: string; displayName: string; role: StaffRole }[]>('id', 'display_name as displayName', 'role');
    },
  };
}
