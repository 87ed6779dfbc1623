// Builds the Angular admin: types of the API from its own description, then the application into `dist/admin-ui`.
// Plain JavaScript, because it runs as a part of the bootstrap.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Runs a Node program to its end. Resolves with what it wrote, and with how it ended when that was not well. */
function runNode(args, options) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const written = { stdout: [], stderr: [] };
    for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => written[name].push(chunk));
    // Nobody waits for it when this process is asked to end.
    const kill = () => child.kill();
    process.once('exit', kill);
    child.once('error', (error) => {
      resolve({ stdout: '', stderr: '', problem: error.message });
    });
    child.once('close', (code, signal) => {
      process.off('exit', kill);
      resolve({
        stdout: Buffer.concat(written.stdout).toString('utf8'),
        stderr: Buffer.concat(written.stderr).toString('utf8'),
        problem: code === 0 ? undefined : (signal ?? `code ${code}`),
      });
    });
  });
}

/**
 * Writes `admin-ui/generated/schema.ts`. Needs the compiled API.
 * @param {string} root the project's folder
 * @returns {Promise<string | undefined>} what went wrong
 */
export async function writeAdminTypes(root) {
  const described = await runNode([join(root, 'dist', 'runtime', 'build', 'describe-api.js')], { cwd: root });
  if (described.problem) return `the API could not be described: ${described.stderr}`;
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
 * What Angular writes is shown only where it warns or fails: servers may be starting beside it, and speak too.
 * @param {string} root the project's folder
 * @returns {Promise<string | undefined>} what went wrong
 */
export async function buildAdmin(root) {
  const problem = await writeAdminTypes(root);
  if (problem) return problem;
  const built = await runNode([join(root, 'node_modules', '@angular', 'cli', 'bin', 'ng.js'), 'build'], {
    cwd: join(root, 'admin-ui'),
    env: { ...process.env, NG_CLI_ANALYTICS: 'false' },
  });
  if (built.problem || /warning/i.test(built.stdout + built.stderr)) process.stderr.write(built.stdout + built.stderr);
  return built.problem && `ng build ended with ${built.problem}`;
}
