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
const sqlStates = /^(08...|53...|57P0.|25006)$/;
/** What `pg` says without a code. */
const words = /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout expired)/;

/** Whether an error means that PostgreSQL cannot be reached just now, so that the same request may work a moment later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { name, code, message, errors } = error as {
    name?: unknown;
    code?: unknown;
    message?: unknown;
    errors?: unknown;
  };
  if (name === 'KnexTimeoutError') return true;
  if (typeof code === 'string') return networkCodes.has(code) || sqlStates.test(code);
  // Every address of a host name was tried.
  if (Array.isArray(errors)) return errors.length > 0 && errors.every(isDatabaseUnavailable);
  return typeof message === 'string' && words.test(message);
}
