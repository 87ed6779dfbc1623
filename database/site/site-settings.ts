import {
  asTheSiteSays,
  changedSettings,
  type LanguageReview,
  languageReviews,
  noSiteSettings,
  type SiteSettings,
} from '../../domain/site/settings';
import { refuseStaff, type StaffRefusal } from '../../domain/staff/refusals';
import type { Audit, AuditActor } from '../audit';
import type { Database } from '../foundation/connection';
import type { Programmes, ProgrammeVersion } from '../programmes';

/** Settings as they were put in force. Version 0: nobody has set anything yet. */
export interface SiteVersion {
  readonly version: number;
  readonly settings: SiteSettings;
  readonly changedAt: Date | null;
  readonly changedBy: string | null;
}

interface SiteRow {
  version: number;
  settings: SiteSettings;
  changed_at: Date;
  display_name: string | null;
}

/** How long a process may go on with what it read, ms. A change must be seen everywhere within 5 s. */
const freshForMs = 2_000;
const uniqueViolation = '23505';

export interface SiteSettingsReader {
  /** What is in force. */
  current(): Promise<SiteSettings>;
}
export type SiteSettingsEditor = ReturnType<typeof createSiteSettingsEditor>;

function rows(database: Database) {
  return database('site_settings as s')
    .leftJoin('staff as a', 'a.id', 's.changed_by')
    .orderBy('s.version', 'desc')
    .select<SiteRow[]>('s.version', 's.settings', 's.changed_at', 'a.display_name');
}

async function newest(database: Database): Promise<SiteVersion> {
  const [row] = await rows(database).limit(1);
  return row ? versionOf(row) : { version: 0, settings: noSiteSettings, changedAt: null, changedBy: null };
}

function versionOf({ version, settings, changed_at, display_name }: SiteRow): SiteVersion {
  // Older rows lack what came later.
  return { version, settings: { ...noSiteSettings, ...settings }, changedAt: changed_at, changedBy: display_name };
}

/** The city's settings, kept in the process: reading them costs no query per request. */
export function createSiteSettings(database: Database): SiteSettingsReader {
  let kept: { readonly at: number; readonly version: Promise<SiteVersion> } | undefined;
  return {
    // At most 2 s behind the database.
    async current(): Promise<SiteSettings> {
      const now = Date.now();
      if (!kept || now - kept.at > freshForMs) {
        const fresh = { at: now, version: newest(database) };
        kept = fresh;
        fresh.version.catch(() => {
          if (kept === fresh) kept = undefined;
        });
      }
      return (await kept.version).settings;
    },
  };
}

/** For staff: settings as they are now, their history, and changing them. */
export function createSiteSettingsEditor({ database, audit }: { database: Database; audit: Audit }) {
  return {
    newest: () => newest(database),
    current: async () => (await newest(database)).settings,

    /** The newest first. */
    async history(limit: number): Promise<SiteVersion[]> {
      return (await rows(database).limit(limit)).map(versionOf);
    },

    /** Who marked the languages as reviewed that are so now. */
    async reviews(): Promise<LanguageReview[]> {
      return languageReviews((await rows(database)).map(versionOf).reverse());
    },

    /** Puts `settings` in force after `version`, which a person has looked at. The same again changes nothing. */
    async change(
      actor: AuditActor,
      version: number,
      settings: SiteSettings,
    ): Promise<{ readonly ok: true; readonly site: SiteVersion } | StaffRefusal> {
      const before = await newest(database);
      if (before.version !== version) return refuseStaff('changed_meanwhile', { version: before.version });
      const changed = changedSettings(before.settings, settings);
      if (changed.length === 0) return { ok: true, site: before };
      try {
        await database.transaction(async (trx) => {
          await trx('site_settings').insert({
            version: version + 1,
            settings: JSON.stringify(settings),
            changed_by: actor.kind === 'staff' ? actor.id : null,
          });
          await audit.append(trx, actor, {
            action: 'site.change',
            result: 'done',
            detail: { version: version + 1, changed: changed.join(' ') },
          });
        });
      } catch (error) {
        // Two at the same moment: the key lets one in.
        if ((error as { code?: unknown }).code === uniqueViolation)
          return refuseStaff('changed_meanwhile', { version: version + 1 });
        throw error;
      }
      return { ok: true, site: await newest(database) };
    },
  };
}

/**
 * Programmes as the city's settings let them be seen: for whatever speaks to citizens. Within a transaction a version is read as it
 * is: nothing is said there, and the settings would need a second connection.
 */
export function programmesAsTheSiteSays(programmes: Programmes, site: SiteSettingsReader): Programmes {
  const seen = async (version: ProgrammeVersion): Promise<ProgrammeVersion> => ({
    ...version,
    document: asTheSiteSays(version.document, await site.current()),
  });
  return {
    ...programmes,
    allPublished: async () => Promise.all((await programmes.allPublished()).map(seen)),
    current: async (code) => seen(await programmes.current(code)),
    version: async (id, sql) => (sql ? programmes.version(id, sql) : seen(await programmes.version(id))),
  };
}
