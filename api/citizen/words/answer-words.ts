import { answerWords } from '../../../domain/booking/answer-words';
import { isPlainDate } from '../../../domain/calendar/plain-date';
import type { FormField } from '../../../domain/programme/document';
import type { Words } from './words';

/** What was answered in a field (which is in the page's language), as `answerWords` says it in Japanese. */
export function answerIn({ t, dates }: Words, field: FormField, answer: string | true | undefined): string {
  switch (field.kind) {
    case 'consent':
    case 'checkbox':
      return t(answer === undefined || answer === '' ? 'field.no' : 'field.yes');
    case 'date':
      return typeof answer === 'string' && isPlainDate(answer) ? dates.dayWithEra(answer) : String(answer ?? '');
    default:
      return answerWords(field, answer);
  }
}
