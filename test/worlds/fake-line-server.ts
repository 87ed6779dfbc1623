import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server does with one attempt to send. */
export type LineBehaviour =
  | 'take'
  /** Taken, and answered with 500. */
  | 'take_and_fail'
  /** Taken, and the connection breaks. */
  | 'take_and_hang_up'
  /** Taken, and no answer comes. */
  | 'take_and_stall'
  /** Not taken, answered with 500. */
  | 'fail'
  | 'refuse'
  | 'busy'
  | 'quota_gone';

export interface TakenMessage {
  /** `all`: a broadcast. */
  readonly to: string;
  readonly texts: readonly string[];
  readonly retryKey: string;
}

const sent = { sentMessages: [{ id: '461230966842064897', quoteToken: 'IStG5h1Tz7b' }] };

/** LINE's Messaging API on this machine, as it is described and as it misbehaves: user by user as it is told. Takes a retry key once. */
export class FakeLineServer {
  readonly channelSecret = 'test-channel-secret';
  readonly channelAccessToken = 'test-channel-access-token';
  readonly taken: TakenMessage[] = [];
  readonly replies: { readonly replyToken: string; readonly texts: readonly string[] }[] = [];
  /** Attempts by recipient. */
  readonly attempts = new Map<string, number>();
  /** Every retry key that was sent, by recipient, in order. */
  readonly keys = new Map<string, string[]>();
  readonly linkTokens = new Map<string, string>();
  readonly #plans = new Map<string, LineBehaviour[]>();
  readonly #accepted = new Set<string>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  /** Resolves to the URL for `LINE_API_URL`. */
  async start(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** What happens at the attempts to come for this user (`all`: broadcasts); after them everything is taken. */
  plan(to: string, ...behaviours: LineBehaviour[]): void {
    this.#plans.set(to, behaviours);
  }

  takenBy(to: string): TakenMessage[] {
    return this.taken.filter((message) => message.to === to);
  }

  /** The header of a webhook with this body. */
  sign(body: string): string {
    return createHmac('sha256', this.channelSecret).update(body).digest('base64');
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const path = new URL(request.url ?? '/', 'http://line').pathname;
    const reply = (status: number, body: object) => {
      response.writeHead(status, {
        'content-type': 'application/json',
        'x-line-request-id': randomBytes(8).toString('hex'),
      });
      response.end(JSON.stringify(body));
    };
    if (request.headers.authorization !== `Bearer ${this.channelAccessToken}`) {
      reply(401, { message: 'Authentication failed due to the following reason: invalid token.' });
      return;
    }
    if (path === '/v2/bot/info') {
      reply(200, {
        userId: `U${'0'.repeat(32)}`,
        basicId: '@toki',
        displayName: '新潟市',
        chatMode: 'bot',
        markAsReadMode: 'auto',
      });
      return;
    }
    const linked = /^\/v2\/bot\/user\/(U[0-9a-f]{32})\/linkToken$/.exec(path);
    if (linked?.[1] !== undefined) {
      const linkToken = randomBytes(16).toString('hex');
      this.linkTokens.set(linkToken, linked[1]);
      reply(200, { linkToken });
      return;
    }
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as {
      to?: string;
      replyToken?: string;
      messages?: { type: string; text: string }[];
    };
    const texts = (body.messages ?? []).map((message) => message.text);
    if (path === '/v2/bot/message/reply') {
      this.replies.push({ replyToken: body.replyToken ?? '', texts });
      reply(200, sent);
      return;
    }
    if (path !== '/v2/bot/message/push' && path !== '/v2/bot/message/broadcast') {
      reply(404, { message: 'Not found' });
      return;
    }
    const to = path.endsWith('broadcast') ? 'all' : (body.to ?? '');
    const header = request.headers['x-line-retry-key'];
    const retryKey = typeof header === 'string' ? header : '';
    this.attempts.set(to, (this.attempts.get(to) ?? 0) + 1);
    this.keys.set(to, [...(this.keys.get(to) ?? []), retryKey]);
    if (
      !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(retryKey) ||
      texts.length < 1 ||
      texts.length > 5 ||
      texts.some((text) => text === '' || text.length > 5_000)
    ) {
      reply(400, { message: 'The request body has 1 error(s)' });
      return;
    }
    const behaviour = this.#plans.get(to)?.shift() ?? 'take';
    if (behaviour === 'busy') reply(429, { message: 'The API rate limit has been exceeded. Try again later.' });
    else if (behaviour === 'quota_gone') reply(429, { message: 'You have reached your monthly limit.' });
    else if (this.#accepted.has(retryKey)) reply(409, { message: 'The retry key is already accepted', ...sent });
    else if (behaviour === 'refuse')
      reply(400, { message: `The property, 'to', in the request body is invalid (${to})` });
    else if (behaviour === 'fail') reply(500, { message: 'Internal Server Error' });
    else {
      this.#accepted.add(retryKey);
      this.taken.push({ to, texts, retryKey });
      if (behaviour === 'take_and_fail') reply(500, { message: 'Internal Server Error' });
      else if (behaviour === 'take_and_hang_up') response.destroy();
      else if (behaviour !== 'take_and_stall') reply(200, sent);
    }
  }
}

let users = 0;

/** A LINE user that no test used before. */
export function freshLineUser(): string {
  return `U${(0xabc0000 + ++users).toString(16).padStart(32, 'd')}`;
}
