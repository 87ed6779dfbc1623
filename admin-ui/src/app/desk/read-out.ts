import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';

import type { Schema } from '../api/api';
import { Icon } from '../shared/icon';
import { DeskCall } from './desk-call';
import { FocusHere } from './focus-here';
import { LargeDate } from './large-date';
import { referenceGroups, saidDigits } from './words';

/** The booking in large type, to be read out slowly; printed, it is the slip that is handed over. */
@Component({
  selector: 'toki-read-out',
  imports: [FocusHere, Icon, LargeDate, MatButton],
  templateUrl: './read-out.html',
  styleUrl: './read-out.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ReadOut {
  readonly script = input<Schema<'CallScript'>>();
  protected readonly call = inject(DeskCall);
  protected readonly booking = this.call.confirmed;
  protected readonly groups = computed(() => referenceGroups(this.booking()?.reference ?? ''));
  protected readonly saidDigits = saidDigits;
  protected readonly dose = computed(() =>
    this.call.person()?.doses.find((dose) => dose.number === this.booking()?.dose),
  );
  /** The dose that could be booked in the same call. */
  protected readonly nextDose = computed(() =>
    this.call.person()?.doses.find((dose) => dose.state === 'open' && dose.number > (this.booking()?.dose ?? 0)),
  );

  protected print(): void {
    window.print();
  }
}
