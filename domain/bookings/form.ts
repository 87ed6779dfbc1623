import { formatDateJa } from '../calendar/city-time';
import { isPlainDate } from '../calendar/plain-date';
import type { Channel } from '../contracts/booking-workflow';
import type { FieldCondition, FormField, ProgrammeDocument } from '../programmes/document';
import { isPlainText } from '../programmes/parts/basics';
import { defined } from '../text/defined';
import { type EmailAddressFault, explainEmailAddressFault, parseEmailAddress } from '../text/email-address';
import { foldWidth } from '../text/fold-width';
import { explainTelephoneFault, parseTelephone, type TelephoneFault } from '../text/telephone';

/**
 * What is kept of a field: text as entered (telephone: its digits, e-mail: its deliverable form, choice: the option's value, date: YYYY-MM-DD),
 * `true` for a tick, the options' values for several choices (at least one, in the order of the form).
 */
export type Answer = string | true | readonly string[];
export type Answers = Readonly<Record<string, Answer>>;

export interface AnswerFault {
  readonly field: string;
  readonly code:
    'missing' | 'malformed' | 'too_short' | 'too_long' | 'not_an_option' | 'too_early' | 'too_late' | 'unknown_field';
  readonly sentence: string;
  /** Finer than the code: the same fault said in another language needs no more than this, the field and the limit. */
  readonly reason: AnswerFaultReason;
  /** Characters, digits or a date, where the reason speaks of one. */
  readonly limit?: number | string;
}

export type AnswerFaultReason =
  | 'empty'
  | 'not_chosen'
  | 'not_ticked'
  | 'not_text'
  | 'not_a_tick'
  | 'unknown_field'
  | 'not_an_option'
  | 'hidden_characters'
  | 'not_digits'
  | 'not_kana'
  | 'too_few_digits'
  | 'too_short'
  | 'too_long'
  | 'not_a_date'
  | 'too_early'
  | 'too_late'
  | `telephone_${TelephoneFault}`
  | `email_${EmailAddressFault}`;

/** What is known of the booking whose form it is. A condition on something that is not known counts as fulfilled: better asked than missed. */
export interface FormContext {
  readonly dose?: number;
  readonly groups?: readonly string[];
  readonly channel?: Channel;
  /** The day of answering in the city, for dates "not after today". */
  readonly today?: string;
}

type Raw = Readonly<Record<string, unknown>>;

/**
 * Checks raw answers (from JSON or a form: text or boolean per field) against the programme version's form.
 * Empty optional fields are left out; so is what was typed into a field that is not asked. Never throws.
 */
export function checkAnswers(
  document: ProgrammeDocument,
  raw: Raw,
  context: FormContext = {},
): { ok: true; answers: Answers } | { ok: false; faults: AnswerFault[] } {
  const answers: Record<string, Answer> = {};
  const faults: AnswerFault[] = [];
  const { fields } = document.form;
  for (const name of Object.keys(raw)) {
    if (!fields.some((field) => field.name === name && field.kind !== 'note'))
      faults.push({
        field: name,
        code: 'unknown_field',
        sentence: '入力欄にない項目が送られました。',
        reason: 'unknown_field',
      });
  }
  walk(fields, raw, context, (field, result) => {
    if ('fault' in result) faults.push({ field: field.name, ...result.fault });
    else if (result.answer !== undefined) answers[field.name] = result.answer;
  });
  return faults.length > 0 ? { ok: false, faults } : { ok: true, answers };
}

/** The fields that are asked, given what is answered so far: those without conditions, and those whose conditions hold. */
export function fieldsAsked(document: ProgrammeDocument, raw: Raw, context: FormContext = {}): FormField[] {
  const asked: FormField[] = [];
  walk(document.form.fields, raw, context, (field) => asked.push(field));
  return asked;
}

/** Fields in order: a condition can only ask for what is before it, so one pass decides. */
function walk(
  fields: readonly FormField[],
  raw: Raw,
  context: FormContext,
  visit: (field: FormField, result: Checked) => void,
): void {
  const given: Record<string, Answer> = Object.create(null) as Record<string, Answer>;
  for (const field of fields) {
    if (!(field.showWhen ?? []).every((condition) => holds(condition, given, context))) continue;
    const result: Checked =
      field.kind === 'note'
        ? { answer: undefined }
        : checkAnswer(field, Object.hasOwn(raw, field.name) ? raw[field.name] : undefined, context);
    if ('answer' in result && result.answer !== undefined) given[field.name] = result.answer;
    visit(field, result);
  }
}

function holds(condition: FieldCondition, given: Answers, { dose, groups, channel }: FormContext): boolean {
  switch (condition.kind) {
    case 'given':
      return given[condition.field] !== undefined;
    case 'not_given':
      return given[condition.field] === undefined;
    case 'one_of': {
      const answer = given[condition.field];
      const chosen = typeof answer === 'string' ? [answer] : Array.isArray(answer) ? (answer as readonly string[]) : [];
      return chosen.some((value) => condition.values.includes(value));
    }
    case 'dose':
      return dose === undefined || condition.doses.includes(dose);
    case 'group':
      return groups === undefined || condition.groups.some((code) => groups.includes(code));
    case 'channel':
      return channel === undefined || condition.channels.includes(channel);
  }
}

type Checked = { answer: Answer | undefined } | { fault: Omit<AnswerFault, 'field'> };
type AskingField = Exclude<FormField, { kind: 'note' }>;

function checkAnswer(field: AskingField, value: unknown, context: FormContext): Checked {
  if (field.kind === 'consent' || field.kind === 'checkbox') {
    if (value === true || value === 'true' || value === 'on' || value === '1') return { answer: true };
    if (value !== undefined && value !== null && value !== false && value !== '' && value !== 'false')
      return malformed('not_a_tick', 'チェックの状態を読み取れませんでした。');
    return field.required
      ? missing('not_ticked', `「${field.label}」にチェックを入れてください。`)
      : { answer: undefined };
  }
  if (field.kind === 'choices') return checkChoices(field, value);
  if (value !== undefined && value !== null && typeof value !== 'string')
    return malformed('not_text', `${field.label}を文字で入力してください。`);
  const text = (value ?? '').trim();
  if (text === '')
    return field.required
      ? field.kind === 'choice'
        ? missing('not_chosen', `${field.label}を選んでください。`)
        : missing('empty', `${field.label}を入力してください。`)
      : { answer: undefined };
  switch (field.kind) {
    case 'telephone': {
      const result = parseTelephone(text);
      return result.ok
        ? { answer: result.value.digits }
        : malformed(`telephone_${result.fault}`, explainTelephoneFault(result.fault));
    }
    case 'email': {
      const result = parseEmailAddress(text);
      return result.ok
        ? { answer: result.value }
        : malformed(`email_${result.fault}`, explainEmailAddressFault(result.fault));
    }
    case 'choice': {
      // A caller that types instead of choosing (an operator, a program) may write the label.
      const chosen = field.options.find((option) => option.value === text || option.label === text);
      return chosen
        ? { answer: chosen.value }
        : fault('not_an_option', 'not_an_option', `${field.label}を一覧から選んでください。`);
    }
    case 'date':
      return checkDate(field, text, context);
    case 'text':
      return checkText(field, text);
  }
}

/** A list of the options' values or labels; one of them alone, nothing at all and empty texts are fine too, as forms send them. */
function checkChoices(field: Extract<FormField, { kind: 'choices' }>, value: unknown): Checked {
  const given: unknown[] = Array.isArray(value) ? value : [value ?? ''];
  if (!given.every((item) => typeof item === 'string'))
    return malformed('not_text', `${field.label}を文字で入力してください。`);
  const texts = given.map((item) => item.trim()).filter((item) => item !== '');
  const isOne = (text: string, { value, label }: { value: string; label: string }) => value === text || label === text;
  if (texts.some((text) => !field.options.some((option) => isOne(text, option))))
    return fault('not_an_option', 'not_an_option', `${field.label}を一覧から選んでください。`);
  const chosen = field.options.filter((option) => texts.some((text) => isOne(text, option)));
  if (chosen.length > 0) return { answer: chosen.map((option) => option.value) };
  return field.required ? missing('not_chosen', `${field.label}を選んでください。`) : { answer: undefined };
}

function checkText(field: Extract<FormField, { kind: 'text' }>, text: string): Checked {
  const length = [...text].length;
  if (length > field.maxLength)
    return fault(
      'too_long',
      'too_long',
      `${field.label}は${String(field.maxLength)}文字以内で入力してください。`,
      field.maxLength,
    );
  if (!isPlainText(text))
    return malformed('hidden_characters', `${field.label}に、使えない文字（見えない文字など）が入っています。`);
  if (field.only === 'digits') {
    const digits = foldWidth(text).replace(/[\s-]/g, '');
    if (!/^[0-9]+$/.test(digits)) return malformed('not_digits', `${field.label}は数字だけで入力してください。`);
    return digits.length < (field.minLength ?? 0)
      ? fault(
          'too_short',
          'too_few_digits',
          `${field.label}は${String(field.minLength)}けた以上で入力してください。`,
          field.minLength,
        )
      : { answer: digits };
  }
  if (field.only === 'kana' && !/^[ぁ-ゖァ-ヺｦ-ﾟーゝゞヽヾ・\s]+$/.test(text))
    return malformed('not_kana', `${field.label}はひらがなかカタカナで入力してください。`);
  return length < (field.minLength ?? 0)
    ? fault(
        'too_short',
        'too_short',
        `${field.label}は${String(field.minLength)}文字以上で入力してください。`,
        field.minLength,
      )
    : { answer: text };
}

function checkDate(field: Extract<FormField, { kind: 'date' }>, text: string, { today }: FormContext): Checked {
  const match = /^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?$/.exec(foldWidth(text).replace(/\s/g, ''));
  const date = match
    ? `${match[1] ?? ''}-${(match[2] ?? '').padStart(2, '0')}-${(match[3] ?? '').padStart(2, '0')}`
    : '';
  if (!isPlainDate(date)) return malformed('not_a_date', `${field.label}を、2021年5月6日 のように入力してください。`);
  const [first, last] = [field.notBefore, field.notAfter].map((bound) => (bound === 'today' ? today : bound));
  if (first !== undefined && date < first)
    return fault('too_early', 'too_early', `${field.label}は${formatDateJa(first)}以後の日を入力してください。`, first);
  if (last !== undefined && date > last)
    return fault('too_late', 'too_late', `${field.label}は${formatDateJa(last)}以前の日を入力してください。`, last);
  return { answer: date };
}

function fault(
  code: AnswerFault['code'],
  reason: AnswerFaultReason,
  sentence: string,
  limit?: number | string,
): { fault: Omit<AnswerFault, 'field'> } {
  return { fault: { code, reason, sentence, ...defined({ limit }) } };
}

function missing(reason: AnswerFaultReason, sentence: string): Checked {
  return fault('missing', reason, sentence);
}

function malformed(reason: AnswerFaultReason, sentence: string): Checked {
  return fault('malformed', reason, sentence);
}
