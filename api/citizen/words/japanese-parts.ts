import Handlebars from 'handlebars';

const kana = '\\u3041-\\u30ff\\uff66-\\uff9f';
const kanji = '\\u3005\\u3400-\\u9fff\\uf900-\\ufaff';
const withKana = new RegExp(`[${kana}]`);
const withKanji = new RegExp(`[${kanji}]`);
/** Japanese from its first sign on; numbers and Japanese brackets may stand before. */
const beginsJapanese = new RegExp(`^[0-9０-９（「【『・\\s]*[${kana}${kanji}]`);
/** A piece of Japanese within another language, with the numbers in it. */
const piece = new RegExp(
  `[${kana}${kanji}](?:[${kana}${kanji}0-9０-９、。・（）「」々ー〜～]*[${kana}${kanji}）」。])?`,
  'g',
);

/** Whether something in a text is Japanese on a page in another language: its letters tell. Kanji alone may be Chinese. */
export function isJapaneseOn(languageTag: string, text: string): boolean {
  if (languageTag === 'ja') return false;
  return withKana.test(text) || (withKanji.test(text) && !languageTag.startsWith('zh'));
}

/** A text of the programme or the city, escaped; said to be Japanese where it is and the page is not. */
export function marked(languageTag: string, text: unknown): Handlebars.SafeString | string {
  const words = typeof text === 'string' || typeof text === 'number' ? String(text) : '';
  if (!isJapaneseOn(languageTag, words)) return words;
  const escaped = Handlebars.escapeExpression(words);
  return new Handlebars.SafeString(
    beginsJapanese.test(words) ? `<span lang="ja">${escaped}</span>` : markedPieces(escaped),
  );
}

/** Staff's texts as paragraphs: an empty line ends one, a line break stays one. */
export function paragraphs(languageTag: string, text: unknown): Handlebars.SafeString {
  const words = typeof text === 'string' ? text.trim() : '';
  const isJapanese = isJapaneseOn(languageTag, words);
  const isWhole = isJapanese && beginsJapanese.test(words);
  const escaped = Handlebars.escapeExpression(words);
  const parts = (isJapanese && !isWhole ? markedPieces(escaped) : escaped)
    .split(/\n\s*\n/)
    .filter((part) => part !== '');
  return new Handlebars.SafeString(
    parts.map((part) => `${isWhole ? '<p lang="ja">' : '<p>'}${part.replaceAll('\n', '<br>')}</p>`).join(''),
  );
}

function markedPieces(escaped: string): string {
  return escaped.replace(piece, (found) => `<span lang="ja">${found}</span>`);
}
