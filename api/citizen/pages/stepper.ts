const steps = [
  { label: '会場', title: '会場を選ぶ' },
  { label: '日時', title: '日時を選ぶ' },
  { label: '連絡先', title: '連絡先を入力する' },
  { label: '確認', title: '内容を確認する' },
  { label: '完了', title: '予約の完了' },
] as const;

/** @param current 1–5 */
export function stepperModel(current: number) {
  return {
    current,
    total: steps.length,
    title: steps[current - 1]?.title ?? '',
    steps: steps.map(({ label }, index) => ({ label, number: index + 1, isDone: index + 1 < current, isCurrent: index + 1 === current })),
  };
}
