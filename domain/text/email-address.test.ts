import fc from 'fast-check';

import { type EmailAddressFault, explainEmailAddressFault, parseEmailAddress, smtpAddress } from './email-address';

describe('an e-mail address', () => {
  it.each([
    ['hana@example.jp', 'hana@example.jp', 'hana@example.jp'],
    ['a..b.@docomo.ne.jp', 'a..b.@docomo.ne.jp', '"a..b."@docomo.ne.jp'],
    ['.dot@ezweb.ne.jp', '.dot@ezweb.ne.jp', '".dot"@ezweb.ne.jp'],
    ['-minus-@docomo.ne.jp', '-minus-@docomo.ne.jp', '-minus-@docomo.ne.jp'],
    ['ｈａｎａ＠ｅｘａｍｐｌｅ．ｊｐ', 'hana@example.jp', 'hana@example.jp'],
    ['hana@example。jp', 'hana@example.jp', 'hana@example.jp'],
    [' hana@example.jp　', 'hana@example.jp', 'hana@example.jp'],
    ['Hana.Sato+flu@EXAMPLE.co.jp', 'Hana.Sato+flu@example.co.jp', 'Hana.Sato+flu@example.co.jp'],
    ["o'neil@example.com", "o'neil@example.com", "o'neil@example.com"],
    ['"a@b"@example.jp', '"a@b"@example.jp', '"a@b"@example.jp'],
    ['x@日本語.jp', 'x@xn--wgv71a119e.jp', 'x@xn--wgv71a119e.jp'],
    ['a/b?c@softbank.ne.jp', 'a/b?c@softbank.ne.jp', 'a/b?c@softbank.ne.jp'],
  ])('%s is accepted', (text, stored, envelope) => {
    expect(parseEmailAddress(text)).toEqual({ ok: true, value: stored });
    expect(smtpAddress(stored)).toBe(envelope);
  });

  it.each<[string, EmailAddressFault]>([
    ['', 'missing'],
    ['　', 'missing'],
    ['hana', 'no_at_sign'],
    ['@example.jp', 'local_part'],
    ['花@example.jp', 'local_part'],
    ['a,b@example.jp', 'local_part'],
    ['<hana@example.jp>', 'local_part'],
    ['hana@', 'domain'],
    ['hana@localhost', 'domain'],
    ['hana@example..jp', 'domain'],
    ['hana@-example.jp', 'domain'],
    ['hana@192.0.2.1', 'domain'],
    ['hana@[192.0.2.1]', 'domain'],
    ['ha na@example.jp', 'blank_inside'],
    ['hana@example.jp\r\nBcc: x@example.jp', 'blank_inside'],
    ['hana@example.jp\u0000', 'blank_inside'],
    [`${'a'.repeat(65)}@example.jp`, 'too_long'],
    [`a@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.${'f'.repeat(20)}.jp`, 'domain'],
    [`${'a'.repeat(20)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.jp`, 'too_long'],
  ])('%j is refused: %s', (text, fault) => {
    expect(parseEmailAddress(text)).toEqual({ ok: false, fault });
  });

  it('never carries a line break, a blank or more than 254 characters', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.emailAddress(),
          fc.string({ unit: 'binary', maxLength: 300 }),
          fc.string({ maxLength: 300 }).map((text) => `${text}@example.jp`),
        ),
        (text) => {
          const result = parseEmailAddress(text);
          if (!result.ok) {
            expect(explainEmailAddressFault(result.fault)).toMatch(/。$/);
            return;
          }
          expect(smtpAddress(result.value)).toMatch(/^[\x21-\x7E]{3,254}$/);
          expect(parseEmailAddress(result.value)).toEqual(result);
        },
      ),
    );
  });
});
