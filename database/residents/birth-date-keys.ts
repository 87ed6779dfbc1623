import { setImmediate as nextTurn } from 'node:timers/promises';

import { addDays, cityDate } from '../../domain/calendar/city-time';
import type { KeyRing } from '../foundation/keys';
import { birthDateText, searchedKeys } from './search-keys';

/** Nobody alive was born before. */
const firstDay = '1895-01-01';
/** Days between two turns of the event loop: a few milliseconds of hashing. */
const daysAtOnce = 1_000;

export type BirthDateKeys = ReturnType<typeof createBirthDateKeys>;

/**
 * Tells birth dates by their search keys: there are some 48,000 days on which people who live were born, so the key of each is made once
 * and kept in memory. Nothing that is sealed is opened, and nothing is stored.
 */
export function createBirthDateKeys(keys: KeyRing) {
  const dates = new Map<string, string>();
  let known = firstDay;
  let filling: Promise<void> | undefined;

  async function fill(): Promise<void> {
    const last = addDays(cityDate(new Date()), 1);
    for (let count = 1; known <= last; known = addDays(known, 1), count++) {
      for (const key of searchedKeys(keys, birthDateText(known))) dates.set(key, known);
      if (count % daysAtOnce === 0) await nextTurn();
    }
  }

  return {
    /** The birth date (`YYYY-MM-DD`) of each search key, the key written as a decimal number. */
    async all(): Promise<ReadonlyMap<string, string>> {
      filling ??= fill().finally(() => {
        filling = undefined;
      });
      await filling;
      return dates;
    },
  };
}
