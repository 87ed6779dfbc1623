import { performance } from 'node:perf_hooks';

import { v4 as uuid } from 'uuid';

import type { RushSigns } from '../../database/bookings';
import type { Log } from '../loops/log';

export interface RushMeterOptions {
  readonly signs: Pick<RushSigns, 'raise'>;
  readonly log: Log;
  /** Requests that wait for a connection to the database. */
  readonly waiting: () => number;
  /** The part of the time since the last call in which the process had work to do, 0–1; left out: measured. */
  readonly utilisation?: () => number;
  readonly everyMs?: number;
}

/** Whether citizens wait at this process, by measured load. */
export interface RushMeter {
  isRush(): boolean;
  start(): void;
  stop(): void;
}

const busyFrom = 0.75;
const quietBelow = 0.5;
/** A single page that takes long is no rush; a rush that pauses for a moment is one. */
const busyTicks = 2;
const quietTicks = 6;
const signHoldsMs = 3_000;
const signEveryMs = 1_000;

/**
 * Measures how busy this process is, four times a second. While citizens wait, `isRush` says so and the other processes
 * learn it by a sign in the database; what can be done later then steps back.
 */
export function createRushMeter({
  signs,
  log,
  waiting,
  utilisation = measuredUtilisation(),
  everyMs = 250,
}: RushMeterOptions): RushMeter {
  const processId = uuid();
  let isOn = false;
  /** Looks in a row that say the opposite of `isOn`. */
  let against = 0;
  let signedAt = 0;
  let timer: NodeJS.Timeout | undefined;

  function look(): void {
    const used = utilisation();
    const isWaiting = waiting() > 0;
    const saysOtherwise = isOn ? used < quietBelow && !isWaiting : used >= busyFrom || isWaiting;
    against = saysOtherwise ? against + 1 : 0;
    if (against >= (isOn ? quietTicks : busyTicks)) {
      isOn = !isOn;
      against = 0;
      log.info({ isOn }, isOn ? 'citizens wait: what can be done later steps back' : 'no citizen waits any more');
    }
    if (isOn && Date.now() - signedAt >= signEveryMs) sign();
  }

  function sign(): void {
    signedAt = Date.now();
    signs.raise(processId, signHoldsMs).catch((error: unknown) => {
      log.warn({ reason: (error as Error).message.split('\n')[0] }, 'the other processes could not be told of a rush');
    });
  }

  return {
    isRush: () => isOn,
    start() {
      timer ??= setInterval(look, everyMs);
      timer.unref();
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}

function measuredUtilisation(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
}
