import type Router from '@koa/router';

import type { RequestState } from './state';

export interface HealthChecks {
  /** Rejects when PostgreSQL does not answer. */
  readonly database: () => Promise<unknown>;
  /** Rejects when Temporal does not answer. */
  readonly temporal: () => Promise<unknown>;
  /** Events not yet handed over to their workflows. */
  readonly backlog: () => Promise<{ readonly count: number; readonly oldestAt: Date | null }>;
}

export interface Readiness {
  readonly status: 'ready' | 'degraded' | 'not_ready';
  readonly missing: readonly ('database' | 'temporal' | 'hand_over')[];
  readonly backlog: { readonly count: number; readonly oldestSeconds: number } | null;
}

/** Every request gets an answer within 2 s, whatever is missing. */
const checkWithinMs = 1_500;
const freshForMs = 1_000;
/** An event that waited this long says that the relay is not working. */
const backlogTooOldS = 300;

/**
 * `/healthz`: the process answers. `/readyz`: what it needs, with the names of what is missing. Without the database nothing works: 503.
 * Without Temporal bookings go on and are handed over later, so a load balancer must not take the app out of service: 200 and `degraded`.
 */
export function setUpHealth(router: Router<RequestState>, checks: HealthChecks): void {
  let known: { readonly at: number; readonly readiness: Promise<Readiness> } | undefined;
  router.get('/healthz', (ctx) => {
    ctx.body = { status: 'alive' };
  });
  router.get('/readyz', async (ctx) => {
    const now = Date.now();
    if (!known || now - known.at > freshForMs) known = { at: now, readiness: readinessOf(checks) };
    const readiness = await known.readiness;
    ctx.status = readiness.status === 'not_ready' ? 503 : 200;
    ctx.body = readiness;
  });
}

/** What is there and what is missing, each asked for at most 1.5 s. Never rejects. */
export async function readinessOf(checks: HealthChecks): Promise<Readiness> {
  const [database, temporal, backlog] = await Promise.allSettled([
    within(checks.database()),
    within(checks.temporal()),
    within(checks.backlog()),
  ]);
  const oldestSeconds =
    backlog.status === 'fulfilled' && backlog.value.oldestAt
      ? Math.max(0, Math.round((Date.now() - backlog.value.oldestAt.getTime()) / 1000))
      : 0;
  const missing: Readiness['missing'][number][] = [];
  if (database.status === 'rejected') missing.push('database');
  if (temporal.status === 'rejected') missing.push('temporal');
  if (oldestSeconds > backlogTooOldS) missing.push('hand_over');
  return {
    status: database.status === 'rejected' ? 'not_ready' : missing.length > 0 ? 'degraded' : 'ready',
    missing,
    backlog: backlog.status === 'fulfilled' ? { count: backlog.value.count, oldestSeconds } : null,
  };
}

async function within<Value>(work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error('no answer in time'));
    }, checkWithinMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
