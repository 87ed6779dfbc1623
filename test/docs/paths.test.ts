import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

import { projectRoot } from '../../runtime/root';

/** Folders of sources: a path in a document that begins with one of them must lead somewhere. */
const folders = [
  'activities',
  'admin-ui',
  'api',
  'database',
  'docs',
  'domain',
  'engine',
  'migrations',
  'runtime',
  'test',
  'workflows',
];

function below(folder: string): string[] {
  const names = readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' });
  return names.map((name) => `${folder}/${name.split(sep).join('/')}`);
}

const known = new Set(folders.flatMap((folder) => [folder, ...below(folder)]));
const documents = ['README.md', 'CONTRIBUTING.md', ...[...known].filter((path) => /^docs\/.*\.md$/.test(path))];

/** The paths that a text has in backticks: each alternative of `{a,b}` is one, line numbers behind them are none. */
function pathsIn(text: string): string[] {
  const words = [...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) => code.split(/\s+/));
  return words
    .filter((word) => folders.some((folder) => word.startsWith(`${folder}/`)))
    .map((word) => word.replace(/(:\d+(-\d+)?)?[.,;:)]*$/, '').replace(/\/$/, ''))
    .flatMap(alternatives);
}

function alternatives(path: string): string[] {
  const [whole, list] = /\{([^{}]*)\}/.exec(path) ?? [];
  if (whole === undefined || list === undefined) return [path];
  return list.split(',').flatMap((item) => alternatives(path.replace(whole, item)));
}

function exists(path: string): boolean {
  if (!path.includes('*')) return known.has(path);
  const pattern = path.replace(/[.+?^$()[\]|\\]/g, '\\$&').replace(/\*+/g, (stars) => (stars === '*' ? '[^/]*' : '.*'));
  return [...known].some((item) => new RegExp(`^${pattern}$`).test(item));
}

describe('a path in the documents', () => {
  it.each(documents)('leads to a file or folder: %s', (document) => {
    const paths = pathsIn(readFileSync(join(projectRoot, document), 'utf8'));
    expect(paths.filter((path) => !exists(path))).toEqual([]);
  });

  it('is found with alternatives, patterns and line numbers', () => {
    expect(
      pathsIn(
        'see `domain/{csv,text}/kana.ts:12`, `npm run test:one -- test/site/*.test.ts` and `api/`; not `dist/api/`',
      ),
    ).toEqual(['domain/csv/kana.ts', 'domain/text/kana.ts', 'test/site/*.test.ts', 'api']);
    expect(['domain/csv/kana.ts', 'domain/text/kana.ts', 'test/site/*.test.ts', 'api'].map(exists)).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });
});
