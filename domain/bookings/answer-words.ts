import { formatDateWithEraJa } from '../calendar/city-time';
import { isPlainDate } from '../calendar/plain-date';
import type { FormField } from '../programmes/document';
import type { Answer } from './form';

/** What was answered in a field, as people say it: the labels of what was chosen, a date in both calendars, はい or いいえ; '' for nothing. */
export function answerWords(field: FormField, answer: Answer | undefined): string {
  switch (field.kind) {
    case 'consent':
    case 'checkbox':
      return answer === undefined || answer === '' ? 'いいえ' : 'はい';
    case 'choice':
      return field.options.find((option) => option.value === answer)?.label ?? '';
    case 'choices':
      return chosenLabels(field, answer).join('、');
    case 'date':
      return typeof answer === 'string' && isPlainDate(answer) ? formatDateWithEraJa(answer) : textOf(answer);
    case 'note':
      return '';
    case 'text':
    case 'telephone':
    case 'email':
      return textOf(answer);
  }
}

/** The labels of what was chosen of several, in the order of the form. A draft holds one alone as text. */
export function chosenLabels(field: Extract<FormField, { kind: 'choices' }>, answer: Answer | undefined): string[] {
  const chosen: readonly unknown[] = Array.isArray(answer) ? answer : [answer];
  return field.options.filter((option) => chosen.includes(option.value)).map((option) => option.label);
}

function textOf(answer: Answer | undefined): string {
  return typeof answer === 'string' ? answer : '';
}
