import { createCookieJar } from '../shared/cookies';
import type { StaffDesk } from './desk';
import { describeApi } from './openapi';
import { staffApi } from './staff-api';
import { createStaffGate } from './staff-gate';

/** The description of the staff's JSON without a database, for generating the admin's types: the handlers are never called. */
export function describeStaffApi(): object {
  const desk = {} as StaffDesk;
  const cookies = createCookieJar({ https: true });
  const gate = createStaffGate({ cookies, sessions: desk.sessions });
  return describeApi(staffApi(desk, { gate, cookies, demo: false }));
}
