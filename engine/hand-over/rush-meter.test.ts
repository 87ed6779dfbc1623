import { createRushMeter } from './rush-meter';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const everyMs = 250;

function meterOf({ used = 0, waiting = 0 }) {
  const load = { used, waiting };
  const signs: number[] = [];
  const meter = createRushMeter({
    log,
    everyMs,
    waiting: () => load.waiting,
    utilisation: () => load.used,
    signs: {
      raise: (_process, forMs) => {
        signs.push(forMs);
        return Promise.resolve();
      },
    },
  });
  meter.start();
  return { meter, load, signs };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('the rush meter', () => {
  it('takes one busy moment for no rush', () => {
    const { meter, load } = meterOf({ used: 0.9 });
    jest.advanceTimersByTime(everyMs);
    load.used = 0.1;
    jest.advanceTimersByTime(10 * everyMs);
    expect(meter.isRush()).toBe(false);
    meter.stop();
  });

  it('sees a process that has no time left, and says so again while it lasts', () => {
    const { meter, signs } = meterOf({ used: 0.9 });
    jest.advanceTimersByTime(2 * everyMs);
    expect(meter.isRush()).toBe(true);
    expect(signs).toHaveLength(1);
    jest.advanceTimersByTime(4_000);
    expect(signs.length).toBeGreaterThanOrEqual(4);
    // A sign holds until well after the next one.
    expect(Math.min(...signs)).toBeGreaterThan(2_000);
    meter.stop();
  });

  it('sees requests that wait for the database, however idle the process is', () => {
    const { meter } = meterOf({ used: 0.1, waiting: 3 });
    jest.advanceTimersByTime(2 * everyMs);
    expect(meter.isRush()).toBe(true);
    meter.stop();
  });

  it('ends when it stays quiet, not at the first pause', () => {
    const { meter, load, signs } = meterOf({ used: 1 });
    jest.advanceTimersByTime(2 * everyMs);
    load.used = 0.2;
    jest.advanceTimersByTime(3 * everyMs);
    expect(meter.isRush()).toBe(true);
    load.used = 0.9;
    jest.advanceTimersByTime(everyMs);
    load.used = 0.2;
    jest.advanceTimersByTime(5 * everyMs);
    expect(meter.isRush()).toBe(true);
    jest.advanceTimersByTime(everyMs);
    expect(meter.isRush()).toBe(false);
    const known = signs.length;
    jest.advanceTimersByTime(5_000);
    expect(signs).toHaveLength(known);
    meter.stop();
  });
});
