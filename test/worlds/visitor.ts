import { type IncomingHttpHeaders, request as httpRequest } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly setCookies: readonly string[];
  readonly text: string;
  /** The body as JSON. */
  json<Value = Record<string, unknown>>(): Value;
}

export interface Extra {
  readonly headers?: Readonly<Record<string, string>>;
}

/** By name; a list for several boxes of one name. The button that is pressed: `_do`. */
export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** One browser: keeps cookies, follows no redirects, and sends exactly the headers it is told. */
export class Visitor {
  readonly cookies = new Map<string, string>();

  constructor(readonly url: string) {}

  get(path: string, extra: Extra = {}): Promise<Answer> {
    return this.send('GET', path, undefined, extra);
  }

  /** JSON. */
  post(path: string, body?: unknown, extra: Extra = {}): Promise<Answer> {
    return this.send(
      'POST',
      path,
      body === undefined ? undefined : JSON.stringify(body),
      body === undefined ? extra : withType('application/json', extra),
    );
  }

  delete(path: string, extra: Extra = {}): Promise<Answer> {
    return this.send('DELETE', path, undefined, extra);
  }

  /** A form as a page would send it, without JavaScript; the token must be among the fields. */
  submit(path: string, fields: Fields, extra: Extra = {}): Promise<Answer> {
    const pairs = Object.entries(fields).flatMap(([name, value]) =>
      [value].flat().map((item): [string, string] => [name, item]),
    );
    return this.send(
      'POST',
      path,
      new URLSearchParams(pairs).toString(),
      withType('application/x-www-form-urlencoded', extra),
    );
  }

  /** Opens the page, fills the form whose action is `action` (its hidden fields included) and sends it. */
  async fill(page: string, action: string | RegExp, fields: Fields): Promise<Answer> {
    const answer = await this.get(page);
    const form = formOf(answer.text, action);
    if (!form) throw new Error(`no form ${String(action)} on ${page} (${String(answer.status)})`);
    return this.submit(form.action, { ...form.hidden, ...fields });
  }

  /** The page that a redirect leads to; further redirects are followed too. */
  async follow(answer: Answer): Promise<Answer & { readonly path: string }> {
    let path = answer.headers.location ?? '';
    let next = await this.get(path);
    while (next.status === 303) {
      path = next.headers.location ?? '';
      next = await this.get(path);
    }
    return Object.assign(next, { path });
  }

  send(method: string, path: string, body: string | Buffer | undefined, { headers = {} }: Extra = {}): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return new Promise((resolve, reject) => {
      const url = new URL(this.url);
      const request = httpRequest(
        {
          host: url.hostname,
          port: url.port,
          method,
          path,
          agent: false,
          headers: {
            ...(cookie === '' ? {} : { cookie }),
            ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const setCookies = response.headers['set-cookie'] ?? [];
            for (const line of setCookies) this.keep(line);
            const text = Buffer.concat(chunks).toString('utf8');
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              setCookies,
              text,
              json: <Value>() => JSON.parse(text) as Value,
            });
          });
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  private keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';');
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    if (attributes.some((attribute) => attribute.trim() === 'Max-Age=0')) this.cookies.delete(name);
    else this.cookies.set(name, pair.slice(at + 1));
  }
}

function withType(type: string, extra: Extra): Extra {
  return { headers: { 'content-type': type, ...extra.headers } };
}

/** Action and hidden fields of a form in our own markup. */
export function formOf(
  html: string,
  action: string | RegExp,
): { action: string; hidden: Record<string, string> } | undefined {
  for (const [, attributes = '', inner = ''] of html.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)) {
    const found = /action="([^"]*)"/.exec(attributes)?.[1] ?? '';
    if (typeof action === 'string' ? found !== action : !action.test(found)) continue;
    const hidden: Record<string, string> = {};
    for (const [input] of inner.matchAll(/<input type="hidden"[^>]*>/g)) {
      hidden[/name="([^"]*)"/.exec(input)?.[1] ?? ''] = /value="([^"]*)"/.exec(input)?.[1] ?? '';
    }
    return { action: found, hidden };
  }
  return undefined;
}
