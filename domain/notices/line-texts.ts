/** What LINE takes as one text, in UTF-16 code units, and how many texts in one message. */
const longestText = 5_000;
const mostTexts = 5;

/** A text as LINE takes it: one piece where it fits, otherwise several, parted at line breaks where there are any; what is beyond the last is cut off. */
export function lineTexts(text: string): string[] {
  const pieces: string[] = [];
  let rest = text.trim();
  while (rest !== '' && pieces.length < mostTexts) {
    let end = rest.length;
    if (end > longestText) {
      const lineBreak = rest.lastIndexOf('\n', longestText);
      end = lineBreak > 0 ? lineBreak : longestText;
      // Never between the halves of a character.
      if (/[\ud800-\udbff]/.test(rest.charAt(end - 1))) end -= 1;
    }
    pieces.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return pieces;
}
