import type Router from '@koa/router';

import type { RequestState } from '../../shared/state';
import { addBookingPages, type BookingPageDependencies } from './booking';
import { addChooseTime } from './choose-time';
import { addChooseVenue, type ChooseDependencies } from './choose-venue';
import { addFrontPage } from './front';
import { addHoldPages, type HoldPageDependencies } from './hold';
import { addInformationPages } from './information';
import { addLogInPages, type LogInPageDependencies } from './log-in';
import { addMyBookings, type MyBookingsDependencies } from './my-bookings';

export type PagesDependencies = LogInPageDependencies &
  MyBookingsDependencies &
  ChooseDependencies &
  HoldPageDependencies &
  BookingPageDependencies &
  Parameters<typeof addFrontPage>[1];

/** Every page of the site. The staff's preview shows these same pages, on a world of its own. */
export function addPages(router: Router<RequestState>, dependencies: PagesDependencies): void {
  addFrontPage(router, dependencies);
  addLogInPages(router, dependencies);
  addMyBookings(router, dependencies);
  addChooseVenue(router, dependencies);
  addChooseTime(router, dependencies);
  addHoldPages(router, dependencies);
  addBookingPages(router, dependencies);
  addInformationPages(router, dependencies);
}
