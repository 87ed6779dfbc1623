import { ChangeDetectionStrategy, Component, computed, effect, inject, input, untracked } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router } from '@angular/router';

import { Api } from '../api/api';
import { loaded } from '../shared/loaded';
import { Session } from '../shared/session';
import { ChooseTime } from './choose-time';
import { DeskCall } from './desk-call';
import { FindPerson } from './find-person';
import { HoldForm } from './hold-form';
import { IdentityForm } from './identity-form';
import { LargeDate } from './large-date';
import { PersonCard } from './person-card';
import { ReadOut } from './read-out';
import { ScriptPane } from './script-pane';

/** The operator's desk: who, when and where, confirm; what to say on the right. The whole call without the mouse. */
@Component({
  selector: 'toki-desk',
  imports: [ChooseTime, FindPerson, HoldForm, IdentityForm, LargeDate, MatButton, PersonCard, ReadOut, ScriptPane],
  templateUrl: './desk.html',
  styleUrl: './desk.css',
  host: { '(document:keydown)': 'onKey($event)' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Desk {
  private readonly api = inject(Api).client;
  private readonly router = inject(Router);
  protected readonly call = inject(DeskCall);
  /** From the URL: changes whenever `/` was pressed. */
  readonly find = input<string>();
  /** From the URL: whose call it is. A page loaded again goes on there while the identity check holds. */
  readonly person = input<string>();
  protected readonly script = loaded(() => this.api.GET('/api/v1/call-script'));
  /** Which pane is at work; the others show in short what is settled. */
  protected readonly pane = computed(
    () =>
      (({ find: 'who', identity: 'who', person: 'who', choose: 'when', confirm: 'confirm', done: 'confirm' }) as const)[
        this.call.stage()
      ],
  );

  constructor() {
    this.call.belongTo(inject(Session).me()?.id);
    void this.script.reload();
    let shown: string | undefined;
    effect(() => {
      const id = this.call.person()?.resident.id;
      if (id === shown) return;
      shown = id;
      untracked(
        () => void this.router.navigate([], { queryParams: id === undefined ? {} : { person: id }, replaceUrl: true }),
      );
    });
    effect(() => {
      const id = this.person();
      untracked(() => {
        if (id !== undefined && id !== this.call.person()?.resident.id && id !== this.call.candidate()?.id)
          void this.takeUp(id);
      });
    });
  }

  protected onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || document.querySelector('mat-dialog-container')) return;
    if (event.altKey && event.code === 'KeyN' && this.call.stage() !== 'find') {
      event.preventDefault();
      void this.call.next();
    } else if (event.key === 'Escape') this.call.back();
  }

  private async takeUp(id: string): Promise<void> {
    if (this.call.person()) await this.call.next();
    await this.call.takeUpPerson(id);
  }
}
