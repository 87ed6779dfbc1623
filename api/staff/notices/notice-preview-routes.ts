import { z } from 'zod';

import type { ProgrammeDrafts } from '../../../database/programmes';
import type { VenueRecords } from '../../../database/schedule';
import type { SiteSettingsReader } from '../../../database/site';
import type { StaffMail } from '../../../database/staff';
import { layoutNotice } from '../../../domain/notices/notice-layout';
import { type NoticePreview, previewNotice } from '../../../domain/notices/preview-notice';
import { otherLanguages, type ProgrammeDocument } from '../../../domain/programmes/document';
import { asTheSiteSays } from '../../../domain/site/settings';
import { refuseStaff, type StaffRefusal } from '../../../domain/staff/refusals';
import { type StaffRoute, staffRoute } from '../frame/define-route';
import { byCode, programmeEditors, programmeReaders } from '../programmes/programme-routes';
import type { SendToStaff } from '../staff/send-to-staff';

const name = z.string().min(1).max(40);
const sample = {
  template: name,
  step: z.string().max(40).optional(),
  group: z.string().max(40).default(''),
  language: z.enum(['ja', ...otherLanguages]).default('ja'),
};
const query = z.object({
  ...sample,
  dose: z
    .string()
    .regex(/^[1-9]$/)
    .transform(Number)
    .default(1),
  email: z.enum(['yes', 'no']).default('yes'),
  /** Of the draft, so that a browser asks again when it has changed. */
  version: z.string().max(10).optional(),
});
const answer = z
  .object({
    subject: z.string(),
    text: z.string(),
    line: z.array(z.string()),
    by: z.enum(['email', 'callback', 'nobody']),
    keptBy: z.enum(['dose', 'group', 'venue', 'next_dose']).nullable(),
  })
  .meta({ id: 'NoticePreview' });

/** A mail brings its own styles in its lines, and nothing else. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors 'self'; sandbox allow-same-origin";
const testMark = '【テスト】';
const testLine = 'これはテスト送信です。実際の予約のお知らせではありません。';

export interface NoticePreviewDependencies {
  readonly drafts: Pick<ProgrammeDrafts, 'lastValid'>;
  readonly venues: Pick<VenueRecords, 'list'>;
  readonly site: SiteSettingsReader;
  readonly publicUrl: string;
  readonly staffMail: Pick<StaffMail, 'begin'>;
  readonly sendToStaff: SendToStaff;
}

interface Wish {
  readonly template: string;
  readonly step?: string | undefined;
  readonly group: string;
  readonly dose: number;
  readonly language: z.output<typeof query>['language'];
}

type Looked = {
  readonly ok: true;
  readonly document: ProgrammeDocument;
  readonly siteUrl: string;
  readonly preview: NoticePreview;
};

/** The texts of the draft as people would get them, and sending one to oneself. */
export function noticePreviewRoutes({
  drafts,
  venues,
  site,
  publicUrl,
  staffMail,
  sendToStaff,
}: NoticePreviewDependencies): StaffRoute[] {
  async function look(code: string, wish: Wish, hasEmail: boolean): Promise<Looked | StaffRefusal> {
    const [found, all, settings] = await Promise.all([drafts.lastValid(code), venues.list(), site.current()]);
    if (!found) return refuseStaff('programme_unknown');
    const document = asTheSiteSays(found, settings);
    const venue = all.find((item) => item.active) ?? { code: 'sample', name: '見本会場', address: '見本の住所' };
    const siteUrl = settings.publicAddress ?? publicUrl;
    const groupCode =
      document.groups.find((group) => group.code === wish.group)?.code ?? document.groups[0]?.code ?? '';
    const dose = document.doses.find((item) => item.number === wish.dose)?.number ?? 1;
    const preview = previewNotice(
      document,
      { template: wish.template, step: wish.step, groupCode, dose, hasEmail, language: wish.language, venue },
      siteUrl,
      new Date(),
    );
    return preview ? { ok: true, document, siteUrl, preview } : refuseStaff('template_unknown');
  }

  return [
    staffRoute({
      method: 'get',
      path: '/programmes/:code/notice-preview',
      roles: programmeReaders,
      params: byCode,
      query,
      answer,
      summary:
        'A text of the draft as the real notice says it to an invented person (where the draft has faults: as it was before)',
      async handle({ params, query: asked }) {
        const found = await look(params.code, asked, asked.email === 'yes');
        if (!found.ok) return found;
        const { message, line, by, keptBy } = found.preview;
        return {
          answer: { subject: message.subject, text: message.text, line: [...line], by, keptBy: keptBy ?? null },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/programmes/:code/notice-preview/mail',
      roles: programmeReaders,
      params: byCode,
      query,
      media: 'text/html; charset=utf-8',
      answer: z.string(),
      summary: 'The same as the mail looks; HTML for a frame, in which nothing can be done',
      async handle({ params, query: asked, ctx }) {
        const found = await look(params.code, asked, true);
        if (!found.ok) return found;
        ctx.set('Content-Security-Policy', policy);
        ctx.set('X-Frame-Options', 'SAMEORIGIN');
        return { answer: found.preview.message.html.replace('<head>', '<head>\n<base target="_blank">') };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/programmes/:code/notice-test',
      roles: programmeEditors,
      params: byCode,
      body: z.strictObject({ ...sample, dose: z.int().min(1).max(9).default(1) }),
      answer: z.object({ to: z.string() }),
      summary:
        'Send a text of the draft to oneself: to the confirmed address of the own account, never to another; a few times an hour at most',
      async handle({ params, body, staff, actor }) {
        const found = await look(params.code, body, true);
        if (!found.ok) return found;
        const allowed = await staffMail.begin(actor, staff.staffId, {
          programme: params.code,
          template: body.template,
          language: body.language,
        });
        if (!allowed.ok) return allowed;
        const {
          document,
          siteUrl,
          preview: { message },
        } = found;
        const subject = `${testMark}${message.subject}`;
        const text = `${testLine}\n\n${message.text}`;
        const html = layoutNotice({
          subject,
          text,
          sender: `${document.city} ${document.name}`,
          siteUrl,
          telephone: document.callCentre.telephone,
        });
        return (await sendToStaff({ to: allowed.email, senderName: document.city, subject, text, html }))
          ? { answer: { to: allowed.email } }
          : refuseStaff('mail_not_sent');
      },
    }),
  ];
}
