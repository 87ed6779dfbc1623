import { createServer } from 'node:net';

import { defined } from '../../domain/text/defined';

/** Whether nothing listens on the port of the given address. */
export function isPortFree(port: number, host?: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, ...defined({ host }), exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/** A port of 127.0.0.1 that is free at this moment: the preferred one when it is, else one the system chooses. */
export async function findFreePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isPortFree(preferred, '127.0.0.1'))) return preferred;
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
