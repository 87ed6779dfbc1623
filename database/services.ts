import { type AuditServices, createAuditServices } from './audit';
import { type BookingServices, createBookingServices } from './bookings';
import type { Database } from './foundation/connection';
import type { KeyRing } from './foundation/keys';
import { createImportServices, type ImportServices } from './imports';
import { createListServices, type ListServices } from './lists';
import { createNoticeServices, type NoticeServices } from './notices';
import { createProgrammes, createProgrammeServices, type Programmes, type ProgrammeServices } from './programmes';
import { createReceptionServices, type ReceptionServices } from './reception';
import { createResidentServices, type ResidentServices } from './residents';
import { createScheduleServices, type ScheduleServices } from './schedule';
import { createSiteServices, type SiteServices } from './site';
import { type AccountServices, createAccountServices } from './staff';
import { createStatisticsServices, type StatisticsServices } from './statistics';

/** Everything that is asked of the database, noun by noun. */
export interface DatabaseServices
  extends
    AuditServices,
    BookingServices,
    ImportServices,
    ListServices,
    NoticeServices,
    ProgrammeServices,
    ReceptionServices,
    ResidentServices,
    ScheduleServices,
    SiteServices,
    AccountServices,
    StatisticsServices {}

/**
 * The services of one pool. A process keeps one cache of programmes: with a second pool it hands over that of the first.
 * @param firstLook the pool for what every request asks first
 */
export function createDatabaseServices({
  database,
  keys,
  firstLook = database,
  programmes = createProgrammes(firstLook),
}: {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly firstLook?: Database;
  readonly programmes?: Programmes;
}): DatabaseServices {
  const base = { database, firstLook, keys, programmes };
  const audits = createAuditServices(base);
  const audited = { ...base, audit: audits.audit };
  const ofProgrammes = createProgrammeServices(audited);
  return {
    ...audits,
    ...ofProgrammes,
    ...createBookingServices(audited),
    ...createImportServices(audited),
    ...createListServices(base),
    ...createNoticeServices(audited),
    ...createReceptionServices(base),
    ...createResidentServices(base),
    ...createScheduleServices(audited),
    ...createSiteServices(audited),
    ...createAccountServices(audited),
    ...createStatisticsServices({ ...base, affected: ofProgrammes.affected }),
  };
}
