/** A notice as it leaves: plain text, and the same words as simple HTML. */
export interface NoticeMessage {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * The words of a notice as a calm HTML mail: one column, no tables, no pictures, nothing loaded from elsewhere. Blank
 * lines part paragraphs; the site's address and the call centre's telephone number become links. Everything is escaped.
 */
export function layoutNotice(notice: {
  subject: string;
  text: string;
  sender: string;
  siteUrl: string;
  telephone: string;
  languageTag?: string;
}): string {
  const paragraphs = notice.text
    .trim()
    .split(/\n{2,}/)
    .map(
      (paragraph) =>
        `<p style="margin:0 0 1.5em">${linked(paragraph, notice.siteUrl, notice.telephone).replaceAll('\n', '<br>\n')}</p>`,
    );
  return [
    '<!DOCTYPE html>',
    `<html lang="${notice.languageTag ?? 'ja'}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(notice.subject)}</title>`,
    '</head>',
    '<body style="margin:0;padding:0;background:#ffffff;color:#1a1a1a">',
    `<div style="max-width:40rem;margin:0 auto;padding:24px 16px;font-family:'Noto Sans JP','Hiragino Kaku Gothic ProN',Meiryo,sans-serif;font-size:17px;line-height:1.7">`,
    `<p style="margin:0 0 1.5em;padding:0 0 12px;border-bottom:2px solid #0017c1;font-weight:bold">${escapeHtml(notice.sender)}</p>`,
    ...paragraphs,
    '</div>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function linked(text: string, siteUrl: string, telephone: string): string {
  return text
    .split(siteUrl)
    .map((part) =>
      part
        .split(telephone)
        .map(escapeHtml)
        .join(link(`tel:${telephone.replaceAll('-', '')}`, telephone)),
    )
    .join(link(siteUrl, siteUrl));
}

function link(target: string, words: string): string {
  return `<a href="${escapeHtml(target)}" style="color:#0017c1">${escapeHtml(words)}</a>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
