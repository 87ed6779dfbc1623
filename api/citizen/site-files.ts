import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compactCss, withDesignTokens } from '../shared/design-tokens';
import { createViews, type Views } from '../shared/views';
import { paragraphs, telephoneLink } from './pages/words';

/** The site's own files by name, ready to be sent. */
export function readSiteFiles(projectRoot: string): Record<'site.css' | 'site.js' | 'favicon.svg', string> {
  const file = (name: string): string => readFileSync(join(projectRoot, 'api', 'citizen', 'assets', name), 'utf8');
  return { 'site.css': compactCss(withDesignTokens(file('site.css'))), 'site.js': file('site.js'), 'favicon.svg': file('favicon.svg') };
}

/** The site's views with the helpers that they use. */
export function createSiteViews(projectRoot: string): Views {
  return createViews(join(projectRoot, 'api', 'citizen', 'views'), { paragraphs, telephoneLink });
}
