import type { Database } from '../foundation/connection';
import type { KeyRing } from '../foundation/keys';
import type { Affected } from '../programmes';
import { createBirthDateKeys } from '../residents';
import { createStatistics, type Statistics } from './statistics';
import { createToDoReader, type ToDoReader } from './to-do';
import { createUnmetSearchFigures, type UnmetSearchFigures } from './unmet-search-figures';
import { createUnmetSearches, type UnmetSearches } from './unmet-searches';

export { type Statistics, statisticsDimensions, type StatisticsRow } from './statistics';
export { createThroughput, type Throughput } from './throughput';
export type { ToDoReader } from './to-do';
export type { UnmetSearchDay, UnmetSearchFigures } from './unmet-search-figures';
export type { UnmetSearches } from './unmet-searches';

/** Counts for staff, and what waits for a person. */
export interface StatisticsServices {
  readonly statistics: Statistics;
  readonly toDo: ToDoReader;
  readonly unmetSearches: UnmetSearches;
  readonly unmetSearchFigures: UnmetSearchFigures;
}

export function createStatisticsServices({
  database,
  keys,
  affected,
}: {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly affected: Pick<Affected, 'people'>;
}): StatisticsServices {
  return {
    statistics: createStatistics(database),
    toDo: createToDoReader(database),
    unmetSearches: createUnmetSearches(database),
    unmetSearchFigures: createUnmetSearchFigures({ database, birthDates: createBirthDateKeys(keys), affected }),
  };
}
