import type { IncomingMessage, ServerResponse } from 'node:http';

export interface CookieJar {
  read(req: IncomingMessage, name: string): string | undefined;
  /** @param maxAgeS left out, the cookie ends with the browser */
  write(res: ServerResponse, name: string, value: string, maxAgeS?: number): void;
  clear(res: ServerResponse, name: string): void;
}

/**
 * Our cookies: HttpOnly, SameSite=Lax (a person who comes from the link in a notice is still logged in), and with https
 * `__Host-` and Secure, so that no neighbour under the same domain can set or read them.
 */
export function createCookieJar({ https }: { https: boolean }): CookieJar {
  const prefix = https ? '__Host-' : '';
  const attributes = `; Path=/; HttpOnly; SameSite=Lax${https ? '; Secure' : ''}`;
  const append = (res: ServerResponse, cookie: string): void => {
    const before = res.getHeader('Set-Cookie');
    res.setHeader('Set-Cookie', [
      ...(Array.isArray(before) ? before : before === undefined ? [] : [String(before)]),
      cookie,
    ]);
  };
  return {
    read(req, name) {
      const header = req.headers.cookie;
      if (header === undefined) return undefined;
      const wanted = `${prefix}${name}=`;
      for (const part of header.split(';')) {
        const cookie = part.trim();
        if (cookie.startsWith(wanted)) return cookie.slice(wanted.length);
      }
      return undefined;
    },
    write(res, name, value, maxAgeS) {
      append(
        res,
        `${prefix}${name}=${value}${attributes}${maxAgeS === undefined ? '' : `; Max-Age=${String(maxAgeS)}`}`,
      );
    },
    clear(res, name) {
      append(res, `${prefix}${name}=${attributes}; Max-Age=0`);
    },
  };
}
