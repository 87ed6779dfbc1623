import type { ProgrammeFacts } from '../../database/programmes';
import type { DatabaseServices } from '../../database/services';
import type { BookingEvent, NoticeRequest, Timeline } from '../../domain/contracts/booking-workflow';
import type { AssignmentRequests } from '../../engine/requests/assignment-requests';
import type { ImportRequests } from '../../engine/requests/import-requests';
import type { ProgrammeRequests } from '../../engine/requests/programme-requests';
import type { PagePreview } from '../shared/page-preview';
import type { HealthChecks } from '../shared/set-up-health';
import type { DayFileContent } from './reception/offline/day-file';
import type { OidcLogIn } from './staff/oidc/oidc-log-in';
import type { SendToStaff } from './staff/send-to-staff';

/** What the staff's JSON works with: the services of every noun, and what stands around the database. The pool belongs to the staff app alone. */
export interface StaffServices extends DatabaseServices {
  /** Takes events to the workflows, in the background: the operator never waits for Temporal. */
  readonly handOver: { offer(events: readonly BookingEvent[]): void };
  /** What the booking's workflow has done and will do; undefined when Temporal does not answer soon. */
  readonly timelineOf: (bookingId: string) => Promise<Timeline | undefined>;
  /** The city's identity provider, where there is one. */
  readonly oidc: OidcLogIn | undefined;
  /** Whether people may log in by password. */
  readonly localLogIn: boolean;
  /** Whether messages leave for LINE. */
  readonly hasLine: boolean;
  /** Has a notice sent once more by the workflows; answers within seconds. */
  readonly sendAgain: (
    request: NoticeRequest & { readonly requestId: string },
  ) => Promise<'accepted' | 'refused' | 'unreachable'>;
  /** The page of a workflow in the Temporal UI; undefined where there is no such UI. */
  readonly workflowUrl: (workflowId: string) => string | undefined;
  /** Where citizens reach the site, as the installation says. */
  readonly publicUrl: string;
  readonly installationId: string;
  readonly imports: ImportRequests;
  readonly assignmentRequests: AssignmentRequests;
  /** Writes a day list as a page that works without the network. */
  readonly writeDayFile: (content: DayFileContent, passphrase: string) => Promise<string>;
  readonly health: HealthChecks;
  /** Workflows that say that they need a person; undefined when Temporal does not answer soon. */
  readonly workflowsToDo: () => Promise<number | undefined>;
  readonly programmeFacts: ProgrammeFacts;
  readonly programmeRequests: ProgrammeRequests;
  /** The citizens' pages of what is being edited. */
  readonly pagePreview: PagePreview;
  readonly sendToStaff: SendToStaff;
  readonly trustedProxies: readonly string[];
}
