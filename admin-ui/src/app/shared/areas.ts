import type { Role } from '../api/api';
import type { IconName } from './icon';

/** One entry of the navigation, named by task. */
export interface Area {
  /** The first part of the URL; `''` is where one arrives. */
  readonly path: string;
  readonly label: string;
  readonly icon: IconName;
  readonly roles: readonly Role[];
  /** Reached from elsewhere (the menu of one's own account), not from the navigation. */
  readonly hidden?: true;
}

const everybody: readonly Role[] = ['city_admin', 'supervisor', 'operator', 'reception', 'auditor'];

const list = [
  {
    path: '',
    label: '今日',
    icon: 'today',
    roles: everybody,
  },
  {
    path: 'desk',
    label: '予約受付',
    icon: 'phone',
    roles: ['operator', 'supervisor', 'city_admin'],
  },
  {
    path: 'reception',
    label: '受付',
    icon: 'check',
    roles: ['reception', 'supervisor', 'city_admin'],
  },
  {
    path: 'callbacks',
    label: '折り返し',
    icon: 'undo',
    roles: ['city_admin', 'supervisor', 'operator'],
  },
  {
    path: 'bookings',
    label: '予約一覧',
    icon: 'calendar',
    roles: ['city_admin', 'supervisor', 'operator', 'auditor'],
  },
  {
    path: 'venues',
    label: '会場',
    icon: 'place',
    roles: ['city_admin', 'supervisor', 'auditor'],
  },
  {
    path: 'schedule',
    label: '日程と枠',
    icon: 'calendar',
    roles: ['city_admin', 'supervisor', 'auditor'],
  },
  {
    path: 'imports',
    label: '対象者データ',
    icon: 'people',
    roles: ['city_admin', 'supervisor', 'auditor'],
  },
  {
    path: 'site',
    label: '予約サイト',
    icon: 'site',
    roles: ['city_admin', 'supervisor', 'auditor'],
  },
  {
    path: 'programme',
    label: '事業の設定',
    icon: 'settings',
    roles: ['city_admin', 'supervisor', 'auditor'],
  },
  {
    path: 'notices',
    label: '通知',
    icon: 'mail',
    roles: ['city_admin', 'supervisor', 'operator', 'auditor'],
  },
  {
    path: 'numbers',
    label: '集計',
    icon: 'chart',
    roles: ['city_admin', 'supervisor', 'auditor'],
  },
  {
    path: 'exports',
    label: '書き出し',
    icon: 'download',
    roles: ['city_admin', 'supervisor', 'auditor'],
  },
  {
    path: 'audit',
    label: '監査',
    icon: 'shield',
    roles: ['city_admin', 'auditor'],
  },
  {
    path: 'staff',
    label: '職員',
    icon: 'badge',
    roles: ['city_admin'],
  },
  {
    path: 'account',
    label: '自分のアカウント',
    icon: 'badge',
    roles: everybody,
    hidden: true,
  },
] as const satisfies readonly Area[];

export type AreaPath = (typeof list)[number]['path'];

/** In the order of the navigation. What an area loads: `app.routes.ts`. */
export const areas: readonly (Area & { readonly path: AreaPath })[] = list;

/** The paths that a role may open: a link to another one would lead to a refusal. */
export function areasOf(role: Role | undefined): ReadonlySet<string> {
  return new Set(areas.filter(({ roles }) => role !== undefined && roles.includes(role)).map(({ path }) => path));
}
