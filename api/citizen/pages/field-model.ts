import type { Answer, AnswerFault } from '../../../domain/bookings/form';
import type { FormField } from '../../../domain/programmes/document';
import { answerIn } from '../words/answer-words';
import type { Words } from '../words/words';

/** What is typed into a box. Undefined: it is ticked, or only read. */
const inputs: Readonly<Record<FormField['kind'], { type: string; autocomplete: string | undefined } | undefined>> = {
  telephone: { type: 'tel', autocomplete: 'tel' },
  email: { type: 'email', autocomplete: 'email' },
  text: { type: 'text', autocomplete: undefined },
  // Typed, as the birth date is: a calendar to leaf through is a long way to a day many years ago.
  date: { type: 'text', autocomplete: undefined },
  choice: undefined,
  choices: undefined,
  checkbox: undefined,
  consent: undefined,
  note: undefined,
};

/** A field of the programme's form, as `partials/field.hbs` shows it. `field`: in the page's language. */
export function fieldModel(
  words: Words,
  field: FormField,
  value: string | readonly string[],
  fault: AnswerFault | undefined,
  sentenceOf: (fault: AnswerFault) => string,
) {
  const error = fault && sentenceOf(fault);
  const describedBy = [
    field.help === undefined ? '' : `${field.name}-help`,
    error === undefined ? '' : `${field.name}-error`,
  ]
    .filter((id) => id !== '')
    .join(' ');
  return {
    id: field.name,
    label: field.label,
    help: field.help,
    required: field.required,
    error,
    describedBy: describedBy === '' ? undefined : describedBy,
    value,
    isConsent: field.kind === 'consent' || field.kind === 'checkbox',
    isNote: field.kind === 'note',
    options: optionsOf(words, field, [value].flat()),
    isLong: field.kind === 'text' && field.maxLength > 100,
    ...inputs[field.kind],
  };
}

/**
 * A choice that may be left out begins with a button for that, ticked at first: some browsers tick the first one of a group by themselves, and a
 * button once ticked has to have another to untick it.
 */
function optionsOf(words: Words, field: FormField, chosen: readonly string[]) {
  if (field.kind !== 'choice' && field.kind !== 'choices') return undefined;
  const options = field.options.map(({ value, label }) => ({
    id: `${field.name}-${value}`,
    name: field.name,
    value,
    label,
    checked: chosen.includes(value),
    type: field.kind === 'choices' ? 'checkbox' : 'radio',
  }));
  if (field.kind === 'choices' || field.required) return options;
  const isNone = options.every((option) => !option.checked);
  const none = { id: `${field.name}-`, name: field.name, value: '', label: noneOf(words, field), checked: isNone };
  return [{ ...none, type: 'radio' }, ...options];
}

/** What was answered, for the page where everything is checked. '' for nothing. */
export function reviewedAnswer(words: Words, field: FormField, answer: Answer | undefined): string {
  const said = answerIn(words, field, answer);
  return said === '' && field.kind === 'choice' && !field.required ? noneOf(words, field) : said;
}

function noneOf({ t }: Words, field: Extract<FormField, { kind: 'choice' }>): string {
  return field.none ?? t('field.none');
}
