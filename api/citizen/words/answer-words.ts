import { answerWords, chosenLabels } from '../../../domain/bookings/answer-words';
import type { Answer } from '../../../domain/bookings/form';
import { isPlainDate } from '../../../domain/calendar/plain-date';
import type { FormField } from '../../../domain/programmes/document';
import { localeOf } from '../../../domain/site/languages';
import type { Words } from './words';

/** What was answered in a field (which is in the page's language), as `answerWords` says it in Japanese. */
export function answerIn({ language, t, dates }: Words, field: FormField, answer: Answer | undefined): string {
  switch (field.kind) {
    case 'consent':
    case 'checkbox':
      return t(answer === undefined || answer === '' ? 'field.no' : 'field.yes');
    case 'date':
      return typeof answer === 'string' && isPlainDate(answer) ? dates.dayWithEra(answer) : answerWords(field, answer);
    case 'choices':
      return new Intl.ListFormat(localeOf(language)).format(chosenLabels(field, answer));
    default:
      return answerWords(field, answer);
  }
}
