import type { Routes } from '@angular/router';

import { Today } from './today';

export const todayRoutes: Routes = [{ path: '', component: Today }];
