/** Why a person was let through although something did not fit; the words of `domain/reception/check-in.ts`. */
export const letThroughWords = {
  mistook_day: '本人が日を間違えた',
  mistook_venue: '本人が会場を間違えた',
  came_together: '家族・付き添いと一緒に来た',
  sent_by_city: '市・コールセンターの案内で来た',
  decided_here: '会場の責任者が判断した',
} as const;
export type LetThrough = keyof typeof letThroughWords;

/** Why a check-in was taken back. */
export const undoWords = {
  wrong_person: '別の人を受け付けた',
  not_given: '受付のあと、接種しなかった',
  slip: '押し間違えた',
} as const;
export type UndoReason = keyof typeof undoWords;
