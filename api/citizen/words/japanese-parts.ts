import Handlebars from 'handlebars';

const kana = /[\u3041-\u30ff\uff66-\uff9f]/;
const kanji = /[\u3400-\u9fff\uf900-\ufaff]/;

/** Whether a text stands in Japanese on a page in another language: its letters tell. Kanji alone may be Chinese. */
export function isJapaneseOn(languageTag: string, text: string): boolean {
  if (languageTag === 'ja') return false;
  return kana.test(text) || (kanji.test(text) && !languageTag.startsWith('zh'));
}

/** A text of the programme or the city, escaped; said to be Japanese where the page is not. */
export function marked(languageTag: string, text: unknown): Handlebars.SafeString | string {
  const words = typeof text === 'string' || typeof text === 'number' ? String(text) : '';
  return isJapaneseOn(languageTag, words) ? new Handlebars.SafeString(`<span lang="ja">${Handlebars.escapeExpression(words)}</span>`) : words;
}

/** Staff's texts as paragraphs: an empty line ends one, a line break stays one. */
export function paragraphs(languageTag: string, text: unknown): Handlebars.SafeString {
  const words = typeof text === 'string' ? text.trim() : '';
  const tag = isJapaneseOn(languageTag, words) ? '<p lang="ja">' : '<p>';
  const parts = Handlebars.escapeExpression(words).split(/\n\s*\n/).filter((part) => part !== '');
  return new Handlebars.SafeString(parts.map((part) => `${tag}${part.replaceAll('\n', '<br>')}</p>`).join(''));
}
