// The first thing every `npm run …` of Toki executes, on a fresh clone too: plain JavaScript without any dependency.
// It installs and builds what is missing or older than its sources, then hands over to the built program.
import { spawn, spawnSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const leastNode = [20, 19];
const sourceFile = /\.(ts|html|css|scss|json)$/;
const builtMark = join(root, 'dist', '.toki-built');
const adminMark = join(root, 'dist', '.toki-admin-built');

const usage =
  'Usage: npm start | npm run reset | npm run toki -- <command> | npm run build | npm run admin-types | npm run dev | npm test | npm run test:one -- <file> | npm run test:servers -- start|stop|status';

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

/** The newest change below a folder, folders included: a removed file counts as a change. */
function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  let latest = stat.mtimeMs;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) latest = Math.max(latest, newest(join(path, entry.name)));
    else if (sourceFile.test(entry.name)) latest = Math.max(latest, modified(join(path, entry.name)) ?? 0);
  }
  return latest;
}

function run(file, args, env = process.env) {
  const result = spawnSync(file, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env,
    shell: process.platform === 'win32',
  });
  return result.error
    ? result.error.message
    : result.status === 0
      ? undefined
      : `it ended with ${result.signal ?? `code ${result.status}`}`;
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Whether every package of the lock file is there in its version. Compared by content: a new clone has new times on old files. */
function isInstalled() {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages ?? {};
  // npm writes this down at the end of an installation, so an interrupted one does not count.
  const present = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (!present) return false;
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional || entry.devOptional || present[path]?.version === entry.version,
  );
}

function install() {
  // A linked folder is somebody else's: `npm ci` would empty it under their feet.
  if (lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink() || isInstalled()) return;
  console.log('Installing packages (npm ci) …');
  // The tools to build and test with are needed too, whatever NODE_ENV says.
  const problem = run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  if (problem)
    fail(`The packages could not be installed: ${problem}; see the lines above, and try "npm ci" once more.`);
}

/** Whether a source is newer than the last success, which `mark` remembers. */
function isOutdated(mark, sources) {
  return (modified(mark) ?? 0) < Math.max(...sources.map((path) => newest(path)));
}

/**
 * Does `work` and remembers its success.
 * @param {() => Promise<string | undefined>} work returns what went wrong
 */
async function remembered(mark, saying, work) {
  console.log(saying);
  const started = new Date();
  const problem = await work();
  if (problem) return problem;
  writeFileSync(mark, '');
  // A source that changed while the compiler ran is newer than this.
  utimesSync(mark, started, started);
  return undefined;
}

/** Compiles what runs in Node. Returns what went wrong. */
async function build() {
  const { buildServer, sourceFolders } = await import('./build/build-server.mjs');
  const sources = [
    join(root, 'runtime', 'build', 'build-server.mjs'),
    ...sourceFolders(root).map((name) => join(root, name)),
  ];
  return isOutdated(builtMark, sources)
    ? remembered(builtMark, 'Building …', async () => (await buildServer(root)).problem)
    : undefined;
}

function isAdminOutdated() {
  const sources = [
    'admin-ui/angular.json',
    'admin-ui/tsconfig.json',
    'admin-ui/src',
    'api/staff',
    'api/shared',
    'domain',
  ];
  return isOutdated(
    adminMark,
    sources.map((path) => join(root, path)),
  );
}

/** Builds the staff's Angular application; its types come from the compiled API. Returns what went wrong. */
async function buildAdminWhenNewer() {
  if (!isAdminOutdated()) return undefined;
  const { buildAdmin } = await import('./build/build-admin.mjs');
  return remembered(adminMark, 'Building the admin …', () => buildAdmin(root));
}

const parent = process.ppid;

/** npm does not pass on a signal that is sent to it alone, and the shell it puts in between just ends. */
function isAbandoned() {
  return process.env.npm_lifecycle_event !== undefined && process.ppid !== parent;
}

/**
 * Runs the built program in the foreground; signals reach it, and its exit code becomes ours.
 * @param {Promise<string | undefined>} [adminBuild] still under way: the program is told how it ended
 */
function handOver(program, args, adminBuild) {
  const child = spawn(process.execPath, ['--enable-source-maps', join(root, 'dist', program), ...args], {
    cwd: root,
    // Should this process be killed, the channel closes and the program stops in order.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // Ctrl-C in a terminal reaches the program twice, by itself and through here; it takes the second for the first.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  setInterval(() => isAbandoned() && child.kill('SIGTERM'), 500).unref();
  void adminBuild?.then((problem) => {
    // It may have been asked to stop meanwhile.
    if (child.connected) child.send({ adminBuild: problem ?? 'done' }, () => undefined);
  });
  child.once('error', (error) => fail(`The program could not be run: ${error.message}.`));
  child.once('exit', (code, signal) => process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : code));
  return child;
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < leastNode[0] || (major === leastNode[0] && minor < leastNode[1])) {
  fail(`Toki needs Node.js ${leastNode.join('.')} or newer, and this is ${process.versions.node}.`);
}
const [command, ...args] = process.argv.slice(2);
const programs = {
  start: join('runtime', 'commands', 'start.js'),
  reset: join('runtime', 'commands', 'reset.js'),
  toki: join('runtime', 'commands', 'toki.js'),
  'test:servers': join('test', 'support', 'test-servers.js'),
};
if (![...Object.keys(programs), 'build', 'admin-types', 'dev', 'test', 'test:one'].includes(command)) fail(usage);
install();
if (command === 'test') {
  const { runTests } = await import('./build/run-tests.mjs');
  process.exitCode = await runTests(root, { build, buildAdmin: buildAdminWhenNewer }, args);
} else {
  const problem = (await build()) ?? (command === 'build' ? await buildAdminWhenNewer() : undefined);
  if (problem !== undefined) fail(`Toki could not be built: ${problem}; see the lines above.`);
  if (isAbandoned()) process.exit(1);
  if (command === 'admin-types') {
    const { writeAdminTypes } = await import('./build/build-admin.mjs');
    const wrong = await writeAdminTypes(root);
    if (wrong !== undefined) fail(wrong);
  } else if (command === 'test:one') {
    process.exitCode = (await import('./build/run-one-test.mjs')).runOneTest(root, args);
  } else if (command === 'dev') {
    const { develop } = await import('./build/develop.mjs');
    develop(root, handOver(programs.start, args));
  } else if (command === 'start' && isAdminOutdated()) {
    // Servers start and the demo city is loaded meanwhile.
    handOver(programs.start, ['--admin-is-being-built', ...args], buildAdminWhenNewer());
  } else if (command !== 'build') handOver(programs[command], args);
}
