import { readdirSync, readFileSync } from 'node:fs';

const everyMs = 250;

/**
 * Watches the private memory of the processes and of all that descend from them (Linux).
 * @returns `stop`: how much more than at the beginning it was at the most, MiB. Memory that processes share, such as
 * PostgreSQL's buffers, is not counted.
 */
export function watchMemory(roots: readonly number[]): { stop(): number } {
  const before = privateMemory(roots);
  let peak = before;
  const look = () => {
    peak = Math.max(peak, privateMemory(roots));
  };
  const timer = setInterval(look, everyMs);
  return {
    stop() {
      clearInterval(timer);
      look();
      return peak - before;
    },
  };
}

function privateMemory(roots: readonly number[]): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const stat = readIfThere(`/proc/${name}/stat`);
    // The name in parentheses may hold blanks: the parent is the second field after it.
    const parent = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const descends = (pid: number | undefined): boolean =>
    pid !== undefined && pid !== 0 && (roots.includes(pid) || descends(parents.get(pid)));
  let kibibytes = 0;
  for (const pid of parents.keys()) {
    if (!descends(pid)) continue;
    const rollup = readIfThere(`/proc/${String(pid)}/smaps_rollup`) ?? '';
    kibibytes += Number(/^Pss_Anon:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  }
  return kibibytes / 1024;
}

/** A process may end between two looks. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
