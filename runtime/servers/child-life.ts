import type { ChildProcess } from 'node:child_process';

/** The life of a process that was just spawned. */
export interface ChildLife {
  readonly pid: number;
  /** Resolves when it has ended, with words such as `code 1` or `SIGKILL`. Never rejects. */
  readonly exited: Promise<string>;
  hasExited(): boolean;
  /** Asks it to stop with `signal`; after `graceMs` it is killed. Resolves when it is gone. */
  stop(signal: NodeJS.Signals, graceMs: number): Promise<void>;
}

/**
 * Resolves when the process runs.
 *
 * @throws Error when its program cannot be run.
 */
export async function lifeOf(child: ChildProcess): Promise<ChildLife> {
  let ended = false;
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = true;
      resolve(signal ?? `code ${String(code)}`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  return {
    pid: child.pid ?? 0,
    exited,
    hasExited: () => ended,
    async stop(signal, graceMs) {
      if (ended) return;
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}
