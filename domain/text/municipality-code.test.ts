import { hasRightCheckDigit } from './municipality-code';

describe('the code of a municipality', () => {
  it.each(['151009', '131016', '011002', '271004', '401307', '472018'])(
    'knows the check digit of the municipality %s',
    (code) => {
      expect(hasRightCheckDigit(code)).toBe(true);
      for (let digit = 0; digit < 10; digit++)
        if (digit !== Number(code[5])) expect(hasRightCheckDigit(code.slice(0, 5) + String(digit))).toBe(false);
    },
  );
});
