import type { Socket } from 'node:net';

import type { Client } from 'pg';

/**
 * How long the connections of a pool may wait, in ms; 0: without an end. Without limits one stalled transaction that holds a row
 * of everybody's (the end of the audit's chain) takes one connection after the other, and the whole process stops.
 */
export interface TimeLimits {
  /** For a connection of the pool. */
  readonly connectionMs: number;
  /**
   * For a lock. Longer than PostgreSQL's `deadlock_timeout` (1 s): a deadlock is to be found as what it is and tried again,
   * rather than to pass for a long wait.
   */
  readonly lockMs: number;
  /** For one statement, its waiting for locks included. */
  readonly statementMs: number;
  /** Between two statements of a transaction: the server then ends it, because it holds locks and does nothing. */
  readonly idleInTransactionMs: number;
}

const connectionMs = 5_000;

/**
 * Every pool has one of these. They are set once per connection, by `SET`: PgBouncer refuses them as startup parameters (08P01).
 * In its transaction mode they belong to a server connection that others use too, so there they are set for the role as well.
 */
export const timeLimits = {
  /**
   * What each request asks before its own work: session, published programmes, settings; and health. Each is one key read of some
   * ms, on a pool of its own, so that it never waits behind work.
   */
  firstLook: { connectionMs, lockMs: 1_100, statementMs: 1_500, idleInTransactionMs: 2_000 },
  /** Citizens' pages: a person waits, and the slowest statement takes some tens of ms. */
  citizen: { connectionMs, lockMs: 3_000, statementMs: 10_000, idleInTransactionMs: 10_000 },
  /** Staff's pages: the sums over whole tables take up to 4 s with 500,000 bookings, more on a busy machine. */
  staff: { connectionMs, lockMs: 3_000, statementMs: 30_000, idleInTransactionMs: 10_000 },
  /** Nobody waits: an activity that was refused is tried again by Temporal, a loop takes its next turn. */
  worker: { connectionMs, lockMs: 10_000, statementMs: 60_000, idleInTransactionMs: 30_000 },
  /** Imports and housekeeping: one statement merges or removes hundreds of thousands of rows, 25 s for 800,000 here. */
  bulk: { connectionMs, lockMs: 30_000, statementMs: 15 * 60_000, idleInTransactionMs: 2 * 60_000 },
  /**
   * Commands and migrations: an index over a large table takes as long as it takes. Waiting for a lock ends all the same: a request that
   * waits for a whole table makes everybody behind wait too.
   */
  upkeep: { connectionMs, lockMs: 30_000, statementMs: 0, idleInTransactionMs: 10 * 60_000 },
} as const satisfies Record<string, TimeLimits>;

export const defaultLimits: TimeLimits = timeLimits.worker;

/** The server asks after this pause whether the client is still there, and gives up after 3 times without an answer, s. */
const serverKeepAlive = { idleS: 30, intervalS: 10, count: 3 } as const;
/** The answer to a statement that was ended is on its way for so long, ms. */
const answerMs = 5_000;

/** Sets up a fresh connection. */
export async function onConnect(client: Client, limits: TimeLimits): Promise<void> {
  const { lockMs, statementMs, idleInTransactionMs } = limits;
  await client.query(
    [
      // Compiling a statement takes longer than any of ours runs.
      'SET jit = off',
      `SET lock_timeout = ${String(lockMs)}`,
      `SET statement_timeout = ${String(statementMs)}`,
      `SET idle_in_transaction_session_timeout = ${String(idleInTransactionMs)}`,
      `SET tcp_keepalives_idle = ${String(serverKeepAlive.idleS)}`,
      `SET tcp_keepalives_interval = ${String(serverKeepAlive.intervalS)}`,
      `SET tcp_keepalives_count = ${String(serverKeepAlive.count)}`,
    ].join('; '),
  );
  if (statementMs === 0) return;
  // A line that swallows what is sent is noticed by no keep-alive: silence beyond the longest statement means that it is dead.
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  stream.setTimeout(statementMs + answerMs, () => {
    stream.destroy(new Error('Connection terminated: no answer in time'));
  });
}
