import { ChangeDetectionStrategy, Component, computed, DestroyRef, inject, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import { NavigationEnd, Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { filter, map } from 'rxjs';

import { Api } from '../api/api';
import { SessionWatch } from '../log-in/session-watch';
import { areas } from '../shared/areas';
import { Icon } from '../shared/icon';
import { Session } from '../shared/session';

/** The frame of every page: who is logged in, the navigation by task, whether the server can be reached. */
@Component({
  selector: 'toki-shell',
  imports: [Icon, MatButton, MatMenu, MatMenuItem, MatMenuTrigger, RouterLink, RouterLinkActive, RouterOutlet],
  templateUrl: './shell.html',
  styleUrl: './shell.css',
  host: { '(document:keydown)': 'onKey($event)' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Shell {
  private readonly router = inject(Router);
  private readonly session = inject(Session);
  protected readonly offline = inject(Api).offline;
  protected readonly me = this.session.me;
  protected readonly open = signal(false);
  protected readonly areas = computed(() => {
    const me = this.me();
    // Before the first log-in is finished every other page would refuse.
    const role = me?.mustChangePassword ? undefined : me?.role;
    return areas.filter((area) => !area.hidden && role !== undefined && area.roles.includes(role));
  });
  private readonly path = toSignal(
    this.router.events.pipe(
      filter((event) => event instanceof NavigationEnd),
      map(() => this.router.url.split('?')[0] ?? ''),
    ),
    { initialValue: '' },
  );

  constructor() {
    inject(DestroyRef).onDestroy(inject(SessionWatch).begin());
    // A new page starts at its heading, for the eye and for a screen reader; a filter changed on the same page does not.
    let before = '';
    this.router.events.pipe(filter((event) => event instanceof NavigationEnd)).subscribe(() => {
      this.open.set(false);
      const path = this.path();
      if (before !== '' && path !== before) document.getElementById('main')?.focus({ preventScroll: false });
      before = path;
    });
  }

  protected async logOut(): Promise<void> {
    await this.session.end();
    await this.router.navigate(['/log-in'], { queryParams: { reason: 'done' } });
  }

  /** `/` finds a resident, from anywhere but a field that is being filled. */
  protected onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (
      event.key !== '/' ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      target.isContentEditable ||
      /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
    )
      return;
    if (!this.areas().some(({ path }) => path === 'desk')) return;
    event.preventDefault();
    void this.router.navigate(['/desk'], { queryParams: { find: Date.now() } });
  }
}
