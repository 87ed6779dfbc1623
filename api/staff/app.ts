import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import Router from '@koa/router';
import Koa from 'koa';
import type { Logger } from 'pino';

import type { NoticeRepository } from '../../database/notices';
import { createAssets } from '../shared/assets';
import { createCookieJar } from '../shared/cookies';
import { compactCss, withDesignTokens } from '../shared/design-tokens';
import { setUpBody } from '../shared/set-up-body';
import { setUpClientAddress } from '../shared/set-up-client-address';
import { setUpCompression } from '../shared/set-up-compression';
import { setUpErrors } from '../shared/set-up-errors';
import { setUpFallback } from '../shared/set-up-fallback';
import { type HealthChecks, setUpHealth } from '../shared/set-up-health';
import { setUpProgrammeWords } from '../shared/set-up-programme-words';
import { setUpRequestLog } from '../shared/set-up-request-log';
import { setUpSecurityHeaders } from '../shared/set-up-security-headers';
import type { RequestState } from '../shared/state';
import { createViews } from '../shared/views';
import { createAdminSite } from './frame/admin-site';
import { addCodecRoutes, type CodecRouteDependencies } from './frame/codec-routes';
import { loopbackOnly } from './frame/loopback';
import { createMetrics, type MetricsSources } from './frame/metrics';
import { isStreamed, mountRoutes, refuseLargeBodies } from './frame/mount-routes';
import { staffOnly } from './frame/staff-only';
import { createStaffSessionCheck } from './frame/staff-session-check';
import { addInboxRoutes } from './notices/inbox-routes';
import { addOidcRoutes } from './staff/oidc/oidc-routes';
import { staffApi } from './staff-api';
import type { StaffServices } from './staff-services';

export interface StaffAppDependencies extends CodecRouteDependencies {
  readonly health: HealthChecks;
  readonly metrics: MetricsSources;
  readonly notices: Pick<NoticeRepository, 'inbox'>;
  /** Serves the inbox, and the codec without a log-in, to this machine. */
  readonly demo: boolean;
  /** Left out: no log-in and no JSON; only what machines need. */
  readonly services?: StaffServices;
  readonly https: boolean;
  readonly log: Logger;
  /** The project's folder: views and assets are read from its `api/staff`. */
  readonly projectRoot: string;
}

/** Who may read in the Temporal UI what is encrypted everywhere else. */
const codecRoles = ['city_admin', 'supervisor'] as const;
/** Histories of Temporal come in large pieces: its own limit for one payload is 2 MB, bytes. */
const bodyLimitBytes = 16 * 1024 * 1024;

/** The staff app: the JSON that staff work with, and what machines need: health, metrics, the demo's inbox, the codec for the Temporal UI. */
export function createStaffApp(dependencies: StaffAppDependencies): Koa<RequestState> {
  const { log, demo, services, https, projectRoot } = dependencies;
  const folder = join(projectRoot, 'api', 'staff');
  const metrics = createMetrics(dependencies.metrics);
  const assets = createAssets({
    'staff.css': compactCss(withDesignTokens(readFileSync(join(folder, 'assets', 'staff.css'), 'utf8'))),
  });

  const app = new Koa<RequestState>();
  setUpRequestLog(app, log, metrics.observe);
  setUpCompression(app);
  setUpSecurityHeaders(app, { https });
  if (services) setUpProgrammeWords(app, services.programmes);
  setUpErrors(app, { log });
  setUpClientAddress(app, services?.trustedProxies ?? []);
  const cookies = createCookieJar({ https });
  const sessionCheck = services && createStaffSessionCheck({ cookies, sessions: services.sessions });
  const routes = services && sessionCheck ? staffApi(services, { sessionCheck, cookies, demo }) : [];
  app.use(refuseLargeBodies(routes));
  setUpBody(app, { limitBytes: bodyLimitBytes, isStreamed: isStreamed(routes) });

  const router = new Router<RequestState>();
  setUpHealth(router, dependencies.health);
  assets.mount(router);
  services?.pagePreview.assets.mount(router);
  router.get('/metrics', async (ctx) => {
    ctx.set('Content-Type', metrics.contentType);
    ctx.body = await metrics.text();
  });
  if (demo)
    addInboxRoutes(router, { notices: dependencies.notices, views: createViews(join(folder, 'views')), assets });
  if (services && sessionCheck) mountRoutes(router, routes, { sessionCheck, audit: services.audit });
  if (services?.oidc && sessionCheck)
    addOidcRoutes(router, { ...services, oidc: services.oidc, sessionCheck, cookies });
  if (demo) addCodecRoutes(router, { ...dependencies, guard: loopbackOnly });
  else if (sessionCheck) addCodecRoutes(router, { ...dependencies, guard: staffOnly(sessionCheck, codecRoles) });
  app.use(router.routes());
  if (services) app.use(createAdminSite({ folder: join(projectRoot, 'dist', 'admin-ui') }));
  setUpFallback(app);
  return app;
}
