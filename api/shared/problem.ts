import { refusalSentence } from '../../domain/bookings/refusal-words';
import { type Refusal, refusals } from '../../domain/contracts/booking-refusals';
import { type StaffRefusal, staffRefusals } from '../../domain/staff/refusals';
import { defined } from '../../domain/text/defined';
import type { AppContext } from './state';

export interface ProblemFault {
  readonly field: string;
  readonly code: string;
  readonly sentence: string;
}

/**
 * Answers with an RFC 9457 problem document. `code` is stable and meant for programs, `title` is the refusal's general
 * sentence, `detail` the sentence with the facts of this case; `faults` names the fields that are wrong;
 * `current` is what is in force instead, for the person who came second.
 */
export function sendProblem(ctx: AppContext, refusal: Refusal | StaffRefusal, faults?: readonly ProblemFault[]): void {
  const { code, http, sentence, detail } =
    'staffCode' in refusal
      ? {
          code: refusal.staffCode,
          ...staffRefusals[refusal.staffCode],
          detail: staffRefusals[refusal.staffCode].sentence,
        }
      : { code: refusal.code, ...refusals[refusal.code], detail: refusalSentence(refusal) };
  ctx.status = http;
  ctx.type = 'application/problem+json';
  ctx.body = JSON.stringify({
    type: `urn:toki:problem:${code}`,
    title: sentence,
    status: http,
    detail,
    instance: `urn:uuid:${ctx.state.requestId}`,
    code,
    ...defined({ facts: refusal.detail }),
    ...(faults
      ? {
          faults: faults.map(({ field, code: faultCode, sentence: words }) => ({
            field,
            code: faultCode,
            sentence: words,
          })),
        }
      : {}),
    ...('current' in refusal && refusal.current !== undefined ? { current: refusal.current } : {}),
  });
}
