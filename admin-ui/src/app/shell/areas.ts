import type { Routes } from '@angular/router';

import type { Role } from '../api/api';
import type { IconName } from '../shared/icon';

/** One entry of the navigation, named by task. */
export interface Area {
  /** The first part of the URL; `''` is where one arrives. */
  readonly path: string;
  readonly label: string;
  readonly icon: IconName;
  readonly roles: readonly Role[];
  /** Reached from elsewhere (the menu of one's own account), not from the navigation. */
  readonly hidden?: true;
  readonly load: () => Promise<Routes>;
}

const everybody: readonly Role[] = ['city_admin', 'supervisor', 'operator', 'reception', 'auditor'];

export const areas: readonly Area[] = [
  {
    path: '',
    label: '今日',
    icon: 'today',
    roles: everybody,
    load: async () => (await import('../today/today.routes')).todayRoutes,
  },
  {
    path: 'desk',
    label: '予約受付',
    icon: 'phone',
    roles: ['operator', 'supervisor', 'city_admin'],
    load: async () => (await import('../desk/desk.routes')).deskRoutes,
  },
  {
    path: 'reception',
    label: '受付',
    icon: 'check',
    roles: ['reception', 'supervisor', 'city_admin'],
    load: async () => (await import('../reception/reception.routes')).receptionRoutes,
  },
  {
    path: 'callbacks',
    label: '折り返し',
    icon: 'undo',
    roles: ['city_admin', 'supervisor', 'operator'],
    load: async () => (await import('../callbacks/callbacks.routes')).callbacksRoutes,
  },
  {
    path: 'bookings',
    label: '予約一覧',
    icon: 'calendar',
    roles: ['city_admin', 'supervisor', 'operator', 'auditor'],
    load: async () => (await import('../bookings/bookings.routes')).bookingsRoutes,
  },
  {
    path: 'venues',
    label: '会場',
    icon: 'place',
    roles: ['city_admin', 'supervisor', 'auditor'],
    load: async () => (await import('../venues/venues.routes')).venueRoutes,
  },
  {
    path: 'schedule',
    label: '日程と枠',
    icon: 'calendar',
    roles: ['city_admin', 'supervisor', 'auditor'],
    load: async () => (await import('../schedule/schedule.routes')).scheduleRoutes,
  },
  {
    path: 'imports',
    label: '対象者データ',
    icon: 'people',
    roles: ['city_admin', 'supervisor', 'auditor'],
    load: async () => (await import('../imports/imports.routes')).importsRoutes,
  },
  {
    path: 'site',
    label: '予約サイト',
    icon: 'site',
    roles: ['city_admin', 'supervisor', 'auditor'],
    load: async () => (await import('../site/site.routes')).siteRoutes,
  },
  {
    path: 'programme',
    label: '事業の設定',
    icon: 'settings',
    roles: ['city_admin', 'supervisor', 'auditor'],
    load: async () => (await import('../programmes/programme.routes')).programmeRoutes,
  },
  {
    path: 'notices',
    label: '通知',
    icon: 'mail',
    roles: ['city_admin', 'supervisor', 'operator', 'auditor'],
    load: async () => (await import('../notices/notices.routes')).noticesRoutes,
  },
  {
    path: 'numbers',
    label: '集計',
    icon: 'chart',
    roles: ['city_admin', 'supervisor', 'auditor'],
    load: async () => (await import('../statistics/statistics.routes')).statisticsRoutes,
  },
  {
    path: 'exports',
    label: '書き出し',
    icon: 'download',
    roles: ['city_admin', 'supervisor', 'auditor'],
    load: async () => (await import('../exports/exports.routes')).exportsRoutes,
  },
  {
    path: 'audit',
    label: '監査',
    icon: 'shield',
    roles: ['city_admin', 'auditor'],
    load: async () => (await import('../audit/audit.routes')).auditRoutes,
  },
  {
    path: 'staff',
    label: '職員',
    icon: 'badge',
    roles: ['city_admin'],
    load: async () => (await import('../staff/staff.routes')).staffRoutes,
  },
  {
    path: 'account',
    label: '自分のアカウント',
    icon: 'badge',
    roles: everybody,
    hidden: true,
    load: async () => (await import('../account/account.routes')).accountRoutes,
  },
];
