import { v7 as uuidv7 } from 'uuid';

import type { ProgrammeDocument } from '../../domain/programmes/document';
import type { RehearsalReport, RehearsalScript } from '../../domain/rehearsal/script';
import { refuseStaff, type StaffRefusal } from '../../domain/staff/refusals';
import type { Audit, AuditActor } from '../audit';
import type { Database } from '../foundation/connection';
import { checksumOf } from './programmes';

export type RehearsalState = 'waiting' | 'running' | 'done' | 'failed' | 'unsupported';

export interface RehearsalView {
  readonly id: string;
  readonly programmeCode: string;
  readonly checksum: string;
  readonly script: RehearsalScript;
  readonly state: RehearsalState;
  /** People whose story has come to its end. */
  readonly progress: number;
  readonly report: RehearsalReport | null;
  readonly passed: boolean | null;
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly endedAt: Date | null;
}

/** What is played: the document and who does what. */
export interface RehearsalTask {
  readonly programmeId: string;
  readonly document: ProgrammeDocument;
  readonly script: RehearsalScript;
}

export type ProgrammeRehearsals = ReturnType<typeof createProgrammeRehearsals>;

const columns = [
  'r.id',
  'p.code',
  'r.checksum',
  'r.script',
  'r.state',
  'r.progress',
  'r.report',
  'r.passed',
  's.display_name',
  'r.asked_at',
  'r.ended_at',
] as const;

interface Row {
  id: string;
  code: string;
  checksum: string;
  script: RehearsalScript;
  state: RehearsalState;
  progress: number;
  report: RehearsalReport | null;
  passed: boolean | null;
  display_name: string;
  asked_at: Date;
  ended_at: Date | null;
}

/** Rehearsals of documents: asked for by staff, played by the worker, kept with their report. No booking, no person is in them. */
export function createProgrammeRehearsals({ database, audit }: { database: Database; audit: Audit }) {
  const rows = () =>
    database('programme_rehearsal as r')
      .join('programme as p', 'p.id', 'r.programme_id')
      .join('staff as s', 's.id', 'r.asked_by')
      .select<Row[]>(...columns);

  return {
    /** Asks for a rehearsal of `document`, which must keep its rules. */
    async ask(
      actor: AuditActor,
      staffId: string,
      code: string,
      document: ProgrammeDocument,
      script: RehearsalScript,
    ): Promise<{ readonly ok: true; readonly id: string } | StaffRefusal> {
      return database.transaction(async (trx) => {
        const programme = await trx('programme').where({ code }).first<{ id: string } | undefined>('id');
        if (!programme) return refuseStaff('programme_unknown');
        const id = uuidv7();
        await trx('programme_rehearsal').insert({
          id,
          programme_id: programme.id,
          checksum: checksumOf(document),
          document: JSON.stringify(document),
          script: JSON.stringify(script),
          asked_by: staffId,
        });
        await audit.append(trx, actor, {
          action: 'rehearsal.ask',
          subject: { kind: 'programme', id: programme.id },
          result: 'done',
          detail: { kind: script.kind },
        });
        return { ok: true, id };
      });
    },

    async find(id: string): Promise<RehearsalView | undefined> {
      const [row] = await rows().where('r.id', id);
      return row && viewOf(row);
    },

    /** The newest first, at most 20. */
    async list(code: string): Promise<RehearsalView[]> {
      return (await rows().where('p.code', code).orderBy('r.id', 'desc').limit(20)).map(viewOf);
    },

    async task(id: string): Promise<RehearsalTask | undefined> {
      const row = await database('programme_rehearsal')
        .where({ id })
        .first<{ programme_id: string; document: ProgrammeDocument; script: RehearsalScript } | undefined>(
          'programme_id',
          'document',
          'script',
        );
      return row && { programmeId: row.programme_id, document: row.document, script: row.script };
    },

    async progress(id: string, people: number): Promise<void> {
      await database('programme_rehearsal')
        .where({ id })
        .whereIn('state', ['waiting', 'running'])
        .update({ state: 'running', progress: people });
    },

    async finish(id: string, report: RehearsalReport): Promise<void> {
      await database('programme_rehearsal')
        .where({ id })
        .update({
          state: 'done',
          report: JSON.stringify(report),
          passed: report.faults.length === 0,
          ended_at: database.fn.now(),
        });
    },

    /** `unsupported`: the Temporal server cannot skip time. */
    async giveUp(id: string, state: 'failed' | 'unsupported'): Promise<void> {
      await database('programme_rehearsal')
        .where({ id })
        .whereIn('state', ['waiting', 'running'])
        .update({ state, ended_at: database.fn.now() });
    },
  };
}

function viewOf(row: Row): RehearsalView {
  return {
    id: row.id,
    programmeCode: row.code,
    checksum: row.checksum,
    script: row.script,
    state: row.state,
    progress: row.progress,
    report: row.report,
    passed: row.passed,
    askedBy: row.display_name,
    askedAt: row.asked_at,
    endedAt: row.ended_at,
  };
}
