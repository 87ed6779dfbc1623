import type Router from '@koa/router';
import { toString as qrToString } from 'qrcode';

import type { BookingView } from '../../../database/bookings';
import type { Session } from '../../../database/residents';
import { calendarIdentity } from '../../../domain/bookings/calendar-identity';
import { cutOff } from '../../../domain/bookings/rules';
import { type Refusal, refusals } from '../../../domain/contracts/booking-refusals';
import { uuid } from '../../shared/input';
import { Refused } from '../../shared/refused';
import type { SessionCheck } from '../../shared/session-check';
import type { AppContext, RequestState } from '../../shared/state';
import type { CitizenBookings } from '../bookings/citizen-bookings';
import { pageSession, seeOther, sessionOf } from '../frame/requests';
import { refusalIn } from '../words/refusal-words';
import { bookingModel, doseLabelOf } from './booking-model';
import { calendarFile } from './calendar-file';
import { calendarWords } from './calendar-words';
import type { Page } from './page';

export interface BookingPageDependencies {
  readonly page: Page;
  readonly sessionCheck: SessionCheck;
  readonly bookings: CitizenBookings;
  readonly publicUrl: string;
}

/** One booking: the last step, the sheet to print, the calendar entry, and cancelling. */
export function addBookingPages(
  router: Router<RequestState>,
  { page, sessionCheck, bookings, publicUrl }: BookingPageDependencies,
): void {
  router.get('/bookings/:id/done', pageSession(sessionCheck), (ctx) => sendBooking(ctx, true));
  router.get('/bookings/:id', pageSession(sessionCheck), (ctx) => sendBooking(ctx, false));

  router.get('/bookings/:id/calendar.ics', pageSession(sessionCheck), async (ctx) => {
    const { session, booking } = await bookingOf(ctx);
    if (booking.replacedBy !== null) {
      seeOther(ctx, `/bookings/${booking.replacedBy}/calendar.ics`);
      return;
    }
    if (booking.state !== 'confirmed' && booking.state !== 'cancelled') throw new Refused('not_confirmed');
    const words = await page.wordsFor(ctx);
    const { document } = await bookings.versionOf(booking);
    const identity = calendarIdentity(booking, await bookings.listOf(session));
    ctx.type = 'text/calendar; charset=utf-8';
    ctx.set('Content-Disposition', `attachment; filename="yoyaku-${String(booking.dose)}.ics"`);
    ctx.body = calendarFile(
      { name: words.programme(document).name, language: words.tag, writtenAt: new Date() },
      { ...identity, ...calendarWords(words, document, booking), url: `${publicUrl}/bookings` },
    );
  });

  router.get('/bookings/:id/cancel', pageSession(sessionCheck), async (ctx) => {
    const { session, booking } = await bookingOf(ctx);
    if (booking.state === 'cancelled') {
      seeOther(ctx, '/bookings');
      return;
    }
    const { document } = await bookings.versionOf(booking);
    const decision = bookings.mayCancel(document, booking, await bookings.listOf(session), new Date());
    await sendCancel(ctx, booking, decision.ok ? undefined : decision, 200);
  });

  router.post(
    '/bookings/:id/cancel',
    pageSession(sessionCheck, (ctx) => `/bookings/${ctx.params['id'] ?? ''}/cancel`),
    async (ctx) => {
      const { session, booking } = await bookingOf(ctx);
      const result = await bookings.cancel(session, { bookingId: booking.id });
      if (result.ok) seeOther(ctx, '/bookings', { done: 'cancelled', booking: booking.id });
      else await sendCancel(ctx, booking, result, refusals[result.code].http);
    },
  );

  async function bookingOf(
    ctx: AppContext & { readonly params: Record<string, string> },
  ): Promise<{ session: Session; booking: BookingView }> {
    const session = sessionOf(ctx);
    const id = uuid.safeParse(ctx.params['id']);
    const booking = id.success ? await bookings.find(session, id.data) : undefined;
    if (!booking) throw new Refused('booking_unknown');
    return { session, booking };
  }

  async function sendBooking(
    ctx: AppContext & { readonly params: Record<string, string> },
    isNew: boolean,
  ): Promise<void> {
    const { session, booking } = await bookingOf(ctx);
    if (booking.state === 'held' || booking.state === 'expired') {
      seeOther(ctx, `/holds/${booking.id}/review`);
      return;
    }
    if (booking.state !== 'confirmed' && booking.state !== 'attended') {
      seeOther(ctx, '/bookings');
      return;
    }
    const words = await page.wordsFor(ctx);
    const document = words.programme((await bookings.versionOf(booking)).document);
    const now = new Date();
    const all = await bookings.listOf(session);
    const next = document.doses.find((item) => item.number === booking.dose + 1);
    const nextChoice =
      next &&
      !all.some((item) => item.dose === next.number && (item.state === 'confirmed' || item.state === 'attended'))
        ? await bookings.choiceFor(session, next.number, all, now)
        : undefined;
    const limit = cutOff(document, booking.slot.startsAt);
    await page.send(ctx, 'booking', {
      title: isNew
        ? words.t(booking.replaces === null ? 'booking.title_new' : 'booking.title_moved')
        : words.t('booking.title', { dose: doseLabelOf(words, document, booking.dose) }),
      ...(isNew ? { step: 5 } : { back: '/bookings' }),
      isNew,
      isMoved: booking.replaces !== null,
      booking: bookingModel(words, document, booking),
      qr: booking.reference === null ? '' : await referenceQr(booking.reference),
      document,
      limit: limit > now ? words.dates.moment(limit) : undefined,
      next:
        next && nextChoice?.ok
          ? {
              number: next.number,
              label: next.label,
              earliest: words.dates.day(nextChoice.range.first),
              hasDays: nextChoice.range.first <= nextChoice.range.last,
            }
          : undefined,
    });
  }

  async function sendCancel(
    ctx: AppContext,
    booking: BookingView,
    refusal: Refusal | undefined,
    status: number,
  ): Promise<void> {
    const { document } = await bookings.versionOf(booking);
    const words = await page.wordsFor(ctx);
    const model = bookingModel(words, document, booking);
    await page.send(
      ctx,
      'cancel',
      {
        title: words.t('cancel.title', { dose: model.doseLabel }),
        back: '/bookings',
        booking: model,
        reason: refusal && refusalIn(words, refusal, document),
        changeUrl: `/book/${String(booking.dose)}/venues`,
        mayChange: bookings.mayChange(document, booking, new Date()).ok,
      },
      status,
    );
  }
}

/** The reference's digits as an inline SVG: a venue's scanner reads them, and they open nothing by themselves. */
async function referenceQr(reference: string): Promise<string> {
  return qrToString(reference, { type: 'svg', margin: 2, errorCorrectionLevel: 'M' });
}
