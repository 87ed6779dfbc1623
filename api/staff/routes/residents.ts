import { z } from 'zod';
import type { ResidentRepository } from '../../../database/residents';
import type { BookingRepository } from '../../../database/bookings';
import type { Audit } from '../../../database/audit';
import type { LoginThrottle } from '../../../database/login-throttle';
import type { Programmes } from '../../../database/programmes';
import type { StaffDeskReader } from '../../../database/staff-desk';
import { parseReference } from '../../../domain/booking/reference';
import { parseCouponNumber } from '../../../domain/coupon-number';
import { groupOf } from '../../../domain/programme/eligibility';
import { refuseStaff } from '../../../domain/staff/refusals';
import { staffRoute, type StaffRoute } from '../define-route';
import { bookingJson, bookingShape, byId, uuid } from '../shapes';
import { deskRoles } from './desk-roles';

/** `birthDate` is there for the identity check: the caller says it, the operator compares. */
const residentAnswer = z.object({
  resident: z.object({ id: uuid, birthDate: z.string(), group: z.object({ code: z.string(), label: z.string().nullable() }) }),
  bookings: z.array(bookingShape),
}).meta({ id: 'ResidentWithBookings' });

export interface ResidentRouteDependencies {
  readonly residents: ResidentRepository;
  readonly bookings: Pick<BookingRepository, 'listOf'>;
  readonly programmes: Pick<Programmes, 'current'>;
  readonly reader: StaffDeskReader;
  readonly throttle: Pick<LoginThrottle, 'clear'>;
  readonly audit: Audit;
}

/** The resident on the telephone. Every look is recorded before anything is shown. */
export function residentRoutes({ residents, bookings, programmes, reader, throttle, audit }: ResidentRouteDependencies): StaffRoute[] {
  async function answerFor(residentId: string): Promise<z.input<typeof residentAnswer> | undefined> {
    const [resident, version, list] = await Promise.all([residents.find(residentId), programmes.current(), bookings.listOf(residentId)]);
    return (
      resident && {
        resident: {
          id: resident.id, birthDate: resident.birthDate,
          group: { code: resident.groupCode, label: groupOf(version.document, resident.groupCode)?.label ?? null },
        },
        bookings: list.map(bookingJson),
      }
    );
  }

  /** The resident's id, or why there is none. */
  async function lookUp(by: 'couponNumber' | 'reference', text: string) {
    const { programmeId, document } = await programmes.current();
    if (by === 'reference') {
      const reference = parseReference(text);
      if (reference === undefined) return refuseStaff('reference_malformed');
      return (await reader.findByReference(programmeId, reference))?.residentId ?? refuseStaff('resident_unknown');
    }
    const number = parseCouponNumber(text, document.identification.couponNumber);
    if (!number.ok) return refuseStaff('number_malformed');
    return (await residents.findByCoupon(programmeId, number.value))?.id ?? refuseStaff('resident_unknown');
  }

  return [
    staffRoute({
      // A POST although it reads: what is said on the telephone belongs into no address.
      method: 'post', path: '/residents/find', summary: 'Find a resident by coupon number or booking reference', roles: deskRoles,
      body: z.object({ by: z.enum(['couponNumber', 'reference']), text: z.string().max(100) }), answer: residentAnswer,
      async handle({ body, actor }) {
        const found = await lookUp(body.by, body.text);
        const residentId = typeof found === 'string' ? found : undefined;
        await audit.record(actor, { action: 'resident.find', residentId, result: typeof found === 'string' ? 'done' : found.staffCode, detail: { by: body.by } });
        if (typeof found !== 'string') return found;
        const answer = await answerFor(found);
        return answer ? { answer } : refuseStaff('resident_unknown');
      },
    }),
    staffRoute({
      method: 'get', path: '/residents/:id', summary: 'A resident and all bookings of theirs', roles: deskRoles, params: byId, answer: residentAnswer,
      async handle({ params, actor }) {
        const answer = await answerFor(params.id);
        await audit.record(actor, { action: 'resident.read', residentId: params.id, result: answer ? 'done' : 'resident_unknown' });
        return answer ? { answer } : refuseStaff('resident_unknown');
      },
    }),
    staffRoute({
      method: 'post', path: '/residents/:id/clear-log-in-lock', summary: 'Let a resident try to log in again, after an identity check', roles: deskRoles, params: byId,
      async handle({ params, actor }) {
        const coupon = await reader.couponOf(params.id);
        if (coupon) await throttle.clear(coupon);
        await audit.record(actor, { action: 'resident.clear_log_in_lock', residentId: params.id, result: coupon ? 'done' : 'resident_unknown' });
        return coupon ? { answer: undefined } : refuseStaff('resident_unknown');
      },
    }),
  ];
}
