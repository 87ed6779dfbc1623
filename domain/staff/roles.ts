/** Who works with Toki. Each route states which of them it is for. */
export const staffRoles = ['city_admin', 'supervisor', 'operator', 'reception', 'auditor'] as const;
export type StaffRole = (typeof staffRoles)[number];

export const roleWords: Readonly<Record<StaffRole, string>> = {
  city_admin: '市の管理者',
  supervisor: 'コールセンター責任者',
  operator: 'オペレーター',
  reception: '会場受付',
  auditor: '監査',
};

/** Who answers for what operators may not decide. */
export const supervisingRoles = ['supervisor', 'city_admin'] as const;

export function isSupervising(role: StaffRole): boolean {
  return (supervisingRoles as readonly StaffRole[]).includes(role);
}

/** Minutes without a request after which a session is over. */
export const idleMinutes = 30;

/** Minutes after the log-in at which a session is over in any case. */
export function absoluteMinutes(role: StaffRole): number {
  return (role === 'operator' ? 10 : 12) * 60;
}

/** What a person types to say who they are: small letters, digits, `.`, `-`, `_`; 2–40. */
export const loginPattern = /^[a-z0-9][a-z0-9._-]{1,39}$/;
