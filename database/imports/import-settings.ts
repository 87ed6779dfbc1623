import type { FileMapping } from '../../domain/imports/format';
import { refuseStaff, type StaffRefusal } from '../../domain/staff/refusals';
import type { Audit, AuditActor } from '../audit';
import type { Database } from '../foundation/connection';

/** How files of a programme are read and how far they are trusted. */
export interface ImportSettings {
  readonly mapping: FileMapping | null;
  readonly maxMebibytes: number;
  readonly maxRows: number;
  /** Drop folder: taken over without asking when so much of a file is known already, percent; 101: always asks. */
  readonly automaticPercent: number;
  /** The person who started an import may not approve it. */
  readonly twoPersons: boolean;
  /** 0: nobody has set anything yet. */
  readonly version: number;
}

interface SettingsRow {
  mapping: FileMapping | null;
  max_mebibytes: number;
  max_rows: number;
  automatic_percent: number;
  two_persons: boolean;
  version: number;
}

const defaults: ImportSettings = {
  mapping: null,
  maxMebibytes: 100,
  maxRows: 1_000_000,
  automaticPercent: 95,
  twoPersons: false,
  version: 0,
};

export type ImportSettingsOutcome = { readonly ok: true; readonly settings: ImportSettings } | StaffRefusal;
export type ImportSettingsRepository = ReturnType<typeof createImportSettings>;

export function createImportSettings({
  database,
  audit,
}: {
  readonly database: Database;
  readonly audit?: Pick<Audit, 'append'>;
}) {
  async function get(programmeId: string, connection: Database = database): Promise<ImportSettings> {
    const row = await connection('import_settings')
      .where({ programme_id: programmeId })
      .first<SettingsRow | undefined>();
    return row === undefined ? defaults : read(row);
  }

  return {
    get: (programmeId: string) => get(programmeId),

    /** Changes what is given, if nobody else did since `version`. */
    async update(
      actor: AuditActor,
      programmeId: string,
      version: number,
      input: { readonly [Field in keyof Omit<ImportSettings, 'version'>]?: ImportSettings[Field] | undefined },
    ): Promise<ImportSettingsOutcome> {
      return database.transaction(async (trx) => {
        await trx.raw('INSERT INTO import_settings (programme_id, version) VALUES (?, 1) ON CONFLICT DO NOTHING', [
          programmeId,
        ]);
        const row = await trx('import_settings').where({ programme_id: programmeId }).forUpdate().first<SettingsRow>();
        const known = read(row);
        // Version 0 is what nobody has set: the row that was made just now stands for it.
        if (known.version !== Math.max(version, 1)) return refuseStaff('changed_meanwhile', { version: known.version });
        const next = {
          ...known,
          ...Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)),
          version: known.version + 1,
        };
        await trx('import_settings')
          .where({ programme_id: programmeId })
          .update({
            mapping: next.mapping === null ? null : JSON.stringify(next.mapping),
            max_mebibytes: next.maxMebibytes,
            max_rows: next.maxRows,
            automatic_percent: next.automaticPercent,
            two_persons: next.twoPersons,
            version: next.version,
            updated_at: trx.fn.now(),
          });
        await audit?.append(trx, actor, {
          action: 'import.settings',
          result: 'done',
          detail: { fields: Object.keys(input).sort().join(',') },
        });
        return { ok: true, settings: next };
      });
    },

    /** Keeps the mapping that a file was read with, for the next one. */
    async remember(programmeId: string, mapping: FileMapping): Promise<void> {
      await database.raw(
        `INSERT INTO import_settings (programme_id, mapping) VALUES (?, ?::jsonb)
         ON CONFLICT (programme_id) DO UPDATE SET mapping = EXCLUDED.mapping, version = import_settings.version + 1, updated_at = now()
           WHERE import_settings.mapping IS DISTINCT FROM EXCLUDED.mapping`,
        [programmeId, JSON.stringify(mapping)],
      );
    },
  };
}

function read(row: SettingsRow): ImportSettings {
  return {
    mapping: row.mapping,
    maxMebibytes: row.max_mebibytes,
    maxRows: row.max_rows,
    automaticPercent: row.automatic_percent,
    twoPersons: row.two_persons,
    version: row.version,
  };
}
