import type { Routes } from '@angular/router';

import { Broadcasts } from './broadcasts';
import { Notices } from './notices';

export const noticesRoutes: Routes = [
  { path: '', component: Notices },
  { path: 'broadcasts', title: '一斉のお知らせ', component: Broadcasts },
];
