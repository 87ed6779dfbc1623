import type { Routes } from '@angular/router';

import { AuditEvents } from './audit-events';
import { AuditFrame } from './audit-frame';
import { AuditTouched } from './audit-touched';
import { AuditVerify } from './audit-verify';

export const auditRoutes: Routes = [
  {
    path: '',
    component: AuditFrame,
    children: [
      { path: '', pathMatch: 'full', component: AuditEvents },
      { path: 'touched', component: AuditTouched },
      { path: 'verify', component: AuditVerify },
    ],
  },
];
