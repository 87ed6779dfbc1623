import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';

/** Koa's callback answers with a promise that never rejects; Node wants nothing. */
export function listenerOf(app: {
  callback(): (req: IncomingMessage, res: ServerResponse) => Promise<void>;
}): RequestListener {
  const callback = app.callback();
  return (req, res) => void callback(req, res);
}

export interface Serving {
  readonly server: Server;
  /** Takes no new requests, finishes those under way for at most `graceMs`, then cuts what is left. */
  stop(graceMs: number): Promise<void>;
}

/** Slow senders may not hold a connection for long, ms. */
const headersWithinMs = 10_000;
const requestWithinMs = 30_000;

/** Listens on `port` of every address of the machine, or of `host` alone. Resolves when it does. A request must be here whole within `withinMs`. */
export async function serve(
  listener: RequestListener,
  port: number,
  host?: string,
  withinMs = requestWithinMs,
): Promise<Serving> {
  const server = createServer(
    { headersTimeout: headersWithinMs, requestTimeout: withinMs, keepAliveTimeout: 10_000 },
    listener,
  );
  server.listen(port, host);
  await once(server, 'listening');
  return {
    server,
    async stop(graceMs) {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const timer = setTimeout(() => {
        server.closeAllConnections();
      }, graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** Resolves when the process is asked to stop. A second request changes nothing. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => {
        resolve();
      });
  });
}
