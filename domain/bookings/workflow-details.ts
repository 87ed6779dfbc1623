import { cityDate, formatDateWithEraJa, formatTimeJa } from '../calendar/city-time';
import {
  type BookingFacts,
  cancelUpdateName,
  resendNoticeUpdateName,
  type Timeline,
  type TimelineEntry,
} from '../contracts/booking-workflow';
import { shortMoment, stateWords } from './booking-words';

const marks: Readonly<Record<TimelineEntry['status'], string>> = {
  done: '済',
  to_come: '予定',
  skipped: 'なし',
  failed: '要確認',
};

/**
 * The state of a booking, in Markdown, for the details of its workflow in the Temporal UI: state, what is next and when,
 * what was done, what an operator may do. Names nobody.
 */
export function bookingDetails(
  timeline: Timeline,
  facts: BookingFacts | undefined,
  resendable: readonly string[],
): string {
  const [next] = timeline.toCome;
  const rows: [string, string][] = [['状態', stateWords(timeline.state)]];
  if (facts) {
    rows.push(['回', `${String(facts.dose)}回目`]);
    rows.push([
      '日時',
      `${formatDateWithEraJa(cityDate(facts.slotStartsAt))} ${formatTimeJa(new Date(facts.slotStartsAt))}`,
    ]);
    rows.push(['会場', facts.venueName]);
  }
  rows.push(['次にすること', next ? `${next.label}（${shortMoment(next.at)}）` : 'ありません']);
  return [
    '| | |',
    '|---|---|',
    ...rows.map(([name, value]) => `| ${name} | ${cell(value)} |`),
    '',
    '### これまでとこれから',
    '',
    ...[...timeline.done, ...timeline.toCome].map(
      (entry) => `- ${shortMoment(entry.at)} ${cell(entry.label)} **${marks[entry.status]}**`,
    ),
    ...operations(timeline, resendable),
    '',
  ].join('\n');
}

function operations(timeline: Timeline, resendable: readonly string[]): string[] {
  const lines: string[] = [];
  if (timeline.state === 'confirmed')
    lines.push(
      `- 予約を取り消す: \`${cancelUpdateName}\` 入力例 \`{"reason": "operator"}\`（市の都合のときは \`"city"\`）`,
    );
  const [step] = resendable;
  if (step !== undefined && timeline.state === 'confirmed')
    lines.push(`- お知らせをもう一度送る: \`${resendNoticeUpdateName}\` 入力例 \`{"step": "${step}"}\``);
  return lines.length === 0 ? [] : ['', '### できる操作（Update）', '', ...lines];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
