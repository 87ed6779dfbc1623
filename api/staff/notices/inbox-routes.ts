import type Router from '@koa/router';

import type { InboxMessage, NoticeRepository } from '../../../database/notices';
import { cityDate, formatDateJa, formatTimeJa } from '../../../domain/calendar/city-time';
import type { Assets } from '../../shared/assets';
import type { RequestState } from '../../shared/state';
import type { Views } from '../../shared/views';
import { loopbackOnly } from '../frame/loopback';

const shownMessages = 200;
const channelWords: Readonly<Record<string, string>> = { email: 'メール', line: 'LINE' };

export interface InboxRouteDependencies {
  readonly notices: Pick<NoticeRepository, 'inbox'>;
  readonly views: Views;
  readonly assets: Assets;
}

/** Demo mode: everything that would have left the machine, the newest first. */
export function addInboxRoutes(router: Router<RequestState>, { notices, views, assets }: InboxRouteDependencies): void {
  router.get('/inbox.json', loopbackOnly, async (ctx) => {
    const messages = await notices.inbox(shownMessages);
    ctx.body = {
      messages: messages.map(({ channel, recipient, subject, text, sentAt }) => ({
        channel,
        to: recipient,
        subject,
        text,
        sentAt: sentAt.toISOString(),
      })),
    };
  });

  router.get('/inbox', loopbackOnly, async (ctx) => {
    const messages = await notices.inbox(shownMessages);
    ctx.type = 'text/html; charset=utf-8';
    ctx.body = views.render('inbox', {
      nonce: ctx.state.nonce,
      css: assets.urlOf('staff.css'),
      messages: messages.map(messageModel),
      count: messages.length,
    });
  });
}

function messageModel({ channel, recipient, subject, text, sentAt }: InboxMessage) {
  return {
    channel: channelWords[channel] ?? channel,
    to: recipient,
    subject,
    text,
    iso: sentAt.toISOString(),
    sentAt: `${formatDateJa(cityDate(sentAt))} ${formatTimeJa(sentAt)}`,
  };
}
