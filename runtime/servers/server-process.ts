import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { defined } from '../../domain/text/defined';
import { type ChildLife, lifeOf } from './child-life';
import { isAlive, type ProcessMark } from './process-identity';

const logLimitBytes = 10 * 1024 * 1024;

export interface ServerCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  /** Both outputs are appended here. */
  readonly logFile: string;
}

/** A database or workflow server that Toki has started, in a process group of its own. */
export type ServerProcess = ChildLife;

/**
 * Starts a server whose output goes to a file rather than to a pipe, so that it neither dies of nor waits for
 * a supervisor that was killed. Detached: Ctrl-C in the terminal reaches the supervisor alone, which stops things in order.
 *
 * @throws Error when the file cannot be run.
 */
export async function startServerProcess(command: ServerCommand): Promise<ServerProcess> {
  mkdirSync(dirname(command.logFile), { recursive: true });
  if (existsSync(command.logFile) && statSync(command.logFile).size > logLimitBytes) {
    renameSync(command.logFile, `${command.logFile}.1`);
  }
  const log = openSync(command.logFile, 'a');
  try {
    const child = spawn(command.file, command.args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: command.env ?? process.env,
      ...defined({ uid: command.uid, gid: command.gid }),
    });
    return await lifeOf(child);
  } finally {
    closeSync(log);
  }
}

/** Stops a process left over by a killed supervisor. Resolves when it is gone. */
export async function stopOrphan(mark: ProcessMark, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  if (!isAlive(mark)) return;
  process.kill(mark.pid, signal);
  const deadline = Date.now() + graceMs;
  while (isAlive(mark)) {
    if (Date.now() > deadline) process.kill(mark.pid, 'SIGKILL');
    await sleep(50);
  }
}

/** The last lines of a server's log, for the message that says why it did not start. */
export function logTail(logFile: string, lines = 5): string {
  if (!existsSync(logFile)) return '';
  const size = statSync(logFile).size;
  const buffer = Buffer.alloc(Math.min(size, 8192));
  const file = openSync(logFile, 'r');
  try {
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
  } finally {
    closeSync(file);
  }
  return buffer.toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

/** Reads a small text file; `undefined` when it is not there. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
