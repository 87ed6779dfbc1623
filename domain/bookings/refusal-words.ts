import { cityDate, cityTime, formatDateJa, formatTimeJa } from '../calendar/city-time';
import { isPlainDate } from '../calendar/plain-date';
import { type Refusal, refusals } from '../contracts/booking-refusals';
import type { ProgrammeDocument } from '../programmes/document';
import { inOwnWords } from '../programmes/words';

/** As `refusalSentence`, in the words of the programme: what its paper is called, and what is done there. */
export function refusalInProgramme(document: ProgrammeDocument, refusal: Refusal): string {
  return inOwnWords(document, refusalSentence(refusal));
}

/** The sentence of a refusal with the facts of this case, where they help: which day, what time. */
export function refusalSentence(refusal: Refusal): string {
  const { sentence } = refusals[refusal.code];
  const { detail } = refusal;
  if (!detail) return sentence;
  switch (refusal.code) {
    case 'not_open_yet': {
      const opens = momentJa(detail['opensAt']);
      return opens === undefined ? sentence : `まだ予約の受付が始まっていません。${opens}から受け付けます。`;
    }
    case 'outside_window': {
      const first = dayJa(detail['first']);
      const last = dayJa(detail['last']);
      return first === undefined || last === undefined
        ? sentence
        : `この日は予約できる期間の外です。いまお選びいただけるのは、${first}から${last}までです。`;
    }
    case 'too_early_for_dose': {
      const earliest = dayJa(detail['earliest']);
      return earliest === undefined
        ? sentence
        : `前の回から必要な間隔があいていません。${earliest}以降の日をお選びください。`;
    }
    case 'too_late_for_dose': {
      const latest = dayJa(detail['latest']);
      return latest === undefined ? sentence : `前の回からの間隔が長すぎます。${latest}までの日をお選びください。`;
    }
    case 'breaks_pair': {
      const latest = dayJa(detail['latest']);
      return latest === undefined
        ? sentence
        : `この日に変えると、次の回との間隔が合わなくなります。${latest}までの日をお選びいただくか、先に次の回の予約を変更してください。`;
    }
    default:
      return sentence;
  }
}

function dayJa(value: string | number | undefined): string | undefined {
  return typeof value === 'string' && isPlainDate(value) ? formatDateJa(value) : undefined;
}

function momentJa(value: string | number | undefined): string | undefined {
  if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) return undefined;
  return `${formatDateJa(cityDate(value))}${formatTimeJa(cityTime(value))}`;
}
