import type Router from '@koa/router';

import type { Programmes } from '../../../database/programmes';
import type { ResidentRepository, Session, SessionRepository } from '../../../database/residents';
import { cutOff } from '../../../domain/bookings/rules';
import { type Refusal, type RefusalCode, refusals, refuse } from '../../../domain/contracts/booking-refusals';
import { declarable, declaredWith } from '../../../domain/programmes/eligibility';
import { uuid } from '../../shared/input';
import { Refused } from '../../shared/refused';
import type { SessionCheck } from '../../shared/session-check';
import type { RequestState } from '../../shared/state';
import { type CitizenBookings, liveOf } from '../bookings/citizen-bookings';
import { pressedIn } from '../frame/pressed';
import { pageSession, seeOther, sessionOf, textOf, textsOf } from '../frame/requests';
import { refusalIn } from '../words/refusal-words';
import { bookingModel, doseLabelOf } from './booking-model';
import { tickedStatements } from './draft';
import type { Page } from './page';

/** What can have been done on the page before; each has words. */
const doneBefore: ReadonlySet<string> = new Set(['cancelled', 'declared', 'given-up']);

export interface MyBookingsDependencies {
  readonly page: Page;
  readonly sessionCheck: SessionCheck;
  readonly bookings: CitizenBookings;
  readonly programmes: Pick<Programmes, 'current' | 'version'>;
  readonly residents: Pick<ResidentRepository, 'find' | 'declare'>;
  readonly sessions: Pick<SessionRepository, 'saveDraft' | 'draftOf'>;
}

/** The citizen's own page: one card per dose, with what can be done now. */
export function addMyBookings(
  router: Router<RequestState>,
  { page, sessionCheck, bookings, programmes, residents, sessions }: MyBookingsDependencies,
): void {
  router.get('/bookings', pageSession(sessionCheck), async (ctx) => {
    const session = sessionOf(ctx);
    const now = new Date();
    const [{ document }, all, resident] = await Promise.all([
      programmes.current(),
      bookings.listOf(session),
      residents.find(session.residentId),
    ]);
    const live = liveOf(all);
    const words = await page.wordsFor(ctx);
    const { t, dates } = words;
    const inWords = (refusal: Refusal): string => refusalIn(words, refusal, document);
    const cards = await Promise.all(
      document.doses.map(async ({ number }) => {
        const booked = live.find((item) => item.dose === number && item.state !== 'held');
        const held = live.find((item) => item.dose === number && item.state === 'held');
        const choice = await bookings.choiceFor(session, number, all, now);
        const pinned = booked ? (await programmes.version(booked.programmeVersionId)).document : document;
        const change = booked ? bookings.mayChange(pinned, booked, now) : undefined;
        const cancel = booked ? bookings.mayCancel(pinned, booked, all, now) : undefined;
        const limit = booked ? cutOff(pinned, booked.slot.startsAt) : undefined;
        return {
          number,
          label: doseLabelOf(words, document, number),
          booked: booked && bookingModel(words, pinned, booked),
          attended: booked?.state === 'attended',
          held: held && bookingModel(words, document, held),
          mayChange: change?.ok === true && choice.ok,
          mayChangeBoth:
            change?.ok === true && live.some((item) => item.dose === number + 1 && item.state === 'confirmed'),
          mayCancel: cancel?.ok === true,
          limit: limit && dates.moment(limit),
          reason: booked ? firstReason([change, cancel], inWords) : choice.ok ? undefined : inWords(choice),
          mayBook: !booked && !held && choice.ok,
          earliest: !booked && choice.ok && number > 1 ? dates.day(choice.range.first) : undefined,
          hasNoDays: !booked && choice.ok && choice.range.first > choice.range.last,
        };
      }),
    );
    const statements = declarable(words.programme(document), session);
    const ticked = statements.length === 0 ? [] : tickedStatements.in(await sessions.draftOf(session));
    const refused = textOf(ctx.query, 'refused');
    const done = textOf(ctx.query, 'done');
    await page.send(ctx, 'my-bookings', {
      title: t('bookings.heading'),
      form: statements.length === 0 ? undefined : { action: '/declare', primary: t('bookings.declare') },
      person: resident && dates.birthDate(resident.birthDate),
      done: doneBefore.has(done) ? t(`bookings.done_${done}`) : undefined,
      cancelledId: all.find((item) => item.id === textOf(ctx.query, 'booking') && item.state === 'cancelled')?.id,
      refused: isRefusalCode(refused) ? inWords(refuse(refused)) : undefined,
      cards,
      statements: statements.map((item) => ({
        ...item,
        id: `declare-${item.code}`,
        ticked: ticked.includes(item.code),
      })),
    });
  });

  router.post('/declare', pageSession(sessionCheck), async (ctx) => {
    const session = sessionOf(ctx);
    const { document } = await programmes.current();
    const asked = textsOf(ctx.state.body, 'groups');
    const draft = await sessions.draftOf(session);
    const pressed = pressedIn(ctx.state.body);
    if (pressed) {
      const known = declarable(document, session).map((item) => item.code);
      await sessions.saveDraft(
        session,
        tickedStatements.put(
          draft,
          known.filter((code) => asked.includes(code)),
        ),
      );
      if (pressed.what === 'give-up') await giveUp(bookings, session, pressed.value);
      seeOther(ctx, '/bookings', pressed.what === 'give-up' ? { done: 'given-up' } : {});
      return;
    }
    if (tickedStatements.in(draft).length > 0) await sessions.saveDraft(session, tickedStatements.put(draft, []));
    const groups = declaredWith(document, session, asked);
    if (groups.length > session.declared.length) await residents.declare(session.residentId, groups);
    seeOther(ctx, '/bookings', groups.length > session.declared.length ? { done: 'declared' } : {});
  });
}

/** Gives a hold back; one that is confirmed or another person's stays as it is. */
async function giveUp(bookings: CitizenBookings, session: Session, bookingId: string): Promise<void> {
  const booking = uuid.safeParse(bookingId).success ? await bookings.find(session, bookingId) : undefined;
  if (!booking) throw new Refused('booking_unknown');
  if (booking.state === 'held') await bookings.cancel(session, { bookingId });
}

/** Why a booking cannot be changed or cancelled: one sentence is enough where both have the same reason. */
function firstReason(
  decisions: readonly (Refusal | { readonly ok: true } | undefined)[],
  inWords: (refusal: Refusal) => string,
): string | undefined {
  for (const decision of decisions) if (decision && !decision.ok) return inWords(decision);
  return undefined;
}

export function isRefusalCode(text: string): text is RefusalCode {
  return Object.hasOwn(refusals, text);
}
