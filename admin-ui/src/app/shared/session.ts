import { inject, Injectable, signal } from '@angular/core';

import { Api, type Schema } from '../api/api';

export type Me = Schema<'Me'>;

/** Who is logged in, asked once and kept until the log-out or a refusal. */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly api = inject(Api);
  private readonly current = signal<Me | undefined>(undefined);
  readonly me = this.current.asReadonly();
  private loading: Promise<Me | undefined> | undefined;
  /** Typed at the first log-in a moment ago; in memory until an own password replaces it. */
  oneTimePassword: string | undefined;

  /** The member of staff, or undefined without a session. */
  load(): Promise<Me | undefined> {
    if (this.current()) return Promise.resolve(this.current());
    this.loading ??= this.ask().finally(() => (this.loading = undefined));
    return this.loading;
  }

  begin(me: Me, oneTimePassword?: string): void {
    this.oneTimePassword = oneTimePassword;
    this.current.set(me);
  }

  async end(): Promise<void> {
    await this.api.client.DELETE('/api/v1/session');
    this.forget();
  }

  forget(): void {
    this.oneTimePassword = undefined;
    this.current.set(undefined);
  }

  private async ask(): Promise<Me | undefined> {
    const { data } = await this.api.client.GET('/api/v1/me', { headers: { 'Toki-Quiet': '1' } });
    if (data) this.current.set(data);
    return data;
  }
}
