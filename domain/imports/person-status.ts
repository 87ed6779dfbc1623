/** Who is in a city's file and no longer of the city. */
export type PersonStatus = 'moved_out' | 'died';

const deathWords = /死亡|死去|逝去/;
const moveWords = /転出|国外移住|職権消除/;
/** 転出予定, 死亡届取消: not yet, or not at all. */
const denyingWords = /予定|取消|取り消し|なし|無し/;

/** What a cell of the file's 異動 column says; undefined: the person is still there. */
export function personStatusOf(text: string): PersonStatus | undefined {
  if (text === '' || denyingWords.test(text)) return undefined;
  if (deathWords.test(text)) return 'died';
  return moveWords.test(text) ? 'moved_out' : undefined;
}
