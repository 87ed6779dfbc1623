import { v7 as uuidv7 } from 'uuid';
import type { ScheduleTemplate } from '../domain/schedule/plan-slots';
import type { Database } from './connection';

export type ScheduleRepository = ReturnType<typeof createScheduleRepository>;

/** Which weekly plan a venue follows in a programme, and from when until when. */
export function createScheduleRepository(database: Database) {
  return {
    /** One plan per venue and programme here: saving again lengthens or replaces it. Dates are city dates, half-open. Returns its id. */
    async save(schedule: { programmeId: string; venueId: string; validFrom: string; validUntil: string; template: ScheduleTemplate }): Promise<string> {
      const where = { programme_id: schedule.programmeId, venue_id: schedule.venueId };
      const known = await database('schedule').where(where).first<{ id: string } | undefined>('id');
      const values = { valid_until: schedule.validUntil, template: JSON.stringify(schedule.template) };
      if (known) {
        await database('schedule').where({ id: known.id }).update(values);
        return known.id;
      }
      const id = uuidv7();
      await database('schedule').insert({ id, ...where, valid_from: schedule.validFrom, ...values });
      return id;
    },
  };
}
