import type { Knex } from 'knex';
import { v7 as uuidv7 } from 'uuid';

import { type RehearsalEnd, type Rehearsed, rehearsedAs } from '../../domain/programmes/rehearsed';
import type { Database } from '../foundation/connection';

/** Why something was published without a rehearsal. */
export interface WaiverView {
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
  /** Version of the draft that it was given for. */
  readonly draftVersion: number;
}

/** Columns of a waiver `w` and of its author `ws`, joined to something that may have none. */
export const waiverColumns = [
  'w.reason as waiver_reason',
  'w.waived_at',
  'w.draft_version as waiver_draft_version',
  'ws.display_name as waived_by_name',
] as const;

export interface WaiverRow {
  waiver_reason: string | null;
  waived_at: Date | null;
  waiver_draft_version: number | null;
  waived_by_name: string | null;
}

export function waiverOf(row: WaiverRow): WaiverView | null {
  return row.waiver_reason === null || row.waived_at === null
    ? null
    : {
        reason: row.waiver_reason,
        by: row.waived_by_name ?? '',
        at: row.waived_at,
        draftVersion: row.waiver_draft_version ?? 0,
      };
}

/** Keeps a waiver and returns its id. */
export async function waiveIn(
  trx: Knex.Transaction,
  waiver: {
    readonly programmeId: string;
    readonly draftVersion: number;
    readonly checksum: string;
    readonly staffId: string;
    readonly reason: string;
  },
): Promise<string> {
  const id = uuidv7();
  await trx('rehearsal_waiver').insert({
    id,
    programme_id: waiver.programmeId,
    draft_version: waiver.draftVersion,
    checksum: waiver.checksum,
    reason: waiver.reason,
    waived_by: waiver.staffId,
  });
  return id;
}

/** What the rehearsals of a document have shown. */
export async function rehearsedIn(connection: Database, programmeId: string, checksum: string): Promise<Rehearsed> {
  const rows = await connection('programme_rehearsal')
    .where({ programme_id: programmeId, checksum })
    .orderBy('id', 'desc')
    .select<RehearsalEnd[]>('state', 'passed');
  return rehearsedAs(rows);
}
