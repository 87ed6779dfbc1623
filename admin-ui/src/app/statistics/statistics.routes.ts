import type { Routes } from '@angular/router';

import { Numbers } from './statistics';

export const numbersRoutes: Routes = [{ path: '', component: Numbers }];
