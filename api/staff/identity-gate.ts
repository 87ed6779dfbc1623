import type { IdentityChecks } from '../../database/identity-checks';
import { refuseStaff, type StaffRefusal } from '../../domain/staff/refusals';

export type IdentityGate = ReturnType<typeof createIdentityGate>;

/** Nobody sees or changes a resident's data before the caller was identified to them. */
export function createIdentityGate(checks: Pick<IdentityChecks, 'openUntil'>) {
  return {
    /** Undefined where the way is open. */
    async refusal(staffId: string | null, residentId: string): Promise<StaffRefusal | undefined> {
      return staffId !== null && (await checks.openUntil(staffId, residentId))
        ? undefined
        : refuseStaff('identity_required');
    },
  };
}
