import { Worker, type WorkerOptions } from 'node:worker_threads';
import type * as esbuild from 'esbuild';
import type { KeyRing } from '../database/keys';
import type { RowToSeal, SealingKeys } from './import-sealing';

interface Waiting {
  readonly resolve: (packed: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Seals the rows of an import beside the worker's event loop. Sealing is two thirds of an import's work: here it has a
 * core of its own, and the notices and bookings of the same worker do not wait for it.
 */
export class SealingThread {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #failure: Error | undefined;

  constructor(keys: KeyRing) {
    const [seal] = keys.derived('toki/seal');
    const [index] = keys.derived('toki/index');
    if (seal === undefined || index === undefined) throw new Error('a key ring has a current key');
    const workerData: SealingKeys = { seal, index: index.key };
    this.#worker = startThread({ workerData, resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 32 } });
    this.#worker.on('message', (packed: Uint8Array<ArrayBuffer>) => {
      this.#waiting.shift()?.resolve(Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength));
    });
    this.#worker.on('error', (error) => {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    });
    this.#worker.on('exit', () => {
      this.#fail(new Error('the sealing thread has ended'));
    });
  }

  /** The rows in binary COPY format. Answers come in the order of the calls. */
  seal(rows: readonly RowToSeal[]): Promise<Buffer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(rows);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}

function startThread(options: WorkerOptions): Worker {
  const file = require.resolve('./import-sealing-thread');
  if (file.endsWith('.js')) return new Worker(file, options);
  // Run from the sources, as tests do: a thread cannot read TypeScript.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- never loaded in production
  const { buildSync } = require('esbuild') as Pick<typeof esbuild, 'buildSync'>;
  const built = buildSync({ entryPoints: [file], bundle: true, platform: 'node', format: 'cjs', write: false });
  return new Worker(built.outputFiles[0]?.text ?? '', { ...options, eval: true });
}
