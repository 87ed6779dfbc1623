import type { KeyObject } from 'node:crypto';
import { MessageChannel, type MessagePort, type Transferable, Worker, type WorkerOptions } from 'node:worker_threads';

import type * as esbuild from 'esbuild';

import type { KeyRing } from '../../database/foundation/keys';
import type { StagedBatch } from '../../database/imports';
import type { IndexedBatch } from './import-indexer';
import type { ReaderSetup } from './import-reader';
import { type SealerKeys, sealerKeys } from './import-sealer';
import { OpenQuoteError } from './open-quote-error';

/** What the reading thread asks of the main thread: the file's next piece. */
export type ReadingRequest = 'next';

/** From the reading thread through the sealing thread to the main thread. */
export type Relayed = { readonly batch: IndexedBatch } | { readonly openQuoteLine: number } | { readonly end: true };
type Arrived = { readonly batch: StagedBatch } | Exclude<Relayed, { readonly batch: IndexedBatch }>;

export interface ReadingThreadData {
  readonly setup: ReaderSetup;
  readonly batchRecords: number;
  readonly window: number;
  readonly indexKey: KeyObject;
  readonly sealing: MessagePort;
}

export interface SealingThreadData {
  readonly keys: SealerKeys;
  readonly reading: MessagePort;
}

/** Records per batch, which is one transaction: few enough to lose little, many enough to cost little. */
const recordsOfABatch = 1_000;
/** Batches on their way: one being checked, one being sealed, one being stored, one in hand. */
const batchesUnderWay = 4;
/** A thread holds a few batches; whatever else it has is garbage that it should clear away. */
const resourceLimits = { maxYoungGenerationSizeMb: 6, maxOldGenerationSizeMb: 24 } as const;

/**
 * Checks and seals the rows of a file beside the worker's event loop: reading has one core, sealing another, and the
 * notices and bookings of the same worker wait for neither. The main thread reads the pieces and stores the batches.
 */
export class StagingThreads {
  readonly #reading: Worker;
  readonly #sealing: Worker;
  readonly #arrived: Arrived[] = [];
  #failure: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(setup: ReaderSetup, keys: KeyRing) {
    const { port1, port2 } = new MessageChannel();
    const current = sealerKeys(keys);
    const readingData: ReadingThreadData = {
      setup,
      batchRecords: recordsOfABatch,
      window: batchesUnderWay,
      indexKey: current.index,
      sealing: port1,
    };
    const sealingData: SealingThreadData = { keys: current, reading: port2 };
    this.#reading = this.#start(require.resolve('./import-reading-thread'), readingData, port1);
    this.#sealing = this.#start(require.resolve('./import-sealing-thread'), sealingData, port2);
    this.#sealing.on('message', (message: Arrived) => {
      this.#arrived.push(message);
      this.#wake();
    });
  }

  /**
   * The batches of a file, in order. The next one is asked for when the one before is stored.
   * @throws OpenQuoteError; whatever broke a thread or the reading of the pieces
   */
  async *batches(pieces: AsyncGenerator<Buffer, void, undefined>): AsyncGenerator<StagedBatch, void, undefined> {
    this.#reading.on('message', () => {
      this.#feed(pieces).catch((error: unknown) => {
        this.#fail(error);
      });
    });
    for (;;) {
      const message = this.#arrived.shift();
      if (message === undefined) {
        if (this.#failure !== undefined) throw this.#failure;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      } else if ('end' in message) {
        return;
      } else if ('openQuoteLine' in message) {
        throw new OpenQuoteError(message.openQuoteLine);
      } else {
        yield message.batch;
        this.#reading.postMessage({ stored: true });
      }
    }
  }

  async end(): Promise<void> {
    await Promise.all([this.#reading.terminate(), this.#sealing.terminate()]);
  }

  async #feed(pieces: AsyncGenerator<Buffer, void, undefined>): Promise<void> {
    const next = await pieces.next();
    // A copy of its own, to be given away: small buffers share their memory with others.
    const piece = next.done === true ? null : new Uint8Array(next.value);
    this.#reading.postMessage({ piece }, piece === null ? [] : [piece.buffer]);
  }

  #start(file: string, workerData: ReadingThreadData | SealingThreadData, port: Transferable): Worker {
    const thread = startThread(file, { workerData, transferList: [port], resourceLimits });
    thread.on('error', (error) => {
      this.#fail(error);
    });
    thread.on('exit', () => {
      this.#fail(new Error('a thread of the import has ended'));
    });
    return thread;
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    this.#wake();
  }
}

function startThread(file: string, options: WorkerOptions): Worker {
  if (file.endsWith('.js')) return new Worker(file, options);
  // Run from the sources, as tests do: a thread cannot read TypeScript.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- never loaded in production
  const { buildSync } = require('esbuild') as Pick<typeof esbuild, 'buildSync'>;
  const built = buildSync({ entryPoints: [file], bundle: true, platform: 'node', format: 'cjs', write: false });
  return new Worker(built.outputFiles[0]?.text ?? '', { ...options, eval: true });
}
