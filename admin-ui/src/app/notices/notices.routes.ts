import type { Routes } from '@angular/router';
import { Notices } from './notices';

export const noticesRoutes: Routes = [{ path: '', component: Notices }];
