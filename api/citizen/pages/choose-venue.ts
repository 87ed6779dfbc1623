import type Router from '@koa/router';

import { refuse } from '../../../domain/contracts/booking-refusals';
import type { SessionCheck } from '../../shared/session-check';
import type { RequestState } from '../../shared/state';
import type { CitizenBookings } from '../bookings/citizen-bookings';
import { pageSession, pathWith, seeOther, sessionOf, textOf } from '../frame/requests';
import { refusalIn } from '../words/refusal-words';
import { bookingModel, doseLabelOf } from './booking-model';
import { isRefusalCode } from './my-bookings';
import type { Page } from './page';
import { venueModel } from './venue-model';

export interface ChooseDependencies {
  readonly page: Page;
  readonly sessionCheck: SessionCheck;
  readonly bookings: CitizenBookings;
}

/** Step 1: where. */
export function addChooseVenue(
  router: Router<RequestState>,
  { page, sessionCheck, bookings }: ChooseDependencies,
): void {
  router.get('/book/:dose/venues', pageSession(sessionCheck), async (ctx) => {
    const session = sessionOf(ctx);
    const all = await bookings.listOf(session);
    const both = textOf(ctx.query, 'both') === '1' ? '1' : '';
    const choice = await bookings.choiceFor(session, doseOf(ctx.params['dose']), all, new Date(), {
      inOneGo: true,
      movesPair: both === '1',
    });
    if (!choice.ok) {
      seeOther(ctx, '/bookings', { refused: choice.code });
      return;
    }
    const { document } = choice.version;
    const words = await page.wordsFor(ctx);
    const doseLabel = doseLabelOf(words, document, choice.dose.number);
    const venues = await bookings.venuesFor(choice);
    if (venues.every((item) => item.nextDay === null)) bookings.foundNothing(choice, session);
    const wards = [...new Set(venues.map((item) => item.venue.ward))];
    const asked = textOf(ctx.query, 'ward');
    const ward = wards.includes(asked) ? asked : '';
    const shown = venues.filter((item) => ward === '' || item.venue.ward === ward);
    const refused = textOf(ctx.query, 'refused');
    const path = `/book/${String(choice.dose.number)}`;
    await page.send(ctx, 'venues', {
      title: words.t('venues.title', { dose: doseLabel }),
      form: { action: `${path}/venues`, primary: words.t('venues.filter') },
      step: 1,
      back: '/bookings',
      doseLabel,
      moving: choice.moving && bookingModel(words, document, choice.moving),
      range: { first: words.dates.day(choice.range.first), last: words.dates.day(choice.range.last) },
      refused: isRefusalCode(refused) ? refusalIn(words, refuse(refused), document) : undefined,
      both,
      isSecondOfPair: choice.pairOf !== undefined,
      wards: wards.map((name) => ({ name, selected: name === ward })),
      ward,
      venues: shown.map(({ venue, availability, nextDay }) => ({
        ...venueModel(words, venue),
        availability,
        words: words.t(`availability.${availability}`),
        isFull: availability === 'full',
        nextDay: nextDay === null ? undefined : words.dates.day(nextDay),
        timesUrl: pathWith(`${path}/times`, { venue: venue.id, both }),
      })),
      noVenues: shown.length === 0,
    });
  });

  /** The ward that was chosen, whatever was pressed: to filter by it, or another language. */
  router.post('/book/:dose/venues', pageSession(sessionCheck, venuesPath), (ctx) => {
    const { body } = ctx.state;
    seeOther(ctx, venuesPath(ctx), {
      ward: textOf(body, 'ward').slice(0, 100),
      both: textOf(body, 'both') === '1' ? '1' : '',
    });
  });
}

function venuesPath(ctx: { readonly params: Record<string, string> }): string {
  return `/book/${String(doseOf(ctx.params['dose']))}/venues`;
}

/** The dose of a path; 0, which no programme has, for everything else. */
export function doseOf(text: string | undefined): number {
  return /^[1-9]$/.test(text ?? '') ? Number(text) : 0;
}
