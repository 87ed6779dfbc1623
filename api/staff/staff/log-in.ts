import { setTimeout as sleep } from 'node:timers/promises';

import type { Audit, AuditActor } from '../../../database/audit';
import type { LoginThrottle } from '../../../database/residents';
import { hashPassword, type StaffRepository, verifyPassword } from '../../../database/staff';
import { refuseStaff, type StaffRefusal } from '../../../domain/staff/refusals';
import { networkOf } from '../../shared/client-address';

/** A failed log-in is answered at the next multiple of this, ms: well above the time of one Argon2 on a busy machine, so its time tells nothing of its reason. */
const failureBeatMs = 300;
/** The counters are those of the citizens' log-in, under names of their own: neither locks the other out. */
export const staffRealm = 'staff';

export interface StaffLogInRequest {
  readonly login: string;
  readonly password: string;
  /** Six digits of the authenticator app, or a recovery code; empty at the first log-in. */
  readonly code: string;
}

export type StaffLogInResult =
  { readonly ok: true; readonly staffId: string } | (StaffRefusal & { readonly retryAfterS: number });

export interface StaffLogInDependencies {
  readonly staff: Pick<StaffRepository, 'forLogIn' | 'useCode'>;
  readonly throttle: Pick<LoginThrottle, 'attempt'>;
  readonly audit: Audit;
  /** Lets accounts with an own password and no one-time codes in: only demo accounts are such. */
  readonly demo: boolean;
  /** Whether people log in by password at all. */
  readonly local: boolean;
}

/** The log-in with password and one-time code. Unknown, wrong, disabled, locked and expired look the same. */
export function createStaffLogIn({ staff, throttle, audit, demo, local }: StaffLogInDependencies) {
  let decoy: Promise<string> | undefined;

  return async ({ login, password, code }: StaffLogInRequest, actor: AuditActor): Promise<StaffLogInResult> => {
    if (!local) return { ...refuseStaff('local_login_off'), retryAfterS: 0 };
    const startedAt = performance.now();
    const name = login.normalize('NFKC').trim().toLowerCase();
    const attempt = await throttle.attempt({
      programmeId: staffRealm,
      couponNumber: name,
      network: `${staffRealm} ${networkOf(actor.origin)}`,
      device: undefined,
    });
    if (attempt.verdict === 'network') return { ...refuseStaff('too_many_attempts'), retryAfterS: attempt.retryAfterS };

    // A password is verified in every case, so that unknown, wrong and locked cost the same.
    const account = await staff.forLogIn(name);
    decoy ??= hashPassword('nobody has this password');
    const isPassword = await verifyPassword(account?.passwordHash ?? (await decoy), password);
    const now = new Date();
    const isGood =
      account !== undefined &&
      isPassword &&
      attempt.verdict === 'allowed' &&
      (account.passwordExpiresAt === null || account.passwordExpiresAt > now);
    // A person with a one-time password sets the app up once inside, before anything else.
    const isNew = account !== undefined && account.passwordExpiresAt !== null;
    if (isGood && (account.hasTotp ? await staff.useCode(account.id, code, now) : isNew || demo)) {
      await attempt.succeeded();
      await audit.record(
        { ...actor, kind: 'staff', id: account.id },
        { action: 'session.open', subject: { kind: 'staff', id: account.id }, result: 'done' },
      );
      return { ok: true, staffId: account.id };
    }
    await attempt.failed();
    // Of an unknown name nothing is kept: people type their password there.
    await audit.record(actor, {
      action: 'session.open',
      ...(account ? { subject: { kind: 'staff', id: account.id } } : {}),
      result: 'login_failed',
      detail: { locked: attempt.verdict === 'locked' },
    });
    const beats = Math.ceil((performance.now() - startedAt) / failureBeatMs);
    await sleep(beats * failureBeatMs - (performance.now() - startedAt));
    return { ...refuseStaff('login_failed'), retryAfterS: 0 };
  };
}
