import type { IncomingMessage } from 'node:http';

import { validateSignature, type webhook } from '@line/bot-sdk';
import type Koa from 'koa';
import type { Logger } from 'pino';

import type { LineEvent, LineEvents, ReceivedLineEvent } from '../../../database/notices';
import { asksToLink, isLineUserId, linkPostback } from '../../../domain/notices/line-linking';
import type { RequestState } from '../../shared/state';

export const lineWebhookPath = '/line/webhook';

/** LINE sends at most some dozens of events together. */
const limitBytes = 256 * 1024;
const readWithinMs = 5_000;
const mostEvents = 200;

export interface LineWebhookDependencies {
  readonly channelSecret: string;
  readonly events: Pick<LineEvents, 'receive'>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/**
 * Takes what LINE tells, before sessions, forms and their tokens: only the signature of the raw bytes says who is speaking, and it is
 * checked before anything is parsed. Stores and answers; what is to be done about it is done elsewhere (LINE waits for 2 s).
 */
export function setUpLineWebhook(
  app: Koa<RequestState>,
  { channelSecret, events, log }: LineWebhookDependencies,
): void {
  app.use(async (ctx, next) => {
    if (ctx.path !== lineWebhookPath) {
      await next();
      return;
    }
    ctx.body = '';
    if (ctx.method !== 'POST') {
      ctx.status = 405;
      ctx.set('Allow', 'POST');
      return;
    }
    const raw = await readRaw(ctx.req);
    if (raw === undefined) {
      ctx.status = 413;
      ctx.set('Connection', 'close');
      return;
    }
    const signature = ctx.req.headers['x-line-signature'];
    if (typeof signature !== 'string' || !validateSignature(raw, channelSecret, signature)) {
      log.warn({ signed: typeof signature === 'string' }, 'a LINE webhook without a good signature was refused');
      ctx.status = 401;
      return;
    }
    const received = readEvents(raw);
    if (received === undefined) {
      ctx.status = 400;
      return;
    }
    const taken = await events.receive(received);
    if (received.length > 0) log.info({ received: received.length, taken }, 'LINE told of something');
    ctx.status = 200;
  });
}

/** Undefined: larger than anything LINE sends, or too slow. */
async function readRaw(req: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(req.headers['content-length'] ?? 0) > limitBytes) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => {
    req.destroy();
  }, readWithinMs);
  try {
    for await (const chunk of req as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limitBytes) return undefined;
      chunks.push(chunk);
    }
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks);
}

/** The events that are ours to deal with, each once; undefined: no webhook body. What is not known is left out, whatever it holds. */
function readEvents(raw: Buffer): ReceivedLineEvent[] | undefined {
  let body: Partial<webhook.CallbackRequest> | null;
  try {
    body = JSON.parse(raw.toString('utf8')) as Partial<webhook.CallbackRequest> | null;
  } catch {
    return undefined;
  }
  if (typeof body !== 'object' || body === null || !Array.isArray(body.events)) return undefined;
  const found = new Map<string, LineEvent>();
  for (const item of (body.events as unknown[]).slice(0, mostEvents)) {
    const { webhookEventId: id } = fieldsOf(item);
    const event = read(fieldsOf(item));
    if (event && typeof id === 'string' && /^[0-9A-Za-z]{1,64}$/.test(id)) found.set(id, event);
  }
  return [...found].map(([id, event]) => ({ id, event }));
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function shortText(value: unknown, longest = 300): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= longest ? value : undefined;
}

/** Of what a person wrote only the wish to link is kept, never the words. */
function read(event: Fields): LineEvent | undefined {
  const { type: source, userId } = fieldsOf(event['source']);
  if (source !== 'user' || !isLineUserId(userId)) return undefined;
  const replyToken = shortText(event['replyToken']);
  switch (event['type']) {
    case 'message': {
      const { type, text } = fieldsOf(event['message']);
      return type === 'text' && typeof text === 'string' && replyToken !== undefined && asksToLink(text)
        ? { kind: 'link_wanted', userId, replyToken }
        : undefined;
    }
    case 'postback':
      return replyToken !== undefined && fieldsOf(event['postback'])['data'] === linkPostback
        ? { kind: 'link_wanted', userId, replyToken }
        : undefined;
    case 'accountLink': {
      const { result, nonce } = fieldsOf(event['link']);
      const given = shortText(nonce, 255);
      return result === 'ok' && given !== undefined ? { kind: 'linked', userId, nonce: given, replyToken } : undefined;
    }
    case 'unfollow':
      return { kind: 'blocked', userId };
    default:
      return undefined;
  }
}
