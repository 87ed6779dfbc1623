import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

import type { OperatingFigures } from '../../../database/upkeep';
import type { RequestObserver } from '../../shared/set-up-request-log';

export interface MetricsSources {
  readonly figures: () => Promise<OperatingFigures>;
  readonly backlog: () => Promise<{ readonly count: number; readonly oldestAt: Date | null }>;
}

export interface Metrics {
  readonly observe: RequestObserver;
  readonly contentType: string;
  /** The page for Prometheus. Never rejects: without the database it says so and leaves the rest out. */
  text(): Promise<string>;
}

/** A registry of its own, so that two apps in one process (tests) do not share counters. */
export function createMetrics({ figures, backlog }: MetricsSources): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const registers = [register];
  const requests = new Histogram({
    name: 'toki_http_request_seconds',
    help: 'Duration of requests to this process',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const up = new Gauge({ name: 'toki_database_up', help: '1 while PostgreSQL answers', registers });
  const waiting = new Gauge({
    name: 'toki_hand_over_backlog',
    help: 'Booking events not yet acknowledged by their workflow',
    registers,
  });
  const oldest = new Gauge({ name: 'toki_hand_over_oldest_seconds', help: 'Age of the oldest of them', registers });
  const bookings = new Gauge({
    name: 'toki_bookings',
    help: 'Bookings by state (estimated for large tables)',
    labelNames: ['state'] as const,
    registers,
  });
  const notices = new Gauge({
    name: 'toki_notices',
    help: 'Notices by status (estimated for large tables)',
    labelNames: ['status'] as const,
    registers,
  });

  const brake = new Gauge({
    name: 'toki_login_brake',
    help: 'Failed log-ins in the bucket of the whole site; from 30 on devices that nobody knows wait',
    registers,
  });

  return {
    contentType: register.contentType,
    observe({ method, route, status, ms }) {
      requests.observe({ method, route, status }, ms / 1000);
    },
    async text() {
      try {
        const [now, { count, oldestAt }] = await Promise.all([figures(), backlog()]);
        up.set(1);
        waiting.set(count);
        oldest.set(oldestAt ? Math.max(0, (Date.now() - oldestAt.getTime()) / 1000) : 0);
        brake.set(now.loginBrake.level);
        bookings.reset();
        for (const [state, value] of Object.entries(now.bookings)) bookings.set({ state }, value);
        notices.reset();
        for (const [status, value] of Object.entries(now.notices)) notices.set({ status }, value);
      } catch {
        up.set(0);
        for (const gauge of [waiting, oldest, bookings, notices, brake]) gauge.reset();
      }
      return register.metrics();
    },
  };
}
