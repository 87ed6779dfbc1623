import type { IncomingMessage } from 'node:http';

import type Koa from 'koa';

import { Refused } from './refused';
import { type AppContext, type RequestState, wantsJson } from './state';

/** Larger than any form of ours: 30 fields of 1,000 characters. */
const usualLimitBytes = 128 * 1024;
const readWithinMs = 30_000;
const withBody = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * Reads the body: JSON objects under `/api/`, forms everywhere else, never compressed, never larger than the limit.
 * The content type is part of the defence against forged requests: no other site can send JSON without being asked first.
 */
export function setUpBody(
  app: Koa<RequestState>,
  {
    limitBytes = usualLimitBytes,
    isStreamed = () => false,
  }: {
    limitBytes?: number;
    /** Whose handler reads the body by itself. */ isStreamed?: (ctx: AppContext) => boolean;
  } = {},
): void {
  app.use(async (ctx, next) => {
    if (withBody.has(ctx.method) && !isStreamed(ctx))
      ctx.state.body = await readBody(
        ctx.req,
        wantsJson(ctx) ? 'application/json' : 'application/x-www-form-urlencoded',
        limitBytes,
      );
    await next();
  });
}

async function readBody(
  req: IncomingMessage,
  accepted: string,
  limitBytes: number,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { 'content-length': length, 'content-type': type, 'content-encoding': encoding } = req.headers;
  if (length === undefined ? req.headers['transfer-encoding'] === undefined : Number(length) === 0) {
    if (type !== undefined && mediaType(type) !== accepted) throw new Refused('unsupported_media_type');
    return undefined;
  }
  if (type === undefined || mediaType(type) !== accepted || (encoding !== undefined && encoding !== 'identity'))
    throw new Refused('unsupported_media_type', closing);
  if (length !== undefined && Number(length) > limitBytes) throw new Refused('payload_too_large', closing);
  const text = await readText(req, limitBytes);
  if (accepted === 'application/json') return readJson(text);
  return readForm(text);
}

/** The fields by name; a list where one name was sent more than once, as boxes of one group are. */
function readForm(text: string): Readonly<Record<string, string | readonly string[]>> {
  const fields = new Map<string, string | readonly string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(fields);
}

/** A body that nobody reads would be taken for the next request: the connection ends. */
const closing = { Connection: 'close' };

function mediaType(header: string): string {
  return (header.split(';', 1)[0] ?? '').trim().toLowerCase();
}

async function readText(req: IncomingMessage, limitBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Slow senders may not hold a connection for long, whatever the server allows for whole files.
  const timer = setTimeout(() => {
    req.destroy();
  }, readWithinMs);
  try {
    for await (const chunk of req as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limitBytes) throw new Refused('payload_too_large', closing);
      chunks.push(chunk);
    }
  } finally {
    clearTimeout(timer);
  }
  return (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString('utf8') ?? '';
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refused('invalid_request');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Refused('invalid_request');
  return value as Record<string, unknown>;
}
