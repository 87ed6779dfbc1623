import { availableParallelism } from 'node:os';
import { Worker, type WorkerOptions } from 'node:worker_threads';

import type * as esbuild from 'esbuild';

import type { KeyRing } from '../../database/foundation/keys';
import type { ImportTally, StagedBatch } from '../../database/imports';
import type { RowErrorCode } from '../../domain/imports/row-error';
import type { ReaderSetup } from './import-reader';
import { type SealerKeys, sealerKeys } from './import-sealer';
import { type FileSlice, slicesOf } from './import-slices';

export interface StagingSetup extends ReaderSetup {
  /** Records that an earlier attempt has dealt with, and the counts up to there. */
  readonly startAt: number;
  readonly tally: ImportTally;
}

export interface StagingThreadData {
  readonly setup: ReaderSetup;
  readonly keys: SealerKeys;
  readonly idTime: number;
}

/** Records per batch, which is one transaction: few enough to lose little, many enough to cost little. */
const recordsOfABatch = 2_000;
/** More threads than cores only take turns; more than this are faster than the database stores. */
const mostThreads = 4;
/** Slices that each thread has: one in work, one that waits for it. More would only take memory. */
const slicesOfAThread = 2;
/** A thread holds a few slices; whatever else it has is garbage that it should clear away. */
const resourceLimits = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 32 } as const;

/**
 * Checks and seals the rows of a file beside the worker's event loop, in as many threads as there are cores: the notices and
 * bookings of the same worker wait for none of it. The main thread cuts the file where records end and stores the batches.
 */
export class StagingThreads {
  readonly #threads: StagingThread[];

  constructor(
    private readonly setup: StagingSetup,
    keys: KeyRing,
  ) {
    const { format, today, document } = setup;
    const data: StagingThreadData = {
      setup: { format, today, document },
      keys: sealerKeys(keys),
      idTime: Date.now(),
    };
    this.#threads = Array.from(
      { length: Math.min(availableParallelism(), mostThreads) },
      () => new StagingThread(require.resolve('./import-staging-thread'), data),
    );
  }

  /**
   * The batches of a file, in order, with the counts up to each. Reads on only as batches are taken.
   * @throws OpenQuoteError; whatever broke a thread or the reading of the pieces
   */
  async *batches(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<StagedBatch, void, undefined> {
    const { startAt, format } = this.setup;
    let { tally } = this.setup;
    const underWay: Promise<StagedBatch>[] = [];
    const next = async (): Promise<StagedBatch> => {
      const batch = (await underWay.shift()) as StagedBatch;
      tally = sumOf(tally, batch.tally);
      return { ...batch, tally };
    };
    let turn = 0;
    for await (const slice of slicesOf(pieces, {
      encoding: format.encoding,
      startAt,
      recordsOfASlice: recordsOfABatch,
    })) {
      if (underWay.length >= this.#threads.length * slicesOfAThread) yield await next();
      const thread = this.#threads[turn++ % this.#threads.length] as StagingThread;
      underWay.push(thread.stage(slice));
    }
    while (underWay.length > 0) yield await next();
  }

  async end(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }
}

interface Waiting {
  resolve(batch: StagedBatch): void;
  reject(error: Error): void;
}

/** One thread: gives a batch for each slice, in order. */
class StagingThread {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #failure: Error | undefined;

  constructor(file: string, workerData: StagingThreadData) {
    this.#worker = startThread(file, { workerData, resourceLimits });
    this.#worker.on('message', (batch: StagedBatch) => this.#waiting.shift()?.resolve(batch));
    this.#worker.on('error', (error) => {
      this.#fail(error);
    });
    this.#worker.on('exit', () => {
      this.#fail(new Error('a thread of the import has ended'));
    });
  }

  stage(slice: FileSlice): Promise<StagedBatch> {
    const staged = new Promise<StagedBatch>((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(slice, [slice.bytes.buffer]);
    });
    // It is awaited after the batches before it, and one of them may tell of the failure first.
    staged.catch(() => undefined);
    return staged;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#failure);
  }
}

/** Threads' code that was built here, by source file. */
const builtThreads = new Map<string, string>();

function sumOf(one: ImportTally, other: ImportTally): ImportTally {
  const errors: Partial<Record<RowErrorCode, number>> = { ...one.errors };
  for (const [code, count] of Object.entries(other.errors) as [RowErrorCode, number][])
    errors[code] = (errors[code] ?? 0) + count;
  return {
    records: one.records + other.records,
    bad: one.bad + other.bad,
    unreadableNumbers: one.unreadableNumbers + other.unreadableNumbers,
    errors,
  };
}

function startThread(file: string, options: WorkerOptions): Worker {
  if (file.endsWith('.js')) return new Worker(file, options);
  // Run from the sources, as tests do: a thread cannot read TypeScript.
  const code = builtThreads.get(file) ?? buildThread(file);
  builtThreads.set(file, code);
  return new Worker(code, { ...options, eval: true });
}

function buildThread(file: string): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- never loaded in production
  const { buildSync } = require('esbuild') as Pick<typeof esbuild, 'buildSync'>;
  const built = buildSync({ entryPoints: [file], bundle: true, platform: 'node', format: 'cjs', write: false });
  return built.outputFiles[0]?.text ?? '';
}
