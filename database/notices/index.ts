import type { Audit } from '../audit';
import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import type { Programmes } from '../programmes';
import { type CallbackRepository, createCallbackRepository } from './callbacks';
import { createLineBroadcasts, type LineBroadcasts } from './line-broadcasts';
import { createLineEvents, type LineEvents } from './line-events';
import { createLineLinks, type LineLinks } from './line-links';
import { createNoticeList, type NoticeList } from './notice-list';
import { createNoticeRepository, type NoticeRepository } from './notices';

export type { CallbackDetail, CallbackOutcome, CallbackRepository, CallbackView } from './callbacks';
export type { LineBroadcast, LineBroadcasts } from './line-broadcasts';
export type { LineEvent, LineEvents, ReceivedLineEvent } from './line-events';
export type { LineLinks } from './line-links';
export { type NoticeLine, type NoticeList, stepLabel } from './notice-list';
export { type InboxMessage, type Notice, type NoticeRepository, noticeStatuses } from './notices';

/** What people are told, by whichever way, and whom nobody could tell. */
export interface NoticeServices {
  readonly notices: NoticeRepository;
  readonly noticeLists: NoticeList;
  readonly callbacks: CallbackRepository;
  readonly lineBroadcasts: LineBroadcasts;
  readonly lineLinks: LineLinks;
  readonly lineEvents: LineEvents;
}

export function createNoticeServices({
  database,
  keys,
  audit,
  programmes,
}: {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly audit: Audit;
  readonly programmes: Programmes;
}): NoticeServices {
  return {
    notices: createNoticeRepository(database),
    noticeLists: createNoticeList({ database, keys, programmes }),
    callbacks: createCallbackRepository({ database, keys, audit }),
    lineBroadcasts: createLineBroadcasts(database),
    lineLinks: createLineLinks({ database, keys }),
    lineEvents: createLineEvents({ database, keys }),
  };
}
