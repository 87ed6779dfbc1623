import type { Knex } from 'knex';
import { v7 as uuidv7 } from 'uuid';

import { checkProgrammeDocument, type DocumentFault, type ProgrammeDocument } from '../../domain/programmes/document';
import { starterDocument } from '../../domain/programmes/editing/starter';
import { rehearsalRefusal, type Rehearsed } from '../../domain/programmes/rehearsed';
import { refuseStaff, type StaffRefusal } from '../../domain/staff/refusals';
import type { Audit, AuditActor } from '../audit';
import type { Database } from '../foundation/connection';
import { askIn } from './programme-changes';
import { checksumOf, type Programmes, publishIn } from './programmes';
import { rehearsedIn, waiveIn, waiverColumns, waiverOf, type WaiverRow, type WaiverView } from './rehearsal-waivers';

/** A programme as the list of them shows it. */
export interface ProgrammeSummary {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  /** Number of the version that citizens see; null before the first. */
  readonly published: number | null;
  readonly draft: { readonly version: number; readonly updatedAt: Date } | null;
}

export interface VersionSummary {
  readonly number: number;
  readonly status: 'published' | 'superseded';
  readonly publishedAt: Date;
  /** Display names; null for what the command line or the demo published. */
  readonly publishedBy: string | null;
  readonly editedBy: readonly string[];
  readonly checksum: string;
  /** Why it was published without a rehearsal; null: it was rehearsed, or the command line published it. */
  readonly waiver: WaiverView | null;
}

export interface DraftView {
  readonly id: string;
  readonly programmeId: string;
  readonly programmeCode: string;
  readonly version: number;
  /** May break the rules of a document: `faults` says where. */
  readonly document: unknown;
  readonly checksum: string;
  readonly faults: readonly DocumentFault[];
  readonly basedOn: number | null;
  readonly editors: readonly { readonly id: string; readonly name: string }[];
  readonly updatedAt: Date;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Publishing at a set time: until then, or until it is called off, nothing changes. */
  readonly publication: {
    readonly id: string;
    readonly publishAt: Date;
    readonly askedBy: string;
    readonly waiver: WaiverView | null;
  } | null;
}

export interface ScheduledPublicationView {
  readonly id: string;
  readonly programmeCode: string;
  readonly publishAt: Date;
  readonly state: 'scheduled' | 'published' | 'cancelled' | 'refused';
  readonly reason: string | null;
}

/** How a draft is to be published. */
export interface PublishWish {
  /** Running bookings are to get this version; another person still decides (`programme-changes.ts`). */
  readonly reach?: boolean | undefined;
  /** Why it is published without a rehearsal. The caller has asked the server whether it really cannot rehearse. */
  readonly waiver?: string | undefined;
}

export type DraftOutcome = { readonly ok: true; readonly draft: DraftView } | StaffRefusal;
export type PublishOutcome = { readonly ok: true; readonly number: number } | StaffRefusal;

interface DraftRow {
  id: string;
  programme_id: string;
  code: string;
  document: unknown;
  version: number;
  step: number;
  based_on: number | null;
  edited_by: string[];
  updated_at: Date;
}

/** Steps that can be undone. */
const keptSteps = 100;

export type ProgrammeDrafts = ReturnType<typeof createProgrammeDrafts>;

/**
 * Programmes as staff change them. A draft is one per programme, changes under a version check, and is published by a person who
 * did not edit it: the table `programme_version` refuses anything else. Every change is in the audit.
 */
export function createProgrammeDrafts({
  database,
  audit,
  programmes,
}: {
  database: Database;
  audit: Audit;
  programmes: Pick<Programmes, 'forget'>;
}) {
  const drafts = (connection: Database) =>
    connection('programme_draft as d')
      .join('programme as p', 'p.id', 'd.programme_id')
      .select<DraftRow[]>('d.*', 'p.code');

  async function namesOf(connection: Database, ids: readonly string[]): Promise<Map<string, string>> {
    const rows = await connection('staff')
      .whereIn('id', [...new Set(ids)])
      .select<{ id: string; display_name: string }[]>('id', 'display_name');
    return new Map(rows.map((row) => [row.id, row.display_name]));
  }

  async function view(connection: Database, row: DraftRow): Promise<DraftView> {
    const checked = checkProgrammeDocument(row.document);
    const names = await namesOf(connection, row.edited_by);
    const last = await connection('programme_draft_step')
      .where({ draft_id: row.id })
      .max<{ max: number | null }[]>('step as max');
    const first = await connection('programme_draft_step')
      .where({ draft_id: row.id })
      .min<{ min: number | null }[]>('step as min');
    const publication = await connection('programme_release as r')
      .join('staff as s', 's.id', 'r.asked_by')
      .leftJoin('rehearsal_waiver as w', 'w.id', 'r.waiver_id')
      .leftJoin('staff as ws', 'ws.id', 'w.waived_by')
      .where({ 'r.draft_id': row.id, 'r.state': 'scheduled' })
      .first<({ id: string; publish_at: Date; display_name: string } & WaiverRow) | undefined>(
        'r.id',
        'r.publish_at',
        's.display_name',
        ...waiverColumns,
      );
    return {
      id: row.id,
      programmeId: row.programme_id,
      programmeCode: row.code,
      version: row.version,
      document: row.document,
      checksum: checksumOf(row.document),
      faults: checked.ok ? [] : checked.faults,
      basedOn: row.based_on,
      editors: row.edited_by.map((id) => ({ id, name: names.get(id) ?? '' })),
      updatedAt: row.updated_at,
      canUndo: row.step > (first[0]?.min ?? row.step),
      canRedo: row.step < (last[0]?.max ?? row.step),
      publication: publication
        ? {
            id: publication.id,
            publishAt: publication.publish_at,
            askedBy: publication.display_name,
            waiver: waiverOf(publication),
          }
        : null,
    };
  }

  /** The draft, locked, if nobody changed it since `version` and no publication waits for its time. */
  async function locked(trx: Knex.Transaction, code: string, version: number): Promise<DraftRow | StaffRefusal> {
    const [row] = await drafts(trx).where('p.code', code).forUpdate('d');
    if (!row) return refuseStaff('draft_unknown');
    if (row.version !== version) return refuseStaff('changed_meanwhile', { version: row.version });
    const waiting = await trx('programme_release')
      .where({ draft_id: row.id, state: 'scheduled' })
      .first<{ id: string } | undefined>('id');
    return waiting ? refuseStaff('release_scheduled') : row;
  }

  async function record(
    trx: Knex.Transaction,
    actor: AuditActor,
    action: string,
    programmeId: string,
    detail: Record<string, string | number> = {},
  ): Promise<void> {
    await audit.append(trx, actor, { action, subject: { kind: 'programme', id: programmeId }, result: 'done', detail });
  }

  async function begin(
    trx: Knex.Transaction,
    staffId: string,
    programmeId: string,
    document: unknown,
    basedOn: number | null,
  ): Promise<string> {
    const id = uuidv7();
    await trx('programme_draft').insert({
      id,
      programme_id: programmeId,
      document: JSON.stringify(document),
      based_on: basedOn,
      edited_by: [staffId],
      updated_by: staffId,
    });
    await trx('programme_draft_step').insert({
      draft_id: id,
      step: 1,
      document: JSON.stringify(document),
      staff_id: staffId,
    });
    return id;
  }

  /** Sets the document; `step`: its place among the steps. */
  async function write(
    trx: Knex.Transaction,
    row: DraftRow,
    staffId: string,
    document: unknown,
    step: number,
  ): Promise<void> {
    await trx('programme_draft')
      .where({ id: row.id })
      .update({
        document: JSON.stringify(document),
        version: row.version + 1,
        step,
        updated_by: staffId,
        updated_at: trx.fn.now(),
        edited_by: row.edited_by.includes(staffId) ? row.edited_by : [...row.edited_by, staffId],
      });
  }

  async function found(connection: Database, code: string): Promise<DraftOutcome> {
    const [row] = await drafts(connection).where('p.code', code);
    return row ? { ok: true, draft: await view(connection, row) } : refuseStaff('draft_unknown');
  }

  /** Undoes (`-1`) or redoes (`1`) a step. */
  function stepBy(
    actor: AuditActor,
    staffId: string,
    code: string,
    version: number,
    by: -1 | 1,
  ): Promise<DraftOutcome> {
    return database.transaction(async (trx) => {
      const row = await locked(trx, code, version);
      if ('ok' in row) return row;
      const step = await trx('programme_draft_step')
        .where({ draft_id: row.id, step: row.step + by })
        .first<{ document: unknown } | undefined>('document');
      if (!step) return refuseStaff('nothing_to_undo');
      await write(trx, row, staffId, step.document, row.step + by);
      await record(trx, actor, by < 0 ? 'draft.undo' : 'draft.redo', row.programme_id, { version: version + 1 });
      return found(trx, code);
    });
  }

  /** What keeps a draft from being published by this person, as far as the draft itself says. */
  async function refusalOf(
    trx: Knex.Transaction,
    row: DraftRow,
    staffId: string,
    isWaived: boolean,
  ): Promise<StaffRefusal | undefined> {
    if (row.edited_by.includes(staffId)) return refuseStaff('same_person');
    if (!checkProgrammeDocument(row.document).ok) return refuseStaff('draft_invalid');
    const rehearsed = await rehearsedIn(trx, row.programme_id, checksumOf(row.document));
    const code = rehearsalRefusal(rehearsed, isWaived);
    return code && refuseStaff(code);
  }

  /** Keeps the reason for doing without a rehearsal, where there is need of one. Returns its id. */
  async function waive(
    trx: Knex.Transaction,
    actor: AuditActor,
    row: DraftRow,
    staffId: string,
    reason: string | undefined,
  ): Promise<string | null> {
    const checksum = checksumOf(row.document);
    if (reason === undefined || (await rehearsedIn(trx, row.programme_id, checksum)) === 'passed') return null;
    const { programme_id: programmeId, version: draftVersion } = row;
    const id = await waiveIn(trx, { programmeId, draftVersion, checksum, staffId, reason });
    await record(trx, actor, 'rehearsal.waive', programmeId, { draftVersion, waiver: id });
    return id;
  }

  async function publishRow(
    trx: Knex.Transaction,
    actor: AuditActor,
    row: DraftRow,
    staffId: string,
    { reach, waiverId }: { readonly reach: boolean; readonly waiverId: string | null },
  ): Promise<number> {
    const { id, number } = await publishIn(trx, row.programme_id, row.document as ProgrammeDocument, {
      editedBy: row.edited_by,
      publishedBy: staffId,
      waiverId,
    });
    await trx('programme_draft').where({ id: row.id }).delete();
    await record(trx, actor, 'programme.publish', row.programme_id, { number });
    if (reach) {
      await askIn(trx, row.programme_id, id, staffId);
      await record(trx, actor, 'change.ask', row.programme_id, { number });
    }
    return number;
  }

  return {
    async list(): Promise<ProgrammeSummary[]> {
      const rows = await database('programme as p')
        .leftJoin('programme_version as v', (on) => on.on('v.programme_id', 'p.id').andOnVal('v.status', 'published'))
        .leftJoin('programme_draft as d', 'd.programme_id', 'p.id')
        .orderBy('p.created_at')
        .select<
          {
            id: string;
            code: string;
            name: string | null;
            number: number | null;
            draft_version: number | null;
            updated_at: Date | null;
          }[]
        >(
          'p.id',
          'p.code',
          database.raw(`coalesce(v.document->>'name', d.document->>'name') AS name`),
          'v.number',
          'd.version as draft_version',
          'd.updated_at',
        );
      return rows.map((row) => ({
        id: row.id,
        code: row.code,
        name: row.name ?? row.code,
        published: row.number,
        draft:
          row.draft_version !== null && row.updated_at
            ? { version: row.draft_version, updatedAt: row.updated_at }
            : null,
      }));
    },

    /** A new programme, with a draft to begin with. Nobody sees it before its first version is published. */
    add(
      actor: AuditActor,
      staffId: string,
      input: { readonly code: string; readonly name: string; readonly city: string; readonly opensAt: Date },
    ): Promise<DraftOutcome> {
      return database.transaction(async (trx) => {
        const [programme] = await trx('programme')
          .insert({ id: uuidv7(), code: input.code })
          .onConflict('code')
          .ignore()
          .returning<{ id: string }[]>('id');
        if (!programme) return refuseStaff('programme_code_taken');
        await begin(
          trx,
          staffId,
          programme.id,
          starterDocument({ name: input.name, city: input.city, opensAt: input.opensAt.toISOString() }),
          null,
        );
        await record(trx, actor, 'programme.add', programme.id);
        return found(trx, input.code);
      });
    },

    /** Published and superseded versions, the newest first; undefined when there is no such programme. */
    async versions(code: string): Promise<VersionSummary[] | undefined> {
      const programme = await database('programme').where({ code }).first<{ id: string } | undefined>('id');
      if (!programme) return undefined;
      const rows = await database('programme_version as v')
        .leftJoin('staff as s', 's.id', 'v.published_by')
        .leftJoin('rehearsal_waiver as w', 'w.id', 'v.waiver_id')
        .leftJoin('staff as ws', 'ws.id', 'w.waived_by')
        .where({ 'v.programme_id': programme.id })
        .orderBy('v.number', 'desc')
        .select<
          ({
            number: number;
            status: VersionSummary['status'];
            published_at: Date;
            display_name: string | null;
            edited_by: string[];
            checksum: string;
          } & WaiverRow)[]
        >('v.number', 'v.status', 'v.published_at', 's.display_name', 'v.edited_by', 'v.checksum', ...waiverColumns);
      const names = await namesOf(
        database,
        rows.flatMap((row) => row.edited_by),
      );
      return rows.map((row) => ({
        number: row.number,
        status: row.status,
        publishedAt: row.published_at,
        publishedBy: row.display_name,
        editedBy: row.edited_by.map((id) => names.get(id) ?? ''),
        checksum: row.checksum,
        waiver: waiverOf(row),
      }));
    },

    /** The document of a version that was published once. */
    async documentOf(code: string, number: number): Promise<unknown> {
      const row = await database('programme_version as v')
        .join('programme as p', 'p.id', 'v.programme_id')
        .where({ 'p.code': code, 'v.number': number })
        .first<{ document: unknown } | undefined>('v.document');
      return row?.document;
    },

    find: (code: string): Promise<DraftOutcome> => found(database, code),

    /** What can be shown of a programme: its draft, else the draft as it last broke no rule, else what is published. */
    async lastValid(code: string): Promise<ProgrammeDocument | undefined> {
      const [row] = await drafts(database).where('p.code', code);
      // A person who types leaves a few steps with faults behind: one by one is quick, and few are needed.
      for (let step = row?.step; row && step !== undefined;) {
        const kept = await database('programme_draft_step')
          .where({ draft_id: row.id })
          .where('step', '<=', step)
          .orderBy('step', 'desc')
          .first<{ step: number; document: unknown } | undefined>('step', 'document');
        const checked = kept && checkProgrammeDocument(kept.document);
        if (checked?.ok) return checked.document;
        step = kept && kept.step - 1;
      }
      const published = await database('programme_version as v')
        .join('programme as p', 'p.id', 'v.programme_id')
        .where({ 'p.code': code })
        .orderBy('v.number', 'desc')
        .first<{ document: ProgrammeDocument } | undefined>('v.document');
      return published?.document;
    },

    /** Begins a draft from a version: the published one to change it, an older one to go back to it. */
    beginFrom(actor: AuditActor, staffId: string, code: string, number: number): Promise<DraftOutcome> {
      return database.transaction(async (trx) => {
        const programme = await trx('programme').where({ code }).forUpdate().first<{ id: string } | undefined>('id');
        if (!programme) return refuseStaff('programme_unknown');
        if (await trx('programme_draft').where({ programme_id: programme.id }).first<{ id: string } | undefined>('id'))
          return refuseStaff('draft_exists');
        const version = await trx('programme_version')
          .where({ programme_id: programme.id, number })
          .first<{ document: unknown } | undefined>('document');
        if (!version) return refuseStaff('version_unknown');
        await begin(trx, staffId, programme.id, version.document, number);
        await record(trx, actor, 'draft.begin', programme.id, { from: number });
        return found(trx, code);
      });
    },

    /** Saves the whole document, also one that breaks rules: those are told, and keep it from being published. */
    save(actor: AuditActor, staffId: string, code: string, version: number, document: unknown): Promise<DraftOutcome> {
      return database.transaction(async (trx) => {
        const row = await locked(trx, code, version);
        if ('ok' in row) return row;
        if (checksumOf(row.document) === checksumOf(document)) return { ok: true, draft: await view(trx, row) };
        const step = row.step + 1;
        await trx('programme_draft_step')
          .where({ draft_id: row.id })
          .whereRaw('(step > ? OR step <= ?)', [row.step, step - keptSteps])
          .delete();
        await trx('programme_draft_step').insert({
          draft_id: row.id,
          step,
          document: JSON.stringify(document),
          staff_id: staffId,
        });
        await write(trx, row, staffId, document, step);
        await record(trx, actor, 'draft.save', row.programme_id, { version: version + 1 });
        return found(trx, code);
      });
    },

    undo: (actor: AuditActor, staffId: string, code: string, version: number) =>
      stepBy(actor, staffId, code, version, -1),
    redo: (actor: AuditActor, staffId: string, code: string, version: number) =>
      stepBy(actor, staffId, code, version, 1),

    discard(actor: AuditActor, code: string, version: number): Promise<{ readonly ok: true } | StaffRefusal> {
      return database.transaction(async (trx) => {
        const row = await locked(trx, code, version);
        if ('ok' in row) return row;
        await trx('programme_draft').where({ id: row.id }).delete();
        await record(trx, actor, 'draft.discard', row.programme_id, { version });
        return { ok: true };
      });
    },

    /** Publishes the draft at once. The caller has made the checks of the surroundings; here: who, which version, valid, rehearsed or waived. */
    async publish(
      actor: AuditActor,
      staffId: string,
      code: string,
      version: number,
      { reach = false, waiver }: PublishWish = {},
    ): Promise<PublishOutcome> {
      const outcome = await database.transaction(async (trx): Promise<PublishOutcome> => {
        const row = await locked(trx, code, version);
        if ('ok' in row) return row;
        const refusal = await refusalOf(trx, row, staffId, waiver !== undefined);
        if (refusal) return refusal;
        const waiverId = await waive(trx, actor, row, staffId, waiver);
        return { ok: true, number: await publishRow(trx, actor, row, staffId, { reach, waiverId }) };
      });
      if (outcome.ok) programmes.forget();
      return outcome;
    },

    /** Publishing at a set time: the same rules now, and again when the time has come. */
    async schedule(
      actor: AuditActor,
      staffId: string,
      code: string,
      version: number,
      publishAt: Date,
      { reach = false, waiver }: PublishWish = {},
    ): Promise<{ readonly ok: true; readonly publication: ScheduledPublicationView } | StaffRefusal> {
      return database.transaction(async (trx) => {
        const row = await locked(trx, code, version);
        if ('ok' in row) return row;
        const refusal = await refusalOf(trx, row, staffId, waiver !== undefined);
        if (refusal) return refusal;
        const id = uuidv7();
        await trx('programme_release').insert({
          id,
          programme_id: row.programme_id,
          draft_id: row.id,
          checksum: checksumOf(row.document),
          publish_at: publishAt,
          asked_by: staffId,
          reach_bookings: reach,
          waiver_id: await waive(trx, actor, row, staffId, waiver),
        });
        await record(trx, actor, 'release.schedule', row.programme_id, { at: publishAt.toISOString() });
        return { ok: true, publication: { id, programmeCode: code, publishAt, state: 'scheduled', reason: null } };
      });
    },

    async cancelPublication(
      actor: AuditActor,
      code: string,
    ): Promise<{ readonly ok: true; readonly id: string } | StaffRefusal> {
      return database.transaction(async (trx) => {
        const programme = await trx('programme').where({ code }).first<{ id: string } | undefined>('id');
        const [row] = await trx('programme_release')
          .where({ programme_id: programme?.id ?? null, state: 'scheduled' })
          .update({ state: 'cancelled', ended_at: trx.fn.now() })
          .returning<{ id: string }[]>('id');
        if (!row || !programme) return refuseStaff('release_unknown');
        await record(trx, actor, 'release.cancel', programme.id);
        return { ok: true, id: row.id };
      });
    },

    async publication(id: string): Promise<ScheduledPublicationView | undefined> {
      const row = await database('programme_release as r')
        .join('programme as p', 'p.id', 'r.programme_id')
        .where({ 'r.id': id })
        .first<
          | {
              id: string;
              code: string;
              publish_at: Date;
              state: ScheduledPublicationView['state'];
              reason: string | null;
            }
          | undefined
        >('r.id', 'p.code', 'r.publish_at', 'r.state', 'r.reason');
      return (
        row && { id: row.id, programmeCode: row.code, publishAt: row.publish_at, state: row.state, reason: row.reason }
      );
    },

    /** Publications that wait for their time. */
    async scheduledPublications(): Promise<{ readonly id: string; readonly publishAt: Date }[]> {
      const rows = await database('programme_release')
        .where({ state: 'scheduled' })
        .select<{ id: string; publish_at: Date }[]>('id', 'publish_at');
      return rows.map((row) => ({ id: row.id, publishAt: row.publish_at }));
    },

    /**
     * The time of a publication has come: publishes it, or notes why not. `checks` looks at the surroundings once more. Once it has ended
     * it stays as it is, so a second call (an attempt whose answer was lost) gets the first answer.
     */
    async carryOut(
      id: string,
      checks: (code: string, document: ProgrammeDocument) => Promise<StaffRefusal | undefined>,
    ): Promise<ScheduledPublicationView | undefined> {
      const known = await this.publication(id);
      if (known?.state !== 'scheduled') return known;
      const draft = await found(database, known.programmeCode);
      const surroundings =
        draft.ok && draft.draft.faults.length === 0
          ? await checks(known.programmeCode, draft.draft.document as ProgrammeDocument)
          : undefined;
      await database.transaction(async (trx) => {
        const publication = await trx('programme_release').where({ id, state: 'scheduled' }).forUpdate().first<
          | {
              draft_id: string;
              checksum: string;
              asked_by: string;
              reach_bookings: boolean;
              waiver_id: string | null;
            }
          | undefined
        >('draft_id', 'checksum', 'asked_by', 'reach_bookings', 'waiver_id');
        if (!publication) return;
        const [row] = await drafts(trx).where('d.id', publication.draft_id).forUpdate('d');
        const refusal =
          surroundings ??
          (row && checksumOf(row.document) === publication.checksum
            ? await refusalOf(trx, row, publication.asked_by, publication.waiver_id !== null)
            : refuseStaff('changed_meanwhile'));
        await trx('programme_release')
          .where({ id })
          .update({
            state: refusal ? 'refused' : 'published',
            reason: refusal?.staffCode ?? null,
            ended_at: trx.fn.now(),
          });
        if (!refusal && row)
          await publishRow(
            trx,
            { kind: 'machine', id: null, origin: 'worker', requestId: null },
            row,
            publication.asked_by,
            { reach: publication.reach_bookings, waiverId: publication.waiver_id },
          );
      });
      programmes.forget();
      return this.publication(id);
    },

    /** What the rehearsals of a draft's document have shown. */
    rehearsed: ({ programmeId, checksum }: Pick<DraftView, 'programmeId' | 'checksum'>): Promise<Rehearsed> =>
      rehearsedIn(database, programmeId, checksum),
  };
}
