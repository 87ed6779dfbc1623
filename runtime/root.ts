import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

function findRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error('package.json was not found above ' + __dirname);
  return findRoot(parent);
}

/** The project's folder, the same from `runtime/` and from `dist/runtime/`: views and styles are read from there. */
export const projectRoot = findRoot(__dirname);
