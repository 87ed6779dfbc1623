import { type TOTP, URI } from 'otpauth';

import { readQrSvg } from '../../api/shared/qr';
import { totpCode } from '../../database/staff/credentials';
import { createStaffSite, type StaffSite, tester } from '../worlds/staff-site';
import type { Answer, Visitor } from '../worlds/visitor';

let site: StaffSite;
beforeAll(async () => {
  site = await createStaffSite();
});
afterAll(() => site.close());

let networks = 0;
/** Each test calls from a network of its own: the counters of one do not disturb the next. */
const from = () => ({ headers: { 'x-forwarded-for': `198.51.100.${String(++networks)}` } });
const newPassword = 'ときの舞う大空を見上げる';

async function logIn(visitor: Visitor, login: string, password: string, code: string, extra = from()) {
  return visitor.post('/api/v1/session', { login, password, code }, extra);
}

test('the first log-in sets up the app and an own password before anything else', async () => {
  const { staff, oneTimePassword } = await site.account('city_admin');
  const visitor = site.visitor();
  const answer = await logIn(visitor, staff.login, oneTimePassword, '');
  expect(answer.status).toBe(200);
  expect(answer.json()).toMatchObject({
    login: staff.login,
    role: 'city_admin',
    roleLabel: '市の管理者',
    mustChangePassword: true,
    mustEnrol: true,
  });
  expect(answer.setCookies[0]).toMatch(/^toki-staff=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);

  const list = await visitor.get('/api/v1/staff');
  expect([list.status, list.json()['code']]).toEqual([403, 'password_change_required']);
  const tooEarly = await visitor.post('/api/v1/me/password', { current: oneTimePassword, next: newPassword });
  expect([tooEarly.status, tooEarly.json()['code']]).toEqual([409, 'enrolment_required']);

  const enrolment = (await visitor.post('/api/v1/me/totp', {})).json<{ secret: string; uri: string; qrSvg: string }>();
  expect(readQrSvg(enrolment.qrSvg)).toBe(enrolment.uri);
  const app = URI.parse(enrolment.uri) as TOTP;
  expect([app.issuer, app.label, app.secret.base32]).toEqual(['Toki', staff.login, enrolment.secret]);
  const wrongCode = await visitor.post('/api/v1/me/totp/confirm', { code: '000000' });
  expect([wrongCode.status, wrongCode.json()['code']]).toEqual([422, 'wrong_code']);
  const used = app.generate();
  const { recoveryCodes } = (await visitor.post('/api/v1/me/totp/confirm', { code: used })).json<{
    recoveryCodes: string[];
  }>();
  expect(recoveryCodes).toHaveLength(8);
  expect((await visitor.get('/api/v1/me')).json()).toMatchObject({ mustChangePassword: true, mustEnrol: false });

  const weak = await visitor.post('/api/v1/me/password', { current: oneTimePassword, next: 'short' });
  expect([weak.status, weak.json()['code']]).toEqual([422, 'weak_password']);
  const wrong = await visitor.post('/api/v1/me/password', { current: 'x', next: newPassword });
  expect([wrong.status, wrong.json()['code']]).toEqual([422, 'wrong_password']);
  expect((await visitor.post('/api/v1/me/password', { current: oneTimePassword, next: newPassword })).status).toBe(204);
  expect((await visitor.get('/api/v1/staff')).status).toBe(200);
  expect((await visitor.delete('/api/v1/session')).status).toBe(204);
  expect((await visitor.get('/api/v1/me')).status).toBe(401);

  // From now on only with a code; the one that set the app up is used up.
  expect((await logIn(site.visitor(), staff.login, newPassword, '')).status).toBe(401);
  expect((await logIn(site.visitor(), staff.login, newPassword, used)).status).toBe(401);
  expect((await logIn(site.visitor(), staff.login, newPassword, recoveryCodes[0]!)).status).toBe(200);
});

test('an app half set up changes nothing; a new one needs the password', async () => {
  const { staff, password, totpSecret } = await site.enrolled('operator');
  const visitor = site.visitor();
  await logIn(visitor, staff.login, password, totpCode(totpSecret, new Date()));
  expect((await visitor.post('/api/v1/me/totp', {})).json()['code']).toBe('wrong_password');
  const { secret } = (await visitor.post('/api/v1/me/totp', { password })).json<{ secret: string }>();
  expect(secret).not.toBe(totpSecret);
  await site.city.database('staff').where({ id: staff.id }).update({ totp_last_step: null });
  expect((await logIn(site.visitor(), staff.login, password, totpCode(totpSecret, new Date()))).status).toBe(200);
  expect((await visitor.post('/api/v1/me/totp/confirm', { code: totpCode(secret, new Date()) })).status).toBe(200);
  expect((await visitor.post('/api/v1/me/totp/confirm', { code: totpCode(secret, new Date()) })).json()['code']).toBe(
    'enrolment_over',
  );
  await site.city.database('staff').where({ id: staff.id }).update({ totp_last_step: null });
  expect((await logIn(site.visitor(), staff.login, password, totpCode(totpSecret, new Date()))).status).toBe(401);
  expect((await logIn(site.visitor(), staff.login, password, totpCode(secret, new Date()))).status).toBe(200);
});

test('new recovery codes end the old ones, and are told to the owner alone', async () => {
  const { staff, password, totpSecret, recoveryCodes } = await site.enrolled('supervisor');
  await site.city.database('staff').where({ id: staff.id }).update({ password_expires_at: null });
  const visitor = site.visitor();
  await logIn(visitor, staff.login, password, totpCode(totpSecret, new Date()));
  expect((await visitor.post('/api/v1/me/recovery-codes', { password: 'not mine' })).json()['code']).toBe(
    'wrong_password',
  );
  expect((await visitor.get('/api/v1/me/account')).json()).toMatchObject({
    hasTotp: true,
    hasPassword: true,
    linked: false,
    recoveryCodesLeft: 8,
  });
  const fresh = (await visitor.post('/api/v1/me/recovery-codes', { password })).json<{ recoveryCodes: string[] }>()
    .recoveryCodes;
  expect((await logIn(site.visitor(), staff.login, password, recoveryCodes[0]!)).status).toBe(401);
  expect((await logIn(site.visitor(), staff.login, password, fresh[0]!)).status).toBe(200);
  expect((await visitor.get('/api/v1/me/account')).json()).toMatchObject({ recoveryCodesLeft: 7 });
});

test('an open page is no place to guess its owner’s password', async () => {
  const visitor = await site.colleague('operator');
  const codes: unknown[] = [];
  for (let index = 0; index < 7; index++)
    codes.push(
      (await visitor.post('/api/v1/me/password', { current: `guess ${String(index)}`, next: newPassword })).json()[
        'code'
      ],
    );
  expect(codes).toEqual([
    ...Array.from({ length: 5 }, () => 'wrong_password'),
    'too_many_attempts',
    'too_many_attempts',
  ]);
});

test('a page may ask whether its session runs without keeping it alive', async () => {
  const visitor = await site.colleague('operator');
  const seenAt = async () =>
    (
      await site.city.database('staff_session').where({ staff_id: visitor.staffId }).first<{ seen_at: Date }>('seen_at')
    ).seen_at.getTime();
  await site.city
    .database('staff_session')
    .where({ staff_id: visitor.staffId })
    .update({ seen_at: new Date(Date.now() - 10 * 60_000) });
  const before = await seenAt();
  const state = (await visitor.get('/api/v1/session')).json<{ running: boolean; idleLeftS: number }>();
  expect(state.running).toBe(true);
  expect(Math.round(state.idleLeftS / 60)).toBe(20);
  await visitor.get('/api/v1/me', { headers: { 'Toki-Background': '1' } });
  expect(await seenAt()).toBe(before);
  await visitor.get('/api/v1/me');
  expect(await seenAt()).toBeGreaterThan(before);
  await site.staff.disable(tester, visitor.staffId);
  expect((await visitor.get('/api/v1/session')).json()).toEqual({ running: false, idleLeftS: 0, leftS: 0 });
});

test('a code counts once, a recovery code too, and neither without the password', async () => {
  const { staff, password, totpSecret, recoveryCodes } = await site.enrolled('operator');
  const code = totpCode(totpSecret, new Date());
  const attempt = async (given: string, text: string) => (await logIn(site.visitor(), staff.login, given, text)).status;
  expect(await attempt('wrong password', code)).toBe(401);
  expect(await attempt(password, code)).toBe(200);
  expect(await attempt(password, code)).toBe(401);
  expect(await attempt(password, '')).toBe(401);
  const recovery = recoveryCodes[0]!;
  expect(await attempt('wrong password', recovery)).toBe(401);
  expect(await attempt(password, recovery.toUpperCase().replaceAll('-', ' '))).toBe(200);
  expect(await attempt(password, recovery)).toBe(401);
});

test('the same code at the same moment lets one in', async () => {
  const { staff, password, totpSecret } = await site.enrolled('operator');
  const code = totpCode(totpSecret, new Date());
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => logIn(site.visitor(), staff.login, password, code)),
  );
  expect(answers.map((item) => item.status).sort()).toEqual([200, 401, 401, 401]);
});

test('unknown, wrong, disabled, expired and locked look the same', async () => {
  const add = () => site.enrolled('operator');
  const [disabled, expired, locked, wrong] = [await add(), await add(), await add(), await add()];
  await site.staff.disable(tester, disabled.staff.id);
  await site.city
    .database('staff')
    .where({ id: expired.staff.id })
    .update({ password_expires_at: new Date(Date.now() - 1_000) });
  for (let index = 0; index < 5; index++) await logIn(site.visitor(), locked.staff.login, 'wrong password', '000000');
  const attempts = [
    await logIn(site.visitor(), 'nobody', 'wrong password', '000000'),
    await logIn(site.visitor(), wrong.staff.login, wrong.password, '000000'),
    ...(await Promise.all(
      [disabled, expired, locked].map((item) =>
        logIn(site.visitor(), item.staff.login, item.password, totpCode(item.totpSecret, new Date())),
      ),
    )),
  ];
  for (const answer of attempts) {
    const { instance: _instance, ...problem } = answer.json();
    expect([answer.status, problem]).toEqual([
      401,
      {
        type: 'urn:toki:problem:login_failed',
        title: expect.any(String),
        status: 401,
        detail: expect.any(String),
        code: 'login_failed',
      },
    ]);
    expect(answer.setCookies).toEqual([]);
  }
  // An admin lets the person in again.
  const admin = await site.colleague('city_admin');
  const reset = await admin.post(`/api/v1/staff/${locked.staff.id}/reset-credentials`);
  const fresh = reset.json<{ oneTimePassword: string }>();
  expect((await logIn(site.visitor(), locked.staff.login, fresh.oneTimePassword, '')).json()).toMatchObject({
    mustEnrol: true,
  });
});

test('a network that fails too often waits', async () => {
  const network = from();
  const answers: Answer[] = [];
  for (let index = 0; index < 12; index++)
    answers.push(await logIn(site.visitor(), `guess-${String(index)}`, 'wrong password', '000000', network));
  expect(answers.slice(0, 10).every((answer) => answer.status === 401)).toBe(true);
  const last = answers.at(-1)!;
  expect([last.status, last.json()['code']]).toEqual([429, 'too_many_attempts']);
  expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
});

test('accounts of the demo get in in demo mode alone', async () => {
  const demo = await createStaffSite({ demo: true });
  try {
    for (const place of [demo, site])
      await place.staff.addForDemo(tester, {
        login: 'demo',
        displayName: '見本',
        role: 'auditor',
        password: 'toki-demo-2021',
      });
    expect((await logIn(demo.visitor(), 'demo', 'toki-demo-2021', '')).status).toBe(200);
    expect((await logIn(site.visitor(), 'demo', 'toki-demo-2021', '')).status).toBe(401);
  } finally {
    await demo.close();
  }
});

describe('sessions', () => {
  const age = (staffId: string, column: 'seen_at' | 'created_at', minutes: number) =>
    site.city
      .database('staff_session')
      .where({ staff_id: staffId })
      .update({ [column]: new Date(Date.now() - minutes * 60_000) });

  test('end after half an hour without a request', async () => {
    const visitor = await site.colleague('auditor');
    await age(visitor.staffId, 'seen_at', 29);
    expect((await visitor.get('/api/v1/me')).status).toBe(200);
    await age(visitor.staffId, 'seen_at', 31);
    expect((await visitor.get('/api/v1/me')).status).toBe(401);
  });

  test.each([
    ['operator', 10],
    ['supervisor', 12],
  ] as const)('of a %s end after %i hours', async (role, hours) => {
    const visitor = await site.colleague(role);
    await age(visitor.staffId, 'created_at', hours * 60 - 1);
    expect((await visitor.get('/api/v1/me')).status).toBe(200);
    await age(visitor.staffId, 'created_at', hours * 60 + 1);
    expect((await visitor.get('/api/v1/me')).status).toBe(401);
    await site.services.sessions.removeEnded();
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
    const { staff, password, totpSecret, recoveryCodes } = await site.enrolled('operator');
    const visitor = site.visitor();
    await logIn(visitor, staff.login, password, totpCode(totpSecret, new Date()));
    const old = visitor.cookies.get('toki-staff')!;
    await logIn(visitor, staff.login, password, recoveryCodes[0]!);
    expect(visitor.cookies.get('toki-staff')).not.toBe(old);
    const thief = site.visitor();
    thief.cookies.set('toki-staff', old);
    expect((await thief.get('/api/v1/me')).status).toBe(401);
  });
});
