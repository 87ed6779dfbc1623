import { randomUUID } from 'node:crypto';

import type Router from '@koa/router';

import type { BookingChange, BookingView } from '../../../database/bookings';
import type { Session } from '../../../database/residents';
import type { FreeSlot } from '../../../database/schedule';
import { availabilityOf } from '../../../domain/bookings/availability-words';
import { daysOf, type DaySummary, monthsBetween, nearestFree } from '../../../domain/bookings/days';
import { cityDate, cityTime } from '../../../domain/calendar/city-time';
import { type Refusal, refuse } from '../../../domain/contracts/booking-refusals';
import { defined } from '../../../domain/text/defined';
import type { AppContext, RequestState } from '../../shared/state';
import { type Choice, type CitizenBookings, firstOfPair, liveOf } from '../bookings/citizen-bookings';
import { pressedIn } from '../frame/pressed';
import { idOf, pageSession, pathWith, seeOther, sessionOf, textOf } from '../frame/requests';
import { availabilityIn, type AvailabilityWords } from '../words/availability';
import { refusalIn } from '../words/refusal-words';
import type { Words } from '../words/words';
import { bookingModel, doseLabelOf } from './booking-model';
import { type ChooseDependencies, doseOf } from './choose-venue';
import { isRefusalCode } from './my-bookings';
import { venueModel } from './venue-model';

/** Free days shown at once; the others are folded away. */
const daysAtOnce = 10;
const nearestCount = 4;

/** Refusals after which another time may be chosen; after the others nothing on this page would help. */
const anotherTimeHelps = new Set<string>([
  'slot_full',
  'slot_closed',
  'slot_past',
  'slot_unknown',
  'outside_window',
  'wrong_dose',
  'too_early_for_dose',
  'too_late_for_dose',
  'breaks_pair',
  'hold_expired',
  'other_vaccine',
  'no_seat_for_next_dose',
]);

/** Step 2: when. The list of days first, then the times of one day; the calendar shows the same days. */
export function addChooseTime(
  router: Router<RequestState>,
  { page, sessionCheck, bookings }: ChooseDependencies,
): void {
  router.get('/book/:dose/times', pageSession(sessionCheck), (ctx) => sendTimes(ctx, doseOf(ctx.params['dose'])));

  async function sendTimes(ctx: AppContext, doseNumber: number): Promise<void> {
    const asked = ctx.query;
    const session = sessionOf(ctx);
    const both = textOf(asked, 'both') === '1' ? '1' : '';
    const choice = await bookings.choiceFor(session, doseNumber, await bookings.listOf(session), new Date(), {
      inOneGo: true,
      movesPair: both === '1',
    });
    if (!choice.ok) {
      seeOther(ctx, '/bookings', { refused: choice.code });
      return;
    }
    const path = `/book/${String(choice.dose.number)}`;
    const venues = await bookings.venuesFor(choice);
    const venue = venues.find((item) => item.venue.id === idOf(asked, 'venue'))?.venue;
    if (!venue) {
      const code = textOf(asked, 'refused');
      seeOther(ctx, `${path}/venues`, { both, ...(isRefusalCode(code) ? { refused: code } : {}) });
      return;
    }
    const refused = textOf(asked, 'refused');
    // What is read may lag by a second: the seat that was refused just now is not shown as free.
    const slots = (await bookings.slotsOf(choice, venue)).map((slot) =>
      refused === 'slot_full' && slot.id === idOf(asked, 'near') ? { ...slot, free: 0 } : slot,
    );
    if (slots.every((slot) => slot.free <= 0)) bookings.foundNothing(choice, session, venue.id);
    const days = daysOf(slots);
    const lost = slots.find((slot) => slot.id === idOf(asked, 'near'));
    const askedDay = textOf(asked, 'day') || (lost ? cityDate(lost.startsAt) : '');
    const day = days.find((item) => item.date === askedDay);
    const nothingChosen = textOf(asked, 'missing') === '1';
    const words = await page.wordsFor(ctx);
    const { dates } = words;
    const { document } = choice.version;
    const doseLabel = doseLabelOf(words, document, choice.dose.number);
    const availabilityWords = availabilityIn(words);
    const sentence = isRefusalCode(refused) ? refusalIn(words, refuse(refused), document) : undefined;
    const near = lost
      ? nearestFree(
          slots.filter((slot) => slot !== lost),
          lost.startsAt,
          nearestCount,
        )
      : [];
    const timesUrl = (query: Record<string, string>) => pathWith(`${path}/times`, { venue: venue.id, both, ...query });
    const daySlots = day ? slots.filter((slot) => cityDate(slot.startsAt) === day.date) : [];
    const freeDays = days.filter((item) => item.free > 0);
    const shared = {
      step: 2,
      doseLabel,
      venue: venueModel(words, venue),
      venuesUrl: pathWith(`${path}/venues`, { both }),
      both,
      isSecondOfPair: choice.pairOf !== undefined,
      listUrl: timesUrl({}),
      calendarUrl: timesUrl({ view: 'calendar' }),
      action: `${path}/hold`,
      replaces: (choice.holding ?? choice.moving)?.id,
      idempotencyKey: randomUUID(),
      moving: choice.moving && bookingModel(words, document, choice.moving),
      sentence,
      near: near.map((slot) => ({ id: slot.id, words: dates.moment(slot.startsAt) })),
    };
    if (day) {
      const index = freeDays.findIndex((item) => item.date >= day.date);
      const next = freeDays.find((item) => item.date > day.date);
      const previous = freeDays[(index === -1 ? freeDays.length : index) - 1];
      await page.send(ctx, 'times', {
        ...shared,
        title: words.t('times.title', { dose: doseLabel }),
        form: day.free === 0 ? undefined : { action: shared.action, primary: words.t('times.next') },
        back: timesUrl({}),
        errors: nothingChosen
          ? [{ id: firstFreeId(daySlots), sentence: words.t('times.missing') }]
          : sentence === undefined
            ? []
            : [{ id: 'near', sentence }],
        nothingChosen,
        day: day.date,
        yearWords: dates.yearWithEra(day.date),
        dayWords: dates.day(day.date),
        isDayFull: day.free === 0,
        halves: [
          {
            name: words.t('times.morning'),
            slots: daySlots
              .filter((slot) => cityTime(slot.startsAt) < '12:00')
              .map((slot) => timeModel(words, availabilityWords, slot, choice.holding, idOf(asked, 'chosen'))),
          },
          {
            name: words.t('times.afternoon'),
            slots: daySlots
              .filter((slot) => cityTime(slot.startsAt) >= '12:00')
              .map((slot) => timeModel(words, availabilityWords, slot, choice.holding, idOf(asked, 'chosen'))),
          },
        ].filter((half) => half.slots.length > 0),
        previous: previous && { url: timesUrl({ day: previous.date }), words: dates.day(previous.date) },
        next: next && { url: timesUrl({ day: next.date }), words: dates.day(next.date) },
      });
      return;
    }
    const link = (item: DaySummary) => ({
      url: timesUrl({ day: item.date }),
      words: dates.day(item.date),
      availability: item.availability,
      availabilityWords: availabilityWords.long[item.availability],
    });
    const isCalendar = textOf(asked, 'view') === 'calendar';
    await page.send(ctx, 'days', {
      ...shared,
      title: words.t('days.title', { dose: doseLabel }),
      back: `${path}/venues`,
      errors: sentence === undefined ? [] : [{ id: near.length > 0 ? 'near' : 'days', sentence }],
      isCalendar,
      noDays: freeDays.length === 0,
      days: freeDays.slice(0, daysAtOnce).map(link),
      laterDays: freeDays.slice(daysAtOnce).map(link),
      weekdays: weekdaysModel(words),
      months: isCalendar ? monthsModel(words, availabilityWords, days, choice, (date) => timesUrl({ day: date })) : [],
    });
  }

  // Reloaded or typed by hand: what was a form has no page of its own.
  router.get('/book/:dose/hold', (ctx) => {
    seeOther(ctx, `/book/${String(doseOf(ctx.params['dose']))}/venues`);
  });

  router.post(
    '/book/:dose/hold',
    pageSession(sessionCheck, (ctx) => `/book/${String(doseOf(ctx.params['dose']))}/venues`),
    async (ctx) => {
      const session = sessionOf(ctx);
      const { body } = ctx.state;
      const dose = doseOf(ctx.params['dose']);
      const slotId = idOf(body, 'slotId');
      if (pressedIn(body)) {
        seeOther(ctx, `/book/${String(dose)}/times`, {
          venue: idOf(body, 'venue'),
          day: textOf(body, 'day').slice(0, 10),
          both: textOf(body, 'both') === '1' ? '1' : '',
          chosen: slotId,
        });
        return;
      }
      if (slotId === undefined) {
        seeOther(ctx, `/book/${String(dose)}/times`, {
          venue: idOf(body, 'venue'),
          day: textOf(body, 'day').slice(0, 10),
          missing: '1',
        });
        return;
      }
      const result = await takeSeat(bookings, session, {
        slotId,
        dose,
        replaces: idOf(body, 'replaces'),
        idempotencyKey: textOf(body, 'idempotencyKey'),
        isBoth: textOf(body, 'both') === '1',
      });
      answerHold(ctx, result, {
        dose,
        slotId,
        venueId: idOf(body, 'venue'),
        page: 'details',
        isBoth: textOf(body, 'both') === '1',
      });
    },
  );
}

interface SeatWish {
  readonly slotId: string;
  readonly dose: number;
  readonly replaces?: string | undefined;
  readonly idempotencyKey?: string;
  /** Both doses are moved. */
  readonly isBoth?: boolean;
  /** The next dose's slot, taken in the same go. */
  readonly nextSlotId?: string | undefined;
}

/**
 * Holds a seat as the pages mean it: a hold for this dose that is still running is the one to be replaced, whatever the page knew when it was
 * made (the citizen went back and chose again), and the seat that is already held is simply kept (the citizen clicked twice).
 */
export async function takeSeat(
  bookings: CitizenBookings,
  session: Session,
  { slotId, dose, replaces, idempotencyKey, isBoth = false, nextSlotId }: SeatWish,
): Promise<BookingChange | Refusal> {
  const live = liveOf(await bookings.listOf(session));
  const holding = live.find((item) => item.dose === dose && item.state === 'held');
  if (holding?.slot.id === slotId) return { ok: true, booking: holding, events: [], replayed: true };
  const replaced = holding?.id ?? replaces;
  const pairOf = firstOfPair(live, dose)?.id;
  const plain = {
    slotId,
    dose,
    ...defined({ replaces: replaced, pairOf }),
    ...(nextSlotId === undefined ? {} : { next: { slotId: nextSlotId } }),
  };
  if (isBoth) {
    // Where the programme puts the next dose by rule, both seats come at once; else the next one is chosen on the next pages.
    const ruled = await bookings.hold(session, { ...plain, next: {} });
    return ruled.ok || ruled.code !== 'no_seat_for_next_dose'
      ? ruled
      : bookings.hold(session, { ...plain, movesPair: true });
  }
  const input = plain;
  const key = /^[A-Za-z0-9-]{8,64}$/.test(idempotencyKey ?? '') ? `${idempotencyKey ?? ''}:${slotId}` : undefined;
  if (key === undefined) return bookings.hold(session, input);
  const result = await bookings.hold(session, { ...input, idempotencyKey: key });
  // The same page sent again later: its first answer no longer holds.
  const isStale = result.ok
    ? result.replayed && result.booking.state !== 'held'
    : result.code === 'idempotency_mismatch';
  return isStale ? bookings.hold(session, input) : result;
}

/** Where to go on after an attempt to take a seat. Never an error page: a person who lost a seat sees the others. */
export function answerHold(
  ctx: AppContext,
  result: BookingChange | Refusal,
  {
    dose,
    slotId,
    venueId,
    page,
    again,
    isBoth = false,
  }: {
    dose: number;
    slotId: string;
    venueId?: string | undefined;
    page: 'details' | 'review';
    again?: boolean;
    isBoth?: boolean;
  },
): void {
  if (result.ok && isBoth && !result.pair) seeOther(ctx, `/book/${String(dose + 1)}/venues`);
  else if (result.ok) seeOther(ctx, `/holds/${result.booking.id}/${page}`, again ? { again: '1' } : {});
  else if (anotherTimeHelps.has(result.code))
    seeOther(ctx, `/book/${String(dose)}/times`, {
      venue: venueId,
      near: slotId,
      refused: result.code,
      both: isBoth ? '1' : '',
    });
  else seeOther(ctx, '/bookings', { refused: result.code });
}

function timeModel(
  { dates }: Words,
  availabilityWords: AvailabilityWords,
  slot: FreeSlot,
  holding: BookingView | undefined,
  chosenId: string | undefined,
) {
  const isOwn = holding?.slot.id === slot.id;
  const availability = availabilityOf(slot.free, slot.capacity);
  return {
    id: slot.id,
    ...dates.timeUnderHeading(slot.startsAt),
    availability: isOwn ? 'own' : availability,
    words: isOwn ? availabilityWords.own : availabilityWords.long[availability],
    disabled: availability === 'full' && !isOwn,
    checked: chosenId === undefined ? isOwn : chosenId === slot.id && slot.free > 0,
  };
}

function firstFreeId(slots: readonly FreeSlot[]): string {
  const first = slots.find((slot) => slot.free > 0);
  return first ? `slot-${first.id}` : 'days';
}

function monthsModel(
  { dates }: Words,
  availabilityWords: AvailabilityWords,
  days: readonly DaySummary[],
  choice: Choice,
  urlOf: (date: string) => string,
) {
  const byDate = new Map(days.map((day) => [day.date, day]));
  const inRange = (date: string): boolean => date >= choice.range.first && date <= choice.range.last;
  return monthsBetween(choice.range.first, choice.range.last).map(({ year, month, weeks }) => ({
    label: dates.month(year, month),
    // Weeks that lie wholly outside say nothing.
    weeks: weeks
      .filter((week) => week.some((date) => date !== null && inRange(date)))
      .map((week) =>
        week.map((date) => {
          const day = date === null ? undefined : byDate.get(date);
          return {
            number: date === null ? '' : Number(date.slice(8)),
            availability: day?.availability ?? 'none',
            words: day && availabilityWords.short[day.availability],
            longWords:
              day && date !== null ? `${dates.day(date)} ${availabilityWords.long[day.availability]}` : undefined,
            url: day && day.free > 0 ? urlOf(day.date) : undefined,
            inRange: date !== null && inRange(date),
          };
        }),
      ),
  }));
}

/** The head of the calendar: in Japanese one sign, of which only the ending is hidden; elsewhere a short form and the whole word. */
function weekdaysModel({ language, t, dates }: Words) {
  const isShortened = language === 'ja' || language === 'ja-easy';
  return dates.weekdays.map((day) => ({ ...day, ending: isShortened ? t('days.weekday_ending') : undefined }));
}
