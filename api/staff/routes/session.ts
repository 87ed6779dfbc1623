import { z } from 'zod';
import type { StaffRepository } from '../../../database/staff';
import { verifyPassword } from '../../../database/staff-credentials';
import type { StaffSession } from '../../../database/staff-sessions';
import { isGoodPassword } from '../../../domain/staff/password';
import { refuseStaff } from '../../../domain/staff/refusals';
import { roleWords, staffRoles } from '../../../domain/staff/roles';
import { openRoute, staffRoute, type StaffRoute } from '../define-route';
import type { createStaffLogIn } from '../log-in';
import { instant, role, uuid } from '../shapes';
import type { StaffGate } from '../staff-gate';

const me = z
  .object({ id: uuid, login: z.string(), displayName: z.string(), role, roleLabel: z.string(), mustChangePassword: z.boolean(), sessionEndsAt: instant })
  .meta({ id: 'Me' });
const password = z.string().min(1).max(1_000);

export interface SessionRouteDependencies {
  readonly gate: StaffGate;
  readonly logIn: ReturnType<typeof createStaffLogIn>;
  readonly staff: Pick<StaffRepository, 'forLogIn' | 'changePassword'>;
}

export function sessionRoutes({ gate, logIn, staff }: SessionRouteDependencies): StaffRoute[] {
  return [
    openRoute({
      method: 'post', path: '/session', summary: 'Log in',
      body: z.object({ login: z.string().max(200), password, code: z.string().max(100).default('') }),
      answer: me,
      async handle({ body, actor, ctx }) {
        const result = await logIn(body, actor);
        if (!result.ok) {
          if (result.retryAfterS > 0) ctx.set('Retry-After', String(result.retryAfterS));
          return refuseStaff(result.staffCode);
        }
        const session = await gate.start(ctx, result.staffId);
        // Shut out between the check and the session.
        return session ? { answer: meJson(session) } : refuseStaff('login_failed');
      },
    }),
    openRoute({
      method: 'delete', path: '/session', summary: 'Log out',
      async handle({ ctx }) {
        await gate.end(ctx);
        return { answer: undefined };
      },
    }),
    staffRoute({
      method: 'get', path: '/me', summary: 'Who is logged in', roles: staffRoles, whileNew: true, answer: me,
      handle: ({ staff: session }) => Promise.resolve({ answer: meJson(session) }),
    }),
    staffRoute({
      method: 'post', path: '/me/password', summary: 'Choose an own password', roles: staffRoles, whileNew: true,
      body: z.object({ current: password, next: password }),
      async handle({ body, staff: session, actor }) {
        const account = await staff.forLogIn(session.login);
        if (!account || !(await verifyPassword(account.passwordHash, body.current))) return refuseStaff('wrong_password');
        if (body.next === body.current || !isGoodPassword(body.next, session.login)) return refuseStaff('weak_password');
        const result = await staff.changePassword(actor, session.staffId, body.next, session.tokenHash);
        return result.ok ? { answer: undefined } : result;
      },
    }),
  ];
}

function meJson({ staffId, login, displayName, role: own, mustChangePassword, endsAt }: StaffSession): z.input<typeof me> {
  return { id: staffId, login, displayName, role: own, roleLabel: roleWords[own], mustChangePassword, sessionEndsAt: endsAt.toISOString() };
}
