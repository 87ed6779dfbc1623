// `npm test`: types, lint and import rules count as one test each, then jest. The last line is the sum of all.
// Plain JavaScript, because it has to run, and report, when nothing else compiles.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sourceFolders } from './build-server.mjs';

/** Tests choose their own servers and ports; what points at a real installation must not reach them. */
const NOT_FOR_TESTS =
  /^(DATABASE_URL|TEMPORAL_(?!CLI$)\w+|TOKI_(?!TEST_)\w+|CITIZEN_PORT|STAFF_PORT|SMTP_URL|PUBLIC_URL|LINE_\w+)$/;

export function testEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_FOR_TESTS.test(name)));
}

const NO_FILES = ['--incremental', 'false', '--tsBuildInfoFile', 'null'];

/**
 * @param {string} root the project's folder
 * @param {{ build(): Promise<string | undefined>, buildAdmin(): Promise<string | undefined> }} builds each returns what went wrong
 * @param {readonly string[]} jestArguments
 * @returns {Promise<number>} exit code
 */
export async function runTests(root, { build, buildAdmin }, jestArguments) {
  const env = testEnvironment();
  const sum = { passed: 0, failed: 0, skipped: 0 };

  /** What it writes comes in one piece, for several run at the same time; `live`: it is alone and writes by itself. */
  const node = (args, live = false) =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, args, {
        cwd: root,
        env,
        stdio: live ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      });
      const written = [];
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => written.push(chunk));
      child.once('error', () => resolve(false));
      child.once('close', (code) => {
        process.stdout.write(Buffer.concat(written));
        resolve(code === 0);
      });
    });
  const tool = (...path) => join(root, 'node_modules', ...path);
  const step = async (name, check) => {
    const started = Date.now();
    const ok = await check();
    sum[ok ? 'passed' : 'failed'] += 1;
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  };

  await step('build', async () => (await build()) === undefined);
  // Two lanes for two cores: what tests run on is built in one, and what is only read is checked in the other. The
  // second one goes on beside the tests, which wait for servers and clocks much of their time.
  const admin = step('admin', async () => (await buildAdmin()) === undefined);
  const checks = async () => {
    await step('types', () => node([tool('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json', '--noEmit', ...NO_FILES]));
    await step('format', () => node([tool('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.']));
    const cruise = (config) =>
      node([
        tool('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
        '--config',
        config,
        ...sourceFolders(root),
        'admin-ui',
      ]);
    await step('import rules', () => cruise('.dependency-cruiser.cjs'));
    await step('circles of folders', () => cruise('.dependency-cruiser-folders.cjs'));
    // It reads the types that the admin's build writes.
    await admin;
    await step('lint', () => node([tool('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0']));
  };
  const checking = checks();
  await admin;

  const folder = mkdtempSync(join(tmpdir(), 'toki-jest-'));
  try {
    const report = join(folder, 'report.json');
    const ended = await node(
      [tool('jest', 'bin', 'jest.js'), '--ci', '--json', `--outputFile=${report}`, ...jestArguments],
      true,
    );
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
  await checking;

  console.log(`${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`);
  return sum.failed === 0 ? 0 : 1;
}
