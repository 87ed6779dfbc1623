import Router from '@koa/router';
import Koa from 'koa';
import type { Logger } from 'pino';

import type { BookingRepository } from '../../database/bookings';
import type { KeyRing } from '../../database/foundation/keys';
import type { LineEvents, LineLinks } from '../../database/notices';
import type { Programmes } from '../../database/programmes';
import type { LoginBrake, LoginThrottle, ResidentRepository, SessionRepository } from '../../database/residents';
import type { SlotRepository } from '../../database/schedule';
import { programmesAsTheSiteSays, type SiteSettingsReader } from '../../database/site';
import type { UnmetSearches } from '../../database/statistics';
import { createAssets } from '../shared/assets';
import { createCookieJar } from '../shared/cookies';
import { createCsrf } from '../shared/csrf';
import { createFormTokens } from '../shared/form-token';
import { addInstallationRoute } from '../shared/installation';
import { createSessionCheck } from '../shared/session-check';
import { setUpBody } from '../shared/set-up-body';
import { setUpClientAddress } from '../shared/set-up-client-address';
import { setUpCompression } from '../shared/set-up-compression';
import { setUpErrors } from '../shared/set-up-errors';
import { setUpFallback } from '../shared/set-up-fallback';
import { type HealthChecks, setUpHealth } from '../shared/set-up-health';
import { setUpLanguage } from '../shared/set-up-language';
import { setUpProgrammeWords } from '../shared/set-up-programme-words';
import { setUpRequestLog } from '../shared/set-up-request-log';
import { setUpSecurityHeaders } from '../shared/set-up-security-headers';
import type { RequestState } from '../shared/state';
import { createCitizenBookings, type HandOver } from './bookings/citizen-bookings';
import { createLanguages } from './frame/languages';
import { createSiteViews, createSiteWords, readSiteFiles } from './frame/site-files';
import { addAvailabilityRoutes } from './json/availability-routes';
import { addBookingRoutes } from './json/booking-routes';
import { addSessionRoutes } from './json/session-routes';
import { setUpLineWebhook } from './line/webhook';
import { addPages } from './pages/all-pages';
import { addLinePages, type LineConnection } from './pages/line';
import { createPage } from './pages/page';
import { createKnownDevices } from './residents/known-devices';
import { createLogIn } from './residents/log-in';

export interface CitizenAppDependencies {
  readonly bookings: BookingRepository;
  readonly programmes: Programmes;
  readonly residents: ResidentRepository;
  readonly slots: SlotRepository;
  readonly sessions: SessionRepository;
  /** What the city sets for the whole site. */
  readonly site: SiteSettingsReader;
  readonly throttle: LoginThrottle;
  /** Left out: no brake of the whole site on failed log-ins. */
  readonly brake?: LoginBrake;
  readonly keys: KeyRing;
  readonly handOver: HandOver;
  /** Counts people who found no seat. */
  readonly unmetSearches: Pick<UnmetSearches, 'note'>;
  readonly health: HealthChecks;
  readonly log: Logger;
  /** Where citizens reach the site, without a slash at the end. Its scheme decides on Secure cookies and HSTS. */
  readonly publicUrl: string;
  readonly trustedProxies: readonly string[];
  /** Left out: nothing is said of LINE. `channelSecret` left out: there is no webhook (demo). */
  readonly line?: {
    readonly links: LineLinks;
    readonly events: Pick<LineEvents, 'receive'>;
    readonly connection: LineConnection;
    readonly channelSecret?: string;
  };
  /** The project's folder: views and assets are read from its `api/citizen`. */
  readonly projectRoot: string;
}

/** The citizen app: pages and JSON over the same core. */
export function createCitizenApp(dependencies: CitizenAppDependencies): Koa<RequestState> {
  const { residents, slots, sessions, site, throttle, keys, log, publicUrl } = dependencies;
  const programmes = programmesAsTheSiteSays(dependencies.programmes, site);
  const https = publicUrl.startsWith('https:');
  const cookies = createCookieJar({ https });
  const sessionCheck = createSessionCheck({ cookies, sessions });
  const devices = createKnownDevices(keys.derived('toki/device'));
  const logIn = createLogIn({ programmes, residents, sessions, throttle, brake: dependencies.brake, devices, keys });
  const bookings = createCitizenBookings({ ...dependencies, programmes });
  const assets = createAssets(readSiteFiles(dependencies.projectRoot));

  const csrf = createCsrf({
    cookies,
    tokens: createFormTokens(keys.derived('toki/csrf')),
    publicOrigin: new URL(publicUrl).origin,
  });
  const languages = createLanguages({ book: createSiteWords(dependencies.projectRoot), programmes, site, cookies });
  const page = createPage({
    views: createSiteViews(dependencies.projectRoot),
    assets,
    programmes,
    languages,
    formToken: (ctx) => csrf.tokenFor(ctx),
    hasLine: dependencies.line !== undefined,
  });

  const app = new Koa<RequestState>();
  setUpRequestLog(app, log);
  setUpCompression(app);
  setUpSecurityHeaders(app, { https });
  setUpLanguage(app);
  setUpProgrammeWords(app, programmes);
  setUpErrors(app, { log, sendPage: (ctx, refusal) => page.sendRefusal(ctx, refusal) });
  setUpClientAddress(app, dependencies.trustedProxies);
  const { line } = dependencies;
  if (line?.channelSecret !== undefined)
    setUpLineWebhook(app, { channelSecret: line.channelSecret, events: line.events, log });
  setUpBody(app);
  app.use(csrf.middleware);

  const json = new Router<RequestState>({ prefix: '/api/v1' });
  addBookingRoutes(json, { sessionCheck, bookings });
  addAvailabilityRoutes(json, { programmes, slots });
  addSessionRoutes(json, { logIn, sessionCheck, cookies, programmes, residents });
  app.use(json.routes());

  const machines = new Router<RequestState>();
  setUpHealth(machines, dependencies.health);
  assets.mount(machines);
  addInstallationRoute(machines, keys);
  app.use(machines.routes());

  const pages = new Router<RequestState>();
  pages.use(languages.middleware);
  addPages(pages, { page, logIn, sessionCheck, cookies, bookings, programmes, residents, sessions, site, publicUrl });
  if (line) addLinePages(pages, { page, sessionCheck, residents, links: line.links, connection: line.connection });
  app.use(pages.routes());

  setUpFallback(app);
  return app;
}
