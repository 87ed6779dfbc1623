import { createCookieJar } from '../shared/cookies';
import { describeApi } from './frame/openapi';
import { createStaffGate } from './frame/staff-gate';
import { staffApi } from './staff-api';
import type { StaffServices } from './staff-services';

/** The description of the staff's JSON without a database, for generating the admin's types: the handlers are never called. */
export function describeStaffApi(): object {
  const services = {} as StaffServices;
  const cookies = createCookieJar({ https: true });
  const gate = createStaffGate({ cookies, sessions: services.sessions });
  return describeApi(staffApi(services, { gate, cookies, demo: false }));
}
