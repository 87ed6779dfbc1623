import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import { type Audit, createAudit } from './audit';
import { type AuditSearch, createAuditSearch } from './audit-search';

export type { Audit, AuditActor, AuditEntry } from './audit';
export type { AuditSearch, TouchedResident } from './audit-search';

/** Who read or changed what. */
export interface AuditServices {
  readonly audit: Audit;
  readonly auditSearch: AuditSearch;
}

export function createAuditServices({
  database,
  keys,
}: {
  readonly database: Database;
  readonly keys: KeyRing;
}): AuditServices {
  return {
    audit: createAudit({ database, keys }),
    auditSearch: createAuditSearch(database),
  };
}
