import { z } from 'zod';

import type { Audit } from '../../../database/audit';
import type {
  DraftOutcome,
  DraftView,
  ProgrammeDrafts,
  ProgrammeFacts,
  WaiverView,
} from '../../../database/programmes';
import { refuse } from '../../../domain/contracts/booking-refusals';
import { checkProgrammeDocument, programmeDocumentSchema, underItsSchema } from '../../../domain/programmes/document';
import { checkCodes } from '../../../domain/programmes/editing/checks';
import { differenceInWords, differencesOf } from '../../../domain/programmes/editing/difference';
import { partWords } from '../../../domain/programmes/editing/parts';
import { placeholderWords } from '../../../domain/programmes/editing/placeholder-words';
import { programmeFile, readProgrammeFile } from '../../../domain/programmes/editing/programme-file';
import { largestDocumentCharacters } from '../../../domain/programmes/faults';
import { placeholderLists } from '../../../domain/programmes/parts/template';
import { type Rehearsed, rehearsedStates } from '../../../domain/programmes/rehearsed';
import { refuseStaff, type StaffRefusal } from '../../../domain/staff/refusals';
import type { ProgrammeRequests } from '../../../engine/requests/programme-requests';
import { type Outcome, type StaffRoute, staffRoute } from '../frame/define-route';
import { instant } from '../frame/shapes';

export const programmeReaders = ['city_admin', 'supervisor', 'auditor'] as const;
export const programmeEditors = ['city_admin', 'supervisor'] as const;
/** What citizens see is the city's to decide. */
const publishers = ['city_admin'] as const;

/** A document of the greatest length, in UTF-8. */
const bodyLimitBytes = 2 * 1024 * 1024;

const code = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/);
export const byCode = z.object({ code });
const anyDocument = z.record(z.string(), z.unknown());
const draftVersion = z.object({ version: z.int().min(1) });
const which = z.union([z.literal('draft'), z.string().regex(/^[1-9]\d{0,6}$/)]);

/** Why it is published without a rehearsal: a sentence, not a letter. */
const waiverReason = z.string().trim().min(5).max(500);
const waiverShape = z
  .object({ reason: z.string(), by: z.string(), at: instant, draftVersion: z.int() })
  .meta({ id: 'RehearsalWaiver' });
const draftShape = z
  .object({
    programmeCode: z.string(),
    version: z.int(),
    document: anyDocument,
    checksum: z.string(),
    faults: z.array(z.object({ path: z.string(), sentence: z.string(), fix: z.string() })),
    basedOn: z.int().nullable(),
    editors: z.array(z.object({ id: z.string(), name: z.string() })),
    updatedAt: instant,
    canUndo: z.boolean(),
    canRedo: z.boolean(),
    rehearsed: z.boolean(),
    /** `impossible`: the Temporal server cannot skip time, so the person who publishes may waive it with a reason. */
    rehearsal: z.enum(rehearsedStates),
    release: z.object({ publishAt: instant, askedBy: z.string(), waiver: waiverShape.nullable() }).nullable(),
  })
  .meta({ id: 'ProgrammeDraft' });
const summaryShape = z
  .object({
    code: z.string(),
    name: z.string(),
    published: z.int().nullable(),
    draft: z.object({ version: z.int(), updatedAt: instant }).nullable(),
  })
  .meta({ id: 'ProgrammeSummary' });
const versionShape = z
  .object({
    number: z.int(),
    status: z.enum(['published', 'superseded']),
    publishedAt: instant,
    publishedBy: z.string().nullable(),
    editedBy: z.array(z.string()),
    checksum: z.string(),
    /** Set where it was published without a rehearsal. */
    waiver: waiverShape.nullable(),
  })
  .meta({ id: 'ProgrammeVersion' });
const checkShape = z
  .object({
    code: z.enum(checkCodes),
    title: z.string(),
    state: z.enum(['good', 'open', 'stop']),
    faults: z.array(z.object({ sentence: z.string(), path: z.string().optional(), page: z.string().optional() })),
  })
  .meta({ id: 'ProgrammeCheck' });
const differenceShape = z
  .object({
    path: z.string(),
    kind: z.enum(['changed', 'added', 'removed', 'moved']),
    place: z.string(),
    before: z.string().optional(),
    after: z.string().optional(),
    sentence: z.string(),
  })
  .meta({ id: 'ProgrammeDifference' });
const partShape = z.object({
  label: z.string(),
  unit: z.string().optional(),
  values: z.record(z.string(), z.string()).optional(),
  kind: z.enum(['instant', 'date', 'time', 'long', 'template']).optional(),
  help: z.string().optional(),
  silent: z.literal(true).optional(),
  item: z.string().optional(),
});

/** What a text of a notice may name; `list`: one after the other, by `{{#each}}`; `sometimes`: not there on every occasion. */
const placeholderShape = z
  .object({ name: z.string(), label: z.string(), example: z.string(), sometimes: z.boolean(), list: z.boolean() })
  .meta({ id: 'Placeholder' });

export interface ProgrammeRouteDependencies {
  readonly drafts: ProgrammeDrafts;
  readonly facts: ProgrammeFacts;
  readonly processes: ProgrammeRequests;
  readonly audit: Pick<Audit, 'record'>;
}

/** How programmes change: drafts, their checks, publishing by a second person. */
export function programmeRoutes({ drafts, facts, processes, audit }: ProgrammeRouteDependencies): StaffRoute[] {
  async function draftAnswer(outcome: DraftOutcome): Promise<Outcome<z.input<typeof draftShape>>> {
    return outcome.ok ? { answer: draftJson(outcome.draft, await drafts.rehearsed(outcome.draft)) } : outcome;
  }

  /** What the surroundings of the draft forbid now. */
  async function refusalOf(programme: string): Promise<StaffRefusal | undefined> {
    const draft = await drafts.find(programme);
    if (!draft.ok) return draft;
    const checks = await facts.checks(programme, draft.draft.document);
    const stops = (checks ?? []).filter((check) => check.state === 'stop');
    return stops.length > 0
      ? refuseStaff('checks_failed', { checks: stops.length, first: stops[0]?.code ?? '' })
      : undefined;
  }

  /** A waiver holds only as long as the server cannot rehearse; what the rehearsals themselves say is asked when it is published. */
  async function waiverRefusalOf(programme: string): Promise<StaffRefusal | undefined> {
    const draft = await drafts.find(programme);
    if (!draft.ok) return draft;
    if ((await drafts.rehearsed(draft.draft)) !== 'impossible') return undefined;
    try {
      return (await processes.canRehearse()) ? refuseStaff('waiver_refused') : undefined;
    } catch {
      return refuseStaff('engine_away');
    }
  }

  async function documentOf(programme: string, of: string): Promise<{ ok: true; document: unknown } | StaffRefusal> {
    if (of === 'draft') {
      const found = await drafts.find(programme);
      return found.ok ? { ok: true, document: found.draft.document } : found;
    }
    const document = await drafts.documentOf(programme, Number(of));
    return document === undefined ? refuseStaff('version_unknown') : { ok: true, document };
  }

  return [
    staffRoute({
      method: 'get',
      path: '/programmes',
      summary: 'All programmes, with what is published and what is being edited',
      roles: programmeReaders,
      answer: z.object({ programmes: z.array(summaryShape) }),
      handle: async () => ({
        answer: {
          programmes: (await drafts.list()).map(({ code: name, name: words, published, draft }) => ({
            code: name,
            name: words,
            published,
            draft: draft && { version: draft.version, updatedAt: draft.updatedAt.toISOString() },
          })),
        },
      }),
    }),
    staffRoute({
      method: 'post',
      path: '/programmes',
      summary: 'Add a programme; it begins as a draft that nobody else sees',
      roles: programmeEditors,
      status: 201,
      answer: draftShape,
      body: z.object({
        code,
        name: z.string().trim().min(1).max(200),
        city: z.string().trim().min(1).max(200),
        opensAt: z.iso.datetime({ offset: true }),
      }),
      handle: async ({ body, actor, staff }) =>
        draftAnswer(await drafts.add(actor, staff.staffId, { ...body, opensAt: new Date(body.opensAt) })),
    }),
    staffRoute({
      method: 'get',
      path: '/programme-editor',
      summary: 'What a document may hold (JSON Schema), the words for its parts, and the fields of templates',
      roles: programmeReaders,
      answer: z.object({
        schema: anyDocument,
        parts: z.record(z.string(), partShape),
        placeholders: z.array(placeholderShape),
      }),
      handle: () =>
        Promise.resolve({ answer: { schema: editorSchema, parts: partWords, placeholders: knownPlaceholders } }),
    }),
    staffRoute({
      method: 'get',
      path: '/programmes/:code',
      summary: 'The versions of a programme, the newest first, and its draft',
      roles: programmeReaders,
      params: byCode,
      answer: z.object({
        code: z.string(),
        name: z.string(),
        versions: z.array(versionShape),
        draft: draftShape.nullable(),
        seatShare: z.number(),
      }),
      async handle({ params }) {
        const versions = await drafts.versions(params.code);
        if (!versions) return refuseStaff('programme_unknown');
        const [draft, all] = await Promise.all([drafts.find(params.code), drafts.list()]);
        return {
          answer: {
            code: params.code,
            name: all.find(({ code: own }) => own === params.code)?.name ?? params.code,
            seatShare: (await facts.seatShare(params.code)) ?? 0,
            versions: versions.map(({ publishedAt, editedBy, waiver, ...version }) => ({
              ...version,
              editedBy: [...editedBy],
              waiver: waiverJson(waiver),
              publishedAt: publishedAt.toISOString(),
            })),
            draft: draft.ok ? draftJson(draft.draft, await drafts.rehearsed(draft.draft)) : null,
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/programmes/:code/draft',
      summary: 'The draft',
      roles: programmeReaders,
      params: byCode,
      answer: draftShape,
      handle: async ({ params }) => draftAnswer(await drafts.find(params.code)),
    }),
    staffRoute({
      method: 'post',
      path: '/programmes/:code/draft',
      summary: 'Begin a draft from a version that was published once: the newest to change it, an older one to go back',
      roles: programmeEditors,
      status: 201,
      params: byCode,
      body: z.object({ from: z.int().min(1) }),
      answer: draftShape,
      handle: async ({ params, body, actor, staff }) =>
        draftAnswer(await drafts.beginFrom(actor, staff.staffId, params.code, body.from)),
    }),
    staffRoute({
      method: 'patch',
      path: '/programmes/:code/draft',
      summary: 'Save the whole document; what breaks a rule is told. 412 when another person saved since `version`',
      roles: programmeEditors,
      params: byCode,
      body: draftVersion.extend({ document: anyDocument }),
      bodyLimitBytes,
      answer: draftShape,
      async handle({ params, body, actor, staff }) {
        // What could never be published is not kept either: each step of a draft is.
        if (JSON.stringify(body.document).length > largestDocumentCharacters) return refuse('payload_too_large');
        return draftAnswer(
          await drafts.save(actor, staff.staffId, params.code, body.version, underItsSchema(body.document)),
        );
      },
    }),
    ...(['undo', 'redo'] as const).map((step) =>
      staffRoute({
        method: 'post',
        path: `/programmes/:code/draft/${step}`,
        summary: step === 'undo' ? 'Take the last change back' : 'Make the change again that was taken back',
        roles: programmeEditors,
        params: byCode,
        body: draftVersion,
        answer: draftShape,
        handle: async ({ params, body, actor, staff }) =>
          draftAnswer(await drafts[step](actor, staff.staffId, params.code, body.version)),
      }),
    ),
    staffRoute({
      method: 'post',
      path: '/programmes/:code/draft/discard',
      summary: 'Throw the draft away; what is published stays',
      roles: programmeEditors,
      params: byCode,
      body: draftVersion,
      async handle({ params, body, actor }) {
        const outcome = await drafts.discard(actor, params.code, body.version);
        return outcome.ok ? { answer: undefined } : outcome;
      },
    }),
    staffRoute({
      method: 'post',
      path: '/programmes/:code/draft/publish',
      roles: publishers,
      summary:
        'Publish the draft, now or at `at`; `reach`: ask that it be brought to running bookings too. Published by a person who did not edit it, checked and rehearsed as it stands; `waiver`: why it is not rehearsed, taken only where the server cannot. 412 when it was changed since `version`',
      params: byCode,
      body: draftVersion.extend({
        at: z.iso.datetime({ offset: true }).optional(),
        reach: z.boolean().default(false),
        waiver: waiverReason.optional(),
      }),
      answer: z.object({ number: z.int().nullable(), publishAt: instant.nullable() }),
      async handle({ params, body, actor, staff }) {
        const refusal =
          (await refusalOf(params.code)) ??
          (body.waiver === undefined ? undefined : await waiverRefusalOf(params.code));
        if (refusal) return refusal;
        const wish = { reach: body.reach, waiver: body.waiver };
        if (body.at === undefined) {
          const outcome = await drafts.publish(actor, staff.staffId, params.code, body.version, wish);
          return outcome.ok ? { answer: { number: outcome.number, publishAt: null } } : outcome;
        }
        const at = new Date(body.at);
        if (at.getTime() <= Date.now()) return refuseStaff('release_past');
        const outcome = await drafts.schedule(actor, staff.staffId, params.code, body.version, at, wish);
        if (!outcome.ok) return outcome;
        // Where Temporal is away now, the worker's sweeper starts what waits.
        await processes.startPublication(outcome.publication.id, at).catch(() => undefined);
        return { answer: { number: null, publishAt: at.toISOString() } };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/programmes/:code/release/cancel',
      summary: 'Call off publishing at a set time; the draft can be edited again',
      roles: programmeEditors,
      params: byCode,
      async handle({ params, actor }) {
        const outcome = await drafts.cancelPublication(actor, params.code);
        if (!outcome.ok) return outcome;
        await processes.cancelPublication(outcome.id).catch(() => undefined);
        return { answer: undefined };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/programmes/:code/checklist',
      summary: 'What is ready for the opening and what is not, answered by the system itself',
      roles: programmeReaders,
      params: byCode,
      query: z.object({ of: which.default('draft') }),
      answer: z.object({
        checks: z.array(checkShape),
        /** Seats of the first dose to come, people imported, and the share (0–1) of people for whom there should be seats. */
        seats: z.object({ seats: z.int(), people: z.int(), share: z.number() }),
      }),
      async handle({ params, query }) {
        const found = await documentOf(params.code, query.of);
        if (!found.ok) return found;
        const list = await facts.checklist(params.code, found.document);
        return list
          ? {
              answer: {
                checks: list.checks.map((check) => ({ ...check, faults: [...check.faults] })),
                seats: list.seats,
              },
            }
          : refuseStaff('programme_unknown');
      },
    }),
    staffRoute({
      method: 'post',
      path: '/programmes/:code/seat-share',
      summary: 'Set the share of eligible people for whom there should be seats',
      roles: programmeEditors,
      params: byCode,
      body: z.object({ share: z.number().min(0).max(1) }),
      async handle({ params, body, actor }) {
        if (!(await facts.setSeatShare(params.code, body.share))) return refuseStaff('programme_unknown');
        await audit.record(actor, {
          action: 'programme.seat_share',
          result: 'done',
          detail: { programme: params.code, share: body.share },
        });
        return { answer: undefined };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/programmes/:code/differences',
      summary: 'What is different between two versions, or a version and the draft, in words',
      roles: programmeReaders,
      params: byCode,
      query: z.object({ from: which, to: which.default('draft') }),
      answer: z.object({ differences: z.array(differenceShape) }),
      async handle({ params, query }) {
        const [from, to] = await Promise.all([documentOf(params.code, query.from), documentOf(params.code, query.to)]);
        if (!from.ok) return from;
        return to.ok ? { answer: { differences: differencesJson(from.document, to.document) } } : to;
      },
    }),
    staffRoute({
      method: 'post',
      path: '/programme-editor/differences',
      summary: 'What is different between two documents, in words; nothing is stored',
      roles: programmeReaders,
      body: z.object({ before: anyDocument, after: anyDocument }),
      bodyLimitBytes,
      answer: z.object({ differences: z.array(differenceShape) }),
      handle: ({ body }) => Promise.resolve({ answer: { differences: differencesJson(body.before, body.after) } }),
    }),
    staffRoute({
      method: 'get',
      path: '/programmes/:code/file',
      summary: 'A version, or the draft, as a file',
      roles: programmeReaders,
      params: byCode,
      query: z.object({ of: which }),
      answer: anyDocument,
      async handle({ params, query }) {
        const found = await documentOf(params.code, query.of);
        return found.ok ? { answer: { ...programmeFile(params.code, found.document) } } : found;
      },
    }),
    staffRoute({
      method: 'post',
      path: '/programmes/:code/draft/import',
      summary: 'Take a file as the draft’s document; one that breaks rules is refused with all its faults',
      roles: programmeEditors,
      params: byCode,
      body: draftVersion.extend({ file: anyDocument }),
      bodyLimitBytes,
      answer: draftShape,
      async handle({ params, body, actor, staff }) {
        const read = readProgrammeFile(body.file);
        if (!read) return refuseStaff('file_malformed');
        const checked = checkProgrammeDocument(read);
        if (!checked.ok)
          return {
            ok: false,
            malformed: checked.faults.map(({ path, sentence }) => ({ field: path, code: 'invalid', sentence })),
          };
        return draftAnswer(await drafts.save(actor, staff.staffId, params.code, body.version, checked.document));
      },
    }),
  ];
}

const lists: ReadonlySet<string> = new Set(placeholderLists);
const knownPlaceholders = Object.entries(placeholderWords).map(([name, { label, example, sometimes = false }]) => ({
  name,
  label,
  example,
  sometimes,
  list: lists.has(name),
}));

/** The schema is the same for everybody and made once. */
const editorSchema = z.toJSONSchema(programmeDocumentSchema, { unrepresentable: 'any', io: 'input' }) as Record<
  string,
  unknown
>;

function draftJson(
  { programmeId: _programme, id: _id, document, faults, editors, updatedAt, publication, ...draft }: DraftView,
  rehearsal: Rehearsed,
): z.input<typeof draftShape> {
  return {
    ...draft,
    document: document as Record<string, unknown>,
    faults: faults.map((fault) => ({ ...fault })),
    editors: editors.map((editor) => ({ ...editor })),
    updatedAt: updatedAt.toISOString(),
    rehearsed: rehearsal === 'passed',
    rehearsal,
    release: publication && {
      publishAt: publication.publishAt.toISOString(),
      askedBy: publication.askedBy,
      waiver: waiverJson(publication.waiver),
    },
  };
}

function waiverJson(waiver: WaiverView | null): z.input<typeof waiverShape> | null {
  return waiver && { ...waiver, at: waiver.at.toISOString() };
}

function differencesJson(before: unknown, after: unknown): z.input<typeof differenceShape>[] {
  return differencesOf(before, after).map((difference) => ({ ...difference, sentence: differenceInWords(difference) }));
}
