import type { Audit } from '../audit';
import type { Database } from '../foundation/connection';
import {
  createSiteSettings,
  createSiteSettingsEditor,
  type SiteSettingsEditor,
  type SiteSettingsReader,
} from './site-settings';

export {
  programmesAsTheSiteSays,
  type SiteSettingsEditor,
  type SiteSettingsReader,
  type SiteVersion,
} from './site-settings';

/** The city’s settings of the site. */
export interface SiteServices {
  readonly site: SiteSettingsEditor;
  readonly siteInForce: SiteSettingsReader;
}

export function createSiteServices({
  database,
  firstLook,
  audit,
}: {
  readonly database: Database;
  readonly firstLook: Database;
  readonly audit: Audit;
}): SiteServices {
  return {
    site: createSiteSettingsEditor({ database, audit }),
    siteInForce: createSiteSettings(firstLook),
  };
}
