import { makeKeys, parseKeys } from '../../database/foundation/keys';
import { ImportUnderWayError, rotateKeys } from '../../database/upkeep';
import { withServices } from '../processes/services';
import { dataFolderPaths, holdDataFolder, keysOf, writePrivately } from '../servers/data-folder';
import type { Command } from './command';

/** `toki keys add`: puts a new key in front of those of the data folder. */
export const keysAddCommand: Command = {
  usage: 'keys add',
  summary: 'make a new current key (embedded database), before "keys rotate"',
  help: 'With DATABASE_URL the keys are yours: put a new one in front of TOKI_KEYS and restart every process.',
  run(args, io) {
    if (args.length > 0)
      return Promise.resolve(io.refuse(`"keys add" takes no arguments, but got: ${args.join(' ')}.`));
    if (io.config.keys !== undefined)
      return Promise.resolve(
        io.refuse('The keys come from TOKI_KEYS: put a new one in front there, and restart every process.'),
      );
    // Running processes would not know the new key: the lock makes sure that there are none.
    const folder = holdDataFolder(io.config.dataDir);
    try {
      const before = keysOf(io.config.dataDir);
      const ids = new Set(parseKeys(before).keyIds);
      let next = ids.size + 1;
      while (ids.has(`k${String(next)}`)) next += 1;
      writePrivately(dataFolderPaths(io.config.dataDir).keys, `${makeKeys(`k${String(next)}`)},${before}\n`);
      io.say(`New current key: k${String(next)}. Now run "npm run toki -- keys rotate" to seal everything anew.`);
      return Promise.resolve(0);
    } finally {
      folder.letGo();
    }
  },
};

/** `toki keys rotate`: seals everything again under the current key. */
export const keysRotateCommand: Command = {
  usage: 'keys rotate',
  summary: 'seal all personal data anew under the current key',
  help: 'Runs beside the applications and goes on where it was when it is stopped. Keep the older keys in TOKI_KEYS until it has ended everywhere.',
  async run(args, io) {
    if (args.length > 0) return io.refuse(`"keys rotate" takes no arguments, but got: ${args.join(' ')}.`);
    return withServices(
      { config: io.config, env: io.env, say: io.say, withTemporal: false },
      async ({ database, keys }) => {
        try {
          const { rows } = await rotateKeys(database, keys, (table, count) => {
            io.say(`  ${table}: ${String(count)}`);
          });
          const sealed = Object.entries(rows)
            .filter(([, count]) => count > 0)
            .map(([table, count]) => `${table} ${String(count)}`);
          io.say(
            sealed.length === 0
              ? `Everything is sealed with key ${keys.currentKeyId} already.`
              : `Sealed anew with key ${keys.currentKeyId}: ${sealed.join(', ')}.`,
          );
          const older = keys.keyIds.filter((id) => id !== keys.currentKeyId);
          if (older.length > 0)
            io.say(
              `No row needs ${older.join(', ')} any more. Temporal's workflows may, until those that run now have ended.`,
            );
          return 0;
        } catch (error) {
          if (!(error instanceof ImportUnderWayError)) throw error;
          return io.refuse('An import waits or runs at this moment: approve or reject it first, then rotate the keys.');
        }
      },
    );
  },
};
