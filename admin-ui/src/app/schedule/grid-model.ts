import type { Schema } from '../api/api';
import { cityDay, cityWords } from '../shared/city-time';
import type { SeatCounts } from './seat-bar';
import { channelWords } from './week';

export type GridSlot = Schema<'GridSlot'>;

export interface Cell {
  readonly slot: GridSlot;
  readonly counts: SeatCounts;
  readonly isPast: boolean;
}

/** A place in the grid, from 0. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

/** The slots of one dose as times × days. */
export interface GridModel {
  readonly times: readonly string[];
  readonly days: readonly string[];
  at(place: Place): Cell | undefined;
}

export function gridOf(slots: readonly GridSlot[], days: readonly string[], dose: number, now: Date): GridModel {
  const cells = new Map<string, Cell>();
  const times = new Set<string>();
  for (const slot of slots) {
    if (slot.dose !== dose) continue;
    const time = cityWords.time(slot.startsAt).padStart(5, '0');
    times.add(time);
    cells.set(`${cityDay(slot.startsAt)} ${time}`, {
      slot,
      counts: countsOf(slot),
      isPast: new Date(slot.startsAt) <= now,
    });
  }
  const sorted = [...times].sort();
  return { times: sorted, days, at: ({ row, column }) => cells.get(`${days[column] ?? ''} ${sorted[row] ?? ''}`) };
}

export function countsOf({ seats }: GridSlot): SeatCounts {
  const sum = (pick: keyof SeatCounts) => seats.reduce((all, seat) => all + seat[pick], 0);
  return { planned: sum('planned'), held: sum('held'), booked: sum('booked'), free: sum('free') };
}

/** The place after a key, kept inside the grid; undefined for keys that do not move. */
export function moved(place: Place, key: string, { times, days }: GridModel, ctrl: boolean): Place | undefined {
  const last = { row: times.length - 1, column: days.length - 1 };
  switch (key) {
    case 'ArrowUp':
      return { ...place, row: Math.max(0, place.row - 1) };
    case 'ArrowDown':
      return { ...place, row: Math.min(last.row, place.row + 1) };
    case 'ArrowLeft':
      return { ...place, column: Math.max(0, place.column - 1) };
    case 'ArrowRight':
      return { ...place, column: Math.min(last.column, place.column + 1) };
    case 'Home':
      return { row: ctrl ? 0 : place.row, column: 0 };
    case 'End':
      return { row: ctrl ? last.row : place.row, column: last.column };
    default:
      return undefined;
  }
}

export function isWithin(place: Place, from: Place, to: Place): boolean {
  const between = (value: number, a: number, b: number) => value >= Math.min(a, b) && value <= Math.max(a, b);
  return between(place.row, from.row, to.row) && between(place.column, from.column, to.column);
}

/** The slots in the rectangle between two places, in order of time; those that have begun cannot be changed and are left out. */
export function slotsWithin(model: GridModel, from: Place, to: Place): GridSlot[] {
  const found: GridSlot[] = [];
  for (let row = 0; row < model.times.length; row++) {
    for (let column = 0; column < model.days.length; column++) {
      const cell = isWithin({ row, column }, from, to) ? model.at({ row, column }) : undefined;
      if (cell && !cell.isPast) found.push(cell.slot);
    }
  }
  return found.sort((a, b) => (a.startsAt < b.startsAt ? -1 : 1));
}

/** What a cell shows of a slot, or a day, that takes no new bookings. */
export function stoppedWords({ held, booked }: SeatCounts): string {
  return `受付停止・予約${String(booked)}${held > 0 ? `・仮押さえ${String(held)}` : ''}`;
}

/** A cell in a sentence: for screen readers, and for the line that tells about the cell in focus. */
export function cellWords(cell: Cell): string {
  const { slot } = cell;
  const seats = slot.seats
    .filter((seat) => seat.planned > 0)
    .map(
      (seat) =>
        `${channelWords[seat.channel]} ${String(seat.planned)}席（予約${String(seat.booked)}・仮押さえ${String(seat.held)}・空き${String(seat.free)}）`,
    );
  const extra = [
    ...(slot.stopped ? ['新しい予約の受付を止めている枠'] : []),
    ...(slot.vaccine === null ? [] : [slot.vaccine]),
    ...(slot.setByHand ? ['手で変えた枠'] : []),
    ...(cell.isPast ? ['終わった枠'] : []),
  ];
  return `${cityWords.day(slot.startsAt)} ${cityWords.time(slot.startsAt)}～${cityWords.time(slot.endsAt)}、${seats.length > 0 ? seats.join('、') : '席なし'}${extra.length > 0 ? `、${extra.join('、')}` : ''}`;
}
