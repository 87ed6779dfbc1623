import { setTimeout as sleep } from 'node:timers/promises';

import type { KeyRing } from '../../../database/foundation/keys';
import type { Programmes } from '../../../database/programmes';
import {
  brakeRetryAfterS,
  type LoginBrake,
  type LoginThrottle,
  type Resident,
  type ResidentRepository,
  type SessionRepository,
} from '../../../database/residents';
import {
  type BirthDateBoxes,
  birthDateFromParts,
  explainBirthDateFault,
  faultyParts,
  parseBirthDate,
} from '../../../domain/calendar/birth-date';
import { cityDate } from '../../../domain/calendar/city-time';
import { type Refusal, refuse } from '../../../domain/contracts/booking-refusals';
import { explainCouponNumberFault, parseCouponNumber } from '../../../domain/residents/coupon-number';
import { foldKana } from '../../../domain/text/kana';
import { networkOf } from '../../shared/client-address';
import type { LogInFault } from '../words/fault-words';
import type { KnownDevices } from './known-devices';

/** A failed log-in is answered at the next multiple of this, ms: well above what it takes on a busy day, so its time tells nothing of its reason. */
const failureBeatMs = 120;

export interface LogInRequest {
  /** As typed. */
  readonly couponNumber: string;
  /** As typed: one text, or the boxes of the page. */
  readonly birthDate: string | BirthDateBoxes;
  /** As typed; where the programme asks for the name in kana instead of the birth date. */
  readonly kana?: string;
  readonly clientAddress: string;
  /** Came here by a link of the LINE account. */
  readonly throughLine?: boolean;
  readonly deviceCookie: string | undefined;
}

export type LogInResult =
  | { readonly ok: true; readonly token: string; readonly deviceCookie: string; readonly resident: Resident }
  /** What was typed cannot be a number or a date. Says nothing of anybody, counts as no guess. */
  | {
      readonly ok: false;
      readonly kind: 'malformed';
      readonly faults: readonly LogInFault[];
      readonly birthDate: string | undefined;
    }
  /** Unknown, wrong and locked look the same: `login_failed`. `birthDate` is what was understood, to be shown back. */
  | {
      readonly ok: false;
      readonly kind: 'refused';
      readonly refusal: Refusal;
      readonly retryAfterS: number;
      readonly birthDate: string | undefined;
    };

export type LogIn = (request: LogInRequest) => Promise<LogInResult>;

export interface LogInDependencies {
  readonly programmes: Pick<Programmes, 'current'>;
  readonly residents: Pick<ResidentRepository, 'findByCoupon'>;
  readonly sessions: Pick<SessionRepository, 'open'>;
  readonly throttle: LoginThrottle;
  /** Left out: no brake of the whole site. */
  readonly brake?: LoginBrake | undefined;
  readonly devices: KnownDevices;
  readonly keys: KeyRing;
}

/** The log-in by coupon number and birth date, the same for the page and for JSON. */
export function createLogIn({
  programmes,
  residents,
  sessions,
  throttle,
  brake,
  devices,
  keys,
}: LogInDependencies): LogIn {
  const decoy = keys.seal(JSON.stringify({ number: '0000000000', birthDate: '1900-01-01' }));

  return async (request) => {
    const startedAt = performance.now();
    const version = await programmes.current();
    const rule = version.document.identification.couponNumber;
    const today = cityDate(new Date());
    const number = parseCouponNumber(request.couponNumber, rule);
    const isByKana = version.document.identification.secondFact === 'kana';
    const kana = isByKana ? foldKana(request.kana ?? '') : '';
    const birth = isByKana
      ? undefined
      : typeof request.birthDate === 'string'
        ? parseBirthDate(request.birthDate, today)
        : birthDateFromParts(request.birthDate, today);
    const birthDate = birth?.ok ? birth.value : undefined;
    if (!number.ok || birth?.ok === false || (isByKana && kana === '')) {
      const faults: LogInFault[] = [];
      if (!number.ok)
        faults.push({
          field: 'couponNumber',
          fault: number.fault,
          code: number.fault,
          sentence: explainCouponNumberFault(number.fault, rule),
          parts: [],
        });
      if (isByKana && kana === '')
        faults.push({
          field: 'kana',
          fault: 'missing',
          code: 'missing',
          sentence: `${version.document.identification.kana?.label ?? '氏名（カナ）'}をひらがなかカタカナで入力してください。`,
          parts: [],
        });
      if (birth?.ok === false)
        faults.push({
          field: 'birthDate',
          fault: birth.fault,
          code: birth.fault.code,
          sentence: explainBirthDateFault(birth.fault),
          parts: faultyParts(birth.fault),
        });
      return { ok: false, kind: 'malformed', faults, birthDate };
    }

    const device = devices.read(request.deviceCookie);
    const isKnown = device?.knows(number.value) === true;
    // Nothing is looked up: whether the number exists makes no difference here.
    if (!isKnown && (await brake?.isOn())) {
      return {
        ok: false,
        kind: 'refused',
        refusal: refuse('too_many_attempts'),
        retryAfterS: brakeRetryAfterS,
        birthDate,
      };
    }
    const attempt = await throttle.attempt({
      programmeId: version.programmeId,
      couponNumber: number.value,
      network: networkOf(request.clientAddress),
      device: isKnown ? device.id : undefined,
    });
    if (attempt.verdict === 'network') {
      return {
        ok: false,
        kind: 'refused',
        refusal: refuse('too_many_attempts'),
        retryAfterS: attempt.retryAfterS,
        birthDate,
      };
    }
    // Looked up and opened in every case, so that unknown, wrong and locked cost the same.
    const resident = await residents.findByCoupon(version.programmeId, number.value);
    if (!resident) keys.open(decoy);
    if (
      attempt.verdict !== 'allowed' ||
      !resident ||
      (isByKana ? foldKana(resident.kana ?? '') !== kana : resident.birthDate !== birthDate)
    ) {
      await attempt.failed();
      if (!isKnown && attempt.verdict === 'allowed') brake?.failed();
      const beats = Math.ceil((performance.now() - startedAt) / failureBeatMs);
      await sleep(beats * failureBeatMs - (performance.now() - startedAt));
      return { ok: false, kind: 'refused', refusal: refuse('login_failed'), retryAfterS: 0, birthDate };
    }
    if (resident.isProtected) {
      // A person close may know number and date of birth, and must not learn where this person will be.
      await attempt.succeeded();
      return { ok: false, kind: 'refused', refusal: refuse('by_telephone_only'), retryAfterS: 0, birthDate };
    }
    brake?.succeeded();
    const [token] = await Promise.all([
      sessions.open(resident.id, {
        throughLine: request.throughLine === true && version.document.channels.includes('line'),
      }),
      attempt.succeeded(),
    ]);
    return { ok: true, token, resident, deviceCookie: devices.remember(request.deviceCookie, number.value) };
  };
}
