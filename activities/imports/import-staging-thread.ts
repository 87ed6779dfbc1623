import { type MessagePort, parentPort, workerData } from 'node:worker_threads';

import { ImportReader } from './import-reader';
import { ImportSealer } from './import-sealer';
import type { FileSlice } from './import-slices';
import type { StagingThreadData } from './staging-threads';

/** Checks and seals slice after slice in a thread of its own; a fault ends the thread, and with it the attempt. */
const { setup, keys, idTime } = workerData as StagingThreadData;
const main = parentPort as MessagePort;
const reader = new ImportReader(setup);
const sealer = new ImportSealer(keys, idTime);

main.on('message', (slice: FileSlice) => {
  const batch = sealer.seal(slice, reader);
  main.postMessage(batch, batch.rows === undefined ? [] : [batch.rows.buffer]);
});
