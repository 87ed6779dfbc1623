import type { Routes } from '@angular/router';

import { Numbers } from './numbers';

export const numbersRoutes: Routes = [{ path: '', component: Numbers }];
