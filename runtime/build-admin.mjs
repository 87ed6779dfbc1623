// Builds the Angular admin: types of the API from its own description, then the application into `dist/admin-ui`.
// Plain JavaScript, because it runs as a part of the bootstrap.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes `admin-ui/generated/schema.ts`. Needs the compiled API.
 * @param {string} root the project's folder
 * @returns {Promise<string | undefined>} what went wrong
 */
export async function writeAdminTypes(root) {
  const described = spawnSync(process.execPath, [join(root, 'dist', 'runtime', 'describe-api.js')], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (described.status !== 0) return `the API could not be described: ${described.stderr}`;
  const { default: openapi, astToString } = await import('openapi-typescript');
  const text = `// Generated from the staff API's own description by the build. Not kept in the repository.\n${astToString(await openapi(JSON.parse(described.stdout), { alphabetize: true }))}`;
  const file = join(root, 'admin-ui', 'generated', 'schema.ts');
  let before;
  try {
    before = readFileSync(file, 'utf8');
  } catch {
    before = undefined;
  }
  mkdirSync(join(file, '..'), { recursive: true });
  // An unchanged file stays as old as it is, so that nothing is built anew because of it.
  if (text !== before) writeFileSync(file, text);
  return undefined;
}

/**
 * @param {string} root the project's folder
 * @returns {Promise<string | undefined>} what went wrong
 */
export async function buildAdmin(root) {
  const problem = await writeAdminTypes(root);
  if (problem) return problem;
  const built = spawnSync(process.execPath, [join(root, 'node_modules', '@angular', 'cli', 'bin', 'ng.js'), 'build'], {
    cwd: join(root, 'admin-ui'),
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NG_CLI_ANALYTICS: 'false' },
  });
  return built.status === 0 ? undefined : `ng build ended with ${built.signal ?? `code ${built.status}`}`;
}
