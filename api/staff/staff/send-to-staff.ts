import type { NoticeMessage } from '../../../domain/notices/notice-layout';

/** A mail to one member of staff. The address is the one that the account holds, or that is being confirmed for it. */
export interface OwnMail extends NoticeMessage {
  readonly to: string;
  readonly senderName: string;
}

/** Whether it was handed over to the mail server, or left in the inbox. */
export type SendToStaff = (mail: OwnMail) => Promise<boolean>;
