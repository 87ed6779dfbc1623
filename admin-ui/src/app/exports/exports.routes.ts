import type { Routes } from '@angular/router';

import { Exports } from './exports';

export const exportsRoutes: Routes = [{ path: '', component: Exports }];
