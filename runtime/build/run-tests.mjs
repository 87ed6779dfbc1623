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
      child.once('error', () => resolve(undefined));
      child.once('close', (code) => {
        process.stdout.write(Buffer.concat(written));
        resolve(code);
      });
    });
  const tool = (...path) => join(root, 'node_modules', ...path);
  /** `check` tells of each of the names whether it went well. */
  const steps = async (names, check) => {
    const started = Date.now();
    const went = await check();
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    for (const [index, name] of names.entries()) {
      sum[went[index] ? 'passed' : 'failed'] += 1;
      console.log(`${went[index] ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
    }
  };
  const step = (name, check) => steps([name], async () => [await check()]);
  const ends = async (args) => (await node(args)) === 0;

  await step('build', async () => (await build()) === undefined);
  // Two lanes for two cores: what tests run on is built in one, and what is only read is checked in the other. The
  // second one goes on beside the tests, which wait for servers and clocks much of their time.
  const admin = step('admin', async () => (await buildAdmin()) === undefined);
  const checks = async () => {
    await step('format', () => ends([tool('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.']));
    const cruise = (config) =>
      ends([
        tool('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
        '--config',
        config,
        ...sourceFolders(root),
        'admin-ui',
      ]);
    await step('import rules', () => cruise('.dependency-cruiser.cjs'));
    await step('circles of folders', () => cruise('.dependency-cruiser-folders.cjs'));
    // They read the types that the admin's build writes.
    await admin;
    await steps(['types', 'lint'], async () => {
      const code = await node([join(root, 'runtime', 'build', 'check-sources.mjs')]);
      // Whatever else it ends with, it did not get to the end.
      return [0, 32, 64, 96].includes(code) ? [(code & 32) === 0, (code & 64) === 0] : [false, false];
    });
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
    if (ended !== 0 && result.numFailedTests + result.numRuntimeErrorTestSuites === 0) sum.failed += 1;
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
