import type { Connection } from '@temporalio/client';

import type { Database } from '../../database/foundation/connection';
import type { HandOver } from '../../engine/hand-over/hand-over';
import type { createProcessLog } from './process-log';
import { listenerOf, serve, stopSignal } from './serve';

const cleanEveryMs = 10 * 60_000;
/** Requests under way may end within this after the process was asked to stop. */
const finishWithinMs = 8_000;

export interface AppProcess {
  /** For the log: `citizen app`. */
  readonly name: string;
  readonly app: Parameters<typeof listenerOf>[0];
  readonly port: number;
  /** A request must be here whole within this, ms; left out: the server's own. */
  readonly requestWithinMs?: number;
  readonly sessions: { removeEnded(): Promise<number> };
  readonly handOver: HandOver;
  /** Counts that are written together now and then. */
  readonly unmetSearches: { flush(): Promise<void> };
  readonly temporal: { readonly connection: Connection };
  readonly databases: readonly Database[];
  readonly log: ReturnType<typeof createProcessLog>;
}

/**
 * Runs one of the two apps: serves until the process is asked to stop, answers what has begun, hands over what was decided
 * and closes everything. Resolves with the exit code.
 */
export async function runApp({
  name,
  app,
  port,
  requestWithinMs,
  sessions,
  handOver,
  unmetSearches,
  temporal,
  databases,
  log,
}: AppProcess): Promise<number> {
  const cleaning = setInterval(() => {
    sessions.removeEnded().catch((error: unknown) => {
      log.warn({ name: (error as Error).name }, 'ended sessions could not be removed');
    });
  }, cleanEveryMs);
  const serving = await serve(listenerOf(app), port, undefined, requestWithinMs);
  log.info({ port }, `${name} listens`);
  await stopSignal();
  clearInterval(cleaning);
  await serving.stop(finishWithinMs);
  await handOver.drain();
  await unmetSearches.flush();
  await temporal.connection.close();
  await Promise.all(databases.map((database) => database.destroy()));
  log.info(`${name} stopped`);
  log.flush();
  return 0;
}
