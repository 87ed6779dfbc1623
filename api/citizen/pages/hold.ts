import { randomUUID } from 'node:crypto';

import type Router from '@koa/router';

import type { BookingView } from '../../../database/bookings';
import type { Draft, Session, SessionRepository } from '../../../database/residents';
import { type AnswerFault, checkAnswers, fieldsAsked, type FormContext } from '../../../domain/bookings/form';
import { addDays, cityDate } from '../../../domain/calendar/city-time';
import { refusals, refuse } from '../../../domain/contracts/booking-refusals';
import type { ProgrammeDocument } from '../../../domain/programmes/document';
import { groupsOf } from '../../../domain/programmes/eligibility';
import { seatOf } from '../../../domain/programmes/vaccines';
import { uuid } from '../../shared/input';
import { Refused } from '../../shared/refused';
import type { SessionCheck } from '../../shared/session-check';
import type { AppContext, RequestState } from '../../shared/state';
import type { CitizenBookings } from '../bookings/citizen-bookings';
import { type Pressed, pressedIn } from '../frame/pressed';
import { pageOfOurs, pageSession, pathWith, seeOther, sessionOf, textOf } from '../frame/requests';
import { answerFaultIn } from '../words/fault-words';
import { refusalIn } from '../words/refusal-words';
import type { Words } from '../words/words';
import { bookingModel, doseLabelOf } from './booking-model';
import { answerHold, takeSeat } from './choose-time';
import { answersIn, draftFrom, hasBegun, usualAnswer, withoutConsents, withoutUsual } from './draft';
import { fieldModel, reviewedAnswer } from './field-model';
import { isRefusalCode } from './my-bookings';
import type { Page } from './page';

export interface HoldPageDependencies {
  readonly page: Page;
  readonly sessionCheck: SessionCheck;
  readonly bookings: CitizenBookings;
  readonly sessions: Pick<SessionRepository, 'saveDraft' | 'draftOf'>;
}

/** Steps 3 and 4: while a seat is held, the details and the review of everything. */
export function addHoldPages(
  router: Router<RequestState>,
  { page, sessionCheck, bookings, sessions }: HoldPageDependencies,
): void {
  const toDetails = pageSession(sessionCheck, (ctx) => `/holds/${ctx.params['id'] ?? ''}/details`);
  const toReview = pageSession(sessionCheck, (ctx) => `/holds/${ctx.params['id'] ?? ''}/review`);

  router.get('/holds/:id/details', toDetails, async (ctx) => {
    const { session, booking } = await holdOf(ctx);
    if (isElsewhere(ctx, booking)) return;
    if (booking.state !== 'held') await sendOver(ctx, booking);
    else await sendDetails(ctx, booking, await sessions.draftOf(session));
  });

  router.post('/holds/:id/details', toDetails, async (ctx) => {
    const { session, booking } = await holdOf(ctx);
    if (isElsewhere(ctx, booking)) return;
    const { document } = await bookings.versionOf(booking);
    const { body } = ctx.state;
    const pressed = pressedIn(body);
    const typed = draftFrom(document, body, await sessions.draftOf(session));
    const draft = pressed ? withoutUsual(document, typed, body) : typed;
    // Whatever was pressed, and however much is missing: what was typed is there again on the next page.
    await sessions.saveDraft(session, draft);
    if (pressed) {
      await doPressed(ctx, session, booking, pressed);
      return;
    }
    const context = await contextOf(session, document, booking);
    const checked = checkAnswers(document, answersIn(draft), context);
    // Without scripts a field that an answer brings in comes with the next page: nobody made a mistake by not filling it in.
    const shown = textOf(body, '_shown');
    const added = fieldsAsked(document, draft, context)
      .map((field) => field.name)
      .filter((name) => shown !== '' && !shown.split(' ').includes(name));
    if (!checked.ok || added.length > 0)
      seeOther(ctx, `/holds/${booking.id}/details`, { check: '1', added: added.join(' ') });
    else if (booking.state !== 'held') await holdAgain(ctx, session, booking);
    else seeOther(ctx, `/holds/${booking.id}/review`);
  });

  router.get('/holds/:id/review', toReview, async (ctx) => {
    const { session, booking } = await holdOf(ctx);
    if (isElsewhere(ctx, booking)) return;
    if (booking.state !== 'held') {
      await sendOver(ctx, booking);
      return;
    }
    const { document } = await bookings.versionOf(booking);
    const draft = await sessions.draftOf(session);
    const context = await contextOf(session, document, booking);
    const checked = checkAnswers(document, answersIn(draft), context);
    if (!checked.ok) {
      // A person who has not typed anything yet has made no mistake.
      seeOther(ctx, `/holds/${booking.id}/details`, hasBegun(draft) ? { check: '1' } : {});
      return;
    }
    const words = await page.wordsFor(ctx);
    const model = bookingModel(words, document, booking);
    const dosePath = `/book/${String(booking.dose)}`;
    await page.send(ctx, 'review', {
      title: words.t('review.title'),
      step: 4,
      back: `/holds/${booking.id}/details`,
      booking: model,
      pair: await pairModel(words, session, document, booking),
      again: textOf(ctx.query, 'again') === '1',
      venuesUrl: `${dosePath}/venues`,
      timesUrl: pathWith(`${dosePath}/times`, { venue: booking.slot.venue.id }),
      detailsUrl: `/holds/${booking.id}/details`,
      fields: fieldsAsked(words.programme(document), draft, context)
        .filter((field) => field.kind !== 'note')
        .map((field) => {
          // As it will be kept; telephone numbers stay as they were typed, which is how people know them.
          const answer = field.kind === 'date' ? checked.answers[field.name] : draft[field.name];
          const value = reviewedAnswer(words, field, answer);
          return {
            id: field.name,
            label: field.label,
            value,
            isEmpty: value === '',
            isConsent: field.kind === 'consent',
          };
        }),
      idempotencyKey: randomUUID(),
    });
  });

  for (const form of ['confirm', 'extend', 'give-up', 'with-next']) {
    router.get(`/holds/:id/${form}`, (ctx) => {
      seeOther(ctx, `/holds/${ctx.params['id'] ?? ''}/review`);
    });
  }

  router.post('/holds/:id/confirm', toReview, async (ctx) => {
    const { session, booking } = await holdOf(ctx);
    const { document } = await bookings.versionOf(booking);
    const draft = await sessions.draftOf(session);
    const key = textOf(ctx.state.body, 'idempotencyKey');
    const input = { bookingId: booking.id, answers: answersIn(draft) };
    const withKey = /^[A-Za-z0-9-]{8,64}$/.test(key)
      ? await bookings.confirm(session, { ...input, idempotencyKey: key })
      : await bookings.confirm(session, input);
    // A page that was sent again after its fields were changed; confirming twice is harmless by itself.
    const result =
      !withKey.ok && withKey.code === 'idempotency_mismatch' ? await bookings.confirm(session, input) : withKey;
    if (result.ok) {
      // For the next dose the contacts are there again, the consents are asked again.
      if (!result.replayed) await sessions.saveDraft(session, withoutConsents(document, draft));
      seeOther(ctx, `/bookings/${booking.id}/done`);
    } else if ('faults' in result) {
      seeOther(ctx, `/holds/${booking.id}/details`, { check: '1' });
    } else if (result.code === 'hold_expired') {
      await holdAgain(ctx, session, booking);
    } else {
      answerHold(ctx, result, {
        dose: booking.dose,
        slotId: booking.slot.id,
        venueId: booking.slot.venue.id,
        page: 'review',
      });
    }
  });

  router.post('/holds/:id/extend', toDetails, async (ctx) => {
    const { session, booking } = await holdOf(ctx);
    if (isElsewhere(ctx, booking)) return;
    await extend(ctx, session, booking, textOf(ctx.state.body, 'page') === 'review' ? 'review' : 'details');
  });

  router.post('/holds/:id/with-next', toDetails, async (ctx) => {
    const { session, booking } = await holdOf(ctx);
    if (!isElsewhere(ctx, booking)) await takeNext(ctx, session, booking);
  });

  /** What the buttons of the details do beside going on. */
  async function doPressed(ctx: AppContext, session: Session, booking: BookingView, pressed: Pressed): Promise<void> {
    const details = `/holds/${booking.id}/details`;
    if (pressed.what === 'extend') await extend(ctx, session, booking, 'details');
    else if (pressed.what === 'with-next') await takeNext(ctx, session, booking);
    else if (pressed.what === 'go') seeOther(ctx, pageOfOurs(pressed.value) ?? details);
    // What was checked before is checked again: another language says the faults in its own words.
    else seeOther(ctx, details, { check: textOf(ctx.state.body, '_check') });
  }

  /** More time for the same seat, as often as needed: nobody has to hurry. */
  async function extend(
    ctx: AppContext,
    session: Session,
    booking: BookingView,
    target: 'details' | 'review',
  ): Promise<void> {
    const pair = await pairOf(session, booking);
    const result = await bookings.hold(session, {
      slotId: booking.slot.id,
      dose: booking.dose,
      ...replacedBy(booking),
      ...(pair ? { next: { slotId: pair.slot.id } } : {}),
    });
    // Clicked twice: the first click has made a new hold already.
    const now = result.ok
      ? undefined
      : (await bookings.listOf(session)).find((item) => item.dose === booking.dose && item.state === 'held');
    if (now) seeOther(ctx, `/holds/${now.id}/${target}`);
    else
      answerHold(ctx, result, {
        dose: booking.dose,
        slotId: booking.slot.id,
        venueId: booking.slot.venue.id,
        page: target,
      });
  }

  /** The next dose where the programme proposes it: the same venue and time, confirmed together with this one. */
  async function takeNext(ctx: AppContext, session: Session, booking: BookingView): Promise<void> {
    const result = await bookings.hold(session, {
      slotId: booking.slot.id,
      dose: booking.dose,
      ...replacedBy(booking),
      next: {},
    });
    if (result.ok) seeOther(ctx, `/holds/${result.booking.id}/details`);
    else seeOther(ctx, `/holds/${booking.id}/details`, { refused: result.code });
  }

  router.post('/holds/:id/give-up', pageSession(sessionCheck), async (ctx) => {
    const { session, booking } = await holdOf(ctx);
    if (booking.state === 'held') await bookings.cancel(session, { bookingId: booking.id });
    seeOther(ctx, '/bookings', { done: 'given-up' });
  });

  async function holdOf(
    ctx: AppContext & { readonly params: Record<string, string> },
  ): Promise<{ session: Session; booking: BookingView }> {
    const session = sessionOf(ctx);
    const id = uuid.safeParse(ctx.params['id']);
    const booking = id.success ? await bookings.find(session, id.data) : undefined;
    if (!booking) throw new Refused('booking_unknown');
    // Of two doses held in one go the first leads.
    const first =
      booking.state === 'held' && booking.pairOf !== null ? await bookings.find(session, booking.pairOf) : undefined;
    return { session, booking: first?.state === 'held' ? first : booking };
  }

  /** The next dose that is to be confirmed together with a hold, or was when its time ran out. */
  async function pairOf(session: Session, booking: BookingView): Promise<BookingView | undefined> {
    return (await bookings.listOf(session)).find(
      (item) =>
        item.pairOf === booking.id && (item.state === 'held' || (booking.state !== 'held' && item.state === 'expired')),
    );
  }

  /** What is confirmed already has a page of its own. */
  function isElsewhere(ctx: AppContext, booking: BookingView): boolean {
    if (booking.state === 'held' || booking.state === 'expired' || booking.state === 'released') return false;
    seeOther(ctx, booking.state === 'confirmed' ? `/bookings/${booking.id}` : '/bookings');
    return true;
  }

  /** The hold has run out: the same seat once more where it is still free, else the other times. What was typed stays. */
  async function holdAgain(ctx: AppContext, session: Session, booking: BookingView): Promise<void> {
    const place = { dose: booking.dose, slotId: booking.slot.id };
    const result = await takeSeat(bookings, session, {
      ...place,
      replaces: booking.replaces ?? undefined,
      nextSlotId: (await pairOf(session, booking))?.slot.id,
    });
    answerHold(ctx, result, { ...place, venueId: booking.slot.venue.id, page: 'review', again: true });
  }

  async function pairModel(words: Words, session: Session, document: ProgrammeDocument, booking: BookingView) {
    const pair = booking.state === 'held' ? await pairOf(session, booking) : undefined;
    return pair && bookingModel(words, document, pair);
  }

  /** What can be offered for the next dose in the same go: the place and time that the programme proposes, or choosing them. */
  async function proposalOf(words: Words, session: Session, document: ProgrammeDocument, booking: BookingView) {
    const next = document.doses.find((item) => item.number === booking.dose + 1);
    if (!next || booking.state !== 'held') return undefined;
    const all = await bookings.listOf(session);
    if (
      all.some(
        (item) =>
          item.dose === next.number &&
          (item.state === 'held' || item.state === 'confirmed' || item.state === 'attended'),
      )
    )
      return undefined;
    const seat = seatOf(document, next.number, booking.slot.venue.code);
    if (seat.mode === 'assigned') return undefined;
    const day = seat.mode === 'proposed' ? addDays(cityDate(booking.slot.startsAt), seat.afterDays) : undefined;
    return {
      label: doseLabelOf(words, document, next.number),
      date: day && words.dates.day(day),
      time: words.dates.time(booking.slot.startsAt),
      chooseUrl: `/book/${String(next.number)}/venues`,
    };
  }

  /** What decides which fields are asked. Of two doses in one go the fields of both: which of them it is stays open. */
  async function contextOf(session: Session, document: ProgrammeDocument, booking: BookingView): Promise<FormContext> {
    const isConditional = document.form.fields.some((field) => field.showWhen !== undefined);
    const isPair =
      isConditional &&
      (await bookings.listOf(session)).some(
        (item) => item.state === 'held' && (item.pairOf === booking.id || item.id === booking.pairOf),
      );
    return {
      ...(isPair ? {} : { dose: booking.dose }),
      channel: session.channel,
      groups: groupsOf(document, session).map((group) => group.code),
      today: cityDate(new Date()),
    };
  }

  /** `check=1`: with the faults. `added`: fields that came in with what was typed just now, shown without a fault. */
  async function sendDetails(ctx: AppContext, booking: BookingView, draft: Draft): Promise<void> {
    const isChecked = textOf(ctx.query, 'check') === '1';
    const added = textOf(ctx.query, 'added').split(' ');
    const { document } = await bookings.versionOf(booking);
    const context = await contextOf(sessionOf(ctx), document, booking);
    const checked = isChecked ? checkAnswers(document, answersIn(draft), context) : undefined;
    const faults = (checked && !checked.ok ? checked.faults : []).filter((fault) => !added.includes(fault.field));
    const words = await page.wordsFor(ctx);
    const asked = fieldsAsked(words.programme(document), draft, context);
    const usual = asked
      .filter((field) => draft[field.name] === undefined)
      .map((field) => usualAnswer(document, field, words))
      .find((answer) => answer !== '');
    const sentenceOf = (fault: AnswerFault): string =>
      answerFaultIn(
        words,
        fault,
        asked.find((field) => field.name === fault.field),
      );
    const refused = textOf(ctx.query, 'refused');
    const dosePath = `/book/${String(booking.dose)}`;
    await page.send(
      ctx,
      'details',
      {
        title: words.t('details.title'),
        form: { action: `/holds/${booking.id}/details`, primary: words.t('details.next'), keeps: true },
        step: 3,
        back: pathWith(`${dosePath}/times`, { venue: booking.slot.venue.id }),
        errors: faults.map((fault) => ({ id: fault.field, sentence: sentenceOf(fault) })),
        booking: bookingModel(words, document, booking),
        fields: asked.map((field) =>
          fieldModel(
            words,
            field,
            draft[field.name] ?? usualAnswer(document, field, words),
            faults.find((fault) => fault.field === field.name),
            sentenceOf,
          ),
        ),
        shown: asked.map((field) => field.name).join(' '),
        usual,
        isChecked,
        hasAdded: asked.some((field) => added.includes(field.name)),
        pair: await pairModel(words, sessionOf(ctx), document, booking),
        proposal: await proposalOf(words, sessionOf(ctx), document, booking),
        refused: isRefusalCode(refused) ? refusalIn(words, refuse(refused), document) : undefined,
      },
      faults.length > 0 ? refusals.invalid_answers.http : 200,
    );
  }

  async function sendOver(ctx: AppContext, booking: BookingView): Promise<void> {
    const { document } = await bookings.versionOf(booking);
    const words = await page.wordsFor(ctx);
    const dosePath = `/book/${String(booking.dose)}`;
    await page.send(ctx, 'hold-over', {
      title: words.t('hold_over.heading'),
      back: '/bookings',
      booking: bookingModel(words, document, booking),
      doseLabel: doseLabelOf(words, document, booking.dose),
      action: `${dosePath}/hold`,
      timesUrl: pathWith(`${dosePath}/times`, { venue: booking.slot.venue.id }),
      slotId: booking.slot.id,
      replaces: booking.replaces ?? undefined,
    });
  }
}

function replacedBy(booking: BookingView): { replaces?: string } {
  if (booking.state === 'held') return { replaces: booking.id };
  return booking.replaces === null ? {} : { replaces: booking.replaces };
}
