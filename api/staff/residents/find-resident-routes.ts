import { z } from 'zod';

import type { Audit } from '../../../database/audit';
import type { Programmes } from '../../../database/programmes';
import type {
  FoundResident,
  IdentityChecks,
  OpenedResident,
  OpenedResidents,
  ResidentSearch,
} from '../../../database/residents';
import { explainBirthDateFault, parseBirthDate } from '../../../domain/calendar/birth-date';
import { cityDate } from '../../../domain/calendar/city-time';
import type { ProgrammeDocument } from '../../../domain/programmes/document';
import { explainCouponNumberFault, parseCouponNumber } from '../../../domain/residents/coupon-number';
import {
  checkIdentity,
  failuresAllowed,
  type IdentityItem,
  identityItems,
  type Said,
} from '../../../domain/residents/identity';
import { kindsOf, readSearchText, searchKinds } from '../../../domain/residents/search-text';
import { refuseStaff } from '../../../domain/staff/refusals';
import { foldKana, maskKana } from '../../../domain/text/kana';
import { explainTelephoneFault, parseTelephone } from '../../../domain/text/telephone';
import type { ProblemFault } from '../../shared/problem';
import { type StaffRoute, staffRoute } from '../frame/define-route';
import { deskRoles, isSupervising } from '../frame/desk-roles';
import { byId, instant, uuid } from '../frame/shapes';

/** Candidates of a page. */
const pageSize = 20;
/** Digits of the coupon number that a list shows. */
const tailDigits = 2;

const candidateShape = z
  .object({
    id: uuid,
    /** First letters alone; null where the city's data has no kana. */
    kana: z.string().nullable(),
    /** The end of the coupon number. */
    numberEnd: z.string(),
  })
  .meta({ id: 'ResidentCandidate' });

const candidates = z
  .object({ by: z.array(z.enum(searchKinds)), candidates: z.array(candidateShape), next: uuid.nullable() })
  .meta({ id: 'ResidentCandidates' });

const saidText = z.string().max(100).optional();

export interface FindResidentRouteDependencies {
  readonly search: ResidentSearch;
  readonly reader: Pick<OpenedResidents, 'opened' | 'answersOf'>;
  readonly programmes: Pick<Programmes, 'current'>;
  readonly identityChecks: IdentityChecks;
  readonly audit: Audit;
}

/** Finding the resident on the telephone, and making sure that it is them: before that, a list shows next to nothing. */
export function findResidentRoutes({
  search,
  reader,
  programmes,
  identityChecks,
  audit,
}: FindResidentRouteDependencies): StaffRoute[] {
  return [
    staffRoute({
      // A POST although it reads: what is said on the telephone belongs into no address.
      method: 'post',
      path: '/residents/find',
      summary:
        'Find residents by number, kana, birth date, telephone or reference, in one text; discloses next to nothing',
      roles: deskRoles,
      body: z.object({ text: z.string().max(200), after: uuid.optional() }),
      answer: candidates,
      async handle({ body, actor }) {
        const { programmeId, document } = await programmes.current();
        const read = readSearchText(body.text, document.identification.couponNumber, cityDate(new Date()));
        if (!read.ok) {
          await audit.record(actor, { action: 'resident.find', result: 'unreadable' });
          return {
            ok: false,
            code: 'invalid_answers',
            faults: [{ field: 'text', code: 'malformed', sentence: read.sentence }],
          };
        }
        const page = await search.find(programmeId, read.search, { after: body.after, limit: pageSize });
        const by = kindsOf(read.search);
        const [only, ...others] = page.found;
        await audit.record(actor, {
          action: 'resident.find',
          residentId: others.length === 0 ? only?.id : undefined,
          result: only ? 'done' : 'resident_unknown',
          detail: { by: by.join(','), found: page.found.length },
        });
        return { answer: { by, candidates: page.found.map(candidateJson), next: page.next } };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/residents/:id/candidate',
      summary: 'As in the list of a search: for a call that begins elsewhere, with a booking or a promised call',
      roles: deskRoles,
      params: byId,
      answer: candidateShape,
      async handle({ params, actor }) {
        const resident = await reader.opened(params.id);
        await audit.record(actor, {
          action: 'resident.find',
          residentId: params.id,
          result: resident ? 'done' : 'resident_unknown',
          detail: { by: 'id' },
        });
        return resident ? { answer: candidateJson(resident) } : refuseStaff('resident_unknown');
      },
    }),
    staffRoute({
      method: 'post',
      path: '/residents/:id/identity',
      summary:
        'Compare what the caller said with what is on file; opens the resident’s data to this member of staff for half an hour',
      roles: deskRoles,
      params: byId,
      body: z.object({ couponNumber: saidText, birthDate: saidText, kana: saidText, telephone: saidText }),
      answer: z.object({ openUntil: instant }),
      async handle({ params, body, actor, staff }) {
        const resident = await reader.opened(params.id);
        if (!resident) {
          await audit.record(actor, { action: 'resident.identify', result: 'resident_unknown' });
          return refuseStaff('resident_unknown');
        }
        const { document } = await programmes.current();
        const { said, faults } = readSaid(body, document);
        if (faults.length > 0) return { ok: false, code: 'invalid_answers', faults };
        const asked = identityItems.filter((item) => said[item] !== undefined);
        const record = (result: string, detail: Record<string, string | number> = {}) =>
          audit.record(actor, {
            action: 'resident.identify',
            residentId: params.id,
            result,
            detail: { asked: asked.join(','), ...detail },
          });
        const supervising = isSupervising(staff.role);
        if (!supervising && (await identityChecks.recentFailures(params.id)) >= failuresAllowed) {
          await record('identity_locked');
          return refuseStaff('identity_locked');
        }
        const verdict = checkIdentity(said, await knownOf(resident));
        if (verdict.wrong.length > 0) {
          await identityChecks.keep({ staffId: staff.staffId, residentId: params.id, passed: false, items: asked });
          await record('identity_mismatch', { wrong: verdict.wrong.join(',') });
          return refuseStaff('identity_mismatch', { wrong: verdict.wrong.join(',') });
        }
        if (!verdict.passed) {
          await record('identity_incomplete');
          return refuseStaff('identity_incomplete', { missing: verdict.missing });
        }
        // Told only to those who answered everything: that a person is protected is a secret as well.
        if (resident.isProtected && !supervising) {
          await record('protected_resident');
          return refuseStaff('protected_resident');
        }
        const openUntil = await identityChecks.keep({
          staffId: staff.staffId,
          residentId: params.id,
          passed: true,
          items: asked,
        });
        await record('done');
        return openUntil ? { answer: { openUntil: openUntil.toISOString() } } : refuseStaff('identity_required');
      },
    }),
    staffRoute({
      method: 'post',
      path: '/residents/:id/close',
      summary: 'The call is over: the resident’s data are closed again',
      roles: deskRoles,
      params: byId,
      async handle({ params, actor, staff }) {
        await identityChecks.close(staff.staffId, params.id);
        await audit.record(actor, { action: 'resident.close', residentId: params.id, result: 'done' });
        return { answer: undefined };
      },
    }),
  ];

  async function knownOf(resident: OpenedResident) {
    const answers = await reader.answersOf(resident.id);
    return {
      couponNumber: resident.number,
      birthDate: resident.birthDate,
      kana: resident.kana,
      isProtected: resident.isProtected,
      telephones: answers
        .flatMap((given) => Object.values(given))
        .filter((value): value is string => typeof value === 'string' && parseTelephone(value).ok),
    };
  }
}

function candidateJson({ id, kana, number }: FoundResident | OpenedResident): z.input<typeof candidateShape> {
  return { id, kana: kana === undefined ? null : maskKana(kana), numberEnd: number.slice(-tailDigits) };
}

/** What the caller said, read as the programme writes it; items left empty were not asked. */
function readSaid(
  body: Partial<Record<IdentityItem, string | undefined>>,
  document: ProgrammeDocument,
): { said: Said; faults: ProblemFault[] } {
  const faults: ProblemFault[] = [];
  const said: Partial<Record<IdentityItem, string>> = {};
  const given = (item: IdentityItem): string | undefined => (body[item]?.trim() === '' ? undefined : body[item]);
  const fault = (field: IdentityItem, sentence: string): void => {
    faults.push({ field, code: 'malformed', sentence });
  };
  const [number, birth, kana, telephone] = identityItems.map(given);
  if (number !== undefined) {
    const rule = document.identification.couponNumber;
    const read = parseCouponNumber(number, rule);
    if (read.ok) said.couponNumber = read.value;
    else fault('couponNumber', explainCouponNumberFault(read.fault, rule));
  }
  if (birth !== undefined) {
    const read = parseBirthDate(birth, cityDate(new Date()));
    if (read.ok) said.birthDate = read.value;
    else fault('birthDate', explainBirthDateFault(read.fault));
  }
  if (kana !== undefined) {
    if (foldKana(kana) === '') fault('kana', '氏名はカナかひらがなで入力してください。');
    else said.kana = kana;
  }
  if (telephone !== undefined) {
    const read = parseTelephone(telephone);
    if (read.ok) said.telephone = read.value.digits;
    else fault('telephone', explainTelephoneFault(read.fault));
  }
  return { said, faults };
}
