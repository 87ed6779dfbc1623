import type Router from '@koa/router';
import { availabilityWords } from '../../../domain/booking/availability-words';
import { refusals } from '../../../domain/booking/refusals';
import type { SessionGate } from '../../shared/session-gate';
import type { RequestState } from '../../shared/state';
import type { CitizenBookings } from '../citizen-bookings';
import { bookingModel } from './booking-model';
import { isRefusalCode } from './my-bookings';
import type { Page } from './page';
import { pageSession, pathWith, seeOther, sessionOf, textOf } from './requests';
import { venueModel } from './venue-model';
import { shortDateJa } from './words';

export interface ChooseDependencies {
  readonly page: Page;
  readonly gate: SessionGate;
  readonly desk: CitizenBookings;
}

/** Step 1: where. */
export function addChooseVenue(router: Router<RequestState>, { page, gate, desk }: ChooseDependencies): void {
  router.get('/book/:dose/venues', pageSession(gate), async (ctx) => {
    const session = sessionOf(ctx);
    const all = await desk.listOf(session);
    const both = textOf(ctx.query, 'both') === '1' ? '1' : '';
    const choice = await desk.choiceFor(session, doseOf(ctx.params['dose']), all, new Date(), { inOneGo: true, movesPair: both === '1' });
    if (!choice.ok) {
      seeOther(ctx, '/bookings', { refused: choice.code });
      return;
    }
    const { document } = choice.version;
    const venues = await desk.venuesFor(choice);
    if (venues.every((item) => item.nextDay === null)) desk.foundNothing(choice, session);
    const wards = [...new Set(venues.map((item) => item.venue.ward))];
    const asked = textOf(ctx.query, 'ward');
    const ward = wards.includes(asked) ? asked : '';
    const shown = venues.filter((item) => ward === '' || item.venue.ward === ward);
    const refused = textOf(ctx.query, 'refused');
    const path = `/book/${String(choice.dose.number)}`;
    await page.send(ctx, 'venues', {
      title: `会場を選ぶ（${choice.dose.label}）`,
      step: 1,
      back: '/bookings',
      doseLabel: choice.dose.label,
      moving: choice.moving && bookingModel(document, choice.moving),
      range: { first: shortDateJa(choice.range.first), last: shortDateJa(choice.range.last) },
      refused: isRefusalCode(refused) ? refusals[refused].sentence : undefined,
      path: `${path}/venues`,
      both,
      isSecondOfPair: choice.pairOf !== undefined,
      wards: wards.map((name) => ({ name, selected: name === ward })),
      ward,
      venues: shown.map(({ venue, availability, nextDay }) => ({
        ...venueModel(venue),
        availability,
        words: availabilityWords[availability],
        isFull: availability === 'full',
        nextDay: nextDay === null ? undefined : shortDateJa(nextDay),
        timesUrl: pathWith(`${path}/times`, { venue: venue.id, both }),
      })),
      noVenues: shown.length === 0,
    });
  });
}

/** The dose of a path; 0, which no programme has, for everything else. */
export function doseOf(text: string | undefined): number {
  return /^[1-9]$/.test(text ?? '') ? Number(text) : 0;
}
