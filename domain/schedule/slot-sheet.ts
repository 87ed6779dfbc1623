import { cityDate, cityTime, instantOf } from '../calendar/city-time';
import { isPlainDate, plainDate } from '../calendar/plain-date';
import { type Channel, channels, channelWords } from '../contracts/channels';
import { type CsvCell, unguardFormula } from '../csv/write-csv';
import { foldWidth } from '../text/fold-width';
import type { PlannedSlot } from './plan-slots';
import type { SheetFault } from './venue-sheet';

/** One slot per row: a venue's times as a spreadsheet shows them. */
const columnNames = {
  venueCode: '会場コード',
  date: '日付',
  from: '開始',
  until: '終了',
  dose: '回',
  vaccine: 'ワクチン',
  ...channelWords,
  // As the files say that cities have by now.
  web: 'Web',
} as const;
type Column = keyof typeof columnNames;
const columns = Object.keys(columnNames) as Column[];
const required = ['venueCode', 'date', 'from', 'until', 'dose'] as const;
const neededWords = {
  date: { name: '日付', example: '2026-05-29' },
  from: { name: '開始の時刻', example: '09:30' },
  until: { name: '終了の時刻', example: '09:30' },
} as const;
/** As in the form. */
const mostSeats = 999;

export const slotSheetHeader: readonly string[] = Object.values(columnNames);

export function slotSheetRow(venueCode: string, slot: PlannedSlot): CsvCell[] {
  return [
    venueCode,
    cityDate(slot.startsAt),
    cityTime(slot.startsAt),
    cityTime(slot.endsAt),
    slot.dose,
    slot.vaccine ?? '',
    ...channels.map((channel) => slot.quotas.find((quota) => quota.channel === channel)?.capacity ?? 0),
  ];
}

export type SlotColumns = ReadonlyMap<Column, number>;

export function findSlotColumns(
  header: readonly string[],
): { readonly ok: true; readonly columns: SlotColumns } | { readonly ok: false; readonly sentence: string } {
  const found = new Map<Column, number>();
  for (const [index, cell] of header.entries()) {
    const column = columns.find((name) => plain(columnNames[name]) === plain(cell));
    if (column === undefined) continue;
    if (found.has(column)) return { ok: false, sentence: `見出しに「${columnNames[column]}」の列が二つ以上あります。` };
    found.set(column, index);
  }
  if (found.size === 0)
    return {
      ok: false,
      sentence: `1行目に見出しがありません。1行目に「${slotSheetHeader.join('」「')}」の見出しを置いてください。`,
    };
  const missing = required.filter((column) => !found.has(column));
  if (missing.length > 0)
    return {
      ok: false,
      sentence: `見出しに${missing.map((column) => `「${columnNames[column]}」`).join('')}の列がありません。`,
    };
  if (!channels.some((channel) => found.has(channel)))
    return { ok: false, sentence: `席数の列がありません。「Web」「電話」「LINE」「会場」のどれかを置いてください。` };
  return { ok: true, columns: found };
}

/** One row as a planned slot, or everything that is wrong with it. `doses`: those of the programme. */
export function readSlotRow(
  cells: readonly string[],
  found: SlotColumns,
  doses: readonly number[],
):
  | { readonly ok: true; readonly venueCode: string; readonly slot: PlannedSlot }
  | { readonly ok: false; readonly faults: SheetFault[] } {
  const faults: SheetFault[] = [];
  const textOf = (column: Column): string => unguardFormula((cells[found.get(column) ?? -1] ?? '').trim());
  const fault = (column: Column, code: string, sentence: string): void => {
    faults.push({ column: columnNames[column], code, sentence });
  };
  const needed = (
    column: 'date' | 'from' | 'until',
    readText: (text: string) => string | undefined,
  ): string | undefined => {
    const text = textOf(column);
    const value = readText(text);
    const { name, example } = neededWords[column];
    if (value === undefined)
      fault(
        column,
        text === '' ? 'missing' : 'malformed',
        text === ''
          ? `${name}を入力してください。`
          : `${name}「${short(text)}」を読み取れません。${example} のように入力してください。`,
      );
    return value;
  };

  const venueCode = foldWidth(textOf('venueCode')).toLowerCase();
  if (venueCode === '') fault('venueCode', 'missing', '会場コードを入力してください。');
  const date = needed('date', readDate);
  const from = needed('from', readTime);
  const until = needed('until', readTime);
  if (from !== undefined && until !== undefined && from >= until)
    fault('until', 'not_after_start', '終了の時刻は、開始より後にしてください。');
  const doseText = foldWidth(textOf('dose')).replace(/回目?$/, '');
  const dose = Number(doseText);
  if (!/^\d$/.test(doseText) || !doses.includes(dose))
    fault(
      'dose',
      'unknown',
      textOf('dose') === ''
        ? '回を入力してください。'
        : `回「${short(textOf('dose'))}」はこの事業にありません（${doses.join('・')}のどれか）。`,
    );
  const vaccine = textOf('vaccine');
  if ([...vaccine].length > 20) fault('vaccine', 'too_long', 'ワクチンは20文字までです。');
  const quotas = channels.flatMap((channel): { channel: Channel; capacity: number }[] => {
    if (!found.has(channel)) return [];
    const text = foldWidth(textOf(channel));
    if (text === '') return [{ channel, capacity: 0 }];
    if (!/^\d{1,9}$/.test(text) || Number(text) > mostSeats) {
      fault(
        channel,
        'not_a_count',
        `「${columnNames[channel]}」の席数は0から${String(mostSeats)}までの数で入力してください。`,
      );
      return [];
    }
    return [{ channel, capacity: Number(text) }];
  });
  if (faults.length > 0 || date === undefined || from === undefined || until === undefined)
    return { ok: false, faults };
  return {
    ok: true,
    venueCode,
    slot: {
      dose,
      startsAt: instantOf(date, from),
      endsAt: instantOf(date, until),
      ...(found.has('vaccine') ? { vaccine: vaccine === '' ? null : vaccine } : {}),
      quotas,
    },
  };
}

/** `2026-05-29`, `2026/5/29`, `2026年5月29日`, `20260529`, and what spreadsheets add: full-width, a weekday in brackets. */
function readDate(text: string): string | undefined {
  const match = /^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))$/.exec(
    foldWidth(text)
      .replace(/[(（].[)）]$/, '')
      .trim(),
  );
  if (!match) return undefined;
  const date = plainDate({
    year: Number(match[1]),
    month: Number(match[2] ?? match[4]),
    day: Number(match[3] ?? match[5]),
  });
  return isPlainDate(date) ? date : undefined;
}

/** `9:30`, `09:30:00`, `9時30分`, `9時`, `0930` */
export function readTime(text: string): string | undefined {
  const match = /^(\d{1,2})(?::(\d{2})(?::00)?|時(?:(\d{1,2})分)?|(\d{2}))$/.exec(foldWidth(text).replace(/\s/g, ''));
  if (!match) return undefined;
  const [hour, minute] = [Number(match[1]), Number(match[2] ?? match[3] ?? match[4] ?? 0)];
  return hour < 24 && minute < 60 ? `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}` : undefined;
}

function plain(text: string): string {
  return foldWidth(text)
    .replace(/[\s()※*]|席数?$|枠$/g, '')
    .toLowerCase();
}

function short(text: string): string {
  return [...text].slice(0, 20).join('');
}
