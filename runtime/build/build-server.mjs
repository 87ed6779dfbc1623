// Turns what runs in Node from TypeScript into the JavaScript of `dist/`, file by file: about a second. Types are
// checked elsewhere (`npm run types`, `npm test`), so nobody who starts Toki waits for them.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const FOLDERS = ['domain', 'workflows', 'activities', 'engine', 'api', 'database', 'migrations', 'runtime', 'test'];

/** Names of the folders with sources, as far as they are there. */
export function sourceFolders(root) {
  const present = new Set(readdirSync(root));
  return FOLDERS.filter((name) => present.has(name));
}

/** Writes what is new, and tells whether it was: an unchanged file stays as old as it is, and nothing is built because of it. */
function writeWhenNew({ path, contents }) {
  try {
    if (Buffer.compare(readFileSync(path), contents) === 0) return false;
  } catch {
    mkdirSync(dirname(path), { recursive: true });
  }
  writeFileSync(path, contents);
  return true;
}

/**
 * @param {string} root the project's folder
 * @returns {Promise<{ problem?: string, changed: string[] }>} what went wrong, and which files are new, from `dist/` on
 */
export async function buildServer(root) {
  const { build, stop } = await import('esbuild');
  const entryPoints = sourceFolders(root).flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => join(root, folder, name)),
  );
  const outdir = join(root, 'dist');
  try {
    const { outputFiles } = await build({
      entryPoints,
      outdir,
      outbase: root,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      sourcemap: true,
      write: false,
      logLevel: 'warning',
    });
    const changed = outputFiles.filter(writeWhenNew).map(({ path }) => relative(outdir, path));
    return { changed: changed.filter((path) => path.endsWith('.js')) };
  } catch (error) {
    return { problem: error.message, changed: [] };
  } finally {
    // Its service would stay as long as this process does, which for `npm start` is all day.
    await stop();
  }
}
