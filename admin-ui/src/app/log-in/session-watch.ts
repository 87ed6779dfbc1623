import { inject, Injectable } from '@angular/core';
import { MatDialog, type MatDialogRef } from '@angular/material/dialog';
import { Router } from '@angular/router';
import { firstValueFrom } from 'rxjs';

import { Api } from '../api/api';
import { Session } from '../shared/session';

/** How often an open page asks whether its session runs, ms: a person who was shut out does not look at data for longer. */
const lookEveryMs = 20_000;
/** Before the end of the idle time, s. */
const warnBeforeS = 120;
/** A person who touched the page within this time is there, ms. */
const presentMs = 5 * 60_000;

/**
 * Watches the session of an open page: keeps it running while a person works without a request (typing a long text), warns before
 * it ends because nobody does, and lets people log in again on the spot when it has ended.
 */
@Injectable({ providedIn: 'root' })
export class SessionWatch {
  private readonly api = inject(Api);
  private readonly session = inject(Session);
  private readonly dialog = inject(MatDialog);
  private readonly router = inject(Router);
  private warning: MatDialogRef<unknown, 'stay' | 'out'> | undefined;
  private again = false;

  /** Begins with the frame of the pages; returns what ends it. */
  begin(): () => void {
    const timer = setInterval(() => void this.look(), lookEveryMs);
    const stop = this.api.onLoggedOut(() => void this.logInAgain());
    return () => {
      clearInterval(timer);
      stop();
      this.warning?.close();
    };
  }

  private async look(): Promise<void> {
    if (this.again || !this.session.me()) return;
    const { data } = await this.api.client.GET('/api/v1/session');
    if (!data) return;
    if (!data.running) void this.logInAgain();
    else if (data.idleLeftS <= warnBeforeS && data.leftS > data.idleLeftS) {
      if (Date.now() - this.api.touchedAt() < presentMs) await this.stay();
      else await this.warn();
    } else this.warning?.close('stay');
  }

  private async stay(): Promise<void> {
    await this.api.client.GET('/api/v1/me');
  }

  private async warn(): Promise<void> {
    if (this.isOpen()) return;
    const { IdleWarning } = await import('./idle-warning');
    // Another look may have opened it while it was loaded.
    if (this.isOpen()) return;
    this.warning = this.dialog.open(IdleWarning, { role: 'alertdialog', disableClose: true, width: '30rem' });
    const answer = await firstValueFrom(this.warning.afterClosed());
    this.warning = undefined;
    if (answer === 'stay') await this.stay();
    else if (answer === 'out') {
      await this.session.end();
      await this.router.navigate(['/log-in'], { queryParams: { reason: 'done' } });
    }
  }

  private isOpen(): boolean {
    return this.warning !== undefined;
  }

  private async logInAgain(): Promise<void> {
    const me = this.session.me();
    if (this.again || !me) return;
    this.again = true;
    this.warning?.close();
    const { LogInAgain } = await import('./log-in-again');
    const opened = this.dialog.open<unknown, unknown, string>(LogInAgain, {
      data: me,
      disableClose: true,
      width: '30rem',
      backdropClass: 'curtain',
      autoFocus: 'first-heading',
    });
    const answer = await firstValueFrom(opened.afterClosed());
    this.again = false;
    if (answer !== 'again') {
      this.dialog.closeAll();
      const from = this.router.url;
      this.session.forget();
      await this.router.navigate(['/log-in'], { queryParams: { reason: 'over', from } });
    }
  }
}
