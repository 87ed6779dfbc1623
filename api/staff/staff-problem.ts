import { staffRefusals, type StaffRefusal } from '../../domain/staff/refusals';
import type { AppContext } from '../shared/state';

/** Answers with a problem document (RFC 9457), of the same shape as those of the booking rules. */
export function sendStaffProblem(ctx: AppContext, refusal: StaffRefusal): void {
  const { http, sentence } = staffRefusals[refusal.staffCode];
  ctx.status = http;
  ctx.type = 'application/problem+json';
  ctx.body = JSON.stringify({
    type: `urn:toki:problem:${refusal.staffCode}`,
    title: sentence,
    status: http,
    detail: sentence,
    instance: `urn:uuid:${ctx.state.requestId}`,
    code: refusal.staffCode,
    ...(refusal.detail ? { facts: refusal.detail } : {}),
  });
}
