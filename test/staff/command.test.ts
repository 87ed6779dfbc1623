import { createStaffLogIn } from '../../api/staff/staff/log-in';
import { createAudit } from '../../database/audit/audit';
import { createLoginThrottle } from '../../database/residents/log-in-throttle';
import { createStaffRepository } from '../../database/staff/staff-repository';
import { runStaffAdd } from '../../runtime/commands/staff-add';
import { addDemoStaff, demoPassword, demoStaff } from '../../runtime/demo/staff';
import { createTestCity, type TestCity, testKeys } from '../worlds/test-city';

let city: TestCity;
beforeAll(async () => {
  city = await createTestCity();
});
afterAll(() => city.close());

/** Exit code, and what was said. */
async function run(...args: string[]): Promise<{ code: number; said: string }> {
  const lines: string[] = [];
  const io = {
    say: (line: string) => {
      lines.push(line);
    },
    refuse: (sentence: string) => {
      lines.push(sentence);
      return 2;
    },
  };
  const code = await runStaffAdd(args, io, (work) => work({ database: city.database, staff: city.services.staff }));
  return { code, said: lines.join('\n') };
}

function logIn(demo: boolean) {
  const audit = createAudit({ database: city.database, keys: testKeys });
  const staff = createStaffRepository({ database: city.database, keys: testKeys, audit });
  const enter = createStaffLogIn({
    staff,
    throttle: createLoginThrottle({ database: city.database, keys: testKeys }),
    audit,
    demo,
    local: true,
  });
  return (login: string, password: string, code: string) =>
    enter({ login, password, code }, { kind: 'anonymous', id: null, origin: '192.0.2.7', requestId: null });
}

test('the first city admin gets in with what the command shows', async () => {
  const { code, said } = await run('--login', 'mayor', '--name', '市長 一', '--role', 'city_admin');
  expect(code).toBe(0);
  const password = /One-time password +(\S+)/.exec(said)?.[1] ?? '';
  expect(await logIn(false)('Mayor ', password, '')).toMatchObject({ ok: true });
  expect(
    await createAudit({ database: city.database, keys: testKeys }).list({ limit: 10, action: 'staff.add' }),
  ).toMatchObject([{ actorKind: 'machine', origin: 'command line', detail: { role: 'city_admin' } }]);
});

test.each([
  [[], 'needs --login'],
  [['--login', 'A B', '--name', 'x', '--role', 'operator'], '--login must be'],
  [['--login', 'abc', '--name', ' ', '--role', 'operator'], '--name must'],
  [
    ['--login', 'abc', '--name', 'x', '--role', 'king'],
    '--role must be one of city_admin, supervisor, operator, reception, auditor',
  ],
  [['--what'], 'does not understand'],
])('%j: one sentence, nothing done', async (args, sentence) => {
  const { code, said } = await run(...args);
  expect([code, said]).toEqual([2, expect.stringContaining(sentence)]);
});

test('a login that is taken is refused', async () => {
  await run('--login', 'twice', '--name', 'x', '--role', 'operator');
  expect(await run('--login', 'twice', '--name', 'y', '--role', 'auditor')).toEqual({
    code: 2,
    said: expect.stringContaining('already') as unknown,
  });
});

test('the demo has one account per role and a second of the city to approve, made once', async () => {
  await addDemoStaff(city.services);
  await addDemoStaff(city.services);
  const rows = await city
    .database('staff')
    .whereIn(
      'login',
      demoStaff.map((item) => item.login),
    )
    .select<{ role: string }[]>('role');
  expect(rows.map((row) => row.role).sort()).toEqual([
    'auditor',
    'city_admin',
    'city_admin',
    'operator',
    'reception',
    'supervisor',
  ]);
  for (const { login } of demoStaff) expect(await logIn(true)(login, demoPassword, '')).toMatchObject({ ok: true });
  expect(await logIn(false)('admin', demoPassword, '')).toMatchObject({ ok: false });
});
