import type { StaffSession, StaffSessionRepository } from '../../../database/staff';
import { refuseStaff, type StaffRefusal } from '../../../domain/staff/refusals';
import type { StaffRole } from '../../../domain/staff/roles';
import type { CookieJar } from '../../shared/cookies';
import type { AppContext } from '../../shared/state';

export const staffCookie = 'toki-staff';
/** `1`: sent by a page on its own, without anybody having touched it for a while. */
const backgroundHeader = 'Toki-Background';

/** Where the session of a member of staff comes from, how it starts and ends, and who may pass. */
export interface StaffSessionCheck {
  load(ctx: AppContext): Promise<StaffSession | undefined>;
  /** The same without counting as a sign of life: an open page may ask as often as it likes. */
  peek(ctx: AppContext): Promise<StaffSession | undefined>;
  /** The session, if its role is among `roles`; otherwise why not. `whileNew`: also before the one-time password was exchanged. */
  admit(
    ctx: AppContext,
    roles: readonly StaffRole[],
    whileNew?: boolean,
  ): Promise<{ readonly ok: true; readonly staff: StaffSession } | (StaffRefusal & { readonly staff?: StaffSession })>;
  /** Always a new token: one that was there before the log-in is worth nothing after it. */
  start(ctx: AppContext, staffId: string, way?: StaffSession['way']): Promise<StaffSession | undefined>;
  end(ctx: AppContext): Promise<void>;
}

export function createStaffSessionCheck({
  cookies,
  sessions,
}: {
  cookies: CookieJar;
  sessions: StaffSessionRepository;
}): StaffSessionCheck {
  const find = async (ctx: AppContext, isNoted: boolean): Promise<StaffSession | undefined> => {
    const token = cookies.read(ctx.req, staffCookie);
    return token === undefined ? undefined : sessions.find(token, isNoted);
  };
  // A page that refreshes itself says so: nobody sits in front of it.
  const load = (ctx: AppContext) => find(ctx, ctx.get(backgroundHeader) !== '1');
  const closeCurrent = async (ctx: AppContext): Promise<void> => {
    const token = cookies.read(ctx.req, staffCookie);
    if (token !== undefined) await sessions.close(token);
  };
  return {
    load,
    peek: (ctx) => find(ctx, false),
    async admit(ctx, roles, whileNew = false) {
      const staff = await load(ctx);
      if (!staff) return refuseStaff('not_logged_in');
      if (!roles.includes(staff.role)) return { ...refuseStaff('forbidden'), staff };
      if (staff.mustChangePassword && !whileNew) return { ...refuseStaff('password_change_required'), staff };
      return { ok: true, staff };
    },
    async start(ctx, staffId, way = 'local') {
      await closeCurrent(ctx);
      const token = await sessions.open(staffId, way);
      cookies.write(ctx.res, staffCookie, token);
      return sessions.find(token);
    },
    async end(ctx) {
      await closeCurrent(ctx);
      cookies.clear(ctx.res, staffCookie);
      ctx.set('Clear-Site-Data', '"cache", "storage"');
    },
  };
}
