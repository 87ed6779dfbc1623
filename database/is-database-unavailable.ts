import { knex } from 'knex';

const networkCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH']);
/** SQLSTATEs: connection lost (08), no resources left (53), shutting down or starting up (57P0x), only a standby answers (25006). */
const sqlStates = /^(08...|53...|57P0.|25006)$/;
/** What `pg` says without a code. */
const words = /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout expired)/;

/** Whether an error means that PostgreSQL cannot be reached just now, so that the same request may work a moment later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof knex.KnexTimeoutError) return true;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return networkCodes.has(code) || sqlStates.test(code);
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isDatabaseUnavailable);
  return words.test(error.message);
}
