import { parseArgs } from 'node:util';

import { loginPattern, type StaffRole, staffRoles } from '../../domain/staff/roles';
import { type Services, withServices } from '../processes/services';
import { bringUpToDate } from '../servers/bring-up-to-date';
import type { Command, CommandIo } from './command';

interface NewStaff {
  readonly login: string;
  readonly displayName: string;
  readonly role: StaffRole;
}

/** `toki staff add`: the first city admin, or anybody else. */
export const staffAddCommand: Command = {
  usage: 'staff add --login L --name N --role R',
  summary: 'add a staff account and show its one-time password',
  help: [
    `  --login L   small letters, digits, ".", "-" and "_", 2 to 40 of them`,
    '  --name N    as colleagues see it',
    `  --role R    one of ${staffRoles.join(', ')}`,
    '  The one-time password is shown once and kept nowhere.',
  ].join('\n'),
  run(args, io) {
    return runStaffAdd(args, io, (work) =>
      withServices({ config: io.config, env: io.env, say: io.say, withTemporal: false }, work),
    );
  },
};

/** The command on services that the caller provides. Resolves with the exit code. */
export async function runStaffAdd(
  args: readonly string[],
  io: Pick<CommandIo, 'say' | 'refuse'>,
  provide: (work: (services: Pick<Services, 'database' | 'staff'>) => Promise<number>) => Promise<number>,
): Promise<number> {
  const input = readArguments(args);
  if (typeof input === 'string') return io.refuse(input);
  return provide(async ({ database, staff }) => {
    await bringUpToDate(database);
    const result = await staff.add({ kind: 'machine', id: null, origin: 'command line', requestId: null }, input);
    if (!result.ok) return io.refuse(`There is an account "${input.login}" already: choose another login.`);
    io.say(`Account "${input.login}" (${input.role}) is added. What follows is shown this once:`);
    io.say('');
    io.say(`  One-time password   ${result.oneTimePassword}   (within 7 days)`);
    io.say('');
    io.say(
      '  The first log-in shows the QR code for the authenticator app and the recovery codes, and asks for an own password.',
    );
    return 0;
  });
}

/** What to add, or the sentence that says what is wrong. */
function readArguments(args: readonly string[]): NewStaff | string {
  let values: { login?: string | undefined; name?: string | undefined; role?: string | undefined };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { login: { type: 'string' }, name: { type: 'string' }, role: { type: 'string' } },
    }));
  } catch (error) {
    return `"staff add" does not understand this: ${(error as Error).message}`;
  }
  const { login, name, role } = values;
  if (login === undefined || name === undefined || role === undefined)
    return '"staff add" needs --login, --name and --role.';
  if (!loginPattern.test(login))
    return `--login must be 2 to 40 small letters, digits, ".", "-" or "_", but it is "${login}".`;
  const displayName = name.trim();
  if (displayName === '' || displayName.length > 100) return '--name must have 1 to 100 letters.';
  const known = staffRoles.find((item) => item === role);
  return known
    ? { login, displayName, role: known }
    : `--role must be one of ${staffRoles.join(', ')}, but it is "${role}".`;
}
