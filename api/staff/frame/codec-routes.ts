import type Router from '@koa/router';
import { z } from 'zod';

import { Refused } from '../../shared/refused';
import type { AppContext, AppMiddleware, RequestState } from '../../shared/state';

/** A payload of Temporal, in bytes. */
export interface CodecPayload {
  readonly metadata?: Readonly<Record<string, Uint8Array>> | null;
  readonly data?: Uint8Array | null;
}

export interface Codec {
  encode(payloads: CodecPayload[]): Promise<CodecPayload[]>;
  /** Rejects when a payload cannot be read with the keys at hand. */
  decode(payloads: CodecPayload[]): Promise<CodecPayload[]>;
}

export interface CodecRouteDependencies {
  readonly codec: Codec;
  /** Origin of the Temporal UI: the only page that may read what is decoded here. */
  readonly temporalUiOrigin: () => string | undefined;
}

const payloads = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), z.string()).nullish(), data: z.string().nullish() }))
    .max(10_000),
});

/** The remote codec of the Temporal UI and command line: what operators read there is encrypted everywhere else. */
export function addCodecRoutes(
  router: Router<RequestState>,
  { codec, temporalUiOrigin, guard }: CodecRouteDependencies & { readonly guard: AppMiddleware },
): void {
  function allowOrigin(ctx: AppContext): void {
    const { origin } = ctx.req.headers;
    ctx.vary('Origin');
    if (origin === undefined) return;
    if (!isSameOrigin(origin, temporalUiOrigin())) throw new Refused('csrf');
    ctx.set('Access-Control-Allow-Origin', origin);
    // The cookie of the staff log-in; the UI sends it where its codec settings say so.
    ctx.set('Access-Control-Allow-Credentials', 'true');
    // Said by the security headers for everything else: this answer is meant for another origin.
    ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
  }

  router.options('/codec/:direction', guard, (ctx) => {
    allowOrigin(ctx);
    ctx.set('Access-Control-Allow-Methods', 'POST');
    ctx.set('Access-Control-Allow-Headers', 'content-type, x-namespace, authorization');
    ctx.set('Access-Control-Max-Age', '600');
    ctx.status = 204;
  });

  for (const direction of ['encode', 'decode'] as const) {
    router.post(`/codec/${direction}`, guard, async (ctx) => {
      allowOrigin(ctx);
      const input = payloads.safeParse(ctx.state.body);
      if (!input.success) throw new Refused('invalid_request');
      const plain = input.data.payloads.map(({ metadata, data }): CodecPayload => ({
        metadata: Object.fromEntries(
          Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
        ),
        data: Buffer.from(data ?? '', 'base64'),
      }));
      const coded = await codec[direction](plain).catch(() => {
        throw new Refused('invalid_request');
      });
      ctx.body = {
        payloads: coded.map(({ metadata, data }) => ({
          metadata: Object.fromEntries(
            Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
          ),
          data: Buffer.from(data ?? []).toString('base64'),
        })),
      };
    });
  }
}

/** `localhost` and `127.0.0.1` with the same port are the same page of this machine. */
function isSameOrigin(origin: string, expected: string | undefined): boolean {
  if (expected === undefined) return false;
  const plain = (text: string): string => text.replace('//127.0.0.1', '//localhost').replace('//[::1]', '//localhost');
  return plain(origin) === plain(expected);
}
