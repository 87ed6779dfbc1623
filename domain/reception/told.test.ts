import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ProgrammeDocument } from '../programmes/document';
import { tellsReception, toldAtReception, toldWords } from './told';

const load = (path: string) => JSON.parse(readFileSync(join(__dirname, '..', '..', path), 'utf8')) as ProgrammeDocument;
const city = load('docs/programmes/03-two-groups-half-kept.json');

describe('what the reception is told', () => {
  it('is what the fields say that it may see, in words, and nothing that was left empty', () => {
    const told = toldAtReception(city, {
      telephone: '0250000000',
      help: ['wheelchair', 'interpreter'],
      interpreterLanguage: 'jsl',
    });
    expect(told).toEqual([
      { name: 'help', label: '当日のお手伝い', words: '車いすを使う、通訳を希望する' },
      { name: 'interpreterLanguage', label: '通訳のことば', words: '手話' },
    ]);
    expect(toldWords(told)).toBe('当日のお手伝い：車いすを使う、通訳を希望する／通訳のことば：手話');
    expect(toldAtReception(city, { telephone: '0250000000' })).toEqual([]);
    expect(toldAtReception(city, undefined)).toEqual([]);
  });

  it('is nothing where no field says so', () => {
    expect([tellsReception(city), tellsReception(load('test/data/plain-programme.json'))]).toEqual([true, false]);
  });
});
