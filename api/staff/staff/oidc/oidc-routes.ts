import type Router from '@koa/router';

import type { Audit, AuditActor } from '../../../../database/audit';
import type { StaffLinks } from '../../../../database/staff';
import { refuseStaff, type StaffRefusal } from '../../../../domain/staff/refusals';
import type { CookieJar } from '../../../shared/cookies';
import type { AppContext, RequestState } from '../../../shared/state';
import type { StaffSessionCheck } from '../../frame/staff-session-check';
import { oidcCookie } from './cookie';
import { type OidcLogIn, ownPath } from './oidc-log-in';

export interface OidcRouteDependencies {
  readonly oidc: OidcLogIn;
  readonly links: StaffLinks;
  readonly sessionCheck: StaffSessionCheck;
  readonly cookies: CookieJar;
  readonly audit: Audit;
}

/** Where people leave for the provider and come back from it: pages, since a browser goes there, that only lead on. */
export function addOidcRoutes(
  router: Router<RequestState>,
  { oidc, links, sessionCheck, cookies, audit }: OidcRouteDependencies,
): void {
  router.get('/oidc/start', async (ctx) => {
    const returnTo = ownPath(typeof ctx.query['returnTo'] === 'string' ? ctx.query['returnTo'] : undefined);
    const begun = await oidc.begin({ returnTo, linkTo: null });
    if (!begun.ok) {
      leadOn(ctx, refusedAt(begun, returnTo));
      return;
    }
    oidcCookie.write(cookies, ctx, begun.cookie);
    leadOn(ctx, begun.url);
  });

  router.get('/oidc/callback', async (ctx) => {
    const actor: AuditActor = {
      kind: 'anonymous',
      id: null,
      origin: ctx.state.clientAddress,
      requestId: ctx.state.requestId,
    };
    const finished = await oidc.finish(ctx.search, oidcCookie.read(cookies, ctx));
    // Good for one return.
    oidcCookie.clear(cookies, ctx);
    const returnTo = finished.purpose?.returnTo ?? '/';
    const refused = async (refusal: StaffRefusal, staffId?: string): Promise<void> => {
      await audit.record(actor, {
        action: 'session.open',
        ...(staffId === undefined ? {} : { subject: { kind: 'staff', id: staffId } }),
        result: refusal.staffCode,
        detail: { way: 'oidc' },
      });
      leadOn(ctx, refusedAt(refusal, returnTo));
    };
    if (!finished.ok) {
      await refused(finished);
      return;
    }
    const { person, purpose } = finished;
    if (purpose.linkTo !== null) {
      const staff = await sessionCheck.load(ctx);
      // Another person sits here by now.
      const linked =
        staff?.staffId === purpose.linkTo
          ? await links.link({ ...actor, kind: 'staff', id: staff.staffId }, staff.staffId, person)
          : refuseStaff('oidc_stale');
      leadOn(ctx, linked.ok ? `${returnTo}?linked=1` : `${returnTo}?refused=${linked.staffCode}`);
      return;
    }
    const admitted = await links.admit(actor, person);
    if (!admitted.ok) {
      await refused(admitted);
      return;
    }
    const session = await sessionCheck.start(ctx, admitted.staff.id, 'oidc');
    if (!session) {
      await refused(refuseStaff('oidc_disabled'), admitted.staff.id);
      return;
    }
    await audit.record(
      { ...actor, kind: 'staff', id: session.staffId },
      {
        action: 'session.open',
        subject: { kind: 'staff', id: session.staffId },
        result: 'done',
        detail: { way: 'oidc' },
      },
    );
    leadOn(ctx, returnTo);
  });
}

function refusedAt(refusal: StaffRefusal, returnTo: string): string {
  return `/log-in?${new URLSearchParams({ refused: refusal.staffCode, ...(returnTo === '/' ? {} : { returnTo }) }).toString()}`;
}

function leadOn(ctx: AppContext, url: string): void {
  ctx.set('Location', url);
  ctx.body = null;
  // An empty body alone would mean 204.
  ctx.status = 303;
}
