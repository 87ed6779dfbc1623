import { createCookieJar } from '../shared/cookies';
import { describeApi } from './frame/openapi';
import { createStaffSessionCheck } from './frame/staff-session-check';
import { staffApi } from './staff-api';
import type { StaffServices } from './staff-services';

/** The description of the staff's JSON without a database, for generating the admin's types: the handlers are never called. */
export function describeStaffApi(): object {
  const services = {} as StaffServices;
  const cookies = createCookieJar({ https: true });
  const sessionCheck = createStaffSessionCheck({ cookies, sessions: services.sessions });
  return describeApi(staffApi(services, { sessionCheck, cookies, demo: false }));
}
