import { z } from 'zod';

import type { StaffSession } from '../../../database/staff';
import { refuseStaff, type StaffRefusalCode, staffRefusals } from '../../../domain/staff/refusals';
import { roleWords, staffRoles } from '../../../domain/staff/roles';
import { openRoute, type StaffRoute, staffRoute } from '../frame/define-route';
import { instant, role, uuid } from '../frame/shapes';
import type { StaffSessionCheck } from '../frame/staff-session-check';
import type { createStaffLogIn } from './log-in';

const me = z
  .object({
    id: uuid,
    login: z.string(),
    displayName: z.string(),
    role,
    roleLabel: z.string(),
    way: z.enum(['local', 'oidc']),
    mustChangePassword: z.boolean(),
    mustEnrol: z.boolean(),
    sessionEndsAt: instant,
  })
  .meta({ id: 'Me' });
/** Seconds, not moments: the clocks of people's computers are not ours. */
const state = z.object({ running: z.boolean(), idleLeftS: z.int(), leftS: z.int() }).meta({ id: 'SessionState' });
const ways = z
  .object({ local: z.boolean(), oidc: z.object({ label: z.string() }).nullable(), refused: z.string().nullable() })
  .meta({ id: 'LogInWays' });

export interface SessionRouteDependencies {
  readonly sessionCheck: StaffSessionCheck;
  readonly logIn: ReturnType<typeof createStaffLogIn>;
  readonly localLogIn: boolean;
  readonly oidc: { readonly label: string } | undefined;
}

/** Log in, log out, and who one is. */
export function sessionRoutes({ sessionCheck, logIn, localLogIn, oidc }: SessionRouteDependencies): StaffRoute[] {
  return [
    openRoute({
      method: 'get',
      path: '/session',
      summary: 'Whether the session runs, without counting as a sign of life',
      answer: state,
      async handle({ ctx }) {
        const session = await sessionCheck.peek(ctx);
        const leftOf = (end: Date | undefined): number =>
          end ? Math.max(0, Math.round((end.getTime() - Date.now()) / 1000)) : 0;
        return {
          answer: {
            running: session !== undefined,
            idleLeftS: leftOf(session?.idleEndsAt),
            leftS: leftOf(session?.endsAt),
          },
        };
      },
    }),
    openRoute({
      method: 'get',
      path: '/session/ways',
      summary: 'How people log in here; `refused`: a code to be put in words',
      query: z.object({ refused: z.string().max(40).optional() }),
      answer: ways,
      handle: ({ query }) =>
        Promise.resolve({
          answer: {
            local: localLogIn,
            oidc: oidc ? { label: oidc.label } : null,
            refused:
              query.refused !== undefined && Object.hasOwn(staffRefusals, query.refused)
                ? staffRefusals[query.refused as StaffRefusalCode].sentence
                : null,
          },
        }),
    }),
    openRoute({
      method: 'post',
      path: '/session',
      summary: 'Log in',
      body: z.object({
        login: z.string().max(200),
        password: z.string().min(1).max(1_000),
        code: z.string().max(100).default(''),
      }),
      answer: me,
      async handle({ body, actor, ctx }) {
        const result = await logIn(body, actor);
        if (!result.ok) {
          if (result.retryAfterS > 0) ctx.set('Retry-After', String(result.retryAfterS));
          return refuseStaff(result.staffCode);
        }
        const session = await sessionCheck.start(ctx, result.staffId);
        // Shut out between the check and the session.
        return session ? { answer: meJson(session) } : refuseStaff('login_failed');
      },
    }),
    openRoute({
      method: 'delete',
      path: '/session',
      summary: 'Log out',
      async handle({ ctx }) {
        await sessionCheck.end(ctx);
        return { answer: undefined };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/me',
      summary: 'Who is logged in',
      roles: staffRoles,
      whileNew: true,
      answer: me,
      handle: ({ staff: session }) => Promise.resolve({ answer: meJson(session) }),
    }),
  ];
}

function meJson({
  staffId,
  login,
  displayName,
  role: own,
  way,
  mustChangePassword,
  mustEnrol,
  endsAt,
}: StaffSession): z.input<typeof me> {
  return {
    id: staffId,
    login,
    displayName,
    role: own,
    roleLabel: roleWords[own],
    way,
    mustChangePassword,
    mustEnrol,
    sessionEndsAt: endsAt.toISOString(),
  };
}
