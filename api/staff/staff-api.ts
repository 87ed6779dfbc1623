import { z } from 'zod';

import { programmesAsTheSiteSays } from '../../database/site';
import type { CookieJar } from '../shared/cookies';
import { auditRoutes } from './audit/audit-routes';
import { availabilityRoutes } from './bookings/availability-routes';
import { bookingListRoutes } from './bookings/booking-list-routes';
import { bookingRoutes } from './bookings/booking-routes';
import { exportRoutes } from './bookings/export-routes';
import { createPhoneBookings } from './bookings/phone-bookings';
import { openRoute, type StaffRoute } from './frame/define-route';
import { describeApi } from './frame/openapi';
import type { StaffSessionCheck } from './frame/staff-session-check';
import { assignmentRoutes } from './imports/assignment-routes';
import { importFileRoutes } from './imports/import-file-routes';
import { importRoutes } from './imports/import-routes';
import { importSettingsRoutes } from './imports/import-settings-routes';
import { broadcastRoutes } from './notices/broadcast-routes';
import { callbackRoutes } from './notices/callback-routes';
import { noticePreviewRoutes } from './notices/notice-preview-routes';
import { noticeRoutes } from './notices/notice-routes';
import { affectedRoutes } from './programmes/affected-routes';
import { programmeChangeRoutes } from './programmes/change-routes';
import { programmePreviewRoutes } from './programmes/page-preview-routes';
import { programmeRoutes } from './programmes/programme-routes';
import { rehearsalRoutes } from './programmes/rehearsal-routes';
import { createCheckIns } from './reception/check-ins';
import { receptionRoutes } from './reception/reception-routes';
import { callScriptRoutes } from './residents/call-script-routes';
import { findResidentRoutes } from './residents/find-resident-routes';
import { createIdentityRequirement } from './residents/identity-requirement';
import { residentRoutes } from './residents/resident-routes';
import { scheduleRoutes } from './schedule/schedule-routes';
import { slotRoutes } from './schedule/slot-routes';
import { venueRoutes } from './schedule/venue-routes';
import { siteRoutes } from './site/site-routes';
import { accountRoutes } from './staff/account-routes';
import { createStaffLogIn } from './staff/log-in';
import { ownAccountRoutes } from './staff/own-account-routes';
import { ownEmailRoutes } from './staff/own-email-routes';
import { sessionRoutes } from './staff/session-routes';
import type { StaffServices } from './staff-services';
import { statisticsRoutes } from './statistics/statistics-routes';
import { todayRoutes } from './statistics/today-routes';

/** Every route of the staff's JSON, its own description included. */
export function staffApi(
  services: StaffServices,
  {
    sessionCheck,
    cookies,
    demo,
  }: { readonly sessionCheck: StaffSessionCheck; readonly cookies: CookieJar; readonly demo: boolean },
): StaffRoute[] {
  const logIn = createStaffLogIn({ ...services, local: services.localLogIn, demo });
  const identityRequirement = createIdentityRequirement(services);
  const phone = createPhoneBookings({ ...services, identityRequirement });
  const routes = [
    ...sessionRoutes({ ...services, sessionCheck, logIn }),
    ...ownAccountRoutes({ ...services, cookies }),
    ...accountRoutes(services),
    ...siteRoutes(services),
    ...auditRoutes(services),
    ...findResidentRoutes(services),
    ...residentRoutes({ ...services, identityRequirement }),
    ...callScriptRoutes({
      programmes: programmesAsTheSiteSays(services.programmes, services.site),
      site: services.site,
    }),
    ...bookingRoutes({ ...services, phone, identityRequirement }),
    ...availabilityRoutes({ ...services, identityRequirement }),
    ...venueRoutes(services),
    ...importRoutes(services),
    ...importFileRoutes(services),
    ...importSettingsRoutes(services),
    ...assignmentRoutes(services),
    ...scheduleRoutes(services),
    ...slotRoutes(services),
    ...statisticsRoutes(services),
    ...bookingListRoutes({ ...services, identityRequirement }),
    ...noticeRoutes({ ...services, identityRequirement }),
    ...broadcastRoutes({ ...services, programmes: programmesAsTheSiteSays(services.programmes, services.site) }),
    ...callbackRoutes(services),
    ...receptionRoutes({ ...services, checkIns: createCheckIns(services) }),
    ...exportRoutes(services),
    ...todayRoutes(services),
    ...programmeRoutes({
      drafts: services.drafts,
      facts: services.programmeFacts,
      processes: services.programmeRequests,
      audit: services.audit,
    }),
    ...programmePreviewRoutes(services),
    ...affectedRoutes(services),
    ...noticePreviewRoutes(services),
    ...ownEmailRoutes(services),
    ...programmeChangeRoutes(services),
    ...rehearsalRoutes({
      drafts: services.drafts,
      rehearsals: services.rehearsals,
      processes: services.programmeRequests,
    }),
  ];
  const description = describeApi(routes);
  return [
    ...routes,
    openRoute({
      method: 'get',
      path: '/openapi.json',
      summary: 'This description',
      answer: z.record(z.string(), z.unknown()),
      handle: () => Promise.resolve({ answer: description as Record<string, unknown> }),
    }),
  ];
}
