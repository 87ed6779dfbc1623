import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { projectRoot } from '../../runtime/root';

/** This folder among the sources, also for what runs from `dist/`: plain JavaScript is not compiled. */
const sources = __dirname.replace(join(projectRoot, 'dist'), projectRoot);

export interface GuardedProcess {
  readonly pid: number | undefined;
  /** What asks it to stop in order. */
  readonly signal: NodeJS.Signals;
}

/**
 * Has the processes stopped, and the folder removed (empty: none), when the returned function is called, or when this
 * process ends in any way, `kill -9` included. The returned function resolves when all of it is done.
 */
export function guard(folder: string, processes: readonly GuardedProcess[]): () => Promise<void> {
  const guardian = spawn(
    process.execPath,
    [join(sources, 'guardian-process.cjs'), folder, ...processes.map(({ pid, signal }) => `${String(pid)}:${signal}`)],
    { stdio: ['pipe', 'ignore', 'inherit'], detached: true },
  );
  guardian.unref();
  const ended = new Promise<void>((resolve) =>
    guardian.once('exit', () => {
      resolve();
    }),
  );
  return async () => {
    guardian.ref();
    guardian.stdin.end();
    await ended;
  };
}
