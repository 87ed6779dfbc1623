import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createInstance } from 'i18next';

import { type Language, otherLanguages } from '../../../domain/programmes/document';
import { languageNames } from '../../../domain/site/languages';
import { datesIn } from './dates';
import { namesOf, programmeIn } from './programme-names';
import type { WordBook, Words, WordValues } from './words';

const namespace = 'site';

/** Reads `<language>.json` of a folder once. What a language lacks is said in Japanese; a test names it. */
export function createWordBook(folder: string): WordBook {
  const languages: Language[] = ['ja', ...otherLanguages.filter((language) => existsSync(fileOf(folder, language)))];
  const texts = createInstance();
  void texts.init({
    lng: 'ja',
    fallbackLng: 'ja',
    ns: namespace,
    defaultNS: namespace,
    initAsync: false,
    load: 'currentOnly',
    returnNull: false,
    // Handlebars escapes what goes into a page; elsewhere nothing may be escaped.
    interpolation: { escapeValue: false, skipOnVariables: true },
    resources: Object.fromEntries(
      languages.map((language) => [
        keyOf(language),
        { [namespace]: JSON.parse(readFileSync(fileOf(folder, language), 'utf8')) as Record<string, unknown> },
      ]),
    ),
  });
  const made = new Map(languages.map((language) => [language, wordsIn(language)]));

  function wordsIn(language: Language): Words {
    const fixed = texts.getFixedT(keyOf(language));
    const t = (key: string, values: WordValues = {}): string => fixed(key, { ...values });
    const words: Words = {
      language,
      tag: languageNames[language].tag,
      t,
      raw(key) {
        if (!texts.exists(key, { lng: keyOf(language) })) throw new Error(`there are no words for "${key}"`);
        return fixed(key, { skipInterpolation: true });
      },
      dates: datesIn(language),
      programme: (document) => programmeIn(words, document),
      names: (document) => namesOf(words, document),
    };
    return words;
  }

  return {
    languages,
    of(language) {
      const words = made.get(language) ?? made.get('ja');
      if (!words) throw new Error('there are no Japanese words');
      return words;
    },
  };
}

/** As i18next is told: it takes what follows a hyphen for a script, and spells it again. */
function keyOf(language: Language): string {
  return language.replace('-', '');
}

function fileOf(folder: string, language: Language): string {
  return join(folder, `${language}.json`);
}
