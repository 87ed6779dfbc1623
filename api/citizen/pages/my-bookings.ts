import type Router from '@koa/router';
import { refusals, type RefusalCode } from '../../../domain/booking/refusals';
import { refusalSentence } from '../../../domain/booking/refusal-words';
import { cutOff } from '../../../domain/booking/rules';
import { cityDate, formatTimeJa } from '../../../domain/calendar/city-time';
import { formatBothCalendars } from '../../../domain/calendar/era';
import type { ProgrammeDocument } from '../../../domain/programme/document';
import { declarable, type Person } from '../../../domain/programme/eligibility';
import type { Programmes } from '../../../database/programmes';
import type { ResidentRepository } from '../../../database/residents';
import type { SessionGate } from '../../shared/session-gate';
import type { RequestState } from '../../shared/state';
import { liveOf, type CitizenBookings } from '../citizen-bookings';
import { bookingModel } from './booking-model';
import type { Page } from './page';
import { pageSession, seeOther, sessionOf, textOf } from './requests';
import { shortDateJa } from './words';

const doneWords: Readonly<Record<string, string>> = {
  cancelled: '予約を取り消しました。',
  declared: '申告を受け付けました。',
  'given-up': 'お取りしていたお席をお返ししました。',
};

export interface MyBookingsDependencies {
  readonly page: Page;
  readonly gate: SessionGate;
  readonly desk: CitizenBookings;
  readonly programmes: Pick<Programmes, 'current' | 'version'>;
  readonly residents: Pick<ResidentRepository, 'find' | 'declare'>;
}

/** The citizen's own page: one card per dose, with what can be done now. */
export function addMyBookings(router: Router<RequestState>, { page, gate, desk, programmes, residents }: MyBookingsDependencies): void {
  router.get('/bookings', pageSession(gate), async (ctx) => {
    const session = sessionOf(ctx);
    const now = new Date();
    const [{ document }, all, resident] = await Promise.all([programmes.current(), desk.listOf(session), residents.find(session.residentId)]);
    const live = liveOf(all);
    const cards = await Promise.all(
      document.doses.map(async ({ number, label }) => {
        const booked = live.find((item) => item.dose === number && item.state !== 'held');
        const held = live.find((item) => item.dose === number && item.state === 'held');
        const choice = await desk.choiceFor(session, number, all, now);
        const pinned = booked ? (await programmes.version(booked.programmeVersionId)).document : document;
        const change = booked ? desk.mayChange(pinned, booked, now) : undefined;
        const cancel = booked ? desk.mayCancel(pinned, booked, all, now) : undefined;
        const limit = booked ? cutOff(pinned, booked.slot.startsAt) : undefined;
        return {
          number,
          label,
          booked: booked && bookingModel(pinned, booked),
          attended: booked?.state === 'attended',
          held: held && bookingModel(document, held),
          mayChange: change?.ok === true && choice.ok,
          mayChangeBoth: change?.ok === true && live.some((item) => item.dose === number + 1 && item.state === 'confirmed'),
          mayCancel: cancel?.ok === true,
          limit: limit && `${shortDateJa(cityDate(limit))}${formatTimeJa(limit)}`,
          reason: booked ? firstReason(change, cancel) : choice.ok ? undefined : refusalSentence(choice),
          mayBook: !booked && !held && choice.ok,
          earliest: !booked && choice.ok && number > 1 ? shortDateJa(choice.range.first) : undefined,
          hasNoDays: !booked && choice.ok && choice.range.first > choice.range.last,
        };
      }),
    );
    const refused = textOf(ctx.query, 'refused');
    await page.send(ctx, 'my-bookings', {
      title: '予約の一覧',
      person: resident && formatBothCalendars(resident.birthDate),
      done: doneWords[textOf(ctx.query, 'done')],
      refused: isRefusalCode(refused) ? refusals[refused].sentence : undefined,
      cards,
      statements: declarable(document, session).map((item) => ({ ...item, id: `declare-${item.code}` })),
    });
  });

  router.post('/declare', pageSession(gate), async (ctx) => {
    const session = sessionOf(ctx);
    const { document } = await programmes.current();
    const given = ctx.state.body?.['groups'];
    const asked = (Array.isArray(given) ? given : [given]).filter((item): item is string => typeof item === 'string');
    const groups = declaredGroups(document, session, asked);
    if (groups.length > session.declared.length) await residents.declare(session.residentId, groups);
    seeOther(ctx, '/bookings', groups.length > session.declared.length ? { done: 'declared' } : {});
  });
}

/** The groups that a request declares, beside those declared before; what nobody can declare is left out. */
export function declaredGroups(document: ProgrammeDocument, person: Person, asked: readonly string[]): string[] {
  const possible = new Set(declarable(document, person).map((item) => item.code));
  return [...new Set([...(person.declared ?? []), ...asked.filter((code) => possible.has(code))])];
}

type Decision = Parameters<typeof refusalSentence>[0] | { readonly ok: true } | undefined;

/** Why a booking cannot be changed or cancelled: one sentence is enough where both have the same reason. */
function firstReason(change: Decision, cancel: Decision): string | undefined {
  for (const decision of [change, cancel]) if (decision && !decision.ok) return refusalSentence(decision);
  return undefined;
}

export function isRefusalCode(text: string): text is RefusalCode {
  return Object.hasOwn(refusals, text);
}
