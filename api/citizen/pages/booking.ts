import type Router from '@koa/router';
import ical from 'ical-generator';
import { toString as qrToString } from 'qrcode';
import { refusals, type Refusal } from '../../../domain/booking/refusals';
import { refusalSentence } from '../../../domain/booking/refusal-words';
import { cutOff } from '../../../domain/booking/rules';
import { cityDate, formatTimeJa } from '../../../domain/calendar/city-time';
import type { BookingView } from '../../../database/bookings';
import type { Session } from '../../../database/sessions';
import { Refused } from '../../shared/refused';
import type { SessionGate } from '../../shared/session-gate';
import type { AppContext, RequestState } from '../../shared/state';
import type { CitizenBookings } from '../citizen-bookings';
import { uuid } from '../../shared/input';
import { bookingModel, doseLabelOf } from './booking-model';
import type { Page } from './page';
import { pageSession, seeOther, sessionOf } from './requests';
import { shortDateJa } from './words';

export interface BookingPageDependencies {
  readonly page: Page;
  readonly gate: SessionGate;
  readonly desk: CitizenBookings;
  readonly publicUrl: string;
}

/** One booking: the last step, the sheet to print, the calendar entry, and cancelling. */
export function addBookingPages(router: Router<RequestState>, { page, gate, desk, publicUrl }: BookingPageDependencies): void {
  router.get('/bookings/:id/done', pageSession(gate), (ctx) => sendBooking(ctx, true));
  router.get('/bookings/:id', pageSession(gate), (ctx) => sendBooking(ctx, false));

  router.get('/bookings/:id/calendar.ics', pageSession(gate), async (ctx) => {
    const { booking } = await bookingOf(ctx);
    if (booking.state !== 'confirmed') throw new Refused('not_confirmed');
    const { document } = await desk.versionOf(booking);
    const model = bookingModel(document, booking);
    const calendar = ical({ name: document.name, prodId: { company: 'Toki', product: 'booking', language: 'JA' }, timezone: 'Asia/Tokyo' });
    calendar.createEvent({
      id: `${booking.id}@toki`,
      start: booking.slot.startsAt,
      end: booking.slot.endsAt,
      summary: `${document.name}（${model.doseLabel}）${model.venue.name}`,
      location: `${model.venue.name} ${model.venue.address}`,
      description: [`受付番号：${model.reference ?? ''}`, `持ち物：${document.texts.whatToBring.join('、')}`, `コールセンター：${document.callCentre.telephone}`].join('\n'),
      url: `${publicUrl}/bookings`,
    });
    ctx.type = 'text/calendar; charset=utf-8';
    ctx.set('Content-Disposition', `attachment; filename="yoyaku-${String(booking.dose)}.ics"`);
    ctx.body = calendar.toString();
  });

  router.get('/bookings/:id/cancel', pageSession(gate), async (ctx) => {
    const { session, booking } = await bookingOf(ctx);
    if (booking.state === 'cancelled') {
      seeOther(ctx, '/bookings');
      return;
    }
    const { document } = await desk.versionOf(booking);
    const decision = desk.mayCancel(document, booking, await desk.listOf(session), new Date());
    await sendCancel(ctx, booking, decision.ok ? undefined : decision, 200);
  });

  router.post('/bookings/:id/cancel', pageSession(gate, (ctx) => `/bookings/${ctx.params['id'] ?? ''}/cancel`), async (ctx) => {
    const { session, booking } = await bookingOf(ctx);
    const result = await desk.cancel(session, { bookingId: booking.id });
    if (result.ok) seeOther(ctx, '/bookings', { done: 'cancelled' });
    else await sendCancel(ctx, booking, result, refusals[result.code].http);
  });

  async function bookingOf(ctx: AppContext & { readonly params: Record<string, string> }): Promise<{ session: Session; booking: BookingView }> {
    const session = sessionOf(ctx);
    const id = uuid.safeParse(ctx.params['id']);
    const booking = id.success ? await desk.find(session, id.data) : undefined;
    if (!booking) throw new Refused('booking_unknown');
    return { session, booking };
  }

  async function sendBooking(ctx: AppContext & { readonly params: Record<string, string> }, isNew: boolean): Promise<void> {
    const { session, booking } = await bookingOf(ctx);
    if (booking.state === 'held' || booking.state === 'expired') {
      seeOther(ctx, `/holds/${booking.id}/review`);
      return;
    }
    if (booking.state !== 'confirmed' && booking.state !== 'attended') {
      seeOther(ctx, '/bookings');
      return;
    }
    const { document } = await desk.versionOf(booking);
    const now = new Date();
    const all = await desk.listOf(session);
    const next = document.doses.find((item) => item.number === booking.dose + 1);
    const nextChoice = next && !all.some((item) => item.dose === next.number && (item.state === 'confirmed' || item.state === 'attended'))
      ? await desk.choiceFor(session, next.number, all, now)
      : undefined;
    const limit = cutOff(document, booking.slot.startsAt);
    await page.send(ctx, 'booking', {
      title: isNew ? (booking.replaces === null ? '予約が完了しました' : '予約を変更しました') : `${doseLabelOf(document, booking.dose)}の予約`,
      ...(isNew ? { step: 5 } : { back: '/bookings' }),
      isNew,
      isMoved: booking.replaces !== null,
      booking: bookingModel(document, booking),
      qr: booking.reference === null ? '' : await referenceQr(booking.reference),
      document,
      limit: limit > now ? `${shortDateJa(cityDate(limit))}${formatTimeJa(limit)}` : undefined,
      next: next && nextChoice?.ok ? { number: next.number, label: next.label, earliest: shortDateJa(nextChoice.range.first), hasDays: nextChoice.range.first <= nextChoice.range.last } : undefined,
    });
  }

  async function sendCancel(ctx: AppContext, booking: BookingView, refusal: Refusal | undefined, status: number): Promise<void> {
    const { document } = await desk.versionOf(booking);
    const model = bookingModel(document, booking);
    await page.send(ctx, 'cancel', {
      title: `${model.doseLabel}の予約の取り消し`,
      back: '/bookings',
      booking: model,
      reason: refusal && refusalSentence(refusal),
      mayChange: desk.mayChange(document, booking, new Date()).ok,
    }, status);
  }
}

/** The reference's digits as an inline SVG: a venue's scanner reads them, and they open nothing by themselves. */
async function referenceQr(reference: string): Promise<string> {
  return qrToString(reference, { type: 'svg', margin: 2, errorCorrectionLevel: 'M' });
}
