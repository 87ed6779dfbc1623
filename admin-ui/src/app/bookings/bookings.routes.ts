import type { Routes } from '@angular/router';

import { Bookings } from './bookings';

export const bookingsRoutes: Routes = [{ path: '', component: Bookings }];
