const smallKana = 'ァィゥェォッャュョヮヵヶ';
const largeKana = 'アイウエオツヤユヨワカケ';
const alikeKana: Readonly<Record<string, string>> = { ヂ: 'ジ', ヅ: 'ズ', ヲ: 'オ', ヰ: 'イ', ヱ: 'エ' };
const plainKana = /^[ァ-ヺー\u3000 ]*$/;
const notKana = /[^ァ-ヺ]/g;
const kanaOnly = /^[ぁ-ゖァ-ヺー゛゜・･ｦ-ﾟヽヾゝゞ\s\u3000]+$/u;

/** Lengths, in folded characters, of the beginnings of a name that have a search key. */
export const kanaPrefixLengths = [2, 3, 4] as const;

/**
 * The search form of a name in kana: katakana without blanks, long marks and small letters, so that what is heard on the telephone
 * finds what the city wrote (キョウコ, きょうこ, ｷﾖｳｺ; ヂ and ジ, ヅ and ズ, ヲ and オ). Only to find and compare: names are kept as given.
 */
export function foldKana(text: string): string {
  // Nearly every name of a city's file is plain katakana already; an import folds hundreds of thousands.
  const katakana = plainKana.test(text)
    ? text
    : text.normalize('NFKC').replace(/[ぁ-ゖ]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60));
  return katakana
    .replace(/[ァィゥェォッャュョヮヵヶ]/g, (letter) => largeKana[smallKana.indexOf(letter)] ?? letter)
    .replace(/[ヂヅヲヰヱ]/g, (letter) => alikeKana[letter] ?? letter)
    .replace(notKana, '');
}

/** Whether a text is written in kana alone, in either script and width. */
export function isKana(text: string): boolean {
  return kanaOnly.test(text) && foldKana(text) !== '';
}

/** The first letter of each part of a name, the rest hidden: enough to tell two people of a list apart, too little to read out. */
export function maskKana(kana: string): string {
  return kana
    .split(/[\s\u3000]+/)
    .filter((part) => part !== '')
    .map((part) => [...part].map((letter, index) => (index === 0 ? letter : '○')).join(''))
    .join(' ');
}
