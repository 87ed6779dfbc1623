import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';

import type { ProgrammeDocument } from '../programmes/document';
import { checkAnswers, fieldsAsked } from './form';

const document = JSON.parse(
  readFileSync(join(__dirname, '../../test/data/plain-programme.json'), 'utf8'),
) as ProgrammeDocument;
const good = {
  telephone: '０９０－１２３４－５６７８',
  email: 'a..b.@docomo.ne.jp',
  consentRules: 'on',
  consentUse: true,
};

describe('answers to the form of a programme', () => {
  it('are kept in one form, whatever way they were typed', () => {
    expect(checkAnswers(document, good)).toEqual({
      ok: true,
      answers: { telephone: '09012345678', email: 'a..b.@docomo.ne.jp', consentRules: true, consentUse: true },
    });
  });

  it('may leave out what is optional', () => {
    expect(checkAnswers(document, { ...good, email: '  ' })).toMatchObject({
      ok: true,
      answers: { telephone: '09012345678' },
    });
  });

  it('name every fault with its field and a sentence', () => {
    const result = checkAnswers(document, { telephone: '', email: 'nobody', consentRules: false, extra: 1 });
    expect(!result.ok && result.faults.map(({ field, code }) => `${field} ${code}`)).toEqual([
      'extra unknown_field',
      'telephone missing',
      'email malformed',
      'consentRules missing',
      'consentUse missing',
    ]);
    expect(!result.ok && result.faults.every(({ sentence }) => sentence.endsWith('。'))).toBe(true);
  });

  it('limit the length of a text in characters as people count them', () => {
    const withText = {
      ...document,
      form: { fields: [{ kind: 'text' as const, name: 'note', label: '備考', required: false, maxLength: 3 }] },
    };
    expect(checkAnswers(withText, { note: '𠮷𠮷𠮷' })).toMatchObject({ ok: true });
    expect(checkAnswers(withText, { note: '𠮷𠮷𠮷𠮷' })).toMatchObject({ ok: false, faults: [{ code: 'too_long' }] });
  });

  it('of a list are the options that were chosen, in the order of the form, however they were sent', () => {
    const options = ['a', 'b', 'c'].map((value) => ({ value, label: `その${value}` }));
    const field = { kind: 'choices' as const, name: 'help', label: 'お手伝い', required: true, options };
    const note = { kind: 'note' as const, name: 'more', label: '説明', required: false as const };
    const only = { ...note, showWhen: [{ kind: 'one_of' as const, field: 'help', values: ['b'] }] };
    const withList = { ...document, form: { fields: [field, only] } };
    expect(checkAnswers(withList, { help: ['c', ' そのa', 'c', ''] })).toEqual({
      ok: true,
      answers: { help: ['a', 'c'] },
    });
    expect(checkAnswers(withList, { help: 'b' })).toEqual({ ok: true, answers: { help: ['b'] } });
    for (const nothing of [[], [''], '', undefined, null])
      expect(checkAnswers(withList, { help: nothing })).toMatchObject({ faults: [{ code: 'missing' }] });
    expect(checkAnswers(withList, { help: ['a', 'd'] })).toMatchObject({ faults: [{ code: 'not_an_option' }] });
    expect(checkAnswers(withList, { help: ['a', true] })).toMatchObject({ faults: [{ code: 'malformed' }] });
    expect(fieldsAsked(withList, { help: ['a', 'c'] })).toHaveLength(1);
    expect(fieldsAsked(withList, { help: ['a', 'b'] })).toHaveLength(2);
  });

  it('never throw and never let anything through that has no field', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.oneof(fc.string(), fc.constantFrom('telephone', 'email', '__proto__', 'constructor')),
          fc.anything(),
        ),
        (raw) => {
          const result = checkAnswers(document, raw);
          if (result.ok)
            for (const name of Object.keys(result.answers))
              expect(document.form.fields.map((field) => field.name)).toContain(name);
          else expect(result.faults.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});
