import { z } from 'zod';

import type { LoginThrottle } from '../../../database/residents';
import type { StaffRepository, StaffWithPassword } from '../../../database/staff';
import { refuseStaff } from '../../../domain/staff/refusals';
import { type Outcome, type StaffRoute, staffRoute } from '../frame/define-route';
import { byId, displayName, login, role, staffJson, staffShape } from '../frame/shapes';
import { staffRealm } from './log-in';

const roles = ['city_admin'] as const;
/** Shown once. */
const credentials = z.object({ staff: staffShape, oneTimePassword: z.string() }).meta({ id: 'OneTimePassword' });

export interface AccountRouteDependencies {
  readonly staff: StaffRepository;
  readonly throttle: Pick<LoginThrottle, 'clear'>;
}

/** Who works with Toki. */
export function accountRoutes({ staff, throttle }: AccountRouteDependencies): StaffRoute[] {
  return [
    staffRoute({
      method: 'get',
      path: '/staff',
      summary: 'All accounts',
      roles,
      answer: z.object({ staff: z.array(staffShape) }),
      handle: async () => ({ answer: { staff: (await staff.list()).map(staffJson) } }),
    }),
    staffRoute({
      method: 'post',
      path: '/staff',
      summary: 'Add an account; its one-time password is told once',
      roles,
      body: z.object({ login, displayName, role }),
      status: 201,
      answer: credentials,
      handle: async ({ body, actor }) => credentialsOutcome(await staff.add(actor, body)),
    }),
    staffRoute({
      method: 'get',
      path: '/staff/:id',
      summary: 'One account',
      roles,
      params: byId,
      answer: staffShape,
      async handle({ params }) {
        const found = await staff.find(params.id);
        return found ? { answer: staffJson(found) } : refuseStaff('staff_unknown');
      },
    }),
    staffRoute({
      method: 'patch',
      path: '/staff/:id',
      summary: 'Change name or role; 412 when another person changed it since `version`',
      roles,
      params: byId,
      body: z.object({ version: z.int().min(1), displayName: displayName.optional(), role: role.optional() }),
      answer: staffShape,
      async handle({ params, body: { version, ...input }, actor }) {
        const result = await staff.update(actor, params.id, version, input);
        return result.ok ? { answer: staffJson(result.staff) } : result;
      },
    }),
    staffRoute({
      method: 'post',
      path: '/staff/:id/disable',
      summary: 'Shut an account; its sessions end at once',
      roles,
      params: byId,
      answer: staffShape,
      async handle({ params, actor }) {
        const result = await staff.disable(actor, params.id);
        return result.ok ? { answer: staffJson(result.staff) } : result;
      },
    }),
    staffRoute({
      method: 'post',
      path: '/staff/:id/enable',
      summary: 'Open a shut account again',
      roles,
      params: byId,
      answer: staffShape,
      async handle({ params, actor }) {
        const result = await staff.enable(actor, params.id);
        return result.ok ? { answer: staffJson(result.staff) } : result;
      },
    }),
    staffRoute({
      method: 'post',
      path: '/staff/:id/reset-credentials',
      summary: 'New one-time password; the authenticator app and recovery codes end, a log-in lock is cleared',
      roles,
      params: byId,
      answer: credentials,
      async handle({ params, actor }) {
        const result = await staff.resetCredentials(actor, params.id);
        if (result.ok) await throttle.clear({ programmeId: staffRealm, couponNumber: result.staff.login });
        return credentialsOutcome(result);
      },
    }),
  ];
}

function credentialsOutcome(result: StaffWithPassword): Outcome<z.input<typeof credentials>> {
  if (!result.ok) return result;
  return { answer: { staff: staffJson(result.staff), oneTimePassword: result.oneTimePassword } };
}
