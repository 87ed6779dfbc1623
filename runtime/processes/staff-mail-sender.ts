import { randomUUID } from 'node:crypto';

import { createMailer } from '../../activities/notices/mailer';
import type { OwnMail, SendToStaff } from '../../api/staff/staff/send-to-staff';

/** Mail to staff on the way that notices take. Without a mail server nothing leaves the machine: it lands in the inbox. */
export function createStaffMailSender({
  smtpUrl,
  publicUrl,
  toInbox,
}: {
  readonly smtpUrl: string | undefined;
  readonly publicUrl: string;
  readonly toInbox: (mail: OwnMail) => Promise<void>;
}): SendToStaff {
  const mailer = smtpUrl === undefined ? undefined : createMailer({ smtpUrl, publicUrl });
  const { hostname } = new URL(publicUrl);
  return async (mail) => {
    if (!mailer) {
      await toInbox(mail);
      return true;
    }
    const { status } = await mailer.send({ ...mail, messageId: `<${randomUUID()}@${hostname}>` }, () =>
      Promise.resolve(),
    );
    // An answer that was lost: most likely it arrived, and a second one helps nobody.
    return status === 'sent' || status === 'unclear';
  };
}
