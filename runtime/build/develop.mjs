// `npm run dev`: everything of `npm start`, restarted piece by piece as its sources change, and the staff's application
// from Angular's development server, which reloads the page by itself.
import { spawn } from 'node:child_process';
import { join, relative } from 'node:path';

import { buildServer, sourceFolders } from './build-server.mjs';
import { watchFolders } from './watch-folders.mjs';

const SETTLED_AFTER_MS = 150;
const ALL = ['worker', 'citizen', 'staff'];

/** Which processes load a file, by its folder; what is not named here is loaded by all of them. */
const LOADED_BY = [
  [/^api[\\/]citizen/, ['citizen', 'staff']],
  [/^api[\\/]staff/, ['staff']],
  [/^workflows/, ['worker']],
  [/^(test|migrations)/, []],
  [/\.test\.ts$/, []],
];

function processesOf(path) {
  return LOADED_BY.find(([pattern]) => pattern.test(path))?.[1] ?? ALL;
}

/** Angular's development server; what is not the application's goes on to the staff app. */
function serveAdmin(root) {
  const ng = join(root, 'node_modules', '@angular', 'cli', 'bin', 'ng.js');
  const admin = spawn(process.execPath, [ng, 'serve'], {
    cwd: join(root, 'admin-ui'),
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NG_CLI_ANALYTICS: 'false' },
  });
  process.once('exit', () => admin.kill());
}

/**
 * @param {string} root the project's folder
 * @param {import('node:child_process').ChildProcess} supervisor takes `{ restart: [name, …] }`
 */
export function develop(root, supervisor) {
  let changed = new Set();
  let timer;
  let building = Promise.resolve();

  async function rebuild() {
    const paths = changed;
    changed = new Set();
    const { problem, changed: written } = await buildServer(root);
    if (problem !== undefined) return;
    // Views, styles and words are read where they lie; only what a process holds in memory needs a new one.
    const read = [...paths].filter((path) => !path.endsWith('.ts'));
    const restart = new Set([...written, ...read].flatMap(processesOf));
    if (restart.size === 0 || !supervisor.connected) return;
    console.log(`Restarting ${[...restart].join(', ')}`);
    supervisor.send({ restart: [...restart] });
  }

  watchFolders(
    sourceFolders(root).map((folder) => join(root, folder)),
    (path) => {
      changed.add(relative(root, path));
      clearTimeout(timer);
      timer = setTimeout(() => {
        building = building.then(rebuild);
      }, SETTLED_AFTER_MS);
    },
  );
  serveAdmin(root);
  console.log(
    'The admin with live reload: http://localhost:4200 (in a minute); the rest restarts when a source changes.',
  );
}
