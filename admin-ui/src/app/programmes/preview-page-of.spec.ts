import { previewPageOf } from './preview-page-of';

const nothing = () => undefined;

test.each([
  ['groups.0.label', { page: 'front' }],
  ['form.fields.2.help', { page: 'details' }],
  ['texts.couponHelp', { page: 'help' }],
  ['texts.front', { page: 'front' }],
  ['policies.holdMinutes', { page: 'details' }],
  ['identification.couponNumber.label', { page: 'login' }],
  ['translations.en.texts.whatToBring', { page: 'done', language: 'en' }],
  ['translations.ja-easy', { page: 'front', language: 'ja-easy' }],
])('%s is seen on the page of the citizen that shows it', (path, expected) => {
  expect(previewPageOf(path, nothing)).toEqual(expected);
});

test('a notice on the pages says itself where it is', () => {
  expect(
    previewPageOf('notices.1.text', (path) => (path.join('.') === 'notices.1.pages' ? ['times', 'done'] : undefined)),
  ).toEqual({ page: 'times' });
});
