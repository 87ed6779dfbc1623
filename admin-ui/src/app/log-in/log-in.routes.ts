import type { Routes } from '@angular/router';

import { LogIn } from './log-in';

export const logInRoutes: Routes = [{ path: '', component: LogIn }];
