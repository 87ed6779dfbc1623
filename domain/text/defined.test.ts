import { defined } from './defined';

describe('defined', () => {
  it('leaves out what is undefined and keeps every other value, empty ones too', () => {
    const kept = defined({ dose: undefined, note: '', count: 0, isOpen: false, venue: null });
    expect(Object.keys(kept)).toEqual(['note', 'count', 'isOpen', 'venue']);
    expect(kept).toEqual({ note: '', count: 0, isOpen: false, venue: null });
  });

  it('gives fields that are there or not: what is asked for fits a type whose field must not be undefined', () => {
    const dose = [2].find((number) => number > 1);
    const input: { readonly venue: string; readonly dose?: number } = { venue: 'kita', ...defined({ dose }) };
    expect(input).toEqual({ venue: 'kita', dose: 2 });
  });
});
