import { z } from 'zod';
import type { Programmes } from '../../../database/programmes';
import type { StaffNumbers } from '../../../database/staff-numbers';
import { addDays, daysBetween } from '../../../domain/calendar/city-time';
import { refuseStaff } from '../../../domain/staff/refusals';
import { staffRoute, type StaffRoute } from '../define-route';
import { channel, plainDate, uuid } from '../shapes';

const roles = ['city_admin', 'supervisor', 'auditor'] as const;
/** Days that can be asked for at once. */
const mostDays = 92;

const dayNumbers = z
  .object({
    date: z.string(), venueId: uuid, dose: z.int(), channel, capacity: z.int(), held: z.int(), confirmed: z.int(), attended: z.int(), noShow: z.int(), cancelled: z.int(),
  })
  .meta({ id: 'DayNumbers' });

export function numberRoutes({ numbers, programmes }: { numbers: StaffNumbers; programmes: Pick<Programmes, 'current'> }): StaffRoute[] {
  return [
    staffRoute({
      method: 'get', path: '/numbers', summary: `Seats and bookings by day, venue, dose and channel; from and to included, at most ${String(mostDays)} days`, roles,
      query: z.object({ from: plainDate, to: plainDate }), answer: z.object({ numbers: z.array(dayNumbers) }),
      async handle({ query: { from, to } }) {
        const days = daysBetween(from, to) + 1;
        if (days < 1 || days > mostDays) return refuseStaff('range_too_long', { mostDays });
        return { answer: { numbers: await numbers.byDay((await programmes.current()).programmeId, from, addDays(to, 1)) } };
      },
    }),
  ];
}
