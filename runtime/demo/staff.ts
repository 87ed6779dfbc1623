import type { AccountServices } from '../../database/staff';
import type { StaffRole } from '../../domain/staff/roles';

/** The same everywhere and known to everybody: these accounts have no one-time codes, and only demo mode lets such accounts in. */
export const demoPassword = 'toki-demo-2021';

export const demoStaff: readonly { readonly login: string; readonly displayName: string; readonly role: StaffRole }[] =
  [
    { login: 'admin', displayName: '市役所 花子', role: 'city_admin' },
    // What changes much needs two persons: this one approves what the other prepared.
    { login: 'approver', displayName: '市役所 誠', role: 'city_admin' },
    { login: 'supervisor', displayName: '責任者 太郎', role: 'supervisor' },
    { login: 'operator', displayName: '電話 一郎', role: 'operator' },
    { login: 'reception', displayName: '受付 幸子', role: 'reception' },
    { login: 'auditor', displayName: '監査 清', role: 'auditor' },
  ];

/** One account per role and one more to approve, on the first start of the demo. */
export async function addDemoStaff({ staff }: Pick<AccountServices, 'staff'>): Promise<void> {
  for (const person of demoStaff) {
    await staff.addForDemo(
      { kind: 'machine', id: null, origin: 'start', requestId: null },
      { ...person, password: demoPassword },
    );
  }
}
