import type { Database } from '../foundation/connection';
import { readLoginBrake } from '../residents';

/** What waits for a person, as counts. */
export interface ToDo {
  /** Failed or unclear, and nobody has seen to it. */
  readonly failedNotices: number;
  readonly callbacks: number;
  readonly importsWaiting: number;
  /** Assigned appointments that wait for a second person: to be booked, or to be taken back. */
  readonly assignmentsWaiting: number;
  readonly exportsWaiting: number;
}

/** How notices went during the last day: whether mail is well shows in how they ended. */
export interface MailFigures {
  readonly sent: number;
  readonly failed: number;
  /** Notices that wait to be sent, and since when the oldest does. */
  readonly waiting: number;
  readonly oldestAt: Date | null;
}

export type ToDoReader = ReturnType<typeof createToDoReader>;

export function createToDoReader(database: Database) {
  return {
    /** Whether too many log-ins of the whole site fail, so that devices that nobody knows wait. */
    async logInBraked(): Promise<boolean> {
      return (await readLoginBrake(database)).isOn;
    },

    async counts(): Promise<ToDo> {
      const { rows } = await database.raw<{ rows: ToDo[] }>(
        `SELECT (SELECT count(*)::int FROM notice WHERE urgency > 0) AS "failedNotices",
                (SELECT count(*)::int FROM callback WHERE done_at IS NULL) AS callbacks,
                (SELECT count(*)::int FROM import_run WHERE status = 'waiting') AS "importsWaiting",
                (SELECT count(*)::int FROM assignment_run WHERE status = 'waiting' OR (status = 'done' AND take_back_asked_by IS NOT NULL)) AS "assignmentsWaiting",
                (SELECT count(*)::int FROM data_export WHERE approved IS NULL) AS "exportsWaiting"`,
      );
      const [row] = rows;
      if (!row) throw new Error('a statement of counts gives a row');
      return row;
    },

    async mail(): Promise<MailFigures> {
      const { rows } = await database.raw<{ rows: MailFigures[] }>(
        `SELECT (SELECT count(*)::int FROM notice WHERE status = 'sent' AND sent_at > now() - interval '1 day') AS sent,
                (SELECT count(*)::int FROM notice WHERE status IN ('failed', 'unclear') AND updated_at > now() - interval '1 day') AS failed,
                (SELECT count(*)::int FROM notice WHERE status IN ('queued', 'sending')) AS waiting,
                (SELECT min(queued_at) FROM notice WHERE status IN ('queued', 'sending')) AS "oldestAt"`,
      );
      const [row] = rows;
      if (!row) throw new Error('a statement of counts gives a row');
      return row;
    },
  };
}
