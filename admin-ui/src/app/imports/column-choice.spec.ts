import { choiceFaults, choiceOf, mappingOf } from './column-choice';
import type { Schema } from '../api/api';

const columns = (headers: readonly (string | null)[]): Schema<'ImportFile'>['columns'] =>
  headers.map((header, index) => ({ position: index + 1, header, samples: [] }));
const file = (headers: readonly (string | null)[]): Schema<'ImportFile'> => ({
  id: '',
  name: '',
  sizeBytes: 1,
  lineCount: 1,
  encoding: 'utf-8',
  columns: columns(headers),
  firstRows: [],
  groups: [],
  defaultGroup: null,
  guess: {
    columns: { number: 3 },
    mapping: { columns: { number: 3, birth: 5 }, dates: { form: 'era_code', eraCodes: { '6': 'S' } } },
    from: 'content',
  },
});

describe('the choice of columns', () => {
  it('begins with what was found', () => {
    expect(choiceOf(file([null, null, null]))).toMatchObject({
      number: '3',
      birth: '5',
      group: '',
      dates: 'era_code',
      eraS: '6',
      eraH: '4',
    });
  });

  it('needs a number and a birth date, each column once', () => {
    const choice = { ...choiceOf(file([])), number: '', birth: '2', kana: '2' };
    expect(choiceFaults(choice).map((fault) => fault.field)).toEqual(['number', 'kana']);
    expect(mappingOf(choice, file([]))).toBeUndefined();
  });

  it('is kept by headers where they tell the columns apart, otherwise by position', () => {
    const choice = { ...choiceOf(file([])), number: '1', birth: '2', eraS: '3', dates: 'any' };
    expect(mappingOf(choice, file(['番号', '生年月日']))).toEqual({
      columns: { number: 1, birth: 2 },
      headers: { number: '番号', birth: '生年月日' },
    });
    expect(mappingOf(choice, file(['日付', '日付']))).toEqual({ columns: { number: 1, birth: 2 } });
    expect(mappingOf(choice, file([null, null]))).toEqual({ columns: { number: 1, birth: 2 } });
  });
});
