import type { AddressInfo } from 'node:net';

import { SMTPServer } from 'smtp-server';

/** What the server does with one attempt to deliver. */
export type MailBehaviour =
  | 'take'
  | 'say_later'
  | 'refuse'
  | 'refuse_the_message'
  | 'hang_up_before_the_message'
  /** The message is taken, and nobody is told. */
  | 'take_and_hang_up'
  /** No answer to the recipient. */
  | 'stall_before_the_message'
  /** The message is taken, and no answer comes. */
  | 'take_and_stall';

export interface TakenMail {
  readonly from: string;
  readonly to: string;
  readonly raw: string;
}

/** A mail server on this machine that behaves as it is told, address by address. */
export class FakeMailServer {
  readonly taken: TakenMail[] = [];
  /** Attempts per recipient. */
  readonly attempts = new Map<string, number>();
  readonly #plans = new Map<string, MailBehaviour[]>();
  readonly #server: SMTPServer;

  constructor() {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      // Its own idea of an address knows no quotes.
      lenientAddressParsing: true,
      logger: false,
      onRcptTo: ({ address }, session, callback) => {
        this.attempts.set(address, (this.attempts.get(address) ?? 0) + 1);
        const behaviour = this.#next(address);
        (session as { behaviour?: MailBehaviour }).behaviour = behaviour;
        if (behaviour === 'say_later') callback(answer(451, `4.7.1 <${address}> later`));
        else if (behaviour === 'refuse') callback(answer(550, `5.1.1 <${address}> unknown`));
        else if (behaviour === 'hang_up_before_the_message') this.#hangUp(session.id);
        else if (behaviour !== 'stall_before_the_message') callback();
      },
      onData: (stream, session, callback) => {
        const behaviour = (session as { behaviour?: MailBehaviour }).behaviour;
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          if (behaviour === 'refuse_the_message') {
            callback(answer(554, '5.7.1 not wanted'));
            return;
          }
          const { mailFrom, rcptTo } = session.envelope;
          this.taken.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo[0]?.address ?? '',
            raw: Buffer.concat(chunks).toString('utf8'),
          });
          if (behaviour === 'take_and_hang_up') this.#hangUp(session.id);
          else if (behaviour !== 'take_and_stall') callback();
        });
      },
    });
    this.#server.on('error', () => undefined);
  }

  /** Resolves to the URL for `SMTP_URL`. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `smtp://127.0.0.1:${String((this.#server.server.address() as AddressInfo).port)}`;
  }

  /** What happens at the attempts to come for this address; after them everything is taken. */
  plan(address: string, ...behaviours: MailBehaviour[]): void {
    this.#plans.set(address, behaviours);
  }

  takenBy(address: string): TakenMail[] {
    return this.taken.filter((mail) => mail.to === address);
  }

  async stop(): Promise<void> {
    for (const connection of this.#connections()) connection._socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(resolve);
    });
  }

  #next(address: string): MailBehaviour {
    return this.#plans.get(address)?.shift() ?? 'take';
  }

  #hangUp(sessionId: string): void {
    for (const connection of this.#connections()) if (connection.session.id === sessionId) connection._socket.destroy();
  }

  #connections(): { session: { id: string }; _socket: { destroy(): void } }[] {
    return [...(this.#server.connections as Iterable<{ session: { id: string }; _socket: { destroy(): void } }>)];
  }
}

function answer(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}
