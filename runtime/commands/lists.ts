import { createListServices } from '../../database/lists';
import { withServices } from '../processes/services';
import type { Command } from './command';

const everyRows = 100_000;

/** `toki lists rebuild`: copies every booking again to the table that lists and figures read. */
export const listsRebuildCommand: Command = {
  usage: 'lists rebuild',
  summary: 'copy all bookings again to what lists, figures and searches read',
  help: 'Runs beside everything else; when it is stopped, begin it again. "doctor" says whether it is needed.',
  async run(args, io) {
    if (args.length > 0) return io.refuse(`"lists rebuild" takes no arguments, but got: ${args.join(' ')}.`);
    return withServices({ config: io.config, env: io.env, say: io.say, withTemporal: false }, async ({ database }) => {
      let said = 0;
      const rows = await createListServices({ database }).listedBookings.rebuild((done) => {
        if (done - said < everyRows) return;
        said = done;
        io.say(`  ${String(done)} bookings`);
      });
      io.say(`The lists hold ${String(rows)} bookings.`);
      return 0;
    });
  },
};
