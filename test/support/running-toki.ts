import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { projectRoot } from '../../runtime/root';
import { findFreePort } from '../../runtime/servers/free-port';
import type { RuntimeFile } from '../../runtime/servers/runtime-file';
import { testServices } from './services';

/** A place for one Toki: a data folder and two ports, used by one start after the other. */
export interface TokiPlace {
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  remove(): void;
}

export async function createTokiPlace(extra: NodeJS.ProcessEnv = {}): Promise<TokiPlace> {
  const parent = mkdtempSync(join(tmpdir(), 'toki-start-'));
  const dataDir = join(parent, 'data');
  return {
    dataDir,
    env: {
      ...process.env,
      CITIZEN_PORT: String(await findFreePort()),
      STAFF_PORT: String(await findFreePort()),
      TOKI_DATA_DIR: dataDir,
      TEMPORAL_CLI: testServices().temporalCli,
      ...extra,
    },
    remove: () => {
      rmSync(parent, { recursive: true, force: true });
    },
  };
}

/** One `npm start`, or another command, of a place. */
export class RunningToki {
  readonly lines: string[] = [];
  readonly exited: Promise<number | string>;
  readonly #process: ChildProcess;

  constructor(
    private readonly place: TokiPlace,
    ...args: string[]
  ) {
    this.#process = spawn(
      process.execPath,
      [join(projectRoot, 'runtime', 'bootstrap.mjs'), ...(args.length === 0 ? ['start'] : args)],
      {
        env: place.env,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let rest = '';
    const collect = (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      this.lines.push(...parts);
    };
    this.#process.stdout?.setEncoding('utf8').on('data', collect);
    this.#process.stderr?.setEncoding('utf8').on('data', collect);
    this.exited = new Promise((resolve) =>
      this.#process.once('close', (code, signal) => {
        resolve(signal ?? code ?? 0);
      }),
    );
  }

  get text(): string {
    return this.lines.join('\n');
  }

  /** Waits for a line. Rejects with everything printed when it does not come, or the program ends before. */
  async line(expected: RegExp, withinMs = 180_000): Promise<string> {
    let ended: number | string | undefined;
    void this.exited.then((how) => {
      ended = how;
    });
    const deadline = Date.now() + withinMs;
    for (;;) {
      const found = this.lines.find((line) => expected.test(line));
      if (found !== undefined) return found;
      if (ended !== undefined || Date.now() > deadline) {
        throw new Error(
          `${String(expected)} did not come${ended === undefined ? '' : `; it ended with ${ended}`}. It printed:\n${this.text}`,
        );
      }
      await sleep(50);
    }
  }

  ready(): Promise<string> {
    return this.line(/^Toki is ready$/);
  }

  /** What `npm start` writes down for the command line tool. */
  get runtime(): RuntimeFile {
    return JSON.parse(readFileSync(join(this.place.dataDir, 'runtime.json'), 'utf8')) as RuntimeFile;
  }

  /** Process numbers of everything below the supervisor. */
  get pids(): Record<'worker' | 'citizen' | 'staff' | 'postgres' | 'temporal', number> {
    const read = (name: string) => readFileSync(join(this.place.dataDir, name), 'utf8');
    const children = JSON.parse(read('children.json')) as Record<'worker' | 'citizen' | 'staff', { pid: number }>;
    return {
      worker: children.worker.pid,
      citizen: children.citizen.pid,
      staff: children.staff.pid,
      postgres: Number(read('postgres/postmaster.pid').split('\n')[0]),
      temporal: (JSON.parse(read('temporal.json')) as { process: { pid: number } }).process.pid,
    };
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Stops it in order if it still runs. Resolves with its exit code. */
  async stop(): Promise<number | string> {
    this.signal('SIGTERM');
    return this.exited;
  }
}

export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
