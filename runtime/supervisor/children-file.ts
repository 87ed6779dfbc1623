import { rmSync } from 'node:fs';

import { dataFolderPaths, parseJson, writePrivately } from '../servers/data-folder';
import { parseMark, type ProcessMark } from '../servers/process-identity';
import { readIfThere, stopOrphan } from '../servers/server-process';

const stopWithinMs = 15_000;

/** Which processes are the supervisor's children, kept in a file for the supervisor after one that was killed. */
export class ChildrenFile {
  readonly #path: string;
  readonly #marks = new Map<string, ProcessMark>();

  constructor(dataDir: string) {
    this.#path = dataFolderPaths(dataDir).children;
  }

  set(name: string, mark: ProcessMark | undefined): void {
    if (mark) this.#marks.set(name, mark);
    else this.#marks.delete(name);
    if (this.#marks.size === 0) rmSync(this.#path, { force: true });
    else writePrivately(this.#path, JSON.stringify(Object.fromEntries(this.#marks)));
  }

  /** Stops those that are still there. They have noticed already that they are alone, and may be finishing. */
  async stopLeftOver(): Promise<void> {
    const content = parseJson(readIfThere(this.#path));
    const marks =
      typeof content === 'object' && content !== null
        ? Object.values(content).flatMap((value) => parseMark(value) ?? [])
        : [];
    await Promise.all(marks.map((mark) => stopOrphan(mark, 'SIGTERM', stopWithinMs)));
    rmSync(this.#path, { force: true });
  }
}
