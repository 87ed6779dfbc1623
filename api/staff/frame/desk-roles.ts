export { isSupervising, supervisingRoles } from '../../../domain/staff/roles';

/** Who speaks with residents on the telephone. */
export const deskRoles = ['operator', 'supervisor', 'city_admin'] as const;
