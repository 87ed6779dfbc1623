import fc from 'fast-check';

import { type CouponNumberFault, explainCouponNumberFault, parseCouponNumber } from './coupon-number';

const tenDigits = { digits: 10 };

describe('a coupon number', () => {
  it.each([
    '0012345678',
    '００１２３４５６７８',
    ' 0012345678 ',
    '00 1234 5678',
    '00　1234　5678',
    '001-234-5678',
    '001－234－5678',
    '001−234−5678',
    '001ー234ー5678',
    '001ｰ234ｰ5678',
    '001‐234‐5678',
    '001–234–5678',
    '\u200b0012345678\ufeff',
    '００１－２３４　５６７８',
  ])('is read from %j', (text) => {
    expect(parseCouponNumber(text, tenDigits)).toEqual({ ok: true, value: '0012345678' });
  });

  it.each<[string, CouponNumberFault]>([
    ['', 'missing'],
    ['　 ', 'missing'],
    ['---', 'missing'],
    ['1.23457E+09', 'exponent'],
    ['9.93E+09', 'exponent'],
    ['１．２３Ｅ＋０９', 'exponent'],
    ['1E+09', 'exponent'],
    ['123456789', 'zero_lost'],
    ['12345678', 'too_short'],
    ['12345678901', 'too_long'],
    ['12345678O0', 'not_digits'],
    ['①234567890', 'not_digits'],
    ['一二三四五六七八九〇', 'not_digits'],
    ['1234567890.0', 'not_digits'],
  ])('is refused: %j is %s', (text, fault) => {
    expect(parseCouponNumber(text, tenDigits)).toEqual({ ok: false, fault });
  });

  describe('as a scanner types it: kind, dose, municipality, number', () => {
    it.each([
      '111510090012345678',
      '１１１５１００９００１２３４５６７８',
      '11 151009 0012345678',
      '121510090012345678',
    ])('is read from %j', (text) => {
      expect(parseCouponNumber(text, tenDigits)).toEqual({ ok: true, value: '0012345678' });
      expect(parseCouponNumber(text, { ...tenDigits, municipality: '151009' })).toMatchObject({ ok: true });
    });

    it('is refused where it was sent by another municipality', () => {
      // 131016: Chiyoda
      expect(parseCouponNumber('111310160012345678', { ...tenDigits, municipality: '151009' })).toEqual({
        ok: false,
        fault: 'other_municipality',
      });
    });

    it('is too long where the municipality’s check digit is wrong, or where numbers have another length', () => {
      expect(parseCouponNumber('111510080012345678', tenDigits)).toEqual({ ok: false, fault: 'too_long' });
      expect(parseCouponNumber('111510090012345678', { digits: 9 })).toEqual({ ok: false, fault: 'too_long' });
    });

    it('begins as the programme says, after the municipality', () => {
      const rule = { ...tenDigits, prefixes: ['99'] };
      expect(parseCouponNumber('111510090012345678', rule)).toEqual({ ok: false, fault: 'wrong_prefix' });
      expect(parseCouponNumber('111510099912345678', rule)).toEqual({ ok: true, value: '9912345678' });
    });
  });

  it('has as many digits as the programme says', () => {
    expect(parseCouponNumber('123456', { digits: 6 })).toEqual({ ok: true, value: '123456' });
    expect(parseCouponNumber('1234567890', { digits: 6 })).toEqual({ ok: false, fault: 'too_long' });
  });

  it('is read whatever is between the digits, and in either width', () => {
    const separator = fc.constantFrom('', ' ', '　', '-', '－', '−', 'ー', 'ｰ', '‐', '–', '\t');
    const digit = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean(), separator);
    fc.assert(
      fc.property(fc.array(digit, { minLength: 10, maxLength: 10 }), (digits) => {
        const typed = digits
          .map(([value, wide, after]) => (wide ? String.fromCharCode(0xff10 + value) : String(value)) + after)
          .join('');
        expect(parseCouponNumber(typed, tenDigits)).toEqual({
          ok: true,
          value: digits.map(([value]) => value).join(''),
        });
      }),
    );
  });

  it('never throws and never yields anything but ten digits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const result = parseCouponNumber(text, tenDigits);
        if (result.ok) expect(result.value).toMatch(/^[0-9]{10}$/);
        else expect(explainCouponNumberFault(result.fault, tenDigits)).toMatch(/。$/);
      }),
    );
  });
});
