import { channelWords } from '../../../../domain/contracts/channels';
import type { Schema } from '../api/api';
import { cityWords } from '../shared/city-time';

export { channelWords };

export type Row = Schema<'NumberRow'>;
export type By = 'day' | 'venue' | 'group' | 'dose' | 'channel';

/** A line of a table and a bar of its chart. Seats are null where they belong to nobody (a group). */
export interface Line {
  readonly key: string;
  readonly label: string;
  readonly capacity: number | null;
  readonly free: number | null;
  readonly held: number;
  readonly confirmed: number;
  readonly attended: number;
  readonly noShow: number;
  readonly cancelled: number;
  readonly unmet: number | null;
}

export interface Names {
  readonly venues: ReadonlyMap<string, string>;
  readonly groups: ReadonlyMap<string, string>;
  readonly doses: ReadonlyMap<string, string>;
}

/** The lines of one view, in the order in which the server gave them. */
export function linesBy(rows: readonly Row[], by: By, names: Names): Line[] {
  return rows.filter((row) => row.by === by).map((row) => lineOf(row, labelOf(row, by, names)));
}

export function lineOf(row: Row, label: string): Line {
  const { capacity, held, confirmed, attended, noShow, cancelled, unmet } = row;
  const hasSeats = row.by !== 'group';
  return {
    key: `${row.by} ${row.day ?? ''}${row.venueId ?? ''}${row.groupCode ?? ''}${String(row.dose ?? '')}${row.channel ?? ''}`,
    label,
    held,
    confirmed,
    attended,
    noShow,
    cancelled,
    capacity: hasSeats ? capacity : null,
    unmet: hasSeats ? unmet : null,
    // A seat once given to a person who did not come is gone.
    free: hasSeats ? Math.max(0, capacity - held - confirmed - attended - noShow) : null,
  };
}

function labelOf(row: Row, by: By, { venues, groups, doses }: Names): string {
  switch (by) {
    case 'day':
      return row.day === null ? '' : cityWords.day(row.day);
    case 'venue':
      return venues.get(row.venueId ?? '') ?? '（消された会場）';
    case 'group':
      return row.groupCode === '' ? '不明' : (groups.get(row.groupCode ?? '') ?? row.groupCode ?? '');
    case 'dose':
      return doses.get(String(row.dose)) ?? `${String(row.dose)}回目`;
    case 'channel':
      return row.channel === null ? '' : channelWords[row.channel];
  }
}
