import { readConfig } from '../config';
import { runMain } from '../processes/run-main';
import type { Command, CommandIo } from './command';

/** Commands by name; loaded when they are asked for, because some of them take half a second to load. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  migrate: async () => (await import('./migrate.js')).migrateCommand,
  import: async () => (await import('./import.js')).importCommand,
  'staff add': async () => (await import('./staff-add.js')).staffAddCommand,
  doctor: async () => (await import('./doctor.js')).doctorCommand,
  watch: async () => (await import('./watch.js')).watchCommand,
  'lists rebuild': async () => (await import('./lists.js')).listsRebuildCommand,
  'keys add': async () => (await import('./keys.js')).keysAddCommand,
  'keys rotate': async () => (await import('./keys.js')).keysRotateCommand,
  bench: async () => (await import('./bench/bench.js')).benchCommand,
};

function call(name: string): string {
  return `npm run toki -- ${name}`;
}

async function overview(say: (line: string) => void): Promise<void> {
  say('Toki on the command line:');
  say('');
  const all = await Promise.all(Object.values(commands).map((load) => load()));
  const width = Math.max(...all.map((command) => call(command.usage).length));
  for (const command of all) say(`  ${call(command.usage).padEnd(width)}  ${command.summary}`);
  say('');
  say(`More about one of them: ${call('<command> --help')}`);
}

/** The longest name that the words begin with: `staff add` before `staff`. */
function nameIn(words: readonly string[]): string | undefined {
  return [words.slice(0, 2).join(' '), words[0] ?? ''].find((name) => Object.hasOwn(commands, name));
}

void runMain(async () => {
  const words = process.argv.slice(2);
  const say = (line: string) => {
    console.log(line);
  };
  const refuse = (sentence: string) => {
    console.error(sentence);
    return 2;
  };
  if (words.length === 0 || words[0] === '--help' || words[0] === '-h' || words[0] === 'help') {
    await overview(say);
    return 0;
  }
  const name = nameIn(words);
  const load = name === undefined ? undefined : commands[name];
  if (name === undefined || !load) {
    return refuse(`There is no command "${words.join(' ')}"; "${call('--help')}" lists those there are.`);
  }
  const command = await load();
  const args = words.slice(name.split(' ').length);
  if (args.includes('--help') || args.includes('-h')) {
    say(`${call(command.usage)}: ${command.summary}`);
    if (command.help !== undefined) say(command.help);
    return 0;
  }
  const io: CommandIo = { config: readConfig(process.env), env: process.env, say, refuse };
  return command.run(args, io);
});
