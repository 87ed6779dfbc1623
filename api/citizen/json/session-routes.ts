import type Router from '@koa/router';
import { z } from 'zod';

import type { Programmes } from '../../../database/programmes';
import type { ResidentRepository } from '../../../database/residents';
import { refuse } from '../../../domain/contracts/booking-refusals';
import { checkOpen, declarable, declaredWith, groupOf, type Person } from '../../../domain/programmes/eligibility';
import { defined } from '../../../domain/text/defined';
import type { CookieJar } from '../../shared/cookies';
import { read } from '../../shared/input';
import { sendProblem } from '../../shared/problem';
import type { SessionCheck } from '../../shared/session-check';
import type { RequestState } from '../../shared/state';
import { deviceCookie, deviceCookieMaxAgeS } from '../residents/device-cookie';
import type { LogIn } from '../residents/log-in';

const declarationSchema = z.object({ groups: z.array(z.string().max(40)).max(50) });

/** The second fact is what the programme asks for; `birthDate` nearly always. */
const logInSchema = z.object({
  couponNumber: z.string().max(100),
  birthDate: z.string().max(100).optional(),
  kana: z.string().max(100).optional(),
});

export interface SessionRouteDependencies {
  readonly logIn: LogIn;
  readonly sessionCheck: SessionCheck;
  readonly cookies: CookieJar;
  readonly programmes: Pick<Programmes, 'current'>;
  readonly residents: Pick<ResidentRepository, 'declare'>;
}

export function addSessionRoutes(
  router: Router<RequestState>,
  { logIn, sessionCheck, cookies, programmes, residents }: SessionRouteDependencies,
): void {
  async function me(person: Person) {
    const { groupCode } = person;
    const { document } = await programmes.current();
    const open = checkOpen(document, person, new Date(), { channel: 'web' });
    return {
      programme: { name: document.name, city: document.city },
      group: { code: groupCode, label: groupOf(document, groupCode)?.label ?? null },
      booking: open.ok ? { open: true } : { open: false, code: open.code, ...defined({ facts: open.detail }) },
      declarable: declarable(document, person).map(({ code, label, statement, help }) => ({
        group: code,
        label,
        statement,
        help: help ?? null,
      })),
      doses: document.doses.map(({ number, label, interval }) => ({ number, label, interval: interval ?? null })),
    };
  }

  router.post('/session', async (ctx) => {
    const input = read(logInSchema, ctx.state.body);
    if (!input.ok) {
      sendProblem(ctx, refuse('invalid_request'), input.faults);
      return;
    }
    const { document } = await programmes.current();
    if (document.identification.secondFact !== 'kana' && input.value.birthDate === undefined) {
      sendProblem(ctx, refuse('invalid_request'), [
        { field: 'birthDate', code: 'missing', sentence: `${document.identification.birthDate.label}がありません。` },
      ]);
      return;
    }
    const result = await logIn({
      couponNumber: input.value.couponNumber,
      birthDate: input.value.birthDate ?? '',
      ...defined({ kana: input.value.kana }),
      clientAddress: ctx.state.clientAddress,
      deviceCookie: cookies.read(ctx.req, deviceCookie),
    });
    if (result.ok) {
      sessionCheck.start(ctx, result.token);
      cookies.write(ctx.res, deviceCookie, result.deviceCookie, deviceCookieMaxAgeS);
      ctx.body = await me(result.resident);
    } else if (result.kind === 'malformed') {
      sendProblem(
        ctx,
        refuse('invalid_answers'),
        result.faults.map(({ field, code, sentence }) => ({ field, code, sentence })),
      );
    } else {
      if (result.retryAfterS > 0) ctx.set('Retry-After', String(result.retryAfterS));
      sendProblem(ctx, result.refusal);
    }
  });

  /** What a person declares of themselves: the groups of `me.declarable`. Groups declared before stay. */
  router.post('/declarations', sessionCheck.required, async (ctx) => {
    const input = read(declarationSchema, ctx.state.body);
    const { session } = ctx.state;
    if (!input.ok || !session) {
      sendProblem(ctx, refuse('invalid_request'), input.ok ? [] : input.faults);
      return;
    }
    const { document } = await programmes.current();
    const declared = declaredWith(document, session, input.value.groups);
    await residents.declare(session.residentId, declared);
    ctx.body = await me({ groupCode: session.groupCode, birthDate: session.birthDate, declared });
  });

  router.delete('/session', async (ctx) => {
    await sessionCheck.end(ctx);
    ctx.status = 204;
  });

  router.get('/me', sessionCheck.required, async (ctx) => {
    ctx.body = await me(ctx.state.session ?? { groupCode: '' });
  });
}
