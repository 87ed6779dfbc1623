import type { Affected } from '../../database/affected';
import type { AssignmentRunStore } from '../../database/assignment-runs';
import type { AttentionReader } from '../../database/attention';
import type { Audit } from '../../database/audit';
import type { AuditSearch } from '../../database/audit-search';
import type { BookingPermits } from '../../database/booking-permits';
import type { BookingRepository } from '../../database/bookings';
import type { CallbackRepository } from '../../database/callbacks';
import type { DataExports } from '../../database/data-exports';
import type { DayFiles } from '../../database/day-files';
import type { DayLists } from '../../database/day-lists';
import type { DemandReader } from '../../database/demand';
import type { IdentityChecks } from '../../database/identity-checks';
import type { ImportCarryOvers } from '../../database/import-carry-overs';
import type { ImportFileStore } from '../../database/import-files';
import type { ImportReview } from '../../database/import-review';
import type { ImportRunStore } from '../../database/import-runs';
import type { ImportSettingsRepository } from '../../database/import-settings';
import type { ImportUndo } from '../../database/import-undo';
import type { LoginThrottle } from '../../database/login-throttle';
import type { NoticeRepository } from '../../database/notices';
import type { Outbox } from '../../database/outbox';
import type { ProgrammeChanges } from '../../database/programme-changes';
import type { ProgrammeDrafts } from '../../database/programme-drafts';
import type { ProgrammeFacts } from '../../database/programme-facts';
import type { ProgrammeRehearsals } from '../../database/programme-rehearsals';
import type { Programmes } from '../../database/programmes';
import type { ResidentNotes } from '../../database/resident-notes';
import type { ResidentSearch } from '../../database/resident-search';
import type { ResidentRepository } from '../../database/residents';
import type { ScheduleRepository } from '../../database/schedules';
import type { SiteSettingsEditor } from '../../database/site-settings';
import type { SlotCapacityRepository } from '../../database/slot-capacities';
import type { SlotGrid } from '../../database/slot-grid';
import type { SlotHistory } from '../../database/slot-history';
import type { SlotPlanRepository } from '../../database/slot-plans';
import type { SlotRepository } from '../../database/slots';
import type { StaffRepository } from '../../database/staff';
import type { StaffBookingReader } from '../../database/staff-bookings';
import type { StaffDeskReader } from '../../database/staff-desk';
import type { StaffEnrolment } from '../../database/staff-enrolment';
import type { StaffLinks } from '../../database/staff-links';
import type { StaffMail } from '../../database/staff-mail';
import type { StaffNoticeReader } from '../../database/staff-notices';
import type { StaffNumbers } from '../../database/staff-numbers';
import type { StaffSessionRepository } from '../../database/staff-sessions';
import type { StaffVenueRepository } from '../../database/staff-venues';
import type { UnmetSearches } from '../../database/unmet-searches';
import type { BookingEvent, NoticeRequest, Timeline } from '../../domain/contracts/booking-workflow';
import type { NoticeMessage } from '../../domain/notice-layout';
import type { PagePreview } from '../shared/page-preview';
import type { HealthChecks } from '../shared/set-up-health';
import type { AssignmentDesk } from './assignment-desk';
import type { ImportDesk } from './import-desk';
import type { DayFileContent } from './offline/day-file';
import type { OidcDoor } from './oidc/door';
import type { ProgrammeProcesses } from './programme-processes';
import type { BroadcastRouteDependencies } from './routes/broadcasts';

/** What the staff's JSON works with; its database pool belongs to this door alone. */
export interface StaffDesk {
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
  readonly venues: StaffVenueRepository;
  readonly schedules: ScheduleRepository;
  readonly plans: SlotPlanRepository;
  readonly capacities: SlotCapacityRepository;
  readonly grid: SlotGrid;
  readonly history: SlotHistory;
  readonly numbers: StaffNumbers;
  readonly reader: StaffDeskReader;
  readonly outbox: Pick<Outbox, 'eventsOf'>;
  /** Takes events to the workflows, in the background: the operator never waits for Temporal. */
  readonly handOver: { offer(events: readonly BookingEvent[]): void };
  /** What the booking's workflow has done and will do; undefined when Temporal does not answer soon. */
  readonly timelineOf: (bookingId: string) => Promise<Timeline | undefined>;
  readonly enrolment: StaffEnrolment;
  readonly links: StaffLinks;
  /** The city's identity provider, where there is one. */
  readonly oidc: OidcDoor | undefined;
  /** Whether people may log in by password. */
  readonly localLogIn: boolean;
  readonly auditSearch: AuditSearch;
  readonly bookingLists: StaffBookingReader;
  readonly notices: Pick<NoticeRepository, 'reserveAgain' | 'byId' | 'skip'>;
  readonly noticeLists: StaffNoticeReader;
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
  readonly imports: ImportDesk;
  readonly importRuns: ImportRunStore;
  readonly importReview: ImportReview;
  readonly importCarryOvers: ImportCarryOvers;
  readonly importSettings: ImportSettingsRepository;
  readonly importUndo: ImportUndo;
  readonly importFiles: Pick<ImportFileStore, 'find'>;
  readonly assignments: AssignmentRunStore;
  readonly assignmentDesk: AssignmentDesk;
  readonly residents: ResidentRepository;
  readonly dayLists: DayLists;
  readonly dayFiles: DayFiles;
  /** Writes a day list as a page that works without the network. */
  readonly writeDayFile: (content: DayFileContent, passphrase: string) => Promise<string>;
  readonly dataExports: DataExports;
  readonly unmet: Pick<UnmetSearches, 'note'>;
  readonly attention: AttentionReader;
  readonly health: HealthChecks;
  /** Workflows that say that they need a person; undefined when Temporal does not answer soon. */
  readonly workflowsNeedingAttention: () => Promise<number | undefined>;
  readonly changes: ProgrammeChanges;
  readonly drafts: ProgrammeDrafts;
  readonly affected: Affected;
  readonly demand: DemandReader;
  readonly programmeFacts: ProgrammeFacts;
  readonly rehearsals: ProgrammeRehearsals;
  readonly programmeProcesses: ProgrammeProcesses;
  /** The citizens' pages of what is being edited. */
  readonly pagePreview: PagePreview;
  /** Staff's own addresses, for tests of notices. */
  readonly staffMail: StaffMail;
  /** Sends a mail to a member of staff; false: it could not be sent. */
  readonly sendToStaff: (
    mail: NoticeMessage & { readonly to: string; readonly senderName: string },
  ) => Promise<boolean>;
  readonly trustedProxies: readonly string[];
}
