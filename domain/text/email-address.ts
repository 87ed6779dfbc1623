import { blanks, foldWidth } from './fold-width';

export type EmailAddressFault = 'missing' | 'no_at_sign' | 'blank_inside' | 'local_part' | 'domain' | 'too_long';

export type EmailAddressResult =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly fault: EmailAddressFault };

const outerBlanks = new RegExp(`^[${blanks}]+|[${blanks}]+$`, 'g');
const anyBlank = new RegExp(`[${blanks}\\u0000-\\u001F\\u007F]`);
/** Dots may stand anywhere: carriers gave out addresses such as a..b.@docomo.ne.jp until 2009, and they live. */
const unquotedLocal = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+$/;
const quotedLocal = /^"(?:[\x21\x23-\x5B\x5D-\x7E]|\\[\x21-\x7E])+"$/;
/** What mail servers take without quotes (RFC 5321 dot-string). */
const dotString = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const domainLabel = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/**
 * Reads an e-mail address: full-width becomes half-width, blanks around it go. Only what cannot be an address is
 * refused; whether it exists shows in sending. The result is what is stored: never longer than 254 characters, without
 * line breaks; its domain in lower case and ASCII.
 */
export function parseEmailAddress(text: string): EmailAddressResult {
  const folded = foldWidth(text.slice(0, 2000)).replace(outerBlanks, '').replace(/[。｡]/g, '.');
  if (folded === '') return { ok: false, fault: 'missing' };
  const at = folded.lastIndexOf('@');
  if (at < 0) return { ok: false, fault: 'no_at_sign' };
  if (anyBlank.test(folded)) return { ok: false, fault: 'blank_inside' };
  const local = folded.slice(0, at);
  if (local.length > 64) return { ok: false, fault: 'too_long' };
  if (!unquotedLocal.test(local) && !quotedLocal.test(local)) return { ok: false, fault: 'local_part' };
  const domain = asciiDomain(folded.slice(at + 1));
  if (domain === undefined) return { ok: false, fault: 'domain' };
  const value = `${local}@${domain}`;
  // Quotes that smtpAddress adds count: the limit is the mail server's.
  return smtpAddress(value).length > 254 ? { ok: false, fault: 'too_long' } : { ok: true, value };
}

/** The form for the envelope and the header of a mail: a local part that is no dot-string gets its quotes. */
export function smtpAddress(email: string): string {
  const at = email.lastIndexOf('@');
  const local = email.slice(0, at);
  return dotString.test(local) || local.startsWith('"') ? email : `"${local}"${email.slice(at)}`;
}

export function explainEmailAddressFault(fault: EmailAddressFault): string {
  switch (fault) {
    case 'missing':
      return 'メールアドレスを入力してください。';
    case 'no_at_sign':
      return 'メールアドレスに「@」がありません。ご確認ください。';
    case 'blank_inside':
      return 'メールアドレスの途中に空白があります。空白を消してください。';
    case 'local_part':
      return 'メールアドレスの「@」の前に、使えない文字があります。ご確認ください。';
    case 'domain':
      return 'メールアドレスの「@」の後ろをご確認ください。';
    case 'too_long':
      return 'メールアドレスが長すぎます。ご確認ください。';
  }
}

function asciiDomain(text: string): string | undefined {
  const labels = (/^[\x21-\x7E]*$/.test(text) ? text : punycode(text)).toLowerCase().split('.');
  const last = labels.at(-1) ?? '';
  const fits =
    labels.length >= 2 &&
    labels.every((label) => domainLabel.test(label)) &&
    /[a-z]/.test(last) &&
    labels.join('.').length <= 253;
  return fits ? labels.join('.') : undefined;
}

/** A domain in Japanese letters, as DNS knows it; an empty text when it is none. */
function punycode(text: string): string {
  return /[/?#:@\\[\]]/.test(text) || !URL.canParse(`http://${text}`) ? '' : new URL(`http://${text}`).hostname;
}
