import { z } from 'zod';

import { programmesAsTheSiteSays } from '../../database/site/site-settings';
import type { CookieJar } from '../shared/cookies';
import { auditRoutes } from './audit/audit-routes';
import { availabilityRoutes } from './bookings/availability-routes';
import { bookingListRoutes } from './bookings/booking-list-routes';
import { bookingRoutes } from './bookings/booking-routes';
import { exportRoutes } from './bookings/export-routes';
import { createPhoneBookings } from './bookings/phone-bookings';
import { openRoute, type StaffRoute } from './frame/define-route';
import { describeApi } from './frame/openapi';
import type { StaffGate } from './frame/staff-gate';
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
import { createVenueDesk } from './reception/check-ins';
import { receptionRoutes } from './reception/reception-routes';
import { callScriptRoutes } from './residents/call-script-routes';
import { findResidentRoutes } from './residents/find-resident-routes';
import { createIdentityGate } from './residents/identity-gate';
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
import type { StaffDesk } from './staff-services';
import { numberRoutes } from './statistics/statistics-routes';
import { todayRoutes } from './statistics/today-routes';

/** Every route of the staff's JSON, its own description included. */
export function staffApi(
  desk: StaffDesk,
  { gate, cookies, demo }: { readonly gate: StaffGate; readonly cookies: CookieJar; readonly demo: boolean },
): StaffRoute[] {
  const logIn = createStaffLogIn({ ...desk, local: desk.localLogIn, demo });
  const identityGate = createIdentityGate(desk);
  const phone = createPhoneBookings({ ...desk, identityGate });
  const routes = [
    ...sessionRoutes({ ...desk, gate, logIn }),
    ...ownAccountRoutes({ ...desk, cookies }),
    ...accountRoutes(desk),
    ...siteRoutes(desk),
    ...auditRoutes(desk),
    ...findResidentRoutes(desk),
    ...residentRoutes({ ...desk, identityGate }),
    ...callScriptRoutes({ programmes: programmesAsTheSiteSays(desk.programmes, desk.site), site: desk.site }),
    ...bookingRoutes({ ...desk, phone, identityGate }),
    ...availabilityRoutes({ ...desk, identityGate }),
    ...venueRoutes(desk),
    ...importRoutes(desk),
    ...importFileRoutes(desk),
    ...importSettingsRoutes(desk),
    ...assignmentRoutes(desk),
    ...scheduleRoutes(desk),
    ...slotRoutes(desk),
    ...numberRoutes(desk),
    ...bookingListRoutes({ ...desk, identityGate }),
    ...noticeRoutes({ ...desk, identityGate }),
    ...broadcastRoutes({ ...desk, programmes: programmesAsTheSiteSays(desk.programmes, desk.site) }),
    ...callbackRoutes(desk),
    ...receptionRoutes({ ...desk, venueDesk: createVenueDesk(desk) }),
    ...exportRoutes(desk),
    ...todayRoutes(desk),
    ...programmeRoutes({
      drafts: desk.drafts,
      facts: desk.programmeFacts,
      processes: desk.programmeProcesses,
      audit: desk.audit,
    }),
    ...programmePreviewRoutes(desk),
    ...affectedRoutes(desk),
    ...noticePreviewRoutes(desk),
    ...ownEmailRoutes(desk),
    ...programmeChangeRoutes(desk),
    ...rehearsalRoutes({ drafts: desk.drafts, rehearsals: desk.rehearsals, processes: desk.programmeProcesses }),
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
