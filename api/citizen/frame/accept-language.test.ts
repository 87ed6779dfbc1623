import type { Language } from '../../../domain/programmes/document';
import { preferredLanguage } from './accept-language';

const offered: Language[] = ['ja', 'ja-easy', 'en', 'tl'];

test.each([
  ['', 'ja'],
  ['en-US,en;q=0.9', 'en'],
  ['ja,en;q=0.9', 'ja'],
  ['vi,ko;q=0.8,en;q=0.5', 'en'],
  ['en;q=0.3, fil;q=0.7', 'tl'],
  ['en;q=0, vi', 'ja'],
  ['*', 'ja'],
  ['en;q=x;q=0.5,;;,=,__proto__,constructor;q=1', 'en'],
  [`${'x,'.repeat(1_000)}en`, 'ja'],
])('%s: %s', (header, language) => {
  expect(preferredLanguage(header, offered)).toBe(language);
});
