// `npm test`: types, lint and import rules count as one test each, then jest. The last line is the sum of all.
// Plain JavaScript, because it has to run, and report, when nothing else compiles.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Tests choose their own servers and ports; what points at a real installation must not reach them. */
const NOT_FOR_TESTS =
  /^(DATABASE_URL|TEMPORAL_(?!CLI$)\w+|TOKI_(?!TEST_)\w+|CITIZEN_PORT|STAFF_PORT|SMTP_URL|PUBLIC_URL|LINE_\w+)$/;

const FOLDERS = ['domain', 'workflows', 'activities', 'api', 'database', 'migrations', 'runtime', 'test'];

/**
 * @param {string} root the project's folder
 * @param {{ build(): Promise<string | undefined>, buildAdmin(): Promise<string | undefined> }} builds each returns what went wrong
 * @param {readonly string[]} jestArguments
 * @returns {Promise<number>} exit code
 */
export async function runTests(root, { build, buildAdmin }, jestArguments) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_FOR_TESTS.test(name)));
  const sum = { passed: 0, failed: 0, skipped: 0 };

  const node = (args) =>
    spawnSync(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
  const tool = (...path) => join(root, 'node_modules', ...path);
  const step = async (name, check) => {
    const started = Date.now();
    const ok = await check();
    sum[ok ? 'passed' : 'failed'] += 1;
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  };

  await step('types', async () => (await build()) === undefined);
  await step('admin', async () => (await buildAdmin()) === undefined);
  await step('format', () => node([tool('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.']));
  await step('lint', () => node([tool('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0']));
  await step('import rules', () =>
    node([
      tool('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      ...FOLDERS,
    ]),
  );

  const folder = mkdtempSync(join(tmpdir(), 'toki-jest-'));
  try {
    const report = join(folder, 'report.json');
    const ended = node([tool('jest', 'bin', 'jest.js'), '--ci', '--json', `--outputFile=${report}`, ...jestArguments]);
    const result = JSON.parse(readFileSync(report, 'utf8'));
    sum.passed += result.numPassedTests;
    // A file that could not even be loaded holds tests that nobody counted.
    sum.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
    sum.skipped += result.numPendingTests + result.numTodoTests;
    if (!ended && result.numFailedTests + result.numRuntimeErrorTestSuites === 0) sum.failed += 1;
  } catch {
    // No report: jest itself did not get through.
    sum.failed += 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }

  console.log(`${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`);
  return sum.failed === 0 ? 0 : 1;
}
