import type { Routes } from '@angular/router';

import { Statistics } from './statistics';

export const statisticsRoutes: Routes = [{ path: '', component: Statistics }];
