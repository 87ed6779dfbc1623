import type { StaffRole } from '../../../domain/staff/roles';

/** Who speaks with residents on the telephone. */
export const deskRoles = ['operator', 'supervisor', 'city_admin'] as const;
/** Who answers for what operators may not decide. */
export const supervisingRoles = ['supervisor', 'city_admin'] as const;

export function isSupervising(role: StaffRole): boolean {
  return (supervisingRoles as readonly StaffRole[]).includes(role);
}
