import { setTimeout as sleep } from 'node:timers/promises';

/** A process, or a server, that runs until it ends or is stopped. */
export interface Running {
  readonly pid: number;
  /** Resolves when it has ended, with words such as `code 1` or `SIGKILL`. Never rejects. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

export interface SupervisedOptions {
  readonly name: string;
  /** Starts it; `again` from the second time on. Resolves when it runs, rejects when it does not. */
  readonly start: (again: boolean) => Promise<Running>;
  readonly say: (line: string) => void;
  /** Told of every start, and with `undefined` of every end. */
  readonly onChange?: (pid: number | undefined) => void;
  /** First pause before a restart; doubles with every failure up to `longestPauseMs`. */
  readonly firstPauseMs?: number;
  readonly longestPauseMs?: number;
  /** A process that ran this long is healthy again: its next pause is the first one. */
  readonly healthyAfterMs?: number;
}

/** Keeps one thing running: when it ends without having been asked to, it is started again, with a growing pause. */
export class Supervised {
  readonly #options: Required<Omit<SupervisedOptions, 'onChange'>> & Pick<SupervisedOptions, 'onChange'>;
  readonly #stopping = new AbortController();
  #running: Running | undefined;
  #isRestarting = false;
  #keeping: Promise<void> | undefined;

  constructor(options: SupervisedOptions) {
    this.#options = { firstPauseMs: 500, longestPauseMs: 30_000, healthyAfterMs: 60_000, ...options };
  }

  /** The first start, which nobody repeats: it rejects with what went wrong. */
  async start(): Promise<Running> {
    const running = await this.#options.start(false);
    this.#running = running;
    this.#options.onChange?.(running.pid);
    this.#keeping = this.#keep(running);
    return running;
  }

  /** Stops it for good, also in the middle of a pause or a restart. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running?.stop();
    await this.#keeping;
  }

  /** Stops it and starts it again at once: what it runs from has changed. */
  async restart(): Promise<void> {
    if (!this.#running) return;
    this.#isRestarting = true;
    await this.#running.stop();
  }

  async #keep(first: Running): Promise<void> {
    const { name, say, onChange, firstPauseMs, longestPauseMs, healthyAfterMs } = this.#options;
    let pauseMs = firstPauseMs;
    let running = first;
    for (;;) {
      const startedAt = Date.now();
      const how = await running.exited;
      this.#running = undefined;
      onChange?.(undefined);
      if (this.#isStopping()) return;
      const isAskedFor = this.#isRestarting;
      this.#isRestarting = false;
      if (isAskedFor || Date.now() - startedAt >= healthyAfterMs) pauseMs = firstPauseMs;
      if (!isAskedFor) say(`${name} ended unexpectedly (${how}); it is started again in ${seconds(pauseMs)}`);
      for (let isAtOnce = isAskedFor; ; isAtOnce = false) {
        if (!isAtOnce && !(await this.#pause(pauseMs))) return;
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
        try {
          running = await this.#options.start(true);
          break;
        } catch (error) {
          say(
            `${name} could not be started again (${(error as Error).message}); the next attempt is in ${seconds(pauseMs)}`,
          );
        }
      }
      this.#running = running;
      if (this.#isStopping()) {
        await running.stop();
        return;
      }
      onChange?.(running.pid);
      say(`${name} runs again`);
    }
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #pause(ms: number): Promise<boolean> {
    try {
      await sleep(ms, undefined, { signal: this.#stopping.signal });
      return true;
    } catch {
      return false;
    }
  }
}

function seconds(ms: number): string {
  return `${String(ms / 1000)} s`;
}
