/**
 * Folds full-width ASCII (０-９ Ａ-Ｚ ．／ …) and the ideographic space to their half-width twins.
 * Nothing else is touched: NFKC would also turn ① into 1 and 神 (U+FA19) into 神 (U+795E).
 */
export function foldWidth(text: string): string {
  return text.replace(/[\uFF01-\uFF5E\u3000]/g, (character) =>
    character === '\u3000' ? ' ' : String.fromCharCode(character.charCodeAt(0) - 0xfee0),
  );
}

/** Everything that people and keyboards produce where a hyphen is meant (- ‐ ‑ ‒ – — ― − ー － ｰ ﹣), to be put inside a character class. */
export const hyphenLookAlikes = '\\-\\u2010-\\u2015\\u2212\\u30FC\\uFF0D\\uFF70\\uFE63\\u2043\\u00AD';

/** Blanks, the invisible ones of copied text included (zero-width space, byte order mark, direction marks), to be put inside a character class. */
export const blanks = '\\s\\u3000\\u200B-\\u200F\\u2060\\uFEFF\\u202A-\\u202E';
