import type { Config } from '../config';

/** What a command of the command line tool may use. */
export interface CommandIo {
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
  /** One line of the answer, to standard output. */
  readonly say: (line: string) => void;
  /** Says the sentence on standard error, and is the exit code 2: `return io.refuse('…')`. */
  readonly refuse: (sentence: string) => number;
}

export interface Command {
  /** As one types it after `npm run toki --`. */
  readonly usage: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Further lines for `<command> --help`. */
  readonly help?: string;
  /** Resolves with the exit code. A StartError is told as its sentence. */
  run(args: readonly string[], io: CommandIo): Promise<number>;
}
