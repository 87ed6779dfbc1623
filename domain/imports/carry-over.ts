/** Why a new row and a resident with the same kana and birth date may be one person. Without it they are two. */
export const carryOverEvidence = ['previous_number', 'not_in_full_set'] as const;
export type CarryOverEvidence = (typeof carryOverEvidence)[number];

const words: Readonly<Record<CarryOverEvidence, string>> = {
  previous_number: 'ファイルの「前の番号」と同じ',
  not_in_full_set: '全員分のファイルに前の番号がない',
};

export function evidenceWords(evidence: CarryOverEvidence): string {
  return words[evidence];
}

/** Pairs of one run that people are asked about: nobody judges more by hand. */
export const pairLimit = 2_000;
/** … and pairs of one name and birth date: among more people nobody can tell who is who. */
export const pairLimitPerName = 20;

/** New people who stay apart from a resident with the same kana and birth date. */
export function namesakesApart({
  namesakes = 0,
  newNumber,
}: {
  readonly namesakes?: number | undefined;
  readonly newNumber: number;
}): number {
  return namesakes - newNumber;
}
