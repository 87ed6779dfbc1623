import { type Database, foreignMigrations, migrate } from '../../database/foundation/connection';
import { StartError } from '../start-error';

/**
 * Brings the tables up to date. Returns the names of the migrations that were applied.
 *
 * @throws StartError when another build made the database: a newer one, or one from before the migrations were numbered in one order.
 */
export async function bringUpToDate(database: Database): Promise<string[]> {
  const foreign = await foreignMigrations(database);
  if (foreign.length > 0)
    throw new StartError(
      `This database was made by another build of Toki: it holds ${foreign.slice(0, 3).join(', ')}${foreign.length > 3 ? ' …' : ''}, which this one does not know. Run the build that made it, or begin with an empty database ("npm run reset" empties the embedded one).`,
    );
  return migrate(database);
}
