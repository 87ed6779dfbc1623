import { z } from 'zod';

import type { AuditActor } from '../../../database/audit';
import type { LoginThrottle } from '../../../database/residents';
import {
  type NewRecoveryCodes,
  type StaffEnrolment,
  type StaffLinks,
  type StaffRepository,
  type StaffSession,
  verifyPassword,
} from '../../../database/staff';
import { isGoodPassword } from '../../../domain/staff/password';
import { refuseStaff, type StaffRefusal } from '../../../domain/staff/refusals';
import { staffRoles } from '../../../domain/staff/roles';
import type { CookieJar } from '../../shared/cookies';
import { qrSvg } from '../../shared/qr';
import { type Outcome, type StaffRoute, staffRoute } from '../frame/define-route';
import { staffRealm } from './log-in';
import { oidcCookie } from './oidc/cookie';
import type { OidcLogIn } from './oidc/oidc-log-in';

const password = z.string().min(1).max(1_000);
const recovery = z.object({ recoveryCodes: z.array(z.string()) }).meta({ id: 'RecoveryCodes' });
const enrolment = z.object({ secret: z.string(), uri: z.string(), qrSvg: z.string() }).meta({ id: 'Enrolment' });
const ownAccount = z
  .object({
    hasPassword: z.boolean(),
    hasTotp: z.boolean(),
    linked: z.boolean(),
    recoveryCodesLeft: z.int(),
    oidcLabel: z.string().nullable(),
  })
  .meta({ id: 'OwnAccount' });

export interface OwnAccountDependencies {
  readonly staff: Pick<StaffRepository, 'forLogIn' | 'changePassword'>;
  readonly enrolment: StaffEnrolment;
  readonly links: StaffLinks;
  readonly oidc: OidcLogIn | undefined;
  readonly cookies: CookieJar;
  readonly throttle: Pick<LoginThrottle, 'attempt'>;
}

/** What everybody does for themselves: password, authenticator app, recovery codes, link with the identity provider. */
export function ownAccountRoutes({
  staff,
  enrolment: enrolments,
  links,
  oidc,
  cookies,
  throttle,
}: OwnAccountDependencies): StaffRoute[] {
  /** A stranger at an open page must not be able to take the account over, nor to guess its password here. */
  async function isOwner(session: StaffSession, given: string): Promise<{ readonly ok: true } | StaffRefusal> {
    const account = await staff.forLogIn(session.login);
    if (account?.passwordHash == null) return refuseStaff('no_local_password');
    const attempt = await throttle.attempt({
      programmeId: `${staffRealm}-own`,
      couponNumber: session.login,
      network: `${staffRealm}-own ${session.staffId}`,
      device: undefined,
    });
    if (attempt.verdict !== 'allowed') return refuseStaff('too_many_attempts');
    if (await verifyPassword(account.passwordHash, given)) {
      await attempt.succeeded();
      return { ok: true };
    }
    await attempt.failed();
    return refuseStaff('wrong_password');
  }

  const recoveryOutcome = (result: NewRecoveryCodes): Outcome<z.input<typeof recovery>> =>
    result.ok ? { answer: { recoveryCodes: [...result.recoveryCodes] } } : result;

  return [
    staffRoute({
      method: 'get',
      path: '/me/account',
      summary: 'One’s own ways to log in',
      roles: staffRoles,
      whileNew: true,
      answer: ownAccount,
      async handle({ staff: session }) {
        const found = await enrolments.stateOf(session.staffId);
        return found ? { answer: { ...found, oidcLabel: oidc?.label ?? null } } : refuseStaff('staff_unknown');
      },
    }),
    staffRoute({
      method: 'post',
      path: '/me/password',
      summary: 'Choose an own password',
      roles: staffRoles,
      whileNew: true,
      body: z.object({ current: password, next: password }),
      async handle({ body, staff: session, actor }) {
        const owner = await isOwner(session, body.current);
        if (!owner.ok) return owner;
        if (body.next === body.current || !isGoodPassword(body.next, session.login))
          return refuseStaff('weak_password');
        const result = await staff.changePassword(actor, session.staffId, body.next, session.tokenHash);
        return result.ok ? { answer: undefined } : result;
      },
    }),
    staffRoute({
      method: 'post',
      path: '/me/totp',
      summary: 'A new secret for the authenticator app, in force with the first code of it',
      roles: staffRoles,
      whileNew: true,
      body: z.object({ password: z.string().max(1_000).default('') }),
      answer: enrolment,
      async handle({ body, staff: session }) {
        // At the first log-in the one-time password was typed a moment ago.
        const owner = session.mustEnrol ? ({ ok: true } as const) : await isOwner(session, body.password);
        if (!owner.ok) return owner;
        const { secret, uri } = await enrolments.begin(session.staffId, session.login);
        return { answer: { secret, uri, qrSvg: qrSvg(uri) } };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/me/totp/confirm',
      summary: 'Put the new secret in force; recovery codes are told once',
      roles: staffRoles,
      whileNew: true,
      body: z.object({ code: z.string().max(100) }),
      answer: recovery,
      handle: async ({ body, staff: session, actor }) =>
        recoveryOutcome(await enrolments.confirm(actor, session.staffId, body.code, new Date())),
    }),
    staffRoute({
      method: 'post',
      path: '/me/recovery-codes',
      summary: 'New recovery codes, told once; the old ones end',
      roles: staffRoles,
      body: z.object({ password }),
      answer: recovery,
      async handle({ body, staff: session, actor }) {
        const owner = await isOwner(session, body.password);
        return owner.ok ? recoveryOutcome(await enrolments.renewRecoveryCodes(actor, session.staffId)) : owner;
      },
    }),
    staffRoute({
      method: 'post',
      path: '/me/link',
      summary: 'Go to the identity provider to link the own account',
      roles: staffRoles,
      body: z.object({ password }),
      answer: z.object({ url: z.string() }),
      async handle({ body, staff: session, ctx }) {
        if (!oidc) return refuseStaff('oidc_unavailable');
        const owner = await isOwner(session, body.password);
        if (!owner.ok) return owner;
        const begun = await oidc.begin({ returnTo: '/account', linkTo: session.staffId });
        if (!begun.ok) return begun;
        oidcCookie.write(cookies, ctx, begun.cookie);
        return { answer: { url: begun.url } };
      },
    }),
    staffRoute({
      method: 'delete',
      path: '/me/link',
      summary: 'Take the link with the identity provider away; sessions end',
      roles: staffRoles,
      async handle({ staff: session, actor }: { staff: StaffSession; actor: AuditActor }) {
        const result = await links.unlink(actor, session.staffId);
        return result.ok ? { answer: undefined } : result;
      },
    }),
  ];
}
