import type { messagingApi } from '@line/bot-sdk';

/** How the sending of a message ended. `code` says why in a few letters, never to whom. */
export type LineOutcome =
  | { readonly status: 'sent' }
  /** LINE said no to this message: trying again would not help. */
  | { readonly status: 'refused'; readonly code: string }
  /** LINE has not taken it, or was not reached at all: it may be tried again, and may go another way. */
  | { readonly status: 'not_taken'; readonly code: string }
  /** It may have been taken, and nobody said so: it may be tried again under the same key, and must not go another way. */
  | { readonly status: 'unclear'; readonly code: string };

export interface LineApiOptions {
  /** Origin of the Messaging API. */
  readonly apiUrl: string;
  readonly channelAccessToken: string;
  readonly answerWithinMs?: number;
}

/** LINE answered, but not with what was asked for. Says nothing of the request, which names a person. */
export class LineApiError extends Error {
  override name = 'LineApiError';
  constructor(readonly status: number) {
    super(`LINE answered ${String(status)}`);
  }
}

export type LineApi = ReturnType<typeof createLineApi>;
export type LineSender = Pick<LineApi, 'push' | 'broadcast'>;

/** Errors before anything has left. */
const notLeft = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);

/**
 * LINE's Messaging API over its SDK's types. The SDK's own client waits for as long as the server likes and hides whether a request had
 * left: what is to be sent exactly once needs both.
 */
export function createLineApi({ apiUrl, channelAccessToken, answerWithinMs = 10_000 }: LineApiOptions) {
  function ask(
    method: 'GET' | 'POST',
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    return fetch(new URL(path, apiUrl), {
      method,
      redirect: 'error',
      headers: {
        Authorization: `Bearer ${channelAccessToken}`,
        ...(body ? { 'Content-Type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(answerWithinMs),
    });
  }

  async function answerOf<Answer>(response: Response): Promise<Answer> {
    if (!response.ok) throw new LineApiError(response.status);
    return (await response.json()) as Answer;
  }

  async function send(
    path: string,
    body: messagingApi.PushMessageRequest | messagingApi.BroadcastRequest,
    retryKey: string,
  ): Promise<LineOutcome> {
    let response: Response;
    try {
      response = await ask('POST', path, body, { 'X-Line-Retry-Key': retryKey });
    } catch (error) {
      const code = (error as { cause?: { code?: string } }).cause?.code ?? '';
      return notLeft.has(code)
        ? { status: 'not_taken', code: 'line unreachable' }
        : { status: 'unclear', code: 'line unclear' };
    }
    const { status } = response;
    // 409: the same key was accepted before.
    if (response.ok || status === 409) return { status: 'sent' };
    if (status >= 500) return { status: 'unclear', code: `line ${String(status)}` };
    if (status !== 429) return { status: 'refused', code: `line ${String(status)}` };
    const said = await response.text().catch(() => '');
    return /monthly limit/i.test(said)
      ? { status: 'refused', code: 'line quota' }
      : { status: 'not_taken', code: 'line 429' };
  }

  const messages = (texts: readonly string[]): messagingApi.TextMessage[] =>
    texts.map((text) => ({ type: 'text', text }));

  return {
    /** Sends texts to one user. The same `retryKey` (a UUID) is taken at most once within 24 hours. Never throws. */
    push: (userId: string, texts: readonly string[], retryKey: string): Promise<LineOutcome> =>
      send('/v2/bot/message/push', { to: userId, messages: messages(texts) }, retryKey),

    /** Sends texts to all followers; as `push`. */
    broadcast: (texts: readonly string[], retryKey: string): Promise<LineOutcome> =>
      send('/v2/bot/message/broadcast', { messages: messages(texts) }, retryKey),

    /** Answers a message of a user; good once, for about a minute. Throws LineApiError. */
    async reply(replyToken: string, texts: readonly string[]): Promise<void> {
      const body: messagingApi.ReplyMessageRequest = { replyToken, messages: messages(texts) };
      await answerOf<messagingApi.ReplyMessageResponse>(await ask('POST', '/v2/bot/message/reply', body));
    },

    /** A token by which this user can link their account, good for ten minutes. Throws LineApiError. */
    async issueLinkToken(userId: string): Promise<string> {
      const { linkToken } = await answerOf<messagingApi.IssueLinkTokenResponse>(
        await ask('POST', `/v2/bot/user/${encodeURIComponent(userId)}/linkToken`),
      );
      return linkToken;
    },

    /** The official account itself: whether the credentials are good. Throws LineApiError. */
    botInfo: async (): Promise<messagingApi.BotInfoResponse> => answerOf(await ask('GET', '/v2/bot/info')),
  };
}
