import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { compactCss, withDesignTokens } from '../../shared/design-tokens';
import type { Views } from '../../shared/views';
import { createCitizenViews } from '../words/citizen-views';
import { createWordBook } from '../words/word-book';
import type { WordBook, Words } from '../words/words';

/** The site's own files by name, ready to be sent. */
export function readSiteFiles(projectRoot: string): Record<'site.css' | 'site.js' | 'favicon.svg', string> {
  const file = (name: string): string => readFileSync(join(projectRoot, 'api', 'citizen', 'assets', name), 'utf8');
  return {
    'site.css': compactCss(withDesignTokens(file('site.css'))),
    'site.js': file('site.js'),
    'favicon.svg': file('favicon.svg'),
  };
}

/** The site's views in every language, each compiled when it is first asked for. */
export function createSiteViews(projectRoot: string): (words: Words) => Views {
  return createCitizenViews(join(projectRoot, 'api', 'citizen', 'views'));
}

/** The site's own words in every language that there is. */
export function createSiteWords(projectRoot: string): WordBook {
  return createWordBook(join(projectRoot, 'api', 'citizen', 'languages'));
}
