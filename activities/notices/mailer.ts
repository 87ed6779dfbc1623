import { Readable } from 'node:stream';

import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';

import type { NoticeMessage } from '../../domain/notices/notice-layout';
import { smtpAddress } from '../../domain/text/email-address';

/** How the sending of a mail ended. `code` says why in a few letters, never with an address. */
export type MailOutcome =
  | { readonly status: 'sent' }
  /** The server said no to this message: trying again would not help. */
  | { readonly status: 'refused'; readonly code: string }
  /** Nothing has left, or the server said that it did not take it: it may be tried again. */
  | { readonly status: 'not_taken'; readonly code: string }
  /** It was handed over, and the answer was lost. */
  | { readonly status: 'unclear'; readonly code: string };

export interface Mail extends NoticeMessage {
  readonly to: string;
  /** Shown as the sender. */
  readonly senderName: string;
  /** The same for every attempt: a person who gets a message twice can tell. */
  readonly messageId: string;
}

export interface Mailer {
  /**
   * Sends one mail. `beforeData` runs when the server has accepted sender and recipient and waits for the message: after
   * it the mail may have left; when it fails nothing has.
   */
  send(mail: Mail, beforeData: () => Promise<void>): Promise<MailOutcome>;
}

export interface MailerOptions {
  /** `smtp[s]://user:password@host:port`; `?from=address` names the sender. */
  readonly smtpUrl: string;
  /** The citizen site: gives the sender's domain where the URL names none. */
  readonly publicUrl: string;
}

const connectWithinMs = 20_000;
const answerWithinMs = 30_000;

interface SmtpError extends Error {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
}

/**
 * Mail over SMTP, a connection per message: notices are few per second by their queue's limit. nodemailer's own
 * transport would not tell whether the message had begun to leave when a connection broke; its connection does.
 */
export function createMailer({ smtpUrl, publicUrl }: MailerOptions): Mailer {
  const url = new URL(smtpUrl);
  const isSecure = url.protocol === 'smtps:';
  const from = url.searchParams.get('from') ?? `no-reply@${new URL(publicUrl).hostname}`;

  async function send(mail: Mail, beforeData: () => Promise<void>): Promise<MailOutcome> {
    const to = smtpAddress(mail.to);
    const content = await new MailComposer({
      from: { name: mail.senderName, address: from },
      to: { name: '', address: to },
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      messageId: mail.messageId,
      headers: { 'Auto-Submitted': 'auto-generated' },
      textEncoding: 'base64',
    })
      .compile()
      .build();

    const connection = new SMTPConnection({
      host: url.hostname,
      port: url.port === '' ? (isSecure ? 465 : 587) : Number(url.port),
      secure: isSecure,
      connectionTimeout: connectWithinMs,
      greetingTimeout: connectWithinMs,
      socketTimeout: answerWithinMs,
      ...(url.searchParams.get('tls') === 'required' ? { requireTLS: true } : {}),
    });
    let hasLeft = false;
    try {
      await new Promise<void>((resolve, reject) => {
        connection.on('error', reject);
        connection.connect((error) => {
          if (error) reject(error);
          else resolve();
        });
      });
      if (url.username !== '') {
        const credentials = { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
        await new Promise<void>((resolve, reject) => {
          connection.once('error', reject);
          connection.login({ credentials }, (error) => {
            if (error) reject(error);
            else resolve();
          });
        });
      }
      await new Promise<void>((resolve, reject) => {
        connection.once('error', reject);
        const message = messageStream(content, async () => {
          await beforeData();
          hasLeft = true;
        });
        connection.send({ from, to: [to], size: content.length }, message, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
      connection.quit();
      return { status: 'sent' };
    } catch (error) {
      connection.close();
      return outcomeOf(error as SmtpError, hasLeft);
    }
  }

  return { send };
}

/** Read from only after the server has asked for the message; an error then closes the connection without an end of message. */
function messageStream(content: Buffer, begin: () => Promise<void>): Readable {
  let begun = false;
  return new Readable({
    read() {
      if (begun) return;
      begun = true;
      begin().then(
        () => {
          this.push(content);
          this.push(null);
        },
        (error: unknown) => {
          this.destroy(error instanceof Error ? error : new Error(String(error)));
        },
      );
    },
  });
}

const messageCommands = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);

function outcomeOf(error: SmtpError, hasLeft: boolean): MailOutcome {
  const { responseCode, command } = error;
  const code = responseCode === undefined ? `smtp ${error.code ?? 'error'}` : `smtp ${String(responseCode)}`;
  if (responseCode !== undefined && command !== undefined && messageCommands.has(command)) {
    return responseCode >= 500 ? { status: 'refused', code } : { status: 'not_taken', code };
  }
  return hasLeft ? { status: 'unclear', code } : { status: 'not_taken', code };
}
