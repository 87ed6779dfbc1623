import { LaneBusyError } from './lane';

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);
/** SQLSTATEs: connection lost (08), no resources left (53), shutting down or starting up (57P0x), only a standby answers (25006). */
const awayStates = /^(08...|53...|57P0.|25006)$/;
/**
 * SQLSTATEs: no lock in time (55P03), statement or transaction ended because of its time (57014, 25P03), a deadlock or a conflict that was
 * tried again in vain (40P01, 40001).
 */
const busyStates = /^(55P03|57014|25P03|40P01|40001)$/;
/** What `pg` says without a code; knex writes the statement and a dash in front of it. */
const words =
  /(^| - )(Connection terminated|Client has encountered a connection error|Client was closed|timeout expired)[^-]*$/;

/** `away`: PostgreSQL cannot be reached just now. `busy`: it answers, but another transaction is in the way. */
export type DatabaseTrouble = 'away' | 'busy';

/** What keeps the database from answering just now, so that the same request may work a moment later; undefined for any other error. */
export function databaseTrouble(error: unknown): DatabaseTrouble | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { name, code, message, errors } = error as {
    name?: unknown;
    code?: unknown;
    message?: unknown;
    errors?: unknown;
  };
  if (name === 'KnexTimeoutError' || error instanceof LaneBusyError) return 'busy';
  if (typeof code === 'string') {
    if (busyStates.test(code)) return 'busy';
    return networkCodes.has(code) || awayStates.test(code) ? 'away' : undefined;
  }
  // Every address of a host name was tried.
  if (Array.isArray(errors))
    return errors.length > 0 && errors.every((item) => databaseTrouble(item) === 'away') ? 'away' : undefined;
  return typeof message === 'string' && words.test(message) ? 'away' : undefined;
}

/** Whether the same request may work a moment later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  return databaseTrouble(error) !== undefined;
}
