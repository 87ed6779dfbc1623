import type { IdentityChecks, OpenedResidents } from '../../../database/residents';
import { refuseStaff, type StaffRefusal } from '../../../domain/staff/refusals';
import { disclosureTo } from '../../../domain/staff/visibility';

export type IdentityRequirement = ReturnType<typeof createIdentityRequirement>;

/** Nobody sees or changes a resident's data before the caller was identified to them. */
export function createIdentityRequirement({
  identityChecks,
  reader,
}: {
  readonly identityChecks: Pick<IdentityChecks, 'openUntil'>;
  readonly reader: Pick<OpenedResidents, 'isProtected'>;
}) {
  async function isOpen(staffId: string | null, residentId: string): Promise<boolean> {
    return staffId !== null && (await identityChecks.openUntil(staffId, residentId)) !== undefined;
  }

  return {
    /** Undefined where the way is open. */
    async refusal(staffId: string | null, residentId: string): Promise<StaffRefusal | undefined> {
      return (await isOpen(staffId, residentId)) ? undefined : refuseStaff('identity_required');
    },

    /** The same for what staff may look at without a check, unless the resident is protected. */
    async refusalIfProtected(staffId: string | null, residentId: string): Promise<StaffRefusal | undefined> {
      const isProtected = await reader.isProtected(residentId);
      const isChecked = isProtected && (await isOpen(staffId, residentId));
      return disclosureTo('one', { isProtected }, isChecked) === 'refused'
        ? refuseStaff('identity_required')
        : undefined;
    },
  };
}
