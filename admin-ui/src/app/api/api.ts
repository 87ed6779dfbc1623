import { inject, Injectable, signal } from '@angular/core';
import { Router } from '@angular/router';
import createClient, { type Client } from 'openapi-fetch';

import type { components, paths } from '../../../generated/schema';

/** A shape of the staff API by its name, e.g. `Schema<'Venue'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];
/** RFC 9457; `detail` is the sentence to show, `faults` belong beside fields. */
export type Problem = Schema<'Problem'>;
export type Role = Schema<'Me'>['role'];

/** The connection did not come about, or something in between answered: nobody knows whether the request arrived. */
export const offlineCode = 'offline';
/** A page that nobody has touched for this long asks on its own, ms. */
const untouchedMs = 60_000;

/**
 * The staff API, typed by its own description: `const { data, error } = await inject(Api).client.GET('/api/v1/venues')`.
 * Never throws for an answer, a refusal or a lost connection: `error` is a `Problem` with a sentence to show.
 */
@Injectable({ providedIn: 'root' })
export class Api {
  private readonly router = inject(Router);
  private readonly lost = signal(false);
  private readonly loggedOutListeners = new Set<() => void>();
  private touched = Date.now();
  /** True from a request that did not get through to the next that does. */
  readonly offline = this.lost.asReadonly();
  readonly client: Client<paths> = createClient<paths>({ baseUrl: '', fetch: (request) => this.send(request) });

  constructor() {
    for (const kind of ['pointerdown', 'keydown', 'wheel'] as const)
      addEventListener(kind, () => (this.touched = Date.now()), { capture: true, passive: true });
  }

  /** When a person last touched the page, ms since 1970. */
  touchedAt(): number {
    return this.touched;
  }

  /** Returns what takes the listener away. While there is one, nobody is led away from a page whose session has ended. */
  onLoggedOut(listener: () => void): () => void {
    this.loggedOutListeners.add(listener);
    return () => this.loggedOutListeners.delete(listener);
  }

  private async send(request: Request): Promise<Response> {
    // The same click sent twice by a retrying browser stays one.
    if (request.method === 'POST' && !request.headers.has('Idempotency-Key'))
      request.headers.set('Idempotency-Key', crypto.randomUUID());
    const quiet = request.headers.has('Toki-Quiet');
    request.headers.delete('Toki-Quiet');
    // What a page asks on its own must not keep a session running that nobody uses.
    if (Date.now() - this.touched > untouchedMs) request.headers.set('Toki-Background', '1');
    let response: Response;
    try {
      response = await fetch(request);
    } catch {
      if (!request.signal.aborted) this.lost.set(true);
      return problemResponse(
        offlineCode,
        'サーバーにつながりません。入力した内容はこの画面に残っています。少し待ってから、もう一度お試しください。',
      );
    }
    const type = response.headers.get('Content-Type') ?? '';
    if (!response.ok && !type.includes('json')) {
      this.lost.set(response.status >= 500);
      return problemResponse(
        offlineCode,
        `サーバーが応答できません（${String(response.status)}）。入力した内容はこの画面に残っています。`,
      );
    }
    this.lost.set(false);
    if (!quiet && (response.status === 401 || response.status === 403)) await this.leaveIfShutOut(response.clone());
    return response;
  }

  private async leaveIfShutOut(response: Response): Promise<void> {
    const { code } = (await response.json()) as Problem;
    if (code === 'not_logged_in') {
      for (const listener of this.loggedOutListeners) listener();
      if (this.loggedOutListeners.size === 0 && !this.router.url.startsWith('/log-in'))
        void this.router.navigate(['/log-in'], { queryParams: { from: this.router.url, reason: 'over' } });
    } else if (code === 'password_change_required') void this.router.navigate(['/account/first']);
  }
}

function problemResponse(code: string, detail: string): Response {
  const problem: Problem = { type: `urn:toki:problem:${code}`, title: detail, status: 503, detail, instance: '', code };
  return new Response(JSON.stringify(problem), {
    status: 503,
    headers: { 'Content-Type': 'application/problem+json' },
  });
}
