import { formatDateWithEraJa } from '../calendar/city-time';
import { isPlainDate } from '../calendar/plain-date';
import type { FormField } from '../programme/document';

/** What was answered in a field, as people say it: the label of a choice, a date in both calendars, はい or いいえ; '' for nothing. */
export function answerWords(field: FormField, answer: string | true | undefined): string {
  switch (field.kind) {
    case 'consent':
    case 'checkbox':
      return answer === undefined || answer === '' ? 'いいえ' : 'はい';
    case 'choice':
      return field.options.find((option) => option.value === answer)?.label ?? '';
    case 'date':
      return typeof answer === 'string' && isPlainDate(answer) ? formatDateWithEraJa(answer) : String(answer ?? '');
    case 'note':
      return '';
    case 'text':
    case 'telephone':
    case 'email':
      return typeof answer === 'string' ? answer : '';
  }
}
