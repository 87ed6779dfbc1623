import { answerWords } from '../bookings/answer-words';
import type { Answers } from '../bookings/form';
import type { FormField, ProgrammeDocument } from '../programmes/document';

/** One answer that the reception sees, in words. */
export interface ToldAnswer {
  readonly name: string;
  readonly label: string;
  readonly words: string;
}

/** What a person answered that the reception is to know: fields with `shownAtReception`, without those that were left empty. */
export function toldAtReception({ form }: Pick<ProgrammeDocument, 'form'>, answers: Answers | undefined): ToldAnswer[] {
  return form.fields.flatMap((field) => {
    const answer = isTold(field) ? answers?.[field.name] : undefined;
    return answer === undefined ? [] : [{ name: field.name, label: field.label, words: answerWords(field, answer) }];
  });
}

/** Whether the document tells the reception anything: only then are answers opened for it. */
export function tellsReception({ form }: Pick<ProgrammeDocument, 'form'>): boolean {
  return form.fields.some(isTold);
}

/** 「当日のお手伝い：車いすを使う、筆談を希望する」 */
export function toldWords(told: readonly ToldAnswer[]): string {
  return told.map(({ label, words }) => `${label}：${words}`).join('／');
}

function isTold(field: FormField): boolean {
  return field.kind !== 'note' && field.shownAtReception === true;
}
