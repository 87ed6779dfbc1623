import type { Session } from '../../../database/residents';
import { uuid } from '../../shared/input';
import { Refused } from '../../shared/refused';
import type { SessionCheck } from '../../shared/session-check';
import type { AppContext, AppMiddleware } from '../../shared/state';

/** One value of the query or of a form; the first when there are several, '' when there is none. */
export function textOf(source: Readonly<Record<string, unknown>> | undefined, name: string): string {
  const value = source?.[name];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : '';
}

/** All values of one name, in order: the ticked boxes of a group. */
export function textsOf(source: Readonly<Record<string, unknown>> | undefined, name: string): string[] {
  const value = source?.[name];
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((item): item is string => typeof item === 'string');
}

/** As `textOf`, for ids: undefined when it is none. */
export function idOf(source: Readonly<Record<string, unknown>> | undefined, name: string): string | undefined {
  const id = uuid.safeParse(textOf(source, name));
  return id.success ? id.data : undefined;
}

/** Every successful form ends in one of these: reloading repeats nothing. */
export function seeOther(
  ctx: AppContext,
  path: string,
  query: Readonly<Record<string, string | undefined>> = {},
): void {
  ctx.status = 303;
  ctx.set('Location', pathWith(path, query));
  ctx.body = '';
}

export function pathWith(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const entries = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[name, value]],
  );
  return entries.length === 0 ? path : `${path}?${new URLSearchParams(entries).toString()}`;
}

export function sessionOf(ctx: AppContext): Session {
  if (!ctx.state.session) throw new Refused('not_logged_in');
  return ctx.state.session;
}

/**
 * For pages: without a session the citizen logs in first and then goes on where they were.
 * @param returnTo the page to go on with when the request was a form; GET pages return to themselves
 */
export function pageSession(
  sessionCheck: SessionCheck,
  returnTo?: (ctx: AppContext & { readonly params: Record<string, string> }) => string,
): AppMiddleware {
  return async (ctx, next) => {
    await sessionCheck.load(ctx);
    if (ctx.state.session) {
      await next();
      return;
    }
    const next_ =
      ctx.method === 'POST'
        ? (returnTo?.(ctx as AppContext & { params: Record<string, string> }) ?? '/bookings')
        : ctx.url;
    // The list of bookings is where everybody starts: no word of a session that was never there.
    seeOther(ctx, '/login', next_ === '/bookings' ? {} : { next: next_ });
  };
}

/** A page of ours that a button of a form may lead to; undefined for everything else. */
export function pageOfOurs(text: string): string | undefined {
  const path = /^\/((bookings|book|holds|line|help|accessibility|privacy)(\/[A-Za-z0-9/-]*)?(\?[A-Za-z0-9=&_%-]*)?)?$/;
  return path.test(text) && text.length <= 300 ? text : undefined;
}

/** A page of ours to go on with after the log-in; everything else is the list of bookings. */
export function safeNext(text: string): string {
  return /^\/(bookings|book|holds|line)(\/[A-Za-z0-9/-]*)?(\?[A-Za-z0-9=&_%-]*)?$/.test(text) && text.length <= 300
    ? text
    : '/bookings';
}
