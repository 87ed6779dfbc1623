import { z } from 'zod';

import { programmesAsTheSiteSays } from '../../database/site-settings';
import type { CookieJar } from '../shared/cookies';
import { openRoute, type StaffRoute } from './define-route';
import type { StaffDesk } from './desk';
import { createIdentityGate } from './identity-gate';
import { createStaffLogIn } from './log-in';
import { describeApi } from './openapi';
import { createPhoneBookings } from './phone-bookings';
import { accountRoutes } from './routes/accounts';
import { affectedRoutes } from './routes/affected';
import { assignmentRoutes } from './routes/assignments';
import { auditRoutes } from './routes/audit';
import { availabilityRoutes } from './routes/availability';
import { bookingListRoutes } from './routes/booking-list';
import { bookingRoutes } from './routes/bookings';
import { broadcastRoutes } from './routes/broadcasts';
import { callScriptRoutes } from './routes/call-script';
import { callbackRoutes } from './routes/callbacks';
import { exportRoutes } from './routes/exports';
import { findResidentRoutes } from './routes/find-residents';
import { importFileRoutes } from './routes/import-files';
import { importSettingsRoutes } from './routes/import-settings';
import { importRoutes } from './routes/imports';
import { noticePreviewRoutes } from './routes/notice-preview';
import { noticeRoutes } from './routes/notices';
import { numberRoutes } from './routes/numbers';
import { ownAccountRoutes } from './routes/own-account';
import { ownEmailRoutes } from './routes/own-email';
import { programmeChangeRoutes } from './routes/programme-changes';
import { programmePreviewRoutes } from './routes/programme-preview';
import { programmeRoutes } from './routes/programmes';
import { receptionRoutes } from './routes/reception';
import { rehearsalRoutes } from './routes/rehearsals';
import { residentRoutes } from './routes/residents';
import { scheduleRoutes } from './routes/schedules';
import { sessionRoutes } from './routes/session';
import { siteRoutes } from './routes/site';
import { slotRoutes } from './routes/slots';
import { todayRoutes } from './routes/today';
import { venueRoutes } from './routes/venues';
import type { StaffGate } from './staff-gate';
import { createVenueDesk } from './venue-desk';

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
