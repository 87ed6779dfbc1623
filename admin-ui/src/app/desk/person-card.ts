import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';

import { bookingStateWords } from '../../../../domain/bookings/booking-words';
import { CityTime } from '../shared/city-time';
import { ConfirmDialog } from '../shared/confirm-dialog';
import { Messages } from '../shared/messages';
import { BookingTimeline } from './booking-timeline';
import { type Booking, DeskCall, type Dose } from './desk-call';
import { FocusHere } from './focus-here';
import { PersonMore } from './person-more';
import { numberGroups, readOutDate, readOutTime, referenceGroups } from './words';

/** Who is on the telephone, dose by dose what is booked and what can be done. */
@Component({
  selector: 'toki-person-card',
  imports: [BookingTimeline, CityTime, FocusHere, MatButton, PersonMore],
  templateUrl: './person-card.html',
  styleUrl: './person-card.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PersonCard {
  protected readonly call = inject(DeskCall);
  private readonly confirmDialog = inject(ConfirmDialog);
  private readonly messages = inject(Messages);
  protected readonly person = this.call.person;
  protected readonly numberGroups = numberGroups;
  protected readonly referenceGroups = referenceGroups;
  protected readonly isWhole = computed(() => this.call.stage() === 'person');

  protected readonly doses = computed(() => {
    const person = this.person();
    return (person?.doses ?? []).map((dose) => {
      const booking = person?.bookings.find((item) => item.id === dose.bookingId);
      const move = person?.bookings.find(
        (item) => item.state === 'held' && item.replaces !== null && item.replaces === booking?.id,
      );
      return { dose, booking, held: booking?.state === 'held' ? booking : move };
    });
  });
  /** Where Enter goes on: the first dose that can be booked, otherwise the first that can be changed. */
  protected readonly main = computed(
    () =>
      (
        this.doses().find(({ dose }) => dose.state === 'open') ??
        this.doses().find(({ dose }) => dose.state === 'taken')
      )?.dose.number,
  );
  /** Bookings of before, the newest first. */
  protected readonly past = computed(() =>
    (this.person()?.bookings ?? []).filter(
      (booking) => !this.doses().some((item) => item.booking?.id === booking.id || item.held?.id === booking.id),
    ),
  );

  protected stateWords(booking: Booking): string {
    const isMoved = booking.state === 'cancelled' && booking.endReason === 'moved';
    return isMoved ? '変更済み' : bookingStateWords[booking.state];
  }

  protected async declare({ code, label }: { readonly code: string; readonly label: string }): Promise<void> {
    if (await this.call.declare(code)) this.messages.done(`「${label}」の申告を記録しました。`);
  }

  protected async cancel(booking: Booking, dose: Dose): Promise<void> {
    const held = booking.state === 'held';
    this.call.guidance.set(held ? undefined : 'cancel');
    const sure = await this.confirmDialog.yes({
      heading: held ? '仮押さえをやめますか' : `${dose.label}の予約を取り消しますか`,
      sentences: [
        `${readOutDate(booking.slot.startsAt).join('')} ${readOutTime(booking.slot.startsAt)}　${booking.slot.venue.name}`,
        held
          ? '席はほかの方が取れるようになります。'
          : '取り消した席は元に戻せません。日時を変えるときは「日時を変える」を使ってください。',
      ],
      yes: held ? '席を返す' : '取り消す',
      no: 'やめる',
      danger: !held,
    });
    this.call.guidance.set(undefined);
    if (sure && (await this.call.cancel(booking)))
      this.messages.done(held ? '仮押さえをやめました。' : `${dose.label}の予約を取り消しました。`);
  }
}
