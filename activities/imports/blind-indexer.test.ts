import fc from 'fast-check';

import { makeKeys, parseKeys } from '../../database/foundation/keys';
import { BlindIndexer } from './blind-indexer';
import { sealerKeys } from './import-sealer';

describe('the blind index of an import', () => {
  it('is that of the key ring, for every text', () => {
    const keys = parseKeys(makeKeys('one'));
    const indexer = new BlindIndexer(sealerKeys(keys).index);
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 400 }),
      fc.string({ unit: 'binary', maxLength: 400 }),
    );
    fc.assert(
      fc.property(text, (searched) => {
        expect(indexer.of(searched)).toEqual(keys.blindIndex(searched));
      }),
      { numRuns: 500, examples: [[''], ['9000000001'], ['1947-04-01\nヤマダ　ハナコ'], ['あ'.repeat(2_000)]] },
    );
  });
});
