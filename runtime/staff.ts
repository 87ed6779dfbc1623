import { createHandOver } from '../activities/hand-over';
import { EncryptionCodec } from '../activities/payload-codec';
import { createTemporalClient } from '../activities/temporal-client';
import { createPagePreview } from '../api/citizen/preview/page-preview';
import { installationId } from '../api/shared/installation';
import { createStaffApp } from '../api/staff/app';
import { createDayFileWriter } from '../api/staff/offline/day-file';
import { createOidcDoor } from '../api/staff/oidc/door';
import { createOidcProvider } from '../api/staff/oidc/provider';
import { createProgrammeDesk } from '../api/staff/programme-desk';
import { createAssignmentRunStore } from '../database/assignment-runs';
import { createAttentionReader } from '../database/attention';
import { createAudit } from '../database/audit';
import { createAuditSearch } from '../database/audit-search';
import { createBookingPermits } from '../database/booking-permits';
import { createBookingRepository } from '../database/bookings';
import { createBroadcastSeats } from '../database/broadcast-seats';
import { createCallbackRepository } from '../database/callbacks';
import { openDatabase } from '../database/connection';
import { createDataExports } from '../database/data-exports';
import { createDayFiles } from '../database/day-files';
import { createDayLists } from '../database/day-lists';
import { createIdentityChecks } from '../database/identity-checks';
import { createImportCarryOvers } from '../database/import-carry-overs';
import { createImportFileStore } from '../database/import-files';
import { createImportReview } from '../database/import-review';
import { createImportRunStore } from '../database/import-runs';
import { createImportSettings } from '../database/import-settings';
import { createImportUndo } from '../database/import-undo';
import { parseKeys } from '../database/keys';
import { createLineBroadcasts } from '../database/line-broadcasts';
import { createLoginThrottle } from '../database/login-throttle';
import { createNoticeRepository } from '../database/notices';
import { createOperatingFigures } from '../database/operating-figures';
import { createOutbox } from '../database/outbox';
import { createProgrammes } from '../database/programmes';
import { createResidentNotes } from '../database/resident-notes';
import { createResidentSearch } from '../database/resident-search';
import { createResidentRepository } from '../database/residents';
import { createScheduleRepository } from '../database/schedules';
import { createSiteSettingsEditor } from '../database/site-settings';
import { createSlotCapacityRepository } from '../database/slot-capacities';
import { createSlotGrid } from '../database/slot-grid';
import { createSlotHistory } from '../database/slot-history';
import { createSlotPlanRepository } from '../database/slot-plans';
import { createSlotRepository } from '../database/slots';
import { createStaffRepository } from '../database/staff';
import { createStaffBookingReader } from '../database/staff-bookings';
import { createStaffDeskReader } from '../database/staff-desk';
import { createStaffEnrolment } from '../database/staff-enrolment';
import { createStaffLinks } from '../database/staff-links';
import { createStaffMail } from '../database/staff-mail';
import { createStaffNoticeReader } from '../database/staff-notices';
import { createStaffNumbers } from '../database/staff-numbers';
import { createStaffSessionRepository } from '../database/staff-sessions';
import { createStaffVenueRepository } from '../database/staff-venues';
import { timeLimits } from '../database/time-limits';
import { createUnmetSearches } from '../database/unmet-searches';
import { createAssignmentDesk } from './assignment-desk';
import { createAttentionCount } from './attention-count';
import { temporalAccess } from './backing-services';
import { createTimelines } from './booking-timeline';
import { readConfig } from './config';
import { createHealthChecks } from './health-checks';
import { createImportDesk } from './import-desk';
import { createNoticeSender } from './notice-sender';
import { createProcessLog } from './process-log';
import { createProgrammeProcesses } from './programme-processes';
import { projectRoot } from './root';
import { runApp } from './run-app';
import { runMain } from './run-main';
import { readRuntimeFile } from './runtime-file';
import { keysInForce } from './services';
import { createStaffMailSender } from './staff-mail-sender';
import { StartError } from './start-error';
import { createWorkflowUrls } from './workflow-urls';

/** Connections of this process: the operators' lane is narrow and its own. */
const poolSize = 8;
/** For what every request asks first, and for health. */
const firstLookPoolSize = 2;
/** A city's file of 100 MB over a slow line, ms. */
const uploadWithinMs = 15 * 60_000;

/** The staff app as a process of its own: `DATABASE_URL` and `TEMPORAL_ADDRESS` say where to work. */
async function main(): Promise<number> {
  const config = readConfig(process.env);
  if (config.databaseUrl === undefined)
    throw new StartError('DATABASE_URL is required: "npm start" gives it to this process.');
  const log = createProcessLog('staff');
  const keys = parseKeys(keysInForce(config));
  const pool = { url: config.databaseUrl, applicationName: 'toki staff' };
  const database = openDatabase({ ...pool, poolSize, limits: timeLimits.staff });
  const firstLook = openDatabase({ ...pool, poolSize: firstLookPoolSize, limits: timeLimits.firstLook });
  const outbox = createOutbox(database);
  const figures = createOperatingFigures(database);
  const temporal = createTemporalClient(temporalAccess(config, config.temporalAddress ?? '127.0.0.1:7233'), keys);

  const programmes = createProgrammes(firstLook);
  const sessions = createStaffSessionRepository(database, firstLook);
  const audit = createAudit({ database, keys });
  const health = createHealthChecks({ database: firstLook, temporal, outbox: createOutbox(firstLook) });
  const staffMail = createStaffMail({ database, keys, audit });
  const unmet = createUnmetSearches(database);
  const handOver = createHandOver({ client: temporal, outbox, programmes, log });

  // Written when everything runs, so it is read when it is needed.
  const temporalUiOrigin = () => config.temporalUiOrigin ?? readRuntimeFile(config.dataDir)?.temporalUiUrl;

  const app = createStaffApp({
    desk: {
      staff: createStaffRepository({ database, keys, audit }),
      sessions,
      audit,
      throttle: createLoginThrottle({ database, keys }),
      bookings: createBookingRepository({ database, keys, programmes }),
      programmes,
      search: createResidentSearch({ database, keys }),
      identityChecks: createIdentityChecks(database),
      permits: createBookingPermits({ database, keys }),
      notes: createResidentNotes({ database, keys }),
      slots: createSlotRepository(database),
      venues: createStaffVenueRepository({ database, audit }),
      schedules: createScheduleRepository(database),
      plans: createSlotPlanRepository({ database, audit }),
      capacities: createSlotCapacityRepository({ database, audit }),
      grid: createSlotGrid(database),
      history: createSlotHistory(database),
      numbers: createStaffNumbers(database),
      reader: createStaffDeskReader({ database, keys }),
      outbox,
      handOver,
      timelineOf: createTimelines(temporal),
      enrolment: createStaffEnrolment({ database, keys, audit }),
      links: createStaffLinks({ database, audit }),
      oidc:
        config.oidc && createOidcDoor({ provider: createOidcProvider(config.oidc), keys, label: config.oidc.label }),
      localLogIn: config.staffLocalLogIn,
      auditSearch: createAuditSearch(database),
      bookingLists: createStaffBookingReader(database),
      notices: createNoticeRepository(database),
      noticeLists: createStaffNoticeReader({ database, keys, programmes }),
      callbacks: createCallbackRepository({ database, keys, audit }),
      lineBroadcasts: createLineBroadcasts(database),
      broadcastSeats: createBroadcastSeats(createSlotRepository(database)),
      hasLine: config.line !== undefined,
      sendAgain: createNoticeSender(temporal),
      workflowUrl: createWorkflowUrls(temporalUiOrigin, config.temporalNamespace),
      site: createSiteSettingsEditor({ database, audit }),
      publicUrl: config.publicUrl,
      installationId: installationId(keys),
      imports: createImportDesk({ database, keys, temporal }),
      importRuns: createImportRunStore({ database, keys }),
      importReview: createImportReview({ database, keys }),
      importCarryOvers: createImportCarryOvers({ database, keys }),
      importSettings: createImportSettings({ database, audit }),
      importUndo: createImportUndo(database),
      importFiles: createImportFileStore({ database, keys }),
      assignments: createAssignmentRunStore({ database, keys }),
      assignmentDesk: createAssignmentDesk(temporal),
      residents: createResidentRepository({ database, keys }),
      dayLists: createDayLists({ database, keys, programmes }),
      dayFiles: createDayFiles({ database, keys }),
      writeDayFile: createDayFileWriter(projectRoot),
      dataExports: createDataExports({ database, keys, audit }),
      unmet,
      attention: createAttentionReader(database),
      health,
      workflowsNeedingAttention: createAttentionCount(temporal),
      ...createProgrammeDesk({
        database,
        keys,
        audit,
        programmes,
        publicUrl: config.publicUrl,
        processes: createProgrammeProcesses(temporal),
      }),
      staffMail,
      sendToStaff: createStaffMailSender({
        smtpUrl: config.smtpUrl,
        publicUrl: config.publicUrl,
        toInbox: (mail) => staffMail.toInbox(mail),
      }),
      pagePreview: createPagePreview({ projectRoot, publicUrl: config.publicUrl }),
      trustedProxies: config.trustedProxies,
    },
    health,
    metrics: { figures: () => figures.read(), backlog: () => outbox.backlog() },
    notices: createNoticeRepository(database),
    codec: new EncryptionCodec(keys),
    temporalUiOrigin,
    demo: config.demo,
    https: (config.staffUrl ?? config.publicUrl).startsWith('https:'),
    log,
    projectRoot,
  });
  return runApp({
    name: 'staff app',
    app,
    port: config.staffPort,
    requestWithinMs: uploadWithinMs,
    sessions,
    handOver,
    unmet,
    temporal,
    databases: [database, firstLook],
    log,
  });
}

void runMain(main);
