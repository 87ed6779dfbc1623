import { v7 as uuidv7 } from 'uuid';

import type { ScheduleTemplate } from '../../domain/schedule/week-plan';
import { defined } from '../../domain/text/defined';
import type { Database } from '../foundation/connection';

/** A venue's weekly plan in a programme. Dates are city dates, half-open. */
export interface ScheduleView {
  readonly id: string;
  readonly venueId: string;
  readonly name: string;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly template: ScheduleTemplate;
  readonly version: number;
}

export type ScheduleInput = Omit<ScheduleView, 'id' | 'version'>;

export interface ScheduleRow {
  id: string;
  venue_id: string;
  name: string;
  valid_from: string;
  valid_until: string;
  template: ScheduleTemplate;
  version: number;
}

export const scheduleColumns = `id, venue_id, name, to_char(valid_from, 'YYYY-MM-DD') AS valid_from, to_char(valid_until, 'YYYY-MM-DD') AS valid_until, template, version`;

export function readSchedule(row: ScheduleRow): ScheduleView {
  return {
    id: row.id,
    venueId: row.venue_id,
    name: row.name,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    template: row.template,
    version: row.version,
  };
}

export type ScheduleRepository = ReturnType<typeof createScheduleRepository>;

/** Which weekly plans a venue follows in a programme, and from when until when. */
export function createScheduleRepository(database: Database) {
  return {
    /** In order of their beginning; of one venue, or of all. */
    async list(programmeId: string, venueId?: string): Promise<ScheduleView[]> {
      const rows = await database('schedule')
        .where({ programme_id: programmeId, ...defined({ venue_id: venueId }) })
        .orderBy(['valid_from', 'id'])
        .select<ScheduleRow[]>(database.raw(scheduleColumns));
      return rows.map(readSchedule);
    },

    async find(programmeId: string, id: string): Promise<ScheduleView | undefined> {
      const row = await database('schedule')
        .where({ programme_id: programmeId, id })
        .first<ScheduleRow | undefined>(database.raw(scheduleColumns));
      return row && readSchedule(row);
    },

    /**
     * For the demo: makes the plan of a venue that has none, and lengthens one that nobody edited since. Returns the plan and
     * the first date whose slots are missing; undefined where staff plan themselves.
     */
    async lengthen(
      input: ScheduleInput & { readonly programmeId: string },
    ): Promise<{ readonly id: string; readonly missingFrom: string } | undefined> {
      const known = await database('schedule')
        .where({ programme_id: input.programmeId, venue_id: input.venueId })
        .orderBy('id')
        .select<ScheduleRow[]>(database.raw(scheduleColumns));
      const [only] = known;
      if (known.length > 1 || (only && only.version > 1)) return undefined;
      if (only) {
        if (only.valid_until < input.validUntil)
          await database('schedule').where({ id: only.id }).update({ valid_until: input.validUntil });
        return { id: only.id, missingFrom: only.valid_until > input.validFrom ? only.valid_until : input.validFrom };
      }
      const id = uuidv7();
      await database('schedule').insert({
        id,
        programme_id: input.programmeId,
        venue_id: input.venueId,
        name: input.name,
        valid_from: input.validFrom,
        valid_until: input.validUntil,
        template: JSON.stringify(input.template),
      });
      return { id, missingFrom: input.validFrom };
    },
  };
}
