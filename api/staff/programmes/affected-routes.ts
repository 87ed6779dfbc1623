import { z } from 'zod';

import type { Audit } from '../../../database/audit';
import type {
  Affected,
  FaultyBooking,
  ProgrammeDrafts,
  Programmes,
  ProgrammeVersion,
} from '../../../database/programmes';
import { notAllowedReasons, notAllowedWords } from '../../../domain/bookings/still-allowed';
import { bookingStates } from '../../../domain/contracts/booking-lifecycle';
import { checkProgrammeDocument, type ProgrammeDocument } from '../../../domain/programmes/document';
import { countEligible } from '../../../domain/programmes/eligible-people';
import { refuseStaff, type StaffRefusal } from '../../../domain/staff/refusals';
import { disclosureTo } from '../../../domain/staff/visibility';
import { cursorMoment, cursorOf, cursorQuery } from '../frame/cursor';
import { type StaffRoute, staffRoute } from '../frame/define-route';
import { channel, instant, uuid } from '../frame/shapes';
import { byCode, programmeReaders } from './programme-routes';

/** Who may see bookings, among those who see programmes. */
const bookingReaders = ['city_admin', 'supervisor', 'auditor'] as const;
const pageSize = 50;

const reason = z.object({ fault: z.enum(notAllowedReasons), words: z.string(), count: z.int() });
const peopleShape = z.object({ eligible: z.int(), inNoGroup: z.int(), mayBookNow: z.int() });
const affectedShape = z
  .object({
    /** The draft that was counted. */
    version: z.int(),
    countedAt: instant,
    lastImport: z.object({ id: uuid, appliedAt: instant }).nullable(),
    residents: z.int(),
    /** People whose birth date cannot be told by its key: in no group that goes by age. */
    withoutBirthDate: z.int(),
    now: peopleShape,
    /** By the published version; null before the first. */
    before: peopleShape.nullable(),
    /** Every group of either; null: not in it. `byDeclaration`: others may belong to it by declaring so. */
    groups: z.array(
      z.object({
        code: z.string(),
        label: z.string(),
        now: z.int().nullable(),
        before: z.int().nullable(),
        byDeclaration: z.boolean(),
      }),
    ),
    bookings: z.object({
      checked: z.int(),
      noLonger: z.int(),
      /** Not allowed by the published version either: a change of the draft is not what is wrong with them. */
      alreadyNot: z.int(),
      reasons: z.array(reason),
    }),
  })
  .meta({ id: 'Affected' });

const faultyShape = z
  .object({
    isProtected: z.literal(false),
    id: uuid,
    reference: z.string().nullable(),
    state: z.enum(bookingStates),
    dose: z.int(),
    channel,
    startsAt: instant,
    venueName: z.string(),
    fault: z.enum(notAllowedReasons),
    words: z.string(),
  })
  .meta({ id: 'AffectedBooking' });
const protectedFaultyShape = z
  .object({
    isProtected: z.literal(true),
    state: z.enum(bookingStates),
    dose: z.int(),
    fault: z.enum(notAllowedReasons),
    words: z.string(),
  })
  .meta({ id: 'ProtectedAffectedBooking' });

export interface AffectedRouteDependencies {
  readonly drafts: Pick<ProgrammeDrafts, 'find'>;
  readonly programmes: Pick<Programmes, 'allPublished'>;
  readonly affected: Affected;
  readonly audit: Audit;
}

/** Whom a draft touches: people of the last import, and bookings to come. */
export function affectedRoutes({ drafts, programmes, affected, audit }: AffectedRouteDependencies): StaffRoute[] {
  async function found(code: string): Promise<
    | {
        ok: true;
        programmeId: string;
        version: number;
        document: ProgrammeDocument;
        published: ProgrammeVersion | undefined;
      }
    | StaffRefusal
  > {
    const draft = await drafts.find(code);
    if (!draft.ok) return draft;
    const { programmeId, version } = draft.draft;
    const checked = checkProgrammeDocument(draft.draft.document);
    if (!checked.ok) return refuseStaff('draft_invalid');
    return {
      ok: true,
      programmeId,
      version,
      document: checked.document,
      published: (await programmes.allPublished()).find((item) => item.programmeId === programmeId),
    };
  }

  return [
    staffRoute({
      method: 'get',
      path: '/programmes/:code/affected',
      roles: programmeReaders,
      params: byCode,
      answer: affectedShape,
      summary:
        'Who may book by the draft and who may by the published version, counted among the residents of the last import, and bookings to come that the draft would not allow any more',
      async handle({ params }) {
        const draft = await found(params.code);
        if (!draft.ok) return draft;
        const at = new Date();
        const { people, residents, withoutBirthDate, lastImport } = await affected.people(draft.programmeId);
        const now = countEligible(draft.document, people, at);
        const before = draft.published && countEligible(draft.published.document, people, at);
        const counted =
          draft.published && (await affected.countFaulty(draft.programmeId, draft.document, draft.published.document));
        const reasons = notAllowedReasons
          .map((fault) => ({ fault, words: notAllowedWords[fault], count: counted?.faults.get(fault) ?? 0 }))
          .filter(({ count }) => count > 0);
        const gone = (before?.groups ?? []).filter((group) => !now.groups.some((item) => item.code === group.code));
        return {
          answer: {
            version: draft.version,
            countedAt: at.toISOString(),
            lastImport: lastImport && { id: lastImport.id, appliedAt: lastImport.appliedAt.toISOString() },
            residents,
            withoutBirthDate,
            now: { eligible: now.eligible, inNoGroup: now.inNoGroup, mayBookNow: now.mayBookNow },
            before: before
              ? { eligible: before.eligible, inNoGroup: before.inNoGroup, mayBookNow: before.mayBookNow }
              : null,
            groups: [
              ...now.groups.map(({ people: size, ...group }) => ({
                ...group,
                now: size,
                before: before?.groups.find((item) => item.code === group.code)?.people ?? null,
              })),
              ...gone.map(({ people: size, ...group }) => ({ ...group, now: null, before: size })),
            ],
            bookings: {
              checked: counted?.checked ?? 0,
              noLonger: reasons.reduce((sum, item) => sum + item.count, 0),
              alreadyNot: counted?.before ?? 0,
              reasons,
            },
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/programmes/:code/affected/bookings',
      roles: bookingReaders,
      params: byCode,
      summary: `Bookings to come that the draft would not allow any more, the earliest first, about ${String(pageSize)} at a time; after: where the page before ended`,
      query: z.object({
        fault: z.enum(notAllowedReasons).optional(),
        after: cursorQuery(z.tuple([cursorMoment, uuid])).optional(),
      }),
      answer: z.object({
        bookings: z.array(z.union([faultyShape, protectedFaultyShape])),
        next: z.string().nullable(),
      }),
      async handle({ params, query: { fault, after }, actor }) {
        const draft = await found(params.code);
        if (!draft.ok) return draft;
        const page = draft.published
          ? await affected.listFaulty(draft.programmeId, draft.document, draft.published.document, {
              fault,
              ...(after ? { after: { startsAt: after[0], slotId: after[1] } } : {}),
              limit: pageSize,
            })
          : { bookings: [], next: undefined };
        await audit.record(actor, {
          action: 'programme.affected',
          subject: { kind: 'programme', id: draft.programmeId },
          result: 'done',
          detail: { shown: page.bookings.length },
        });
        return {
          answer: {
            bookings: page.bookings.map(faultyJson),
            next: page.next ? cursorOf(page.next.startsAt, page.next.slotId) : null,
          },
        };
      },
    }),
  ];
}

function faultyJson({
  isProtected,
  startsAt,
  ...booking
}: FaultyBooking): z.input<typeof faultyShape> | z.input<typeof protectedFaultyShape> {
  const words = notAllowedWords[booking.fault];
  const { state, dose, fault } = booking;
  return disclosureTo('review', { isProtected }) === 'whole'
    ? { ...booking, isProtected: false, startsAt: startsAt.toISOString(), words }
    : { isProtected: true, state, dose, fault, words };
}
