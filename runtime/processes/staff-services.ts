import type { Client } from '@temporalio/client';

import { createPagePreview } from '../../api/citizen/preview/page-preview';
import { installationId } from '../../api/shared/installation';
import { qrSvg, readQrSvg } from '../../api/shared/qr';
import type { HealthChecks } from '../../api/shared/set-up-health';
import { createDayFileWriter } from '../../api/staff/reception/offline/day-file';
import { createOidcLogIn } from '../../api/staff/staff/oidc/oidc-log-in';
import { createOidcProvider } from '../../api/staff/staff/oidc/oidc-provider';
import type { StaffServices } from '../../api/staff/staff-services';
import type { Database } from '../../database/foundation/connection';
import type { KeyRing } from '../../database/foundation/keys';
import { createProgrammeFacts } from '../../database/programmes';
import type { DatabaseServices } from '../../database/services';
import { createTimelines } from '../../engine/requests/booking-timelines';
import { createAssignmentRequests } from '../../engine/requests/create-assignment-requests';
import { createImportRequests } from '../../engine/requests/create-import-requests';
import { createProgrammeRequests } from '../../engine/requests/create-programme-requests';
import { createNoticeSender } from '../../engine/requests/send-notice-again';
import { createWorkflowsToDo } from '../../engine/requests/to-do-count';
import type { OidcConfig } from '../config';
import { projectRoot } from '../root';
import { createStaffMailSender } from './staff-mail-sender';

export interface StaffServicesOptions {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly services: DatabaseServices;
  readonly temporal: Client;
  readonly handOver: StaffServices['handOver'];
  readonly health: HealthChecks;
  readonly workflowUrl: StaffServices['workflowUrl'];
  readonly oidc: OidcConfig | undefined;
  readonly localLogIn: boolean;
  readonly hasLine: boolean;
  /** Left out: mail to staff lands in the inbox. */
  readonly smtpUrl: string | undefined;
  readonly publicUrl: string;
  readonly trustedProxies: readonly string[];
}

/** What the staff app works with: the services of the database, and what is asked of Temporal and of the world outside. */
export function composeStaffServices(options: StaffServicesOptions): StaffServices {
  const { database, keys, services, temporal, smtpUrl, publicUrl, oidc } = options;
  const { siteInForce, staffMail } = services;
  const citizensSite = async () => {
    const url = (await siteInForce.current()).publicAddress ?? publicUrl;
    return { url, qrText: readQrSvg(qrSvg(url)) };
  };
  return {
    ...services,
    programmeFacts: createProgrammeFacts({ database, keys, site: citizensSite }),
    handOver: options.handOver,
    timelineOf: createTimelines(temporal),
    sendAgain: createNoticeSender(temporal),
    imports: createImportRequests({ ...services, temporal }),
    assignmentRequests: createAssignmentRequests(temporal),
    programmeRequests: createProgrammeRequests(temporal),
    workflowsToDo: createWorkflowsToDo(temporal),
    workflowUrl: options.workflowUrl,
    oidc: oidc && createOidcLogIn({ provider: createOidcProvider(oidc), keys, label: oidc.label }),
    localLogIn: options.localLogIn,
    hasLine: options.hasLine,
    publicUrl,
    installationId: installationId(keys),
    writeDayFile: createDayFileWriter(projectRoot),
    health: options.health,
    sendToStaff: createStaffMailSender({ smtpUrl, publicUrl, toInbox: (mail) => staffMail.toInbox(mail) }),
    pagePreview: createPagePreview({ projectRoot, publicUrl }),
    trustedProxies: options.trustedProxies,
  };
}
