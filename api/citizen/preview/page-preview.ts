import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

import Router from '@koa/router';
import Koa from 'koa';

import type { PreviewPage } from '../../../domain/programmes/editing/preview';
import { createAssets } from '../../shared/assets';
import { createCookieJar } from '../../shared/cookies';
import type { PagePreview } from '../../shared/page-preview';
import type { SessionCheck } from '../../shared/session-check';
import { setUpLanguage } from '../../shared/set-up-language';
import type { AppContext, RequestState } from '../../shared/state';
import { createCitizenBookings } from '../bookings/citizen-bookings';
import { fixedLanguage } from '../frame/languages';
import { createSiteViews, createSiteWords, readSiteFiles } from '../frame/site-files';
import { addPages } from '../pages/all-pages';
import { createPage } from '../pages/page';
import { SampleWorld } from './sample-world';

/** A refusal leads to the list of bookings, which may lead on to the log-in. */
const mostRedirects = 3;

/**
 * The site's own pages on an invented world: the same routes, models and views as citizens get, asked without a network. There
 * is nothing to keep in step: a page that changes changes here.
 */
export function createPagePreview({
  projectRoot,
  publicUrl,
}: {
  readonly projectRoot: string;
  readonly publicUrl: string;
}): PagePreview {
  const views = createSiteViews(projectRoot);
  const book = createSiteWords(projectRoot);
  const assets = createAssets({ 'site.css': readSiteFiles(projectRoot)['site.css'] });
  // Only the look is loaded: no script, and no icon of a window that is none.
  const pageAssets = { urlOf: (name: string) => (name === 'site.css' ? assets.urlOf(name) : '') };

  function siteOf(world: SampleWorld): Koa<RequestState> {
    const { wish, programmes, residents, sessions } = world;
    const isKnown = wish.page !== 'front' && wish.page !== 'login' && wish.page !== 'help';
    const load = (ctx: AppContext) => {
      if (isKnown) ctx.state.session = world.session;
      return Promise.resolve();
    };
    const sessionCheck: SessionCheck = {
      load,
      start: () => undefined,
      end: () => Promise.resolve(),
      required: (ctx, next) => load(ctx).then(next),
    };
    const bookings = createCitizenBookings({
      bookings: world.bookings,
      programmes,
      slots: world.slots,
      handOver: { offer: () => undefined },
      unmetSearches: { note: () => undefined },
    });
    // In the language asked for, reviewed or not: this is where it is read before it is marked.
    const languages = fixedLanguage(book.of(wish.language));
    const router = new Router<RequestState>();
    addPages(router, {
      page: createPage({ views, assets: pageAssets, programmes, languages, formToken: () => '' }),
      bookings,
      sessionCheck,
      programmes,
      residents,
      sessions,
      publicUrl,
      site: { current: () => Promise.resolve(wish.site) },
      cookies: createCookieJar({ https: false }),
      logIn: () => Promise.reject(new Error('nobody logs in to a preview')),
    });
    const app = new Koa<RequestState>();
    setUpLanguage(app);
    app.use(router.routes());
    return app;
  }

  return {
    assets,
    async render(wish) {
      const world = new SampleWorld(wish, new Date());
      const app = siteOf(world);
      let answer = await ask(app, pathOf(world));
      for (let count = 0; answer.location !== undefined && count < mostRedirects; count++)
        answer = await ask(app, answer.location);
      if (typeof answer.body !== 'string' || answer.body === '')
        throw new Error(`the preview of "${wish.page}" has no page (${String(answer.status)})`);
      // Whatever is pressed would open in a new window, which the frame around it forbids.
      return answer.body.replace('<head>', '<head>\n<base target="_blank">');
    },
  };
}

/** Where citizens find the page, for the invented person. */
function pathOf(world: SampleWorld): string {
  const dose = String(world.dose);
  const book = `/book/${dose}`;
  const paths: Readonly<Record<PreviewPage, string>> = {
    front: '/',
    login: '/login',
    help: '/help/coupon',
    bookings: '/bookings',
    venues: `${book}/venues`,
    days: `${book}/times?venue=${world.venue.id}`,
    times: `${book}/times?venue=${world.venue.id}&day=${world.day}`,
    details: `/holds/${world.bookingId()}/details`,
    review: `/holds/${world.bookingId()}/review`,
    done: `/bookings/${world.bookingId()}/done`,
  };
  const path = paths[world.wish.page];
  return `${path}${path.includes('?') ? '&' : '?'}lang=${world.wish.language}`;
}

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: unknown;
}

/** Asks an app for a page, without a connection. */
async function ask(app: Koa<RequestState>, url: string): Promise<Answer> {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { method: 'GET', url, headers: { host: 'preview' } });
  let answer: Answer | undefined;
  let failure: unknown;
  const asked = new Koa<RequestState>();
  asked.use(async (ctx, next) => {
    ctx.respond = false;
    try {
      await next();
      answer = { status: ctx.status, location: ctx.response.get('Location') || undefined, body: ctx.body };
    } catch (error) {
      failure = error;
    }
  });
  for (const middleware of app.middleware) asked.use(middleware);
  await asked.callback()(request, new ServerResponse(request));
  if (!answer) throw failure;
  return answer;
}
