import { z } from 'zod';

import type { Programmes } from '../../../database/programmes';
import type { VenueRecords } from '../../../database/schedule';
import type { Statistics, ToDoReader } from '../../../database/statistics';
import { addDays, cityDate } from '../../../domain/calendar/city-time';
import { staffRoles } from '../../../domain/staff/roles';
import { type HealthChecks, readinessOf } from '../../shared/set-up-health';
import { type StaffRoute, staffRoute } from '../frame/define-route';
import { instant, uuid } from '../frame/shapes';

/** Days of the grid, today included. */
const gridDays = 14;

export interface TodayRouteDependencies {
  readonly statistics: Statistics;
  readonly programmes: Pick<Programmes, 'current'>;
  readonly venues: Pick<VenueRecords, 'list'>;
  readonly toDo: ToDoReader;
  readonly health: HealthChecks;
  /** Workflows that say that they need a person; undefined when Temporal does not answer soon. */
  readonly workflowsToDo: () => Promise<number | undefined>;
}

/** The first page of everybody: how full, what waits for a person, is the system well. */
export function todayRoutes({
  statistics,
  programmes,
  venues,
  toDo,
  health,
  workflowsToDo,
}: TodayRouteDependencies): StaffRoute[] {
  return [
    staffRoute({
      method: 'get',
      path: '/today',
      summary: 'How full the venues are in the next 14 days, what waits for a person, and whether the system is well',
      roles: staffRoles,
      answer: z
        .object({
          date: z.string(),
          days: z.array(z.string()),
          venues: z.array(z.object({ id: uuid, name: z.string() })),
          /** One cell per venue and day with seats. `taken`: held, booked or attended. */
          cells: z.array(z.object({ venueId: uuid, day: z.string(), capacity: z.int(), taken: z.int() })),
          attention: z.object({
            callbacks: z.int(),
            failedNotices: z.int(),
            importsWaiting: z.int(),
            assignmentsWaiting: z.int(),
            exportsWaiting: z.int(),
            workflows: z.int().nullable(),
          }),
          system: z.object({
            status: z.enum(['ready', 'degraded', 'not_ready']),
            missing: z.array(z.enum(['database', 'temporal', 'hand_over'])),
            backlog: z.object({ count: z.int(), oldestSeconds: z.int() }).nullable(),
            /** Too many log-ins of citizens fail: devices that nobody knows wait. */
            logInBraked: z.boolean(),
            mail: z.object({ sent: z.int(), failed: z.int(), waiting: z.int(), oldestAt: instant.nullable() }),
          }),
        })
        .meta({ id: 'Today' }),
      async handle() {
        const { programmeId } = await programmes.current();
        const date = cityDate(new Date());
        const days = Array.from({ length: gridDays }, (_, index) => addDays(date, index));
        const [rows, list, waiting, mail, logInBraked, readiness, workflows] = await Promise.all([
          statistics.read({ programmeId, from: date, to: days.at(-1) ?? date }),
          venues.list(),
          toDo.counts(),
          toDo.mail(),
          toDo.logInBraked(),
          readinessOf(health),
          workflowsToDo(),
        ]);
        const cells = rows.flatMap((row) =>
          row.by === 'venueDay' && row.venueId !== null && row.day !== null && row.capacity > 0
            ? [
                {
                  venueId: row.venueId,
                  day: row.day,
                  capacity: row.capacity,
                  taken: row.held + row.confirmed + row.attended + row.noShow,
                },
              ]
            : [],
        );
        const open = new Set(cells.map((cell) => cell.venueId));
        return {
          answer: {
            date,
            days,
            cells,
            venues: list.filter(({ id }) => open.has(id)).map(({ id, name }) => ({ id, name })),
            attention: { ...waiting, workflows: workflows ?? null },
            system: {
              status: readiness.status,
              missing: [...readiness.missing],
              backlog: readiness.backlog,
              logInBraked,
              mail: { ...mail, oldestAt: mail.oldestAt?.toISOString() ?? null },
            },
          },
        };
      },
    }),
  ];
}
