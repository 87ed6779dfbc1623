import { randomBytes } from 'node:crypto';

import { partsOf } from './import-tables';

describe('the parts of an import', () => {
  it.each([1, 2, 3, 7, 200, 4_097])('have every blind index in exactly one of %i', (count) => {
    const parts = partsOf(count);
    expect(parts.map((part) => part.number)).toEqual(Array.from({ length: count }, (_, number) => number));
    const indexes: Buffer[] = [
      Buffer.alloc(32),
      Buffer.alloc(32, 0xff),
      ...Array.from({ length: 200 }, () => randomBytes(32)),
    ];
    for (const { from, until } of parts)
      indexes.push(Buffer.concat([from, Buffer.alloc(32)]).subarray(0, 32), until.subarray(0, 32));
    for (const index of indexes) {
      const holding = parts.filter(({ from, until }) => from.compare(index) <= 0 && index.compare(until) < 0);
      expect(holding).toHaveLength(1);
    }
  });
});
