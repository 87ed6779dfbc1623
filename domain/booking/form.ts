import { explainEmailAddressFault, parseEmailAddress } from '../email-address';
import type { FormField, ProgrammeDocument } from '../programme/document';
import { explainTelephoneFault, parseTelephone } from '../telephone';

/** What is kept of a field: text as entered (telephone: its digits, e-mail: its deliverable form), `true` for a given consent. */
export type Answer = string | true;
export type Answers = Readonly<Record<string, Answer>>;

export interface AnswerFault {
  readonly field: string;
  readonly code: 'missing' | 'malformed' | 'too_long' | 'unknown_field';
  readonly sentence: string;
}

/**
 * Checks raw answers (from JSON or a form: text or boolean per field) against the programme version's form.
 * Empty optional fields are left out. Never throws.
 */
export function checkAnswers(
  document: ProgrammeDocument,
  raw: Readonly<Record<string, unknown>>,
): { ok: true; answers: Answers } | { ok: false; faults: AnswerFault[] } {
  const answers: Record<string, Answer> = {};
  const faults: AnswerFault[] = [];
  const fields = document.form.fields;
  for (const name of Object.keys(raw)) {
    if (!fields.some((field) => field.name === name)) faults.push({ field: name, code: 'unknown_field', sentence: '入力欄にない項目が送られました。' });
  }
  for (const field of fields) {
    const result = checkAnswer(field, Object.hasOwn(raw, field.name) ? raw[field.name] : undefined);
    if ('fault' in result) faults.push({ field: field.name, ...result.fault });
    else if (result.answer !== undefined) answers[field.name] = result.answer;
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, answers };
}

type Checked = { answer: Answer | undefined } | { fault: Omit<AnswerFault, 'field'> };

function checkAnswer(field: FormField, value: unknown): Checked {
  if (field.kind === 'consent') {
    if (value === true || value === 'true' || value === 'on' || value === '1') return { answer: true };
    if (value !== undefined && value !== null && value !== false && value !== '' && value !== 'false') return malformed('チェックの状態を読み取れませんでした。');
    return field.required ? missing(`「${field.label}」にチェックを入れてください。`) : { answer: undefined };
  }
  if (value !== undefined && value !== null && typeof value !== 'string') return malformed(`${field.label}を文字で入力してください。`);
  const text = (value ?? '').trim();
  if (text === '') return field.required ? missing(`${field.label}を入力してください。`) : { answer: undefined };
  switch (field.kind) {
    case 'telephone': {
      const result = parseTelephone(text);
      return result.ok ? { answer: result.value.digits } : malformed(explainTelephoneFault(result.fault));
    }
    case 'email': {
      const result = parseEmailAddress(text);
      return result.ok ? { answer: result.value } : malformed(explainEmailAddressFault(result.fault));
    }
    case 'text':
      return [...text].length > field.maxLength
        ? { fault: { code: 'too_long', sentence: `${field.label}は${String(field.maxLength)}文字以内で入力してください。` } }
        : { answer: text };
  }
}

function missing(sentence: string): Checked {
  return { fault: { code: 'missing', sentence } };
}

function malformed(sentence: string): Checked {
  return { fault: { code: 'malformed', sentence } };
}
