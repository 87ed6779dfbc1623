import { totpCode } from '../../database/staff-credentials';
import type { Answer, Visitor } from '../api/support/visitor';
import { createStaffSite, tester, type StaffSite } from './support/staff-site';

let site: StaffSite;
beforeAll(async () => { site = await createStaffSite(); });
afterAll(() => site.close());

let networks = 0;
/** Each test calls from a network of its own: the counters of one do not disturb the next. */
const from = () => ({ headers: { 'x-forwarded-for': `198.51.100.${String(++networks)}` } });
const newPassword = 'ときの舞う大空を見上げる';

async function logIn(visitor: Visitor, login: string, password: string, code: string, extra = from()) {
  return visitor.post('/api/v1/session', { login, password, code }, extra);
}

test('the first log-in asks for an own password before anything else', async () => {
  const { staff, credentials } = await site.account('city_admin');
  const visitor = site.visitor();
  const answer = await logIn(visitor, staff.login, credentials.password, totpCode(credentials.totpSecret, new Date()));
  expect(answer.status).toBe(200);
  expect(answer.json()).toMatchObject({ login: staff.login, role: 'city_admin', roleLabel: '市の管理者', mustChangePassword: true });
  expect(answer.setCookies[0]).toMatch(/^toki-staff=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);

  const list = await visitor.get('/api/v1/staff');
  expect([list.status, list.json()['code']]).toEqual([403, 'password_change_required']);
  const weak = await visitor.post('/api/v1/me/password', { current: credentials.password, next: 'short' });
  expect([weak.status, weak.json()['code']]).toEqual([422, 'weak_password']);
  const wrong = await visitor.post('/api/v1/me/password', { current: 'x', next: newPassword });
  expect([wrong.status, wrong.json()['code']]).toEqual([422, 'wrong_password']);
  expect((await visitor.post('/api/v1/me/password', { current: credentials.password, next: newPassword })).status).toBe(204);
  expect((await visitor.get('/api/v1/staff')).status).toBe(200);
  expect((await visitor.delete('/api/v1/session')).status).toBe(204);
  expect((await visitor.get('/api/v1/me')).status).toBe(401);
});

test('a code counts once, a recovery code too, and neither without the password', async () => {
  const { staff, credentials } = await site.account('operator');
  const code = totpCode(credentials.totpSecret, new Date());
  const attempt = async (password: string, text: string) => (await logIn(site.visitor(), staff.login, password, text)).status;
  expect(await attempt('wrong password', code)).toBe(401);
  expect(await attempt(credentials.password, code)).toBe(200);
  expect(await attempt(credentials.password, code)).toBe(401);
  expect(await attempt(credentials.password, '')).toBe(401);
  const recovery = credentials.recoveryCodes[0]!;
  expect(await attempt('wrong password', recovery)).toBe(401);
  expect(await attempt(credentials.password, recovery.toUpperCase().replaceAll('-', ' '))).toBe(200);
  expect(await attempt(credentials.password, recovery)).toBe(401);
});

test('the same code at the same moment lets one in', async () => {
  const { staff, credentials } = await site.account('operator');
  const code = totpCode(credentials.totpSecret, new Date());
  const answers = await Promise.all(Array.from({ length: 4 }, () => logIn(site.visitor(), staff.login, credentials.password, code)));
  expect(answers.map((item) => item.status).sort()).toEqual([200, 401, 401, 401]);
});

test('unknown, wrong, disabled, expired and locked look the same', async () => {
  const add = () => site.account('operator');
  const [disabled, expired, locked, wrong] = [await add(), await add(), await add(), await add()];
  await site.staff.disable(tester, disabled.staff.id);
  await site.city.database('staff').where({ id: expired.staff.id }).update({ password_expires_at: new Date(Date.now() - 1_000) });
  for (let index = 0; index < 5; index++) await logIn(site.visitor(), locked.staff.login, 'wrong password', '000000');
  const attempts = [
    await logIn(site.visitor(), 'nobody', 'wrong password', '000000'),
    await logIn(site.visitor(), wrong.staff.login, wrong.credentials.password, '000000'),
    ...(await Promise.all([disabled, expired, locked].map((item) => logIn(site.visitor(), item.staff.login, item.credentials.password, totpCode(item.credentials.totpSecret, new Date()))))),
  ];
  for (const answer of attempts) {
    const { instance: _instance, ...problem } = answer.json();
    expect([answer.status, problem]).toEqual([401, { type: 'urn:toki:problem:login_failed', title: expect.any(String), status: 401, detail: expect.any(String), code: 'login_failed' }]);
    expect(answer.setCookies).toEqual([]);
  }
  // An admin lets the person in again.
  const admin = await site.colleague('city_admin');
  const reset = await admin.post(`/api/v1/staff/${locked.staff.id}/reset-credentials`);
  const fresh = reset.json<{ oneTimePassword: string; recoveryCodes: string[] }>();
  expect((await logIn(site.visitor(), locked.staff.login, fresh.oneTimePassword, fresh.recoveryCodes[0]!)).status).toBe(200);
});

test('a network that fails too often waits', async () => {
  const network = from();
  const answers: Answer[] = [];
  for (let index = 0; index < 12; index++) answers.push(await logIn(site.visitor(), `guess-${String(index)}`, 'wrong password', '000000', network));
  expect(answers.slice(0, 10).every((answer) => answer.status === 401)).toBe(true);
  const last = answers.at(-1)!;
  expect([last.status, last.json()['code']]).toEqual([429, 'too_many_attempts']);
  expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
}, 20_000);

test('accounts of the demo get in in demo mode alone', async () => {
  const demo = await createStaffSite({ demo: true });
  try {
    for (const place of [demo, site]) await place.staff.addForDemo(tester, { login: 'demo', displayName: '見本', role: 'auditor', password: 'toki-demo-2021' });
    expect((await logIn(demo.visitor(), 'demo', 'toki-demo-2021', '')).status).toBe(200);
    expect((await logIn(site.visitor(), 'demo', 'toki-demo-2021', '')).status).toBe(401);
  } finally {
    await demo.close();
  }
});

describe('sessions', () => {
  const age = (staffId: string, column: 'seen_at' | 'created_at', minutes: number) =>
    site.city.database('staff_session').where({ staff_id: staffId }).update({ [column]: new Date(Date.now() - minutes * 60_000) });

  test('end after half an hour without a request', async () => {
    const visitor = await site.colleague('auditor');
    await age(visitor.staffId, 'seen_at', 29);
    expect((await visitor.get('/api/v1/me')).status).toBe(200);
    await age(visitor.staffId, 'seen_at', 31);
    expect((await visitor.get('/api/v1/me')).status).toBe(401);
  });

  test.each([['operator', 10], ['supervisor', 12]] as const)('of a %s end after %i hours', async (role, hours) => {
    const visitor = await site.colleague(role);
    await age(visitor.staffId, 'created_at', hours * 60 - 1);
    expect((await visitor.get('/api/v1/me')).status).toBe(200);
    await age(visitor.staffId, 'created_at', hours * 60 + 1);
    expect((await visitor.get('/api/v1/me')).status).toBe(401);
    await site.desk.sessions.removeEnded();
    expect(await site.city.database('staff_session').where({ staff_id: visitor.staffId })).toEqual([]);
  });

  test('end at once when their person is shut out', async () => {
    const admin = await site.colleague('city_admin');
    const visitor = await site.colleague('operator');
    expect((await visitor.get('/api/v1/me')).status).toBe(200);
    expect((await admin.post(`/api/v1/staff/${visitor.staffId}/disable`)).json()).toMatchObject({ disabled: true });
    expect((await visitor.get('/api/v1/me')).status).toBe(401);
  });

  test('a log-in brings a new token, and the old one is worth nothing', async () => {
    const { staff, credentials } = await site.account('operator');
    const visitor = site.visitor();
    await logIn(visitor, staff.login, credentials.password, totpCode(credentials.totpSecret, new Date()));
    const old = visitor.cookies.get('toki-staff')!;
    await logIn(visitor, staff.login, credentials.password, credentials.recoveryCodes[0]!);
    expect(visitor.cookies.get('toki-staff')).not.toBe(old);
    const thief = site.visitor();
    thief.cookies.set('toki-staff', old);
    expect((await thief.get('/api/v1/me')).status).toBe(401);
  });
});
