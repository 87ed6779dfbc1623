import fc from 'fast-check';

import { formatReference, parseReference, referenceFrom } from './reference';

const reference = fc.nat(99_999_999).map(referenceFrom);

describe('reference', () => {
  it('is read back from what people say and type', () => {
    fc.assert(
      fc.property(reference, (text) => {
        expect(text).toMatch(/^\d{9}$/);
        expect(parseReference(formatReference(text))).toBe(text);
        expect(
          parseReference([...text].map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)).join(' ')),
        ).toBe(text);
      }),
    );
  });

  it('notices one mistyped digit', () => {
    fc.assert(
      fc.property(reference, fc.nat(8), fc.integer({ min: 1, max: 9 }), (text, position, by) => {
        const wrong = [...text]
          .map((digit, index) => (index === position ? String((Number(digit) + by) % 10) : digit))
          .join('');
        expect(parseReference(wrong)).toBeUndefined();
      }),
    );
  });

  it.each(['', '12345678', '1234567890', '12a456789', '482-913-50５x'])('refuses %j', (text) => {
    expect(parseReference(text)).toBeUndefined();
  });
});
