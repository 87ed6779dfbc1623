import { type MessagePort, parentPort, workerData } from 'node:worker_threads';

import { indexed } from './import-indexer';
import { type CheckedBatch, ImportReader } from './import-reader';
import { readRecords } from './import-records';
import { OpenQuoteError } from './open-quote-error';
import type { ReadingRequest, ReadingThreadData, Relayed } from './staging-threads';

/**
 * Reads, checks and indexes a file in a thread of its own. Asks the main thread for piece after piece, hands batches on
 * to the sealing thread, and has no more than `window` of them on their way.
 */
const { setup, window, batchRecords, indexKey, sealing } = workerData as ReadingThreadData;
const main = parentPort as MessagePort;

let takePiece: (piece: Uint8Array | null) => void = () => undefined;
let takeStored: () => void = () => undefined;
let onTheWay = 0;

main.on('message', (message: { piece: Uint8Array | null } | { stored: true }) => {
  if ('piece' in message) {
    takePiece(message.piece);
  } else {
    onTheWay--;
    takeStored();
  }
});

async function* pieces(): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const piece = await new Promise<Uint8Array | null>((resolve) => {
      takePiece = resolve;
      main.postMessage('next' satisfies ReadingRequest);
    });
    if (piece === null) return;
    yield piece;
  }
}

function handOnBatch(checked: CheckedBatch): Promise<void> {
  const batch = indexed(checked, indexKey);
  return handOn({ batch }, [batch.couponIndexes.buffer]);
}

async function handOn(message: Relayed, given: ArrayBuffer[] = []): Promise<void> {
  while (onTheWay >= window) {
    await new Promise<void>((resolve) => {
      takeStored = resolve;
    });
  }
  onTheWay++;
  sealing.postMessage(message, given);
}

async function run(): Promise<void> {
  const reader = new ImportReader(setup);
  try {
    for await (const records of readRecords(pieces(), setup.format.encoding)) {
      for (const record of records) reader.add(record);
      if (reader.pending >= batchRecords) await handOnBatch(reader.take());
    }
  } catch (error) {
    if (!(error instanceof OpenQuoteError)) throw error;
    await handOn({ openQuoteLine: error.line });
    return;
  }
  if (reader.pending > 0) await handOnBatch(reader.take());
  await handOn({ end: true });
}

// A fault nobody expected ends the thread, and with it the attempt.
run().catch((error: unknown) => {
  setImmediate(() => {
    throw error;
  });
});
