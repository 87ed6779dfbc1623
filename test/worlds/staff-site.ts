import { Writable } from 'node:stream';

import type { Client } from '@temporalio/client';
import pino from 'pino';

import { createPagePreview } from '../../api/citizen/preview/page-preview';
import { installationId } from '../../api/shared/installation';
import { createStaffApp } from '../../api/staff/app';
import { createProgrammeServices } from '../../api/staff/programme-services';
import { createDayFileWriter } from '../../api/staff/reception/offline/day-file';
import { createOidcLogIn } from '../../api/staff/staff/oidc/oidc-log-in';
import { createOidcProvider, type OidcSettings } from '../../api/staff/staff/oidc/oidc-provider';
import type { StaffServices } from '../../api/staff/staff-services';
import { type Audit, type AuditActor, createAudit } from '../../database/audit/audit';
import { createAuditSearch } from '../../database/audit/audit-search';
import { createDataExports } from '../../database/bookings/booking-exports';
import { createBookingList } from '../../database/bookings/booking-list';
import { createBookingPermits } from '../../database/bookings/booking-permits';
import { createOutbox } from '../../database/bookings/outbox';
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
import type { StaffView } from '../../database/staff/account-changes';
import { totpCode } from '../../database/staff/credentials';
import { createStaffEnrolment } from '../../database/staff/enrolment';
import { createStaffLinks } from '../../database/staff/provider-links';
import { createStaffMail } from '../../database/staff/staff-mail';
import { createStaffRepository, type StaffRepository } from '../../database/staff/staff-repository';
import { createStaffSessionRepository } from '../../database/staff/staff-sessions';
import { createStatistics } from '../../database/statistics/statistics';
import { createToDoReader } from '../../database/statistics/to-do';
import { createUnmetSearches } from '../../database/statistics/unmet-searches';
import { createOperatingFigures } from '../../database/upkeep/operating-figures';
import type { BookingEvent, Timeline } from '../../domain/contracts/booking-workflow';
import type { StaffRole } from '../../domain/staff/roles';
import { createAssignmentRequests } from '../../engine/requests/create-assignment-requests';
import { createImportRequests } from '../../engine/requests/create-import-requests';
import { createProgrammeRequests } from '../../engine/requests/create-programme-requests';
import { EncryptionCodec } from '../../engine/temporal/payload-codec';
import { createTemporalClient } from '../../engine/temporal/temporal-client';
import { listenerOf, serve } from '../../runtime/processes/serve';
import { createStaffMailSender } from '../../runtime/processes/staff-mail-sender';
import { projectRoot } from '../../runtime/root';
import { createTestCity, type TestCity, testKeys } from './test-city';
import { Visitor } from './visitor';

export const tester: AuditActor = { kind: 'machine', id: null, origin: 'test', requestId: null };

export interface StaffSite {
  readonly city: TestCity;
  readonly url: string;
  readonly services: StaffServices;
  readonly audit: Audit;
  readonly staff: StaffRepository;
  readonly handedOver: BookingEvent[];
  readonly logLines: string[];
  timeline: Timeline | undefined;
  /** What the workflows say to a notice that is to be sent once more: nobody hears it, until a test says otherwise. */
  sendAgain: StaffServices['sendAgain'];
  /** An account as `staff add` makes it. */
  account(role: StaffRole): Promise<{ readonly staff: StaffView; readonly oneTimePassword: string }>;
  /** The same with an authenticator app set up, as after half of the first log-in. */
  enrolled(role: StaffRole): Promise<{
    readonly staff: StaffView;
    readonly password: string;
    readonly totpSecret: string;
    readonly recoveryCodes: readonly string[];
  }>;
  /** A browser with a running session of that role, with an own password. */
  colleague(role: StaffRole): Promise<Visitor & { readonly staffId: string }>;
  visitor(): Visitor;
  /** Opens a resident's data to a member of staff, as an identity check does. */
  identified(staffId: string, residentId: string): Promise<void>;
  close(): Promise<void>;
}

let people = 0;

export interface StaffSiteOptions {
  readonly demo?: boolean;
  readonly oidc?: OidcSettings;
  readonly localLogIn?: boolean;
  readonly publicUrl?: string;
  /** Left out: mail to staff lands in the inbox. */
  readonly smtpUrl?: string;
  /** One that is there already, and is closed by its maker. */
  readonly city?: TestCity;
  /** Known beforehand, where the identity provider must know it. */
  readonly port?: number;
  /** That of a world with workers; otherwise nothing answers for Temporal. */
  readonly temporal?: Client;
}

/** The staff app on a fresh small city and a free port, not in demo mode. */
export async function createStaffSite({
  demo = false,
  oidc,
  localLogIn = true,
  port = 0,
  publicUrl = 'http://localhost:3000',
  smtpUrl,
  city: given,
  temporal: givenTemporal,
}: StaffSiteOptions = {}): Promise<StaffSite> {
  const city = given ?? (await createTestCity({ poolSize: 8 }));
  const nobody = createTemporalClient({ address: '127.0.0.1:1', namespace: 'nobody' }, city.keys);
  const temporal = givenTemporal ?? nobody;
  const { database, keys } = city;
  const outbox = createOutbox(database);
  const figures = createOperatingFigures(database);
  const audit = createAudit({ database, keys });
  const sessions = createStaffSessionRepository(database);
  const staff = createStaffRepository({ database, keys, audit });
  const enrolment = createStaffEnrolment({ database, keys, audit });
  const handedOver: BookingEvent[] = [];
  const logLines: string[] = [];
  const programmes = createProgrammes(database);
  const staffMail = createStaffMail({ database, keys, audit });
  const services: StaffServices = {
    staff,
    sessions,
    audit,
    throttle: createLoginThrottle({ database, keys }),
    bookings: city.bookings,
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
    handOver: {
      offer: (events) => {
        handedOver.push(...events);
      },
    },
    timelineOf: () => Promise.resolve(site.timeline),
    enrolment,
    links: createStaffLinks({ database, audit }),
    oidc: oidc && createOidcLogIn({ provider: createOidcProvider(oidc), keys: testKeys, label: '市の認証でログイン' }),
    localLogIn,
    auditSearch: createAuditSearch(database),
    bookingLists: createBookingList(database),
    notices: createNoticeRepository(database),
    noticeLists: createNoticeList({ database, keys, programmes: createProgrammes(database) }),
    callbacks: createCallbackRepository({ database, keys, audit }),
    lineBroadcasts: createLineBroadcasts(database),
    broadcastSeats: createBroadcastSeats(createSlotRepository(database)),
    hasLine: false,
    sendAgain: (request) => site.sendAgain(request),
    workflowUrl: (workflowId) => `http://localhost:8233/namespaces/default/workflows/${encodeURIComponent(workflowId)}`,
    site: createSiteSettingsEditor({ database, audit }),
    publicUrl,
    installationId: installationId(testKeys),
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
    unmetSearches: createUnmetSearches(database),
    toDo: createToDoReader(database),
    health: {
      database: () => database.raw('SELECT 1'),
      temporal: () => Promise.resolve(),
      backlog: () => outbox.backlog(),
    },
    workflowsToDo: () => Promise.resolve(0),
    ...createProgrammeServices({
      database,
      keys,
      audit,
      programmes,
      publicUrl,
      processes: createProgrammeRequests(temporal),
    }),
    staffMail,
    sendToStaff: createStaffMailSender({ smtpUrl, publicUrl, toInbox: (mail) => staffMail.toInbox(mail) }),
    pagePreview: createPagePreview({ projectRoot, publicUrl }),
    trustedProxies: ['127.0.0.1', '::1'],
  };
  const app = createStaffApp({
    services,
    health: {
      database: () => database.raw('SELECT 1'),
      temporal: () => Promise.resolve(),
      backlog: () => outbox.backlog(),
    },
    metrics: { figures: () => figures.read(), backlog: () => outbox.backlog() },
    notices: createNoticeRepository(database),
    codec: new EncryptionCodec(testKeys),
    temporalUiOrigin: () => 'http://localhost:8233',
    demo,
    https: false,
    log: pino(
      { level: 'debug' },
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          logLines.push(chunk.toString());
          done();
        },
      }),
    ),
    projectRoot,
  });
  const serving = await serve(listenerOf(app), port);
  const address = serving.server.address();
  const url = `http://localhost:${String(typeof address === 'object' ? address?.port : '')}`;
  const site: StaffSite = {
    city,
    url,
    services,
    audit,
    staff,
    handedOver,
    logLines,
    timeline: undefined,
    sendAgain: () => Promise.resolve('unreachable'),
    async account(role) {
      const result = await staff.add(tester, {
        login: `person-${String(++people)}`,
        displayName: `職員${String(people)}`,
        role,
      });
      if (!result.ok) throw new Error(result.staffCode);
      return result;
    },
    async enrolled(role) {
      const { staff: person, oneTimePassword } = await site.account(role);
      const { secret } = await enrolment.begin(person.id, person.login);
      const result = await enrolment.confirm(tester, person.id, totpCode(secret, new Date()), new Date());
      if (!result.ok) throw new Error(result.staffCode);
      // The code of this moment is to be had again.
      await database('staff').where({ id: person.id }).update({ totp_last_step: null });
      return { staff: person, password: oneTimePassword, totpSecret: secret, recoveryCodes: result.recoveryCodes };
    },
    async colleague(role) {
      const { staff: person } = await site.account(role);
      await database('staff').where({ id: person.id }).update({ password_expires_at: null });
      const visitor = new Visitor(url);
      visitor.cookies.set('toki-staff', await sessions.open(person.id));
      return Object.assign(visitor, { staffId: person.id });
    },
    visitor: () => new Visitor(url),
    async identified(staffId, residentId) {
      await services.identityChecks.keep({ staffId, residentId, passed: true, items: ['couponNumber', 'birthDate'] });
    },
    async close() {
      await serving.stop(1_000);
      await nobody.connection.close();
      if (!given) await city.close();
    },
  };
  return site;
}
