import { z } from 'zod';

import type { StaffMail } from '../../../database/staff';
import { layoutNotice } from '../../../domain/notices/notice-layout';
import { refuseStaff } from '../../../domain/staff/refusals';
import { staffRoles } from '../../../domain/staff/roles';
import { explainEmailAddressFault, parseEmailAddress } from '../../../domain/text/email-address';
import { type StaffRoute, staffRoute } from '../frame/define-route';
import type { SendToStaff } from './send-to-staff';

const ownEmail = z.object({ email: z.string().nullable() }).meta({ id: 'OwnEmail' });

export interface OwnEmailDependencies {
  readonly staffMail: StaffMail;
  readonly sendToStaff: SendToStaff;
}

/** The own address, to which tests of notices are sent and nothing else. */
export function ownEmailRoutes({ staffMail, sendToStaff }: OwnEmailDependencies): StaffRoute[] {
  return [
    staffRoute({
      method: 'get',
      path: '/me/email',
      summary: 'One’s own confirmed address; null: none',
      roles: staffRoles,
      answer: ownEmail,
      handle: async ({ staff }) => ({ answer: { email: (await staffMail.emailOf(staff.staffId)) ?? null } }),
    }),
    staffRoute({
      method: 'post',
      path: '/me/email',
      summary: 'Name an own address: a code is sent to it, a few times an hour at most',
      roles: staffRoles,
      body: z.strictObject({ email: z.string().max(1_000) }),
      async handle({ body, staff, actor }) {
        const read = parseEmailAddress(body.email);
        if (!read.ok)
          return {
            ok: false,
            malformed: [{ field: 'email', code: read.fault, sentence: explainEmailAddressFault(read.fault) }],
          };
        const asked = await staffMail.ask(actor, staff.staffId, read.value);
        if (!asked.ok) return asked;
        const subject = '確認コードのお知らせ';
        const text = `「とき」の職員用の画面で、このメールアドレスが登録されようとしています。\n\n確認コード：${asked.code}\n\n30分以内に、画面に入力してください。心当たりがないときは、このメールを破棄してください。\n`;
        const isSent = await sendToStaff({
          to: read.value,
          senderName: 'とき',
          subject,
          text,
          html: layoutNotice({ subject, text, sender: 'とき 予約の窓口', siteUrl: ' ', telephone: ' ' }),
        });
        return isSent ? { answer: undefined } : refuseStaff('mail_not_sent');
      },
    }),
    staffRoute({
      method: 'post',
      path: '/me/email/confirm',
      summary: 'The code that came to the address: from now on it is the own one',
      roles: staffRoles,
      body: z.strictObject({ code: z.string().max(100) }),
      answer: ownEmail,
      async handle({ body, staff, actor }) {
        const result = await staffMail.confirm(actor, staff.staffId, body.code);
        return result.ok ? { answer: { email: result.email } } : result;
      },
    }),
    staffRoute({
      method: 'delete',
      path: '/me/email',
      summary: 'Forget the own address',
      roles: staffRoles,
      async handle({ staff, actor }) {
        await staffMail.forget(actor, staff.staffId);
        return { answer: undefined };
      },
    }),
  ];
}
