import type { Routes } from '@angular/router';

import { Desk } from './desk';

export const deskRoutes: Routes = [{ path: '', component: Desk }];
