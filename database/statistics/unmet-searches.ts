import { cityDate } from '../../domain/calendar/city-time';
import type { Channel } from '../../domain/contracts/booking-workflow';
import type { Database } from '../foundation/connection';

/** A person looked for a seat and found none. */
export interface UnmetSearch {
  readonly programmeId: string;
  /** Left out: in the whole city. */
  readonly venueId?: string | undefined;
  readonly dose: number;
  readonly channel: Channel;
  /** Who looked, to count people and not clicks. It stays in this process and is forgotten at the end of the day. */
  readonly who: string;
  /** The resident, where it is known: that the whole city had no seat for them is kept until they have one (`unmet_wish`). */
  readonly residentId?: string | undefined;
}

export type UnmetSearches = ReturnType<typeof createUnmetSearches>;

const writeEveryMs = 5_000;
/** People remembered per process; beyond it everybody is counted again rather than memory used without end. */
const mostRemembered = 500_000;

/**
 * Counts people who found no seat, by day, venue, dose and channel (242,000 were invited in 2021, and 57,000 of them wanted a seat
 * that was not there: the city heard of it from the newspaper). Counting costs the request nothing: it is written together, every 5 s.
 */
export function createUnmetSearches(database: Database, { now = () => new Date() }: { now?: () => Date } = {}) {
  let day = '';
  const seen = new Set<string>();
  let wishes: {
    readonly programme_id: string;
    readonly resident_id: string;
    readonly dose: number;
    readonly day: string;
  }[] = [];
  let counts = new Map<
    string,
    { readonly search: Omit<UnmetSearch, 'who' | 'residentId'>; readonly day: string; people: number }
  >();
  let timer: NodeJS.Timeout | undefined;

  function note({ who, residentId, ...search }: UnmetSearch): void {
    const today = cityDate(now());
    if (today !== day || seen.size >= mostRemembered) {
      day = today;
      seen.clear();
    }
    const key = [search.programmeId, search.venueId ?? '', search.dose, search.channel].join(' ');
    const person = `${key} ${who}`;
    if (seen.has(person)) return;
    seen.add(person);
    // A full venue counts for nothing here while another has seats.
    if (residentId !== undefined && search.venueId === undefined)
      wishes.push({ programme_id: search.programmeId, resident_id: residentId, dose: search.dose, day: today });
    const known = counts.get(`${today} ${key}`);
    if (known) known.people += 1;
    else counts.set(`${today} ${key}`, { search, day: today, people: 1 });
    timer ??= setTimeout(() => {
      void flush();
    }, writeEveryMs).unref();
  }

  /** Writes what was counted. What cannot be written is kept for the next time. */
  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const list = [...counts.values()];
    const people = wishes;
    if (list.length === 0 && people.length === 0) return;
    counts = new Map();
    wishes = [];
    try {
      await database.raw(
        `INSERT INTO unmet_search AS u (programme_id, day, venue_id, dose, channel, people)
         SELECT * FROM jsonb_to_recordset(?) AS x(programme_id uuid, day date, venue_id uuid, dose int, channel text, people int)
         ON CONFLICT ON CONSTRAINT unmet_search_once DO UPDATE SET people = u.people + excluded.people`,
        [
          JSON.stringify(
            list.map(({ search: { programmeId, venueId, dose, channel }, day: date, people: count }) => ({
              programme_id: programmeId,
              day: date,
              venue_id: venueId,
              dose,
              channel,
              people: count,
            })),
          ),
        ],
      );
      list.length = 0;
      await database.raw(
        `INSERT INTO unmet_wish (programme_id, resident_id, dose, day)
         SELECT x.* FROM jsonb_to_recordset(?) AS x(programme_id uuid, resident_id uuid, dose int, day date) JOIN resident r ON r.id = x.resident_id ON CONFLICT DO NOTHING`,
        [JSON.stringify(people)],
      );
    } catch {
      wishes = [...people, ...wishes];
      // A figure, not a booking: the database being away is told by others.
      for (const item of list) {
        const key = [
          item.day,
          item.search.programmeId,
          item.search.venueId ?? '',
          item.search.dose,
          item.search.channel,
        ].join(' ');
        const later = counts.get(key);
        counts.set(key, later ? { ...later, people: later.people + item.people } : item);
      }
      timer ??= setTimeout(() => {
        void flush();
      }, writeEveryMs).unref();
    }
  }

  return { note, flush };
}
