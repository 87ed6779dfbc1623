import type { LineApi } from '../../activities/notices/line-api';
import type { LineEvent, LineEvents, LineLinks } from '../../database/notices';
import { type BackgroundLoop, createBackgroundLoop } from './background-loop';
import type { Log } from './log';

export interface LineEventDependencies {
  readonly links: Pick<LineLinks, 'keepToken' | 'completeLink' | 'unlinkUser'>;
  readonly api: Pick<LineApi, 'reply' | 'issueLinkToken'>;
  /** The citizen site, without a slash at the end. */
  readonly publicUrl: string;
}

const linkedWords =
  '予約とつながりました。これからのお知らせは、こちらのLINEにお届けします。やめたいときは、予約サイトの「LINEでお知らせを受け取る」からいつでも外せます。';
const notLinkedWords =
  'つなぐ手続きの有効時間（10分）が過ぎたか、すでに使われています。もう一度「予約の連携」と送ってください。';

function linkWords(url: string): string {
  return `予約のお知らせをLINEで受け取るには、次のページを開いて予約サイトにログインしてください。\n${url}\n\nこのページは10分間、1回だけ使えます。ほかの人に送らないでください。`;
}

/** What is to be done when a person does something in LINE. Throws LineApiError when LINE does not go along. */
export function createLineEventWork({
  links,
  api,
  publicUrl,
}: LineEventDependencies): (event: LineEvent) => Promise<void> {
  return async (event) => {
    switch (event.kind) {
      case 'link_wanted': {
        const linkToken = await api.issueLinkToken(event.userId);
        await links.keepToken(linkToken);
        await api.reply(event.replyToken, [
          linkWords(`${publicUrl}/line/link?linkToken=${encodeURIComponent(linkToken)}`),
        ]);
        return;
      }
      case 'linked': {
        const isLinked = await links.completeLink(event.nonce, event.userId);
        // The link stands, whether LINE takes the answer or not.
        if (event.replyToken !== undefined)
          await api.reply(event.replyToken, [isLinked ? linkedWords : notLinkedWords]).catch(() => undefined);
        return;
      }
      case 'blocked':
        await links.unlinkUser(event.userId);
    }
  };
}

/** Works off what the webhook has stored: a person waits in the chat, so there is little pause. */
export function createLineEventLoop({
  events,
  log,
  everyMs = 1_000,
  ...dependencies
}: LineEventDependencies & {
  readonly events: Pick<LineEvents, 'workOff' | 'removeOutdated'>;
  readonly log: Log;
  readonly everyMs?: number;
}): BackgroundLoop {
  const work = createLineEventWork(dependencies);
  return createBackgroundLoop({
    name: 'the work on what LINE told',
    log,
    round: async (signal) => {
      while (!signal.aborted && (await events.workOff(work)));
      return everyMs;
    },
  });
}
