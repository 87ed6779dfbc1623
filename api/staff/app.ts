import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Router from '@koa/router';
import Koa from 'koa';
import type { Logger } from 'pino';
import type { NoticeRepository } from '../../database/notices';
import { createAssets } from '../shared/assets';
import { compactCss, withDesignTokens } from '../shared/design-tokens';
import { setUpBody } from '../shared/set-up-body';
import { setUpCompression } from '../shared/set-up-compression';
import { setUpErrors } from '../shared/set-up-errors';
import { setUpFallback } from '../shared/set-up-fallback';
import { setUpHealth, type HealthChecks } from '../shared/set-up-health';
import { setUpRequestLog } from '../shared/set-up-request-log';
import { setUpSecurityHeaders } from '../shared/set-up-security-headers';
import type { RequestState } from '../shared/state';
import { createViews } from '../shared/views';
import { addCodecRoutes, type CodecRouteDependencies } from './codec-routes';
import { addInboxRoutes } from './inbox-routes';
import { createMetrics, type MetricsSources } from './metrics';

export interface StaffAppDependencies extends CodecRouteDependencies {
  readonly health: HealthChecks;
  readonly metrics: MetricsSources;
  readonly notices: Pick<NoticeRepository, 'inbox'>;
  /** Serves the inbox and the codec to this machine. Without a staff log-in nobody else may have them, so otherwise they are not there. */
  readonly demo: boolean;
  readonly https: boolean;
  readonly log: Logger;
  /** The project's folder: views and assets are read from its `api/staff`. */
  readonly projectRoot: string;
}

/** Histories of Temporal come in large pieces: its own limit for one payload is 2 MB, bytes. */
const bodyLimitBytes = 16 * 1024 * 1024;

/** The staff's door. For now what operators and machines need: health, metrics, the demo's inbox, the codec for the Temporal UI. */
export function createStaffApp(dependencies: StaffAppDependencies): Koa<RequestState> {
  const { log, demo, https, projectRoot } = dependencies;
  const folder = join(projectRoot, 'api', 'staff');
  const metrics = createMetrics(dependencies.metrics);
  const assets = createAssets({ 'staff.css': compactCss(withDesignTokens(readFileSync(join(folder, 'assets', 'staff.css'), 'utf8'))) });

  const app = new Koa<RequestState>();
  setUpRequestLog(app, log, metrics.observe);
  setUpCompression(app);
  setUpSecurityHeaders(app, { https });
  setUpErrors(app, { log });
  setUpBody(app, { limitBytes: bodyLimitBytes });

  const router = new Router<RequestState>();
  setUpHealth(router, dependencies.health);
  assets.mount(router);
  router.get('/metrics', async (ctx) => {
    ctx.set('Content-Type', metrics.contentType);
    ctx.body = await metrics.text();
  });
  if (demo) {
    addInboxRoutes(router, { notices: dependencies.notices, views: createViews(join(folder, 'views')), assets });
    addCodecRoutes(router, dependencies);
  }
  app.use(router.routes());
  setUpFallback(app);
  return app;
}
