import type { Answers } from '../bookings/form';
import type { ProgrammeDocument } from '../programmes/document';

function answersOfKind(
  document: Pick<ProgrammeDocument, 'form'>,
  answers: Answers | undefined,
  kind: 'email' | 'telephone',
): string[] {
  return document.form.fields.flatMap((field) => {
    const value = field.kind === kind ? answers?.[field.name] : undefined;
    return typeof value === 'string' && value !== '' ? [value] : [];
  });
}

/** The address given in the form, in the first field of kind `email`; it is optional, so its absence is nothing unusual. */
export function emailIn(document: Pick<ProgrammeDocument, 'form'>, answers: Answers | undefined): string | undefined {
  return answersOfKind(document, answers, 'email')[0];
}

/** The telephone numbers given in the form. */
export function telephonesIn(document: Pick<ProgrammeDocument, 'form'>, answers: Answers | undefined): string[] {
  return answersOfKind(document, answers, 'telephone');
}
