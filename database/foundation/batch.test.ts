import { type BatchOptions, createBatch } from './batch';
import { LaneBusyError } from './lane';

const options: Omit<BatchOptions<string, string>, 'run'> = {
  width: 1,
  most: 3,
  waitMs: 1_000,
  isUndone: (error) => error instanceof RangeError,
};

describe('a batch', () => {
  it('takes together what comes at once, no more than it may, and answers each with its own', async () => {
    const sizes: number[] = [];
    const ask = createBatch<string, string>({
      ...options,
      run: (items) => {
        sizes.push(items.length);
        return Promise.resolve(items.map((item) => item.toUpperCase()));
      },
    });
    expect(await Promise.all(['a', 'b', 'c', 'd', 'e'].map(ask))).toEqual(['A', 'B', 'C', 'D', 'E']);
    expect(sizes).toEqual([3, 2]);
    expect(await ask('f')).toBe('F');
  });

  it('never has two of one key at the same time', async () => {
    const batches: string[][] = [];
    const ask = createBatch<string, string>({
      ...options,
      keyOf: (item) => item.slice(0, 1),
      run: (items) => {
        batches.push([...items]);
        return Promise.resolve(items);
      },
    });
    await Promise.all(['a1', 'a2', 'b1', 'a3'].map(ask));
    expect(batches).toEqual([['a1', 'b1'], ['a2'], ['a3']]);
  });

  it('does its items one by one where all together were refused, so that one spoils nothing for the others', async () => {
    const ask = createBatch<string, string>({
      ...options,
      run: (items) => (items.includes('bad') ? Promise.reject(new RangeError('refused')) : Promise.resolve([...items])),
    });
    const results = await Promise.allSettled(['a', 'bad', 'c'].map(ask));
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : 'refused'))).toEqual([
      'a',
      'refused',
      'c',
    ]);
  });

  it('does nothing a second time that may have been done: a lost connection is told to all', async () => {
    let runs = 0;
    const ask = createBatch<string, string>({
      ...options,
      run: () => {
        runs++;
        return Promise.reject(new Error('connection lost'));
      },
    });
    const results = await Promise.allSettled(['a', 'b'].map(ask));
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
    expect(runs).toBe(1);
  });

  it('lets nothing wait without an end', async () => {
    const ask = createBatch<string, string>({ ...options, waitMs: 20, run: () => new Promise(() => undefined) });
    void ask('stuck');
    await new Promise((resolve) => setImmediate(resolve));
    await expect(ask('late')).rejects.toBeInstanceOf(LaneBusyError);
  });
});
