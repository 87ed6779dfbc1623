/**
 * Something a person can put right: a wrong variable, a port in use, a missing tool.
 * The message is one clear sentence; the code that catches it prints that sentence and no stack trace.
 */
export class StartError extends Error {
  override name = 'StartError';
}
