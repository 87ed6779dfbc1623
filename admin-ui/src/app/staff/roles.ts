import type { Role } from '../api/api';

/** The roles, the widest first, and what each is for. */
export const roleChoices: readonly { readonly role: Role; readonly label: string; readonly what: string }[] = [
  { role: 'city_admin', label: '市の管理者', what: '設定、取込の承認、職員の登録を含むすべて' },
  { role: 'supervisor', label: 'コールセンター責任者', what: '予約の受付と通知、集計、オペレーターの応援' },
  { role: 'operator', label: 'オペレーター', what: '電話での予約の受付・変更・取り消し' },
  { role: 'reception', label: '会場受付', what: '会場での受付と当日の名簿' },
  { role: 'auditor', label: '監査', what: '記録の閲覧だけ' },
];

export function roleLabelOf(role: Role): string {
  return roleChoices.find((choice) => choice.role === role)?.label ?? role;
}
