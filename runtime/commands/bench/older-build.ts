import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { projectRoot } from '../../root';
import { StartError } from '../../start-error';

export interface OlderBuild {
  /** Abbreviated commit. */
  readonly revision: string;
  /** Its compiled code. */
  readonly dist: string;
  remove(): void;
}

/**
 * Builds a revision of this repository in a work tree of its own.
 * @throws StartError when there is no such revision, or it cannot be built.
 */
export function buildRevision(name: string, say: (line: string) => void): OlderBuild {
  const revision = git(['rev-parse', '--short', '--verify', '--end-of-options', `${name}^{commit}`]);
  const folder = mkdtempSync(join(tmpdir(), 'toki-revision-'));
  const tree = join(folder, 'tree');
  const remove = () => {
    spawnSync('git', ['worktree', 'remove', '--force', tree], { cwd: projectRoot, stdio: 'ignore' });
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    say(`Building ${revision} in a work tree of its own …`);
    git(['worktree', 'add', '--quiet', '--detach', tree, revision]);
    const lock = (root: string) => readFileSync(join(root, 'package-lock.json'), 'utf8');
    if (lock(tree) === lock(projectRoot)) symlinkSync(join(projectRoot, 'node_modules'), join(tree, 'node_modules'));
    else run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], tree);
    run(process.execPath, [join(tree, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json'], tree);
    return { revision, dist: join(tree, 'dist'), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function git(args: readonly string[]): string {
  const result = spawnSync('git', args, { cwd: projectRoot, encoding: 'utf8' });
  if (result.status !== 0) throw new StartError(`git ${args[0] ?? ''}: ${result.stderr.trim() || 'git cannot be run'}`);
  return result.stdout.trim();
}

function run(program: string, args: readonly string[], cwd: string): void {
  const result = spawnSync(program, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (result.status !== 0) throw new StartError(`The older revision could not be built: ${program} failed.`);
}
