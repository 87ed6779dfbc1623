import type { StaffRole } from '../../../domain/staff/roles';
import { sendProblem } from '../../shared/problem';
import type { AppMiddleware } from '../../shared/state';
import type { StaffSessionCheck } from './staff-session-check';

/** For routes outside the JSON: only with a session of one of these roles. A browser's question beforehand carries no cookie and learns nothing. */
export function staffOnly(sessionCheck: StaffSessionCheck, roles: readonly StaffRole[]): AppMiddleware {
  return async (ctx, next) => {
    const admitted = ctx.method === 'OPTIONS' ? undefined : await sessionCheck.admit(ctx, roles);
    if (admitted && !admitted.ok) sendProblem(ctx, admitted);
    else await next();
  };
}
