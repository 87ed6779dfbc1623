import type { StaffRole } from '../../../domain/staff/roles';
import { sendProblem } from '../../shared/problem';
import type { AppMiddleware } from '../../shared/state';
import type { StaffGate } from './staff-gate';

/** For routes outside the JSON: only with a session of one of these roles. A browser's question beforehand carries no cookie and learns nothing. */
export function staffOnly(gate: StaffGate, roles: readonly StaffRole[]): AppMiddleware {
  return async (ctx, next) => {
    const admitted = ctx.method === 'OPTIONS' ? undefined : await gate.admit(ctx, roles);
    if (admitted && !admitted.ok) sendProblem(ctx, admitted);
    else await next();
  };
}
