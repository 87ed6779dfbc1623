import type Koa from 'koa';
import type { Logger } from 'pino';

import { databaseTrouble } from '../../database/foundation/is-database-unavailable';
import { ProgrammeTooNewError } from '../../database/programmes';
import { type Refusal, refuse } from '../../domain/contracts/booking-refusals';
import { sendProblem } from './problem';
import { Refused } from './refused';
import { type AppContext, type RequestState, wantsJson } from './state';

export interface ErrorOptions {
  readonly log: Logger;
  /** Writes the page for people: status, type and body. Left out, everybody gets the problem document. */
  readonly sendPage?: (ctx: AppContext, refusal: Refusal) => Promise<void>;
}

/** Seconds after which a client may try again: a database that is away comes back slowly, a lock is mostly gone soon. */
const retryAfterS = { away: 30, busy: 5 } as const;

/** The one place where something thrown becomes an answer. What is not expected is logged and tells the outside nothing. */
export function setUpErrors(app: Koa<RequestState>, { log, sendPage }: ErrorOptions): void {
  const send = async (ctx: AppContext, refusal: Refusal): Promise<void> => {
    if (sendPage && !wantsJson(ctx)) await sendPage(ctx, refusal);
    else sendProblem(ctx, refusal);
  };
  app.use(async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const { refusal, headers } = refusalOf(error);
      if (refusal.code === 'internal' || refusal.code === 'try_again')
        log.error({ id: ctx.state.requestId, error: describe(error) }, 'request failed');
      ctx.set(headers);
      await send(ctx, refusal);
    }
  });
  // What Koa itself reports is a connection that broke while we wrote to it.
  app.on('error', (error: unknown) => {
    log.debug({ error: describe(error) }, 'connection error');
  });
}

function refusalOf(error: unknown): { refusal: Refusal; headers: Record<string, string> } {
  if (error instanceof Refused) return { refusal: error.refusal, headers: { ...error.headers } };
  const trouble = databaseTrouble(error);
  if (trouble) return { refusal: refuse('try_again'), headers: { 'Retry-After': String(retryAfterS[trouble]) } };
  // A newer process wrote what this one cannot read: it is being replaced.
  if (error instanceof ProgrammeTooNewError)
    return { refusal: refuse('try_again'), headers: { 'Retry-After': String(retryAfterS.away) } };
  const status = (error as { status?: unknown } | null)?.status;
  // Koa's own complaints about a request, such as a path that cannot be decoded.
  if (typeof status === 'number' && status >= 400 && status < 500)
    return { refusal: refuse('invalid_request'), headers: {} };
  return { refusal: refuse('internal'), headers: {} };
}

/** Name, code and place. Never the message: those of PostgreSQL quote values. */
function describe(error: unknown): Record<string, unknown> {
  if (typeof error !== 'object' || error === null) return { name: typeof error };
  const { name, code, stack } = error as { name?: unknown; code?: unknown; stack?: unknown };
  const at =
    typeof stack === 'string'
      ? stack
          .split('\n')
          .filter((line) => line.startsWith('    at '))
          .slice(0, 8)
          .map((line) => line.trim())
      : [];
  return { name, code, at };
}
