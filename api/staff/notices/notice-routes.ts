import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { z } from 'zod';

import type { Audit } from '../../../database/audit';
import {
  type Notice,
  type NoticeLine,
  type NoticeList,
  type NoticeRepository,
  noticeStatuses,
  stepLabel,
} from '../../../database/notices';
import type { Programmes } from '../../../database/programmes';
import type { IdentityChecks, OpenedResidents, ResidentRepository } from '../../../database/residents';
import { parseReference } from '../../../domain/bookings/reference';
import { addDays } from '../../../domain/calendar/city-time';
import { bookingStates } from '../../../domain/contracts/booking-lifecycle';
import type { NoticeRequest } from '../../../domain/contracts/booking-workflow';
import { noticeReasonWords } from '../../../domain/notices/reason-words';
import { refuseStaff } from '../../../domain/staff/refusals';
import { type Disclosure, disclosureTo, noticeWayOf } from '../../../domain/staff/visibility';
import { cursorOf, cursorQuery, pageOf } from '../frame/cursor';
import { type StaffRoute, staffRoute } from '../frame/define-route';
import { deskRoles } from '../frame/desk-roles';
import { byId, instant, plainDate, uuid } from '../frame/shapes';
import type { IdentityRequirement } from '../residents/identity-requirement';

const readers = [...deskRoles, 'auditor'] as const;
const pageSize = 50;
/** Notices of one booking that people may have sent again within a day: nobody shall be written to again and again. */
const mostAgainPerDay = 3;
/** How long the person who pressed the button waits for the result, ms. */
const answerWithinMs = 4_000;

export const noticeLineShape = z
  .object({
    isProtected: z.literal(false),
    id: uuid,
    bookingId: uuid,
    residentId: uuid,
    reference: z.string().nullable(),
    bookingState: z.enum(bookingStates),
    startsAt: instant,
    venueName: z.string(),
    step: z.string(),
    label: z.string(),
    again: z.boolean(),
    status: z.enum(noticeStatuses),
    /** 2 failed, 1 unclear, 0 nothing to do (any more). */
    urgency: z.int(),
    /** Why it was not sent, in words. */
    reason: z.string().nullable(),
    attempts: z.int(),
    channel: z.string().nullable(),
    /** `h•••@example.jp`; null: no address was given. */
    maskedAddress: z.string().nullable(),
    queuedAt: instant,
    sentAt: instant.nullable(),
    handledAt: instant.nullable(),
  })
  .meta({ id: 'NoticeLine' });
/** A notice to a protected resident: that it is there and what state it has, and nothing that leads to a person, a place or a time. */
const protectedNoticeLineShape = z
  .object({
    isProtected: z.literal(true),
    label: z.string(),
    again: z.boolean(),
    status: z.enum(noticeStatuses),
    urgency: z.int(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'ProtectedNoticeLine' });
export const anyNoticeLineShape = z.union([noticeLineShape, protectedNoticeLineShape]);

export interface NoticeRouteDependencies {
  readonly notices: Pick<NoticeRepository, 'reserveAgain' | 'byId' | 'skip'>;
  readonly noticeLists: NoticeList;
  readonly programmes: Pick<Programmes, 'current'>;
  readonly reader: Pick<OpenedResidents, 'findByReference'>;
  readonly residents: Pick<ResidentRepository, 'protectionOf'>;
  readonly identityChecks: Pick<IdentityChecks, 'openResidents'>;
  readonly identityRequirement: IdentityRequirement;
  readonly sendAgain: (
    request: NoticeRequest & { readonly requestId: string },
  ) => Promise<'accepted' | 'refused' | 'unreachable'>;
  readonly audit: Audit;
}

/** Every notice with its status. */
export function noticeRoutes({
  notices,
  noticeLists,
  programmes,
  reader,
  residents,
  identityChecks,
  identityRequirement,
  sendAgain,
  audit,
}: NoticeRouteDependencies): StaffRoute[] {
  /** The row once it has come to its end, or as it is when the patience is over. */
  async function settled(id: string): Promise<Notice | undefined> {
    for (const end = Date.now() + answerWithinMs; ;) {
      const row = await notices.byId(id);
      if ((row?.status !== 'queued' && row?.status !== 'sending') || Date.now() > end) return row;
      await sleep(100);
    }
  }

  return [
    staffRoute({
      method: 'get',
      path: '/notices',
      summary: `Notices, failed and unclear ones first, ${String(pageSize)} at a time; from and to included; after: where the page before ended`,
      roles: readers,
      query: z.object({
        status: z.enum(noticeStatuses).optional(),
        step: z.string().max(40).optional(),
        from: plainDate.optional(),
        to: plainDate.optional(),
        reference: z.string().max(40).optional(),
        after: cursorQuery(z.tuple([z.enum(['0', '1', '2']).transform(Number), uuid])).optional(),
      }),
      answer: z.object({ notices: z.array(anyNoticeLineShape), next: z.string().nullable() }),
      async handle({ query: { to, reference: said, after, ...query }, actor, staff }) {
        const reference = said === undefined ? undefined : parseReference(said);
        if (said !== undefined && reference === undefined) return refuseStaff('reference_malformed');
        const booking =
          reference === undefined
            ? undefined
            : await reader.findByReference((await programmes.current()).programmeId, reference);
        // By its reference a booking is one person's.
        const refusal = booking && (await identityRequirement.refusalIfProtected(actor.id, booking.residentId));
        if (refusal) {
          await audit.record(actor, {
            action: 'notice.list',
            residentId: booking.residentId,
            result: refusal.staffCode,
          });
          return refusal;
        }
        const lines = await noticeLists.list({
          ...query,
          until: to === undefined ? undefined : addDays(to, 1),
          ...(reference === undefined ? {} : { bookingIds: booking ? [booking.bookingId] : [] }),
          ...(after ? { after: { urgency: after[0], id: after[1] } } : {}),
          limit: pageSize + 1,
        });
        const open = await identityChecks.openResidents(staff.staffId);
        const toldOf = (line: NoticeLine) => disclosureTo('list', line, open.has(line.residentId));
        const { shown, last } = pageOf(lines, pageSize, (line) => toldOf(line) === 'whole');
        await audit.record(actor, {
          action: 'notice.list',
          residentId: booking?.residentId,
          result: 'done',
          detail: { shown: shown.length },
        });
        return {
          answer: {
            notices: shown.map((line) => noticeLineJson(line, toldOf(line))),
            next: last ? cursorOf(last.urgency, last.id) : null,
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/notices/counts',
      summary: 'Notices that a person has to look at, and the steps that there are',
      roles: readers,
      answer: z.object({
        failed: z.int(),
        unclear: z.int(),
        steps: z.array(z.object({ id: z.string(), label: z.string() })),
      }),
      async handle() {
        const [counts, version] = await Promise.all([noticeLists.counts(), programmes.current()]);
        const firstDose = Math.min(...version.document.doses.map((dose) => dose.number));
        return {
          answer: {
            ...counts,
            steps: version.document.journey.map(({ id }) => ({ id, label: stepLabel(version, firstDose, id) })),
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/notices/:id',
      summary: 'One notice and the others of its booking; the address masked',
      roles: readers,
      params: byId,
      answer: z.object({ notice: noticeLineShape, ofBooking: z.array(noticeLineShape) }),
      async handle({ params, actor }) {
        const notice = await noticeLists.find(params.id);
        const refusal = notice && (await identityRequirement.refusalIfProtected(actor.id, notice.residentId));
        await audit.record(actor, {
          action: 'notice.read',
          subject: { kind: 'notice', id: params.id },
          residentId: notice?.residentId,
          result: notice ? (refusal?.staffCode ?? 'done') : 'notice_unknown',
        });
        if (!notice) return refuseStaff('notice_unknown');
        if (refusal) return refusal;
        return {
          answer: {
            notice: wholeNoticeLineJson(notice),
            ofBooking: (await noticeLists.ofBooking(notice.bookingId)).map(wholeNoticeLineJson),
          },
        };
      },
    }),
    staffRoute({
      // A POST although it reads: a whole address is shown only on purpose.
      method: 'post',
      path: '/notices/:id/address',
      summary: 'The whole address of a notice',
      roles: deskRoles,
      params: byId,
      answer: z.object({ address: z.string().nullable() }),
      async handle({ params, actor }) {
        const notice = await noticeLists.find(params.id);
        const refusal = notice && (await identityRequirement.refusalIfProtected(actor.id, notice.residentId));
        await audit.record(actor, {
          action: 'notice.show_address',
          subject: { kind: 'notice', id: params.id },
          residentId: notice?.residentId,
          result: notice ? (refusal?.staffCode ?? 'done') : 'notice_unknown',
        });
        if (refusal) return refusal;
        return notice
          ? { answer: { address: (await noticeLists.addressOf(params.id)) ?? null } }
          : refuseStaff('notice_unknown');
      },
    }),
    staffRoute({
      method: 'post',
      path: '/notices/:id/send-again',
      summary: `Send a notice once more, through the booking’s workflow; at most ${String(mostAgainPerDay)} a day for one booking`,
      roles: deskRoles,
      params: byId,
      answer: noticeLineShape,
      async handle({ params, actor }) {
        const original = await noticeLists.find(params.id);
        const entry = {
          action: 'notice.send_again',
          subject: { kind: 'notice', id: params.id },
          residentId: original?.residentId,
        } as const;
        if (!original) {
          await audit.record(actor, { ...entry, result: 'notice_unknown' });
          return refuseStaff('notice_unknown');
        }
        const refusal =
          (await identityRequirement.refusalIfProtected(actor.id, original.residentId)) ??
          (noticeWayOf(await residents.protectionOf(original.residentId)) === 'withheld'
            ? refuseStaff('notice_withheld')
            : undefined);
        if (refusal) {
          await audit.record(actor, { ...entry, result: refusal.staffCode });
          return refusal;
        }
        const requestId = randomUUID();
        await audit.record(actor, { ...entry, result: 'begun' });
        const reserved = await notices.reserveAgain(params.id, requestId, mostAgainPerDay);
        if (typeof reserved === 'string') {
          await audit.record(actor, { ...entry, result: reserved });
          return refuseStaff(reserved);
        }
        const { id, bookingId, step, occurrence } = reserved;
        const heard = await sendAgain({ bookingId, step, occurrence, requestId });
        // The row decides: once it is skipped, a request that was heard after all sends nothing.
        if (heard !== 'accepted' && (await notices.skip(id, heard === 'refused' ? 'not_resendable' : 'not_reached'))) {
          const code = heard === 'refused' ? 'notice_not_resendable' : 'engine_unreachable';
          await audit.record(actor, { ...entry, result: code });
          return refuseStaff(code);
        }
        const row = await settled(id);
        await audit.record(actor, {
          ...entry,
          subject: { kind: 'notice', id },
          result: row?.status ?? 'notice_unknown',
        });
        const line = await noticeLists.find(id);
        return line ? { answer: wholeNoticeLineJson(line) } : refuseStaff('notice_unknown');
      },
    }),
  ];
}

export function noticeLineJson(line: NoticeLine, told: Disclosure): z.input<typeof anyNoticeLineShape> {
  if (told === 'whole') return wholeNoticeLineJson(line);
  const { label, again, status, urgency, reason } = line;
  return {
    isProtected: true,
    label,
    again,
    status,
    urgency,
    reason: reason === null ? null : noticeReasonWords(reason),
  };
}

/** For who was let in to this resident's data. */
export function wholeNoticeLineJson({
  startsAt,
  queuedAt,
  sentAt,
  handledAt,
  reason,
  isProtected: _isProtected,
  ...line
}: NoticeLine): z.input<typeof noticeLineShape> {
  return {
    ...line,
    isProtected: false,
    reason: reason === null ? null : noticeReasonWords(reason),
    startsAt: startsAt.toISOString(),
    queuedAt: queuedAt.toISOString(),
    sentAt: sentAt?.toISOString() ?? null,
    handledAt: handledAt?.toISOString() ?? null,
  };
}
