import { withServices } from '../processes/services';
import { bringUpToDate } from '../servers/bring-up-to-date';
import type { Command } from './command';

/** `toki migrate`: brings the tables up to date. Forward only, and safe while the version before still runs. */
export const migrateCommand: Command = {
  usage: 'migrate',
  summary: 'bring the database up to date',
  async run(args, io) {
    if (args.length > 0) return io.refuse(`"migrate" takes no arguments, but got: ${args.join(' ')}.`);
    return withServices({ config: io.config, env: io.env, say: io.say, withTemporal: false }, async ({ database }) => {
      const applied = await bringUpToDate(database);
      io.say(applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}.`);
      return 0;
    });
  },
};
