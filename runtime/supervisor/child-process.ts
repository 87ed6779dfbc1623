import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { projectRoot } from '../root';
import { lifeOf } from '../servers/child-life';
import type { Running } from '../servers/supervised';

export interface ChildOptions {
  readonly name: string;
  /** Absolute path of the program, JavaScript. */
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  /** How long it may take to finish what it is doing after SIGTERM. */
  readonly stopWithinMs: number;
  /** Every line it writes. */
  readonly onLine: (line: string) => void;
}

/**
 * Starts one of Toki's own programs. It is in a process group of its own, so Ctrl-C reaches it only through the
 * supervisor's order; and it ends by itself when the supervisor is killed (see child-watch).
 */
export async function startChild({ name, program, env, stopWithinMs, onLine }: ChildOptions): Promise<Running> {
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', '--require', join(__dirname, 'child-watch.js'), program],
    {
      cwd: projectRoot,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  const forward = (stream: Readable | null) => {
    if (stream) createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine);
  };
  forward(child.stdout);
  forward(child.stderr);
  const life = await lifeOf(child).catch((error: unknown) => {
    throw new Error(`${name} could not be run: ${(error as Error).message}`, { cause: error });
  });
  return { pid: life.pid, exited: life.exited, stop: () => life.stop('SIGTERM', stopWithinMs) };
}
