import { createCookieJar } from '../shared/cookies';
import { describeApi } from './frame/openapi';
import { createStaffGate } from './frame/staff-gate';
import { staffApi } from './staff-api';
import type { StaffDesk } from './staff-services';

/** The description of the staff's JSON without a database, for generating the admin's types: the handlers are never called. */
export function describeStaffApi(): object {
  const desk = {} as StaffDesk;
  const cookies = createCookieJar({ https: true });
  const gate = createStaffGate({ cookies, sessions: desk.sessions });
  return describeApi(staffApi(desk, { gate, cookies, demo: false }));
}
