import { parentPort, workerData } from 'node:worker_threads';
import { RowSealer, type RowToSeal, type SealingKeys } from './import-sealing';

/** The thread's side of SealingThread: rows come in, packed rows go back, in order. */
const sealer = new RowSealer(workerData as SealingKeys);

parentPort?.on('message', (rows: RowToSeal[]) => {
  const packed = sealer.seal(rows);
  parentPort?.postMessage(packed, [packed.buffer]);
});
