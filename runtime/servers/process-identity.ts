import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process written down in a file, to be found again by a later start. */
export interface ProcessMark {
  readonly pid: number;
  /** When it was started, as the system tells it: a number given again to another process does not match. */
  readonly identity: string;
}

function identityOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
      // The name in parentheses may hold blanks, so fields are counted from its end: state is the 1st, start time the 20th.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

/** The mark of a living process; `undefined` when there is none of that number. */
export function markProcess(pid: number): ProcessMark | undefined {
  const identity = identityOf(pid);
  return identity === undefined ? undefined : { pid, identity };
}

/** Whether the very process that was marked still lives. */
export function isAlive(mark: ProcessMark): boolean {
  return identityOf(mark.pid) === mark.identity;
}

/** Reads a mark from parsed JSON; `undefined` when it is not one. */
export function parseMark(value: unknown): ProcessMark | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { pid, identity } = value as Record<string, unknown>;
  return typeof pid === 'number' && Number.isInteger(pid) && pid > 0 && typeof identity === 'string'
    ? { pid, identity }
    : undefined;
}
