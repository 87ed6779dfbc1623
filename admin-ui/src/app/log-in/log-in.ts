import { ChangeDetectionStrategy, Component, computed, inject, input, type OnInit } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router } from '@angular/router';

import { defined } from '../../../../domain/text/defined';
import { Api } from '../api/api';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import type { Me } from '../shared/session';
import { Credentials } from './credentials';

/** Where staff come in: by password and code, or through the city's identity provider. */
@Component({
  selector: 'toki-log-in',
  imports: [Credentials, Icon, MatButton],
  templateUrl: './log-in.html',
  styleUrl: './log-in.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class LogIn implements OnInit {
  /** Where to go afterwards, why a person is here, and why the provider's people were refused (from the URL). */
  readonly from = input<string>();
  readonly reason = input<string>();
  readonly returnTo = input<string>();
  readonly refused = input<string>();

  private readonly api = inject(Api);
  private readonly router = inject(Router);
  /** Only a path of our own: a link must not lead somewhere else after the log-in. */
  private readonly next = computed(() => {
    const from = this.from() ?? this.returnTo() ?? '/';
    return /^\/(?![/\\])/.test(from) ? from : '/';
  });
  protected readonly start = computed(() => `/oidc/start?returnTo=${encodeURIComponent(this.next())}`);
  protected readonly ways = loaded(() => {
    const refused = this.refused();
    return this.api.client.GET('/api/v1/session/ways', { params: { query: defined({ refused }) } });
  });

  ngOnInit(): void {
    void this.ways.reload();
  }

  protected async goOn(me: Me): Promise<void> {
    if (me.mustChangePassword)
      await this.router.navigate(['/account/first'], { queryParams: this.next() === '/' ? {} : { from: this.next() } });
    else await this.router.navigateByUrl(this.next());
  }
}
