import { parentPort, workerData } from 'node:worker_threads';

import { ImportSealer } from './import-sealer';
import type { Relayed, SealingThreadData } from './staging-threads';

/** Seals batch after batch in a thread of its own: from the reading thread to the main thread, in order. */
const { keys, reading } = workerData as SealingThreadData;
const sealer = new ImportSealer(keys);

reading.on('message', (message: Relayed) => {
  if (!('batch' in message)) {
    parentPort?.postMessage(message);
    return;
  }
  const batch = sealer.seal(message.batch);
  parentPort?.postMessage({ batch }, batch.rows === undefined ? [] : [batch.rows.buffer]);
});
