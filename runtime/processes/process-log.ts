import pino, { type Logger } from 'pino';

/** A process's log: JSON lines to the standard output, written in batches beside the work. Call `flush` before the end. */
export function createProcessLog(process_: string): Logger {
  // Half a second of lines at most is lost by a kill; requests never wait for a pipe.
  const destination = pino.destination({ dest: 1, sync: false, minLength: 4_096 });
  const timer = setInterval(() => {
    destination.flush();
  }, 500);
  timer.unref();
  return pino({ base: { process: process_ }, level: process.env['LOG_LEVEL'] ?? 'info' }, destination);
}
