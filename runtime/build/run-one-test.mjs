// `npm run test:one -- PATH …`: single test files, against servers that stay up between calls.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

import { testEnvironment } from './run-tests.mjs';

/** Which of jest's projects holds the file; rules and words, which run in several time zones, are tried in the city's. */
function projectOf([first, second]) {
  if (first === 'admin-ui') return 'admin-ui';
  if (first === 'test' && second === 'docs') return 'documents';
  return first === 'domain' || (first === 'api' && second === 'citizen') ? 'rules and words, Asia/Tokyo' : 'services';
}

/**
 * @param {string} root the project's folder
 * @param {readonly string[]} args paths, and options for jest
 * @returns {number} exit code
 */
export function runOneTest(root, args) {
  // Whatever is no path is an option for jest, or an option's value.
  const paths = args.map((arg) => resolve(root, arg)).filter((path) => existsSync(path));
  const projects = new Set(paths.map((path) => projectOf(relative(root, path).split(sep))));
  const env = testEnvironment();
  const node = (file, ...rest) => spawnSync(process.execPath, [file, ...rest], { cwd: root, env, stdio: 'inherit' });
  if (projects.has('services') || projects.size === 0) {
    const started = node(join(root, 'dist', 'test', 'support', 'test-servers.js'), 'start');
    if (started.status !== 0) return started.status ?? 1;
    env.TOKI_TEST_SERVICES = join(root, '.toki-test', 'servers.json');
  }
  const select = projects.size === 0 ? [] : ['--selectProjects', ...projects];
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  return node(jest, ...args, '--runInBand', ...select).status ?? 1;
}
