import type { Routes } from '@angular/router';

import { Reception } from './reception';

export const receptionRoutes: Routes = [{ path: '', component: Reception }];
