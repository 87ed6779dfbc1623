import fc from 'fast-check';

import { explainTelephoneFault, formatTelephone, parseTelephone, type TelephoneFault } from './telephone';

describe('a telephone number', () => {
  it.each([
    ['025-228-1000', '0252281000', '025-228-1000', 'landline'],
    ['0252281000', '0252281000', '025-228-1000', 'landline'],
    ['０２５（２２８）１０００', '0252281000', '025-228-1000', 'landline'],
    ['025ー228ー1000', '0252281000', '025-228-1000', 'landline'],
    ['+81 25 228 1000', '0252281000', '025-228-1000', 'landline'],
    ['+81 (0)25-228-1000', '0252281000', '025-228-1000', 'landline'],
    ['0256-72-1234', '0256721234', '0256-72-1234', 'landline'],
    ['0256721234', '0256721234', '0256-72-1234', 'landline'],
    ['0255721234', '0255721234', '0255-72-1234', 'landline'],
    ['0255201234', '0255201234', '025-520-1234', 'landline'],
    ['0312345678', '0312345678', '03-1234-5678', 'landline'],
    ['04992-2-1234', '0499221234', '04992-2-1234', 'landline'],
    ['090-1234-5678', '09012345678', '090-1234-5678', 'mobile'],
    ['０８０１２３４５６７８', '08012345678', '080-1234-5678', 'mobile'],
    ['07012345678', '07012345678', '070-1234-5678', 'mobile'],
    ['050 1234 5678', '05012345678', '050-1234-5678', 'ip'],
    ['0120-123-456', '0120123456', '0120-123-456', 'toll_free'],
    ['08001234567', '08001234567', '0800-123-4567', 'toll_free'],
    ['0570-012-345', '0570012345', '0570-01-2345', 'shared_cost'],
  ])('%s is %s', (text, digits, display, kind) => {
    expect(parseTelephone(text)).toEqual({ ok: true, value: { digits, display, kind } });
    expect(parseTelephone(display)).toMatchObject({ ok: true, value: { digits } });
  });

  it.each<[string, TelephoneFault]>([
    ['', 'missing'],
    ['　-', 'missing'],
    ['228-1000', 'no_area_code'],
    ['025-228-100', 'too_short'],
    ['025-228-10000', 'too_long'],
    ['090-1234-567', 'too_short'],
    ['090-1234-56789', 'too_long'],
    ['0012345678', 'not_in_use'],
    ['+1 202 555 0100', 'not_in_use'],
    ['でんわ', 'not_digits'],
    ['025-228-1000 内線5', 'not_digits'],
  ])('%j is refused: %s', (text, fault) => {
    expect(parseTelephone(text)).toEqual({ ok: false, fault });
  });

  it('keeps its digits through display and back', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^0[0-9]{9,10}$/), (digits) => {
        const result = parseTelephone(digits);
        if (result.ok) expect(formatTelephone(digits).replaceAll('-', '')).toBe(digits);
        else expect(explainTelephoneFault(result.fault)).toMatch(/。$/);
      }),
    );
  });
});
