import Handlebars from 'handlebars';

import type { Language } from '../../../domain/programmes/document';
import { createViews, type Views } from '../../shared/views';
import { intoView } from './into-view';
import { isJapaneseOn, marked, paragraphs } from './japanese-parts';
import { telephoneLink } from './telephone-link';
import type { Words } from './words';

/** The citizens' views in every language, each compiled once, when the first page in its language is asked for. */
export function createCitizenViews(folder: string): (words: Words) => Views {
  const made = new Map<Language, Views>();
  return (words) => {
    const found = made.get(words.language) ?? viewsIn(folder, words);
    made.set(words.language, found);
    return found;
  };
}

function viewsIn(folder: string, words: Words): Views {
  const { tag } = words;
  const helpers = {
    telephoneLink,
    marked: (text: unknown) => marked(tag, text),
    /** For elements that take no markup inside, such as options. */
    langOf: (text: unknown) => (isJapaneseOn(tag, String(text)) ? new Handlebars.SafeString(' lang="ja"') : ''),
    paragraphs: (text: unknown) => paragraphs(tag, text),
  };
  return createViews(folder, helpers, (view) => intoView(view, (key) => words.raw(key)));
}
