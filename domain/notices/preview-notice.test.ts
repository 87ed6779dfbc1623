import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ProgrammeDocument } from '../programmes/document';
import { type NoticeSample, previewNotice } from './preview-notice';

const document = JSON.parse(
  readFileSync(join(__dirname, '../../test/data/plain-programme.json'), 'utf8'),
) as ProgrammeDocument;
const now = new Date('2031-04-01T00:00:00Z');
const sample: NoticeSample = {
  template: 'confirmation',
  step: 'confirmation',
  groupCode: 'seniors',
  dose: 1,
  hasEmail: true,
  language: 'ja',
  venue: { code: 'v', name: '見本会場', address: '見本の住所' },
};
const look = (changes: Partial<NoticeSample>, changed: Partial<ProgrammeDocument> = {}) =>
  previewNotice({ ...document, ...changed }, { ...sample, ...changes }, 'https://yoyaku.example.jp', now);

test('every text of the programme can be looked at on every occasion, complete', () => {
  for (const step of document.journey) {
    const found = look({ template: step.template, step: step.id });
    expect(found?.message.text).not.toMatch(/\{\{|undefined|null/);
    expect(found?.message.html).toContain('<!DOCTYPE html>');
  }
});

test('a change names the appointment before, a cancellation who cancelled', () => {
  expect(look({ template: 'change', step: 'change' })?.message.text).toContain('前の予約');
  expect(look({ template: 'cancellation', step: 'cancellation' })?.message.text).toContain('ご本人のお手続き');
});

test('says how it would reach a person: by mail, by telephone, or not at all', () => {
  expect(look({})?.by).toBe('email');
  expect(look({})?.line.join('')).toContain(look({})?.message.subject);
  expect(look({ hasEmail: false })?.by).toBe('nobody');
  expect(look({ template: 'reminder', step: 'reminder', hasEmail: false })?.by).toBe('callback');
});

test('says what keeps a step from this person', () => {
  const journey = [
    {
      ...document.journey[0]!,
      id: 'confirmation',
      template: 'confirmation',
      conditions: [{ kind: 'dose' as const, doses: [2] }],
    },
  ];
  expect(look({}, { journey })?.keptBy).toBe('dose');
  expect(look({ dose: 2 }, { journey })?.keptBy).toBeUndefined();
});

test('a translation is written before anybody has reviewed it', () => {
  const translations = {
    en: { reviewed: false, templates: { confirmation: { subject: 'Booked', text: 'On {{date}}' } } },
  };
  expect(look({ language: 'en' }, { translations })?.message).toMatchObject({
    subject: 'Booked',
    text: 'On Tuesday, 8 April 2031',
  });
});

test('a text that is not there is none, whatever it is called', () => {
  expect([look({ template: 'nothing' }), look({ template: 'constructor' }), look({ template: '__proto__' })]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
