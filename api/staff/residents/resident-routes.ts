import { z } from 'zod';

import type { Audit } from '../../../database/audit';
import {
  bookingForRules,
  type BookingPermits,
  type BookingRepository,
  type BookingView,
} from '../../../database/bookings';
import type { CallbackRepository } from '../../../database/notices';
import type { Programmes, ProgrammeVersion } from '../../../database/programmes';
import type {
  IdentityChecks,
  LoginThrottle,
  OpenedResident,
  OpenedResidents,
  ResidentNotes,
  ResidentRepository,
} from '../../../database/residents';
import { type DoseState, doseState } from '../../../domain/bookings/dose-states';
import { permitDaysMost } from '../../../domain/bookings/permit';
import { refusalInProgramme } from '../../../domain/bookings/refusal-words';
import { formatBothCalendars } from '../../../domain/calendar/era';
import { callbackCauses } from '../../../domain/notices/callback';
import type { ProgrammeDocument } from '../../../domain/programmes/document';
import {
  checkOpen,
  declarable,
  declaredWith,
  groupOf,
  groupsOf,
  type Person,
} from '../../../domain/programmes/eligibility';
import { refuseStaff } from '../../../domain/staff/refusals';
import { explainEmailAddressFault, parseEmailAddress } from '../../../domain/text/email-address';
import { type StaffRoute, staffRoute } from '../frame/define-route';
import { deskRoles, supervisingRoles } from '../frame/desk-roles';
import { bookingJson, bookingShape, byId, instant, uuid } from '../frame/shapes';
import type { IdentityRequirement } from './identity-requirement';

const permitShape = z
  .object({ id: uuid, dose: z.int(), reason: z.string(), by: z.string(), grantedAt: instant, expiresAt: instant })
  .meta({ id: 'BookingPermit' });
const noteShape = z.object({ id: uuid, at: instant, by: z.string(), text: z.string() }).meta({ id: 'ResidentNote' });

const doseShape = z
  .object({
    number: z.int(),
    label: z.string(),
    /** `open`: can be booked on `dates`; `taken`: has a live booking; `refused`: `sentence` says why not. */
    state: z.enum(['open', 'taken', 'refused']),
    bookingId: uuid.nullable(),
    dates: z.object({ first: z.string(), last: z.string() }).nullable(),
    code: z.string().nullable(),
    sentence: z.string().nullable(),
  })
  .meta({ id: 'ResidentDose' });

const residentAnswer = z
  .object({
    resident: z.object({
      id: uuid,
      couponNumber: z.string(),
      birthDate: z.string(),
      birthDateWords: z.string(),
      kana: z.string().nullable(),
      group: z.object({
        code: z.string(),
        label: z.string().nullable(),
        isOpen: z.boolean(),
        sentence: z.string().nullable(),
      }),
      /** Codes of all groups that the person belongs to now. */
      groups: z.array(z.string()),
      /** What the person may declare of themselves, as on the citizens' site: the statement is read out, and noted when the caller affirms it. */
      declarable: z.array(
        z.object({ code: z.string(), label: z.string(), statement: z.string(), help: z.string().nullable() }),
      ),
      /** `missing`: no longer in the city’s data. */
      status: z.enum(['active', 'missing']),
      isProtected: z.boolean(),
      /** Where a protected resident may be written to; null: their notices are withheld. */
      confirmedAddress: z.string().nullable(),
    }),
    doses: z.array(doseShape),
    bookings: z.array(bookingShape),
    /** What was answered at the last confirmation, to be filled in again; null where there was none. */
    answers: z.record(z.string(), z.union([z.string(), z.literal(true), z.array(z.string()).readonly()])).nullable(),
    permits: z.array(permitShape),
    notes: z.array(noteShape),
    /** Calls that are promised or wait for a person. */
    callbacks: z.array(
      z.object({ id: uuid, cause: z.enum(callbackCauses), dueAt: instant, assignedTo: z.string().nullable() }),
    ),
    /** Until when the number is locked out of the citizen site. */
    lockedUntil: instant.nullable(),
    /** Until when these data are open to this member of staff. */
    openUntil: instant,
  })
  .meta({ id: 'OpenedResident' });

const reason = z.string().trim().min(5).max(500);

export interface ResidentRouteDependencies {
  readonly bookings: Pick<BookingRepository, 'listOf'>;
  readonly residents: Pick<ResidentRepository, 'declare'>;
  readonly programmes: Pick<Programmes, 'current'>;
  readonly reader: OpenedResidents;
  readonly throttle: Pick<LoginThrottle, 'clear' | 'lockedUntil'>;
  readonly identityChecks: Pick<IdentityChecks, 'openUntil'>;
  readonly identityRequirement: IdentityRequirement;
  readonly permits: BookingPermits;
  readonly notes: ResidentNotes;
  readonly callbacks: Pick<CallbackRepository, 'list'>;
  readonly audit: Audit;
}

/** The resident on the telephone, after the identity check. Every look is recorded before anything is shown. */
export function residentRoutes({
  bookings,
  residents,
  programmes,
  reader,
  throttle,
  identityChecks,
  identityRequirement,
  permits,
  notes,
  callbacks,
  audit,
}: ResidentRouteDependencies): StaffRoute[] {
  async function answerFor(resident: OpenedResident, openUntil: Date): Promise<z.input<typeof residentAnswer>> {
    const [version, list, allAnswers, inForce, written, calls, lockedUntil, confirmedAddress] = await Promise.all([
      programmes.current(),
      bookings.listOf(resident.id),
      reader.answersOf(resident.id),
      permits.of(resident.id),
      notes.of(resident.id),
      callbacks.list({ residentId: resident.id, done: false, limit: callbackCauses.length }),
      throttle.lockedUntil({ programmeId: resident.programmeId, couponNumber: resident.number }),
      resident.isProtected ? reader.confirmedAddress(resident.id) : undefined,
    ]);
    const now = new Date();
    const open = checkOpen(version.document, resident, now, { channel: 'phone' });
    return {
      resident: {
        id: resident.id,
        couponNumber: resident.number,
        birthDate: resident.birthDate,
        birthDateWords: formatBothCalendars(resident.birthDate),
        kana: resident.kana ?? null,
        group: {
          code: resident.groupCode,
          label: groupOf(version.document, resident.groupCode)?.label ?? null,
          isOpen: open.ok,
          sentence: open.ok ? null : refusalInProgramme(version.document, open),
        },
        groups: groupsOf(version.document, resident).map((group) => group.code),
        declarable: declarable(version.document, resident).map(({ help, ...item }) => ({
          ...item,
          help: help ?? null,
        })),
        status: resident.status,
        isProtected: resident.isProtected,
        confirmedAddress: confirmedAddress ?? null,
      },
      doses: dosesOf(
        version,
        resident,
        list,
        inForce.map((permit) => permit.dose),
        now,
      ),
      bookings: list.map(bookingJson),
      answers: allAnswers[0] ?? null,
      permits: inForce.map((permit) => ({
        ...permit,
        grantedAt: permit.grantedAt.toISOString(),
        expiresAt: permit.expiresAt.toISOString(),
      })),
      notes: written.map((note) => ({ ...note, at: note.at.toISOString() })),
      callbacks: calls.map(({ id, cause, dueAt, assignedTo }) => ({
        id,
        cause,
        dueAt: dueAt.toISOString(),
        assignedTo: assignedTo?.displayName ?? null,
      })),
      lockedUntil: lockedUntil?.toISOString() ?? null,
      openUntil: openUntil.toISOString(),
    };
  }

  return [
    staffRoute({
      method: 'get',
      path: '/residents/:id',
      summary: 'A resident with bookings, notes and permits, after the identity check',
      roles: deskRoles,
      params: byId,
      answer: residentAnswer,
      async handle({ params, actor, staff }) {
        const [resident, openUntil] = await Promise.all([
          reader.opened(params.id),
          identityChecks.openUntil(staff.staffId, params.id),
        ]);
        const result = !resident ? 'resident_unknown' : openUntil ? 'done' : 'identity_required';
        await audit.record(actor, { action: 'resident.read', residentId: params.id, result });
        if (!resident) return refuseStaff('resident_unknown');
        return openUntil ? { answer: await answerFor(resident, openUntil) } : refuseStaff('identity_required');
      },
    }),
    staffRoute({
      method: 'post',
      path: '/residents/:id/clear-log-in-lock',
      summary: 'Let a resident try to log in again on every device, after the identity check',
      roles: deskRoles,
      params: byId,
      async handle({ params, actor }) {
        const resident = await reader.opened(params.id);
        const refusal = resident
          ? await identityRequirement.refusal(actor.id, params.id)
          : refuseStaff('resident_unknown');
        if (resident && !refusal)
          await throttle.clear({ programmeId: resident.programmeId, couponNumber: resident.number });
        await audit.record(actor, {
          action: 'resident.clear_log_in_lock',
          residentId: params.id,
          result: refusal?.staffCode ?? 'done',
        });
        return refusal ?? { answer: undefined };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/residents/:id/notes',
      summary: 'Write a note about a resident; notes are added, never changed',
      roles: deskRoles,
      params: byId,
      body: z.object({ text: z.string().trim().min(1).max(2_000) }),
      answer: z.object({ id: uuid }),
      status: 201,
      async handle({ params, body, actor, staff }) {
        const refusal = await identityRequirement.refusal(actor.id, params.id);
        if (!refusal) {
          const id = await notes.add(params.id, staff.staffId, body.text);
          await audit.record(actor, { action: 'resident.note', residentId: params.id, result: 'done' });
          return { answer: { id } };
        }
        await audit.record(actor, { action: 'resident.note', residentId: params.id, result: refusal.staffCode });
        return refusal;
      },
    }),
    staffRoute({
      method: 'post',
      path: '/residents/:id/declarations',
      summary: 'Note that the caller declares to belong to groups of `declarable`; declarations of before stay',
      roles: deskRoles,
      params: byId,
      body: z.object({ groups: z.array(z.string().max(40)).min(1).max(50) }),
      answer: z.object({ declared: z.array(z.string()) }),
      async handle({ params, body, actor }) {
        const resident = await reader.opened(params.id);
        const refusal = resident
          ? await identityRequirement.refusal(actor.id, params.id)
          : refuseStaff('resident_unknown');
        if (!resident || refusal) {
          await audit.record(actor, {
            action: 'resident.declare',
            residentId: params.id,
            result: refusal?.staffCode ?? 'resident_unknown',
          });
          return refusal ?? refuseStaff('resident_unknown');
        }
        const declared = declaredWith((await programmes.current()).document, resident, body.groups);
        if (declared.length > resident.declared.length) await residents.declare(params.id, declared);
        await audit.record(actor, {
          action: 'resident.declare',
          residentId: params.id,
          result: 'done',
          detail: { added: declared.length - resident.declared.length },
        });
        return { answer: { declared } };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/residents/:id/permits',
      summary:
        'Let one person be booked by telephone for one dose although their group may not book; with a reason, for some days',
      roles: supervisingRoles,
      params: byId,
      body: z.object({ dose: z.int().min(1).max(9), reason, days: z.int().min(1).max(permitDaysMost) }),
      answer: z.object({ id: uuid }),
      status: 201,
      async handle({ params, body, actor, staff }) {
        const { programmeId, document } = await programmes.current();
        const refusal = !document.doses.some((dose) => dose.number === body.dose)
          ? refuseStaff('dose_unknown')
          : await identityRequirement.refusal(actor.id, params.id);
        if (refusal) {
          await audit.record(actor, { action: 'resident.permit', residentId: params.id, result: refusal.staffCode });
          return refusal;
        }
        await audit.record(actor, {
          action: 'resident.permit',
          residentId: params.id,
          result: 'begun',
          detail: { dose: body.dose, days: body.days },
        });
        const id = await permits.grant({ ...body, residentId: params.id, programmeId, staffId: staff.staffId });
        await audit.record(actor, {
          action: 'resident.permit',
          residentId: params.id,
          result: 'done',
          detail: { dose: body.dose, days: body.days, permit: id },
        });
        return { answer: { id } };
      },
    }),
    staffRoute({
      method: 'delete',
      path: '/residents/:id/permits/:permitId',
      summary: 'Take a permit back',
      roles: supervisingRoles,
      params: byId.extend({ permitId: uuid }),
      async handle({ params, actor, staff }) {
        const done = await permits.revoke(params.id, params.permitId, staff.staffId);
        await audit.record(actor, {
          action: 'resident.revoke_permit',
          residentId: params.id,
          result: done ? 'done' : 'permit_unknown',
          detail: { permit: params.permitId },
        });
        return done ? { answer: undefined } : refuseStaff('permit_unknown');
      },
    }),
    staffRoute({
      method: 'post',
      path: '/residents/:id/protection',
      summary:
        'Protect a resident from being found out by a person close to them: nobody is told where they will be without the stronger check, LINE is taken off, notices are withheld. To end that needs the stronger check. The reason becomes a note',
      roles: supervisingRoles,
      params: byId,
      body: z.object({ isProtected: z.boolean(), reason }),
      async handle({ params, body, actor, staff }) {
        const action = body.isProtected ? 'resident.protect' : 'resident.unprotect';
        // To protect needs no check, it may be urgent; a person who could end it without one could look around it.
        const refusal = body.isProtected ? undefined : await identityRequirement.refusal(actor.id, params.id);
        if (refusal) {
          await audit.record(actor, { action, residentId: params.id, result: refusal.staffCode });
          return refusal;
        }
        const done = await reader.protect(params.id, body.isProtected);
        if (done)
          await notes.add(
            params.id,
            staff.staffId,
            `${body.isProtected ? '保護の対象にしました' : '保護の対象から外しました'}：${body.reason}`,
          );
        await audit.record(actor, {
          action,
          residentId: params.id,
          result: done ? 'done' : 'resident_unknown',
          ...(done?.unlinked ? { detail: { unlinked: true } } : {}),
        });
        return done ? { answer: undefined } : refuseStaff('resident_unknown');
      },
    }),
    staffRoute({
      method: 'post',
      path: '/residents/:id/confirmed-address',
      summary:
        'Confirm, after the stronger check, the one address to which notices for a protected resident may go; null: withhold them again',
      roles: supervisingRoles,
      params: byId,
      body: z.object({ email: z.string().trim().min(3).max(254).nullable() }),
      async handle({ params, body, actor, staff }) {
        const read = body.email === null ? undefined : parseEmailAddress(body.email);
        if (read && !read.ok)
          return {
            ok: false,
            code: 'invalid_answers',
            faults: [{ field: 'email', code: 'malformed', sentence: explainEmailAddressFault(read.fault) }],
          };
        const refusal =
          (await identityRequirement.refusal(actor.id, params.id)) ??
          ((await reader.confirmAddress(params.id, staff.staffId, read?.value ?? null))
            ? undefined
            : refuseStaff('not_protected'));
        await audit.record(actor, {
          action: 'resident.confirm_address',
          residentId: params.id,
          result: refusal?.staffCode ?? 'done',
          detail: { withholds: body.email === null },
        });
        return refusal ?? { answer: undefined };
      },
    }),
  ];
}

function dosesOf(
  { document }: ProgrammeVersion,
  person: Person,
  list: readonly BookingView[],
  permitted: readonly number[],
  now: Date,
): z.input<typeof doseShape>[] {
  const live = list
    .filter((booking) => booking.state === 'held' || booking.state === 'confirmed' || booking.state === 'attended')
    .map(bookingForRules);
  return document.doses.map((dose) =>
    doseJson(document, dose, doseState(document, dose.number, { person, bookings: live, permitted }, now)),
  );
}

function doseJson(
  document: ProgrammeDocument,
  { number, label }: { number: number; label: string },
  state: DoseState,
): z.input<typeof doseShape> {
  const common = { number, label, state: state.kind, bookingId: null, dates: null, code: null, sentence: null };
  switch (state.kind) {
    case 'open':
      return { ...common, dates: state.dates };
    case 'taken':
      return { ...common, bookingId: state.bookingId, dates: state.dates };
    case 'refused':
      return { ...common, code: state.refusal.code, sentence: refusalInProgramme(document, state.refusal) };
  }
}
