import { randomBytes } from 'node:crypto';

import type Router from '@koa/router';

import type { LineLinks } from '../../../database/notices';
import type { ResidentRepository } from '../../../database/residents';
import { linkWord } from '../../../domain/notices/line-linking';
import { Refused } from '../../shared/refused';
import type { SessionCheck } from '../../shared/session-check';
import type { AppContext, RequestState } from '../../shared/state';
import { pageSession, seeOther, sessionOf, textOf } from '../frame/requests';
import type { Page } from './page';

/** How citizens come to the official account; `demo`: there is none, and a page of ours plays its part. */
export type LineConnection =
  { readonly kind: 'account'; readonly accountId: string; readonly accessUrl: string } | { readonly kind: 'demo' };

export interface LinePageDependencies {
  readonly page: Page;
  readonly sessionCheck: SessionCheck;
  readonly residents: Pick<ResidentRepository, 'find'>;
  readonly links: LineLinks;
  readonly connection: LineConnection;
}

/** What can have been done on the page before; each has words. */
const doneBefore: ReadonlySet<string> = new Set(['linked', 'unlinked']);

/** Where a citizen sees whether a LINE account hears of their bookings, how to link one, and how to take it off again. */
export function addLinePages(
  router: Router<RequestState>,
  { page, sessionCheck, residents, links, connection }: LinePageDependencies,
): void {
  router.get('/line', pageSession(sessionCheck), async (ctx) => {
    const { residentId } = sessionOf(ctx);
    const { t } = await page.wordsFor(ctx);
    const done = textOf(ctx.query, 'done');
    await page.send(ctx, 'line', {
      title: t('line.heading'),
      back: '/bookings',
      done: doneBefore.has(done) ? t(`line.done_${done}`) : undefined,
      isLinked: await links.isLinked(residentId),
      isDemo: connection.kind === 'demo',
      linkWord,
      ...(connection.kind === 'account'
        ? {
            accountId: connection.accountId,
            accountUrl: `https://line.me/R/ti/p/${encodeURIComponent(connection.accountId)}`,
            messageUrl: `https://line.me/R/oaMessage/${encodeURIComponent(connection.accountId)}/?${encodeURIComponent(linkWord)}`,
          }
        : {}),
    });
  });

  router.post(
    '/line/unlink',
    pageSession(sessionCheck, () => '/line'),
    async (ctx) => {
      await links.unlink(sessionOf(ctx).residentId);
      seeOther(ctx, '/line', { done: 'unlinked' });
    },
  );

  if (connection.kind === 'demo') {
    router.post(
      '/line/demo',
      pageSession(sessionCheck, () => '/line'),
      async (ctx) => {
        // The same way as with LINE, whose part is played here: a token, a nonce, and an account that nobody has.
        const linkToken = randomBytes(16).toString('hex');
        await links.keepToken(linkToken);
        const nonce = await links.beginLink(linkToken, sessionOf(ctx).residentId);
        if (nonce !== undefined) await links.completeLink(nonce, `U${randomBytes(16).toString('hex')}`);
        seeOther(ctx, '/line', { done: 'linked' });
      },
    );
    return;
  }

  /** The link that the official account sends: after the log-in, one yes, and on to LINE. */
  router.get('/line/link', pageSession(sessionCheck), async (ctx) => {
    await sendLink(ctx, 200);
  });

  router.post(
    '/line/link',
    pageSession(sessionCheck, () => '/line'),
    async (ctx) => {
      const linkToken = tokenIn(ctx.state.body);
      const nonce = linkToken === undefined ? undefined : await links.beginLink(linkToken, sessionOf(ctx).residentId);
      if (linkToken === undefined || nonce === undefined) {
        await sendLink(ctx, 410);
        return;
      }
      ctx.status = 303;
      ctx.set(
        'Location',
        `${connection.accessUrl}/dialog/bot/accountLink?${new URLSearchParams({ linkToken, nonce }).toString()}`,
      );
      ctx.body = '';
    },
  );

  async function sendLink(ctx: AppContext, status: number): Promise<void> {
    const linkToken = tokenIn(ctx.method === 'POST' ? ctx.state.body : ctx.query);
    const isGood = status === 200 && linkToken !== undefined && (await links.isTokenGood(linkToken));
    const resident = await residents.find(sessionOf(ctx).residentId);
    if (!resident) throw new Refused('not_logged_in');
    // The answer to the form leads to LINE, which the browser must be told before.
    const policy = ctx.response.get('Content-Security-Policy');
    if (isGood && connection.kind === 'account')
      ctx.set(
        'Content-Security-Policy',
        policy.replace("form-action 'self'", `form-action 'self' ${connection.accessUrl}`),
      );
    const { t, dates } = await page.wordsFor(ctx);
    await page.send(
      ctx,
      'line-link',
      {
        title: t('line.link'),
        back: '/bookings',
        isGood,
        linkToken,
        linkWord,
        person: dates.birthDate(resident.birthDate),
      },
      isGood ? 200 : 410,
    );
  }
}

function tokenIn(source: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const text = textOf(source, 'linkToken');
  return /^[A-Za-z0-9_-]{8,200}$/.test(text) ? text : undefined;
}
