import { createPagePreview } from '../../api/citizen/preview/page-preview';
import { installationId } from '../../api/shared/installation';
import { createStaffApp } from '../../api/staff/app';
import { createProgrammeServices } from '../../api/staff/programme-services';
import { createDayFileWriter } from '../../api/staff/reception/offline/day-file';
import { createOidcLogIn } from '../../api/staff/staff/oidc/oidc-log-in';
import { createOidcProvider } from '../../api/staff/staff/oidc/oidc-provider';
import { createAudit } from '../../database/audit/audit';
import { createAuditSearch } from '../../database/audit/audit-search';
import { createDataExports } from '../../database/bookings/booking-exports';
import { createBookingList } from '../../database/bookings/booking-list';
import { createBookingPermits } from '../../database/bookings/booking-permits';
import { createBookingRepository } from '../../database/bookings/bookings';
import { createOutbox } from '../../database/bookings/outbox';
import { openDatabase } from '../../database/foundation/connection';
import { parseKeys } from '../../database/foundation/keys';
import { timeLimits } from '../../database/foundation/time-limits';
import { createAssignmentRunStore } from '../../database/imports/assignment-runs';
import { createImportCarryOvers } from '../../database/imports/import-carry-overs';
import { createImportFileStore } from '../../database/imports/import-files';
import { createImportReview } from '../../database/imports/import-review';
import { createImportRunStore } from '../../database/imports/import-runs';
import { createImportSettings } from '../../database/imports/import-settings';
import { createImportUndo } from '../../database/imports/import-undo';
import { createCallbackRepository } from '../../database/notices/callbacks';
import { createLineBroadcasts } from '../../database/notices/line-broadcasts';
import { createNoticeList } from '../../database/notices/notice-list';
import { createNoticeRepository } from '../../database/notices/notices';
import { createProgrammes } from '../../database/programmes/programmes';
import { createDayFiles } from '../../database/reception/day-files';
import { createDayLists } from '../../database/reception/day-lists';
import { createIdentityChecks } from '../../database/residents/identity-checks';
import { createLoginThrottle } from '../../database/residents/log-in-throttle';
import { createOpenedResidents } from '../../database/residents/opened-residents';
import { createResidentNotes } from '../../database/residents/resident-notes';
import { createResidentSearch } from '../../database/residents/resident-search';
import { createResidentRepository } from '../../database/residents/residents';
import { createBroadcastSeats } from '../../database/schedule/free-seats-of-a-day';
import { createScheduleRepository } from '../../database/schedule/schedules';
import { createSlotCapacityRepository } from '../../database/schedule/slot-capacities';
import { createSlotGrid } from '../../database/schedule/slot-grid';
import { createSlotHistory } from '../../database/schedule/slot-history';
import { createSlotPlanRepository } from '../../database/schedule/slot-plans';
import { createSlotRepository } from '../../database/schedule/slots';
import { createVenueRecords } from '../../database/schedule/venue-records';
import { createSiteSettingsEditor } from '../../database/site/site-settings';
import { createStaffEnrolment } from '../../database/staff/enrolment';
import { createStaffLinks } from '../../database/staff/provider-links';
import { createStaffMail } from '../../database/staff/staff-mail';
import { createStaffRepository } from '../../database/staff/staff-repository';
import { createStaffSessionRepository } from '../../database/staff/staff-sessions';
import { createStatistics } from '../../database/statistics/statistics';
import { createToDoReader } from '../../database/statistics/to-do';
import { createUnmetSearches } from '../../database/statistics/unmet-searches';
import { createOperatingFigures } from '../../database/upkeep/operating-figures';
import { createHandOver } from '../../engine/hand-over/hand-over';
import { createTimelines } from '../../engine/requests/booking-timelines';
import { createAssignmentRequests } from '../../engine/requests/create-assignment-requests';
import { createImportRequests } from '../../engine/requests/create-import-requests';
import { createProgrammeRequests } from '../../engine/requests/create-programme-requests';
import { createNoticeSender } from '../../engine/requests/send-notice-again';
import { createWorkflowsToDo } from '../../engine/requests/to-do-count';
import { createWorkflowUrls } from '../../engine/requests/workflow-urls';
import { EncryptionCodec } from '../../engine/temporal/payload-codec';
import { createTemporalClient } from '../../engine/temporal/temporal-client';
import { readConfig } from '../config';
import { projectRoot } from '../root';
import { temporalAccess } from '../servers/backing-services';
import { readRuntimeFile } from '../servers/runtime-file';
import { StartError } from '../start-error';
import { createHealthChecks } from './health-checks';
import { createProcessLog } from './process-log';
import { runApp } from './run-app';
import { runMain } from './run-main';
import { keysInForce } from './services';
import { createStaffMailSender } from './staff-mail-sender';

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
  const unmetSearches = createUnmetSearches(database);
  const handOver = createHandOver({ client: temporal, outbox, programmes, log });

  // Written when everything runs, so it is read when it is needed.
  const temporalUiOrigin = () => config.temporalUiOrigin ?? readRuntimeFile(config.dataDir)?.temporalUiUrl;

  const app = createStaffApp({
    services: {
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
      venues: createVenueRecords({ database, audit }),
      schedules: createScheduleRepository(database),
      plans: createSlotPlanRepository({ database, audit }),
      capacities: createSlotCapacityRepository({ database, audit }),
      grid: createSlotGrid(database),
      history: createSlotHistory(database),
      statistics: createStatistics(database),
      reader: createOpenedResidents({ database, keys }),
      outbox,
      handOver,
      timelineOf: createTimelines(temporal),
      enrolment: createStaffEnrolment({ database, keys, audit }),
      links: createStaffLinks({ database, audit }),
      oidc:
        config.oidc && createOidcLogIn({ provider: createOidcProvider(config.oidc), keys, label: config.oidc.label }),
      localLogIn: config.staffLocalLogIn,
      auditSearch: createAuditSearch(database),
      bookingLists: createBookingList(database),
      notices: createNoticeRepository(database),
      noticeLists: createNoticeList({ database, keys, programmes }),
      callbacks: createCallbackRepository({ database, keys, audit }),
      lineBroadcasts: createLineBroadcasts(database),
      broadcastSeats: createBroadcastSeats(createSlotRepository(database)),
      hasLine: config.line !== undefined,
      sendAgain: createNoticeSender(temporal),
      workflowUrl: createWorkflowUrls(temporalUiOrigin, config.temporalNamespace),
      site: createSiteSettingsEditor({ database, audit }),
      publicUrl: config.publicUrl,
      installationId: installationId(keys),
      imports: createImportRequests({ database, keys, temporal }),
      importRuns: createImportRunStore({ database, keys }),
      importReview: createImportReview({ database, keys }),
      importCarryOvers: createImportCarryOvers({ database, keys }),
      importSettings: createImportSettings({ database, audit }),
      importUndo: createImportUndo(database),
      importFiles: createImportFileStore({ database, keys }),
      assignments: createAssignmentRunStore({ database, keys }),
      assignmentRequests: createAssignmentRequests(temporal),
      residents: createResidentRepository({ database, keys }),
      dayLists: createDayLists({ database, keys, programmes }),
      dayFiles: createDayFiles({ database, keys }),
      writeDayFile: createDayFileWriter(projectRoot),
      dataExports: createDataExports({ database, keys, audit }),
      unmetSearches,
      toDo: createToDoReader(database),
      health,
      workflowsToDo: createWorkflowsToDo(temporal),
      ...createProgrammeServices({
        database,
        keys,
        audit,
        programmes,
        publicUrl: config.publicUrl,
        processes: createProgrammeRequests(temporal),
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
    unmetSearches,
    temporal,
    databases: [database, firstLook],
    log,
  });
}

void runMain(main);
