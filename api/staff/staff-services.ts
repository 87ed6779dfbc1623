import type { Audit } from '../../database/audit/audit';
import type { AuditSearch } from '../../database/audit/audit-search';
import type { DataExports } from '../../database/bookings/booking-exports';
import type { BookingList } from '../../database/bookings/booking-list';
import type { BookingPermits } from '../../database/bookings/booking-permits';
import type { BookingRepository } from '../../database/bookings/bookings';
import type { Outbox } from '../../database/bookings/outbox';
import type { AssignmentRunStore } from '../../database/imports/assignment-runs';
import type { ImportCarryOvers } from '../../database/imports/import-carry-overs';
import type { ImportFileStore } from '../../database/imports/import-files';
import type { ImportReview } from '../../database/imports/import-review';
import type { ImportRunStore } from '../../database/imports/import-runs';
import type { ImportSettingsRepository } from '../../database/imports/import-settings';
import type { ImportUndo } from '../../database/imports/import-undo';
import type { CallbackRepository } from '../../database/notices/callbacks';
import type { NoticeList } from '../../database/notices/notice-list';
import type { NoticeRepository } from '../../database/notices/notices';
import type { Affected } from '../../database/programmes/affected-bookings';
import type { ProgrammeChanges } from '../../database/programmes/programme-changes';
import type { ProgrammeDrafts } from '../../database/programmes/programme-drafts';
import type { ProgrammeFacts } from '../../database/programmes/programme-facts';
import type { ProgrammeRehearsals } from '../../database/programmes/programme-rehearsals';
import type { Programmes } from '../../database/programmes/programmes';
import type { DayFiles } from '../../database/reception/day-files';
import type { DayLists } from '../../database/reception/day-lists';
import type { IdentityChecks } from '../../database/residents/identity-checks';
import type { LoginThrottle } from '../../database/residents/log-in-throttle';
import type { OpenedResidents } from '../../database/residents/opened-residents';
import type { ResidentNotes } from '../../database/residents/resident-notes';
import type { ResidentSearch } from '../../database/residents/resident-search';
import type { ResidentRepository } from '../../database/residents/residents';
import type { ScheduleRepository } from '../../database/schedule/schedules';
import type { SlotCapacityRepository } from '../../database/schedule/slot-capacities';
import type { SlotGrid } from '../../database/schedule/slot-grid';
import type { SlotHistory } from '../../database/schedule/slot-history';
import type { SlotPlanRepository } from '../../database/schedule/slot-plans';
import type { SlotRepository } from '../../database/schedule/slots';
import type { VenueRecords } from '../../database/schedule/venue-records';
import type { SiteSettingsEditor } from '../../database/site/site-settings';
import type { StaffEnrolment } from '../../database/staff/enrolment';
import type { StaffLinks } from '../../database/staff/provider-links';
import type { StaffMail } from '../../database/staff/staff-mail';
import type { StaffRepository } from '../../database/staff/staff-repository';
import type { StaffSessionRepository } from '../../database/staff/staff-sessions';
import type { Statistics } from '../../database/statistics/statistics';
import type { ToDoReader } from '../../database/statistics/to-do';
import type { UnmetSearchFigures } from '../../database/statistics/unmet-search-figures';
import type { UnmetSearches } from '../../database/statistics/unmet-searches';
import type { BookingEvent, NoticeRequest, Timeline } from '../../domain/contracts/booking-workflow';
import type { AssignmentRequests } from '../../engine/requests/assignment-requests';
import type { ImportRequests } from '../../engine/requests/import-requests';
import type { ProgrammeRequests } from '../../engine/requests/programme-requests';
import type { PagePreview } from '../shared/page-preview';
import type { HealthChecks } from '../shared/set-up-health';
import type { BroadcastRouteDependencies } from './notices/broadcast-routes';
import type { DayFileContent } from './reception/offline/day-file';
import type { OidcLogIn } from './staff/oidc/oidc-log-in';
import type { SendToStaff } from './staff/send-to-staff';

/** What the staff's JSON works with; its database pool belongs to the staff app alone. */
export interface StaffServices {
  readonly staff: StaffRepository;
  readonly sessions: StaffSessionRepository;
  readonly audit: Audit;
  readonly throttle: LoginThrottle;
  readonly bookings: BookingRepository;
  readonly programmes: Programmes;
  readonly search: ResidentSearch;
  readonly identityChecks: IdentityChecks;
  readonly permits: BookingPermits;
  readonly notes: ResidentNotes;
  readonly slots: SlotRepository;
  readonly venues: VenueRecords;
  readonly schedules: ScheduleRepository;
  readonly plans: SlotPlanRepository;
  readonly capacities: SlotCapacityRepository;
  readonly grid: SlotGrid;
  readonly history: SlotHistory;
  readonly statistics: Statistics;
  readonly reader: OpenedResidents;
  readonly outbox: Pick<Outbox, 'eventsOf'>;
  /** Takes events to the workflows, in the background: the operator never waits for Temporal. */
  readonly handOver: { offer(events: readonly BookingEvent[]): void };
  /** What the booking's workflow has done and will do; undefined when Temporal does not answer soon. */
  readonly timelineOf: (bookingId: string) => Promise<Timeline | undefined>;
  readonly enrolment: StaffEnrolment;
  readonly links: StaffLinks;
  /** The city's identity provider, where there is one. */
  readonly oidc: OidcLogIn | undefined;
  /** Whether people may log in by password. */
  readonly localLogIn: boolean;
  readonly auditSearch: AuditSearch;
  readonly bookingLists: BookingList;
  readonly notices: Pick<NoticeRepository, 'reserveAgain' | 'byId' | 'skip'>;
  readonly noticeLists: NoticeList;
  readonly callbacks: CallbackRepository;
  readonly lineBroadcasts: BroadcastRouteDependencies['lineBroadcasts'];
  readonly broadcastSeats: BroadcastRouteDependencies['broadcastSeats'];
  /** Whether messages leave for LINE. */
  readonly hasLine: boolean;
  /** Has a notice sent once more by the workflows; answers within seconds. */
  readonly sendAgain: (
    request: NoticeRequest & { readonly requestId: string },
  ) => Promise<'accepted' | 'refused' | 'unreachable'>;
  /** The page of a workflow in the Temporal UI; undefined where there is no such UI. */
  readonly workflowUrl: (workflowId: string) => string | undefined;
  readonly site: SiteSettingsEditor;
  /** Where citizens reach the site, as the installation says. */
  readonly publicUrl: string;
  readonly installationId: string;
  readonly imports: ImportRequests;
  readonly importRuns: ImportRunStore;
  readonly importReview: ImportReview;
  readonly importCarryOvers: ImportCarryOvers;
  readonly importSettings: ImportSettingsRepository;
  readonly importUndo: ImportUndo;
  readonly importFiles: Pick<ImportFileStore, 'find'>;
  readonly assignments: AssignmentRunStore;
  readonly assignmentRequests: AssignmentRequests;
  readonly residents: ResidentRepository;
  readonly dayLists: DayLists;
  readonly dayFiles: DayFiles;
  /** Writes a day list as a page that works without the network. */
  readonly writeDayFile: (content: DayFileContent, passphrase: string) => Promise<string>;
  readonly dataExports: DataExports;
  readonly unmetSearches: Pick<UnmetSearches, 'note'>;
  readonly toDo: ToDoReader;
  readonly health: HealthChecks;
  /** Workflows that say that they need a person; undefined when Temporal does not answer soon. */
  readonly workflowsToDo: () => Promise<number | undefined>;
  readonly changes: ProgrammeChanges;
  readonly drafts: ProgrammeDrafts;
  readonly affected: Affected;
  readonly unmetSearchFigures: UnmetSearchFigures;
  readonly programmeFacts: ProgrammeFacts;
  readonly rehearsals: ProgrammeRehearsals;
  readonly programmeRequests: ProgrammeRequests;
  /** The citizens' pages of what is being edited. */
  readonly pagePreview: PagePreview;
  /** Staff's own addresses, for tests of notices. */
  readonly staffMail: StaffMail;
  readonly sendToStaff: SendToStaff;
  readonly trustedProxies: readonly string[];
}
