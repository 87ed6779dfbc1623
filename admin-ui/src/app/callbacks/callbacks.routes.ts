import type { Routes } from '@angular/router';

import { Callbacks } from './callbacks';

export const callbacksRoutes: Routes = [{ path: '', component: Callbacks }];
