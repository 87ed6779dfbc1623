import type { OidcSettings } from '../../api/staff/staff/oidc/oidc-provider';
import type { StaffRole } from '../../domain/staff/roles';
import { findFreePort } from '../../runtime/servers/free-port';
import { type IdentityProvider, startIdentityProvider } from '../worlds/identity-provider';
import { createStaffSite, type StaffSite, tester } from '../worlds/staff-site';
import { testKeys } from '../worlds/test-city';
import type { Answer, Visitor } from '../worlds/visitor';

let provider: IdentityProvider;
let settings: OidcSettings;
/** Roles are kept in Toki; accounts wait under the name that the provider tells. */
let site: StaffSite;
/** The provider says who has which role. Local log-in is off. */
let claimSite: StaffSite;

const map = [
  { value: 'toki-admins', role: 'city_admin' },
  { value: 'toki-phone', role: 'operator' },
] as const satisfies readonly { value: string; role: StaffRole }[];

beforeAll(async () => {
  const port = await findFreePort();
  provider = await startIdentityProvider({
    port: await findFreePort(),
    redirectUri: `http://localhost:${String(port)}/oidc/callback`,
  });
  settings = provider.settings;
  site = await createStaffSite({ port, oidc: { ...settings, loginClaim: 'preferred_username' } });
  claimSite = await createStaffSite({ oidc: { ...settings, roles: { claim: 'groups', map } }, localLogIn: false });
});
afterAll(async () => {
  await site.close();
  await claimSite.close();
  await provider.stop();
});

/** The whole way of a browser: from our button to our callback. */
async function logIn(visitor: Visitor, returnTo = '/'): Promise<Answer> {
  const start = await visitor.get(`/oidc/start?returnTo=${encodeURIComponent(returnTo)}`);
  return visitor.get(await provider.pass(start.headers.location!));
}
const refused = (answer: Answer) => [
  answer.status,
  new URLSearchParams(answer.headers.location?.split('?')[1]).get('refused'),
  answer.setCookies.some((line) => line.startsWith('toki-staff=')),
];

test('an account that waits under the name is linked, and from then on known by its subject alone', async () => {
  const { staff } = await site.account('supervisor');
  await provider.person('subject-1', { preferred_username: staff.login.toUpperCase(), name: '責任者' });
  const visitor = site.visitor();
  const start = await visitor.get('/oidc/start?returnTo=%2Fbookings%3Fday%3D1');
  const url = new URL(start.headers.location!);
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    response_type: 'code',
    code_challenge_method: 'S256',
    state: expect.any(String) as unknown,
    nonce: expect.any(String) as unknown,
    scope: 'openid profile',
  });
  const back = await visitor.get(await provider.pass(url.href));
  expect([back.status, back.headers.location]).toEqual([303, '/bookings?day=1']);
  expect(back.setCookies.find((line) => line.startsWith('toki-oidc='))).toContain('Max-Age=0');
  expect((await visitor.get('/api/v1/me')).json()).toMatchObject({
    id: staff.id,
    role: 'supervisor',
    way: 'oidc',
    mustChangePassword: false,
  });
  expect(await site.audit.list({ limit: 1, action: 'session.open' })).toMatchObject([
    { actorId: staff.id, result: 'done', detail: { way: 'oidc' } },
  ]);

  // The name moves to another person: nothing opens for them. The person keeps the account under a new name.
  await provider.person('subject-2', { preferred_username: staff.login });
  expect(refused(await logIn(site.visitor()))).toEqual([303, 'oidc_unknown', false]);
  await provider.person('subject-1', { preferred_username: 'married-name' });
  const again = site.visitor();
  await logIn(again);
  expect((await again.get('/api/v1/me')).json()).toMatchObject({ id: staff.id });
});

test('unknown people and people shut out are told so', async () => {
  await provider.person('stranger', { preferred_username: 'stranger' });
  expect(refused(await logIn(site.visitor()))).toEqual([303, 'oidc_unknown', false]);
  const { staff } = await site.account('operator');
  await provider.person('leaver', { preferred_username: staff.login });
  const visitor = site.visitor();
  await logIn(visitor);
  expect((await visitor.get('/api/v1/me')).status).toBe(200);
  await site.staff.disable(tester, staff.id);
  expect((await visitor.get('/api/v1/me')).status).toBe(401);
  expect(refused(await logIn(site.visitor()))).toEqual([303, 'oidc_disabled', false]);
  const words = (await site.visitor().get('/api/v1/session/ways?refused=oidc_disabled')).json();
  expect(words).toEqual({
    local: true,
    oidc: { label: '市の認証でログイン' },
    refused: expect.stringContaining('停止されています'),
  });
});

describe('on the way back', () => {
  const toProvider = async (visitor: Visitor) => provider.pass((await visitor.get('/oidc/start')).headers.location!);
  beforeAll(async () => {
    const { staff } = await site.account('reception');
    await provider.person('desk', { preferred_username: staff.login });
  });

  test('a wrong state, none, and that of another browser open nothing', async () => {
    const visitor = site.visitor();
    const path = await toProvider(visitor);
    const cookie = visitor.cookies.get('toki-oidc')!;
    for (const wrong of [path.replace(/state=[^&]+/, 'state=forged'), path.replace(/&?state=[^&]+/, '')]) {
      visitor.cookies.set('toki-oidc', cookie);
      expect(refused(await visitor.get(wrong))).toEqual([303, 'oidc_stale', false]);
    }
    expect(refused(await site.visitor().get(path))).toEqual([303, 'oidc_stale', false]);
    const other = site.visitor();
    await toProvider(other);
    expect(refused(await other.get(path))).toEqual([303, 'oidc_stale', false]);
  });

  test('a code that was used opens nothing more, even with everything else right', async () => {
    const visitor = site.visitor();
    const path = await toProvider(visitor);
    const cookie = visitor.cookies.get('toki-oidc')!;
    expect((await visitor.get(path)).headers.location).toBe('/');
    const thief = site.visitor();
    thief.cookies.set('toki-oidc', cookie);
    expect(refused(await thief.get(path))).toEqual([303, 'oidc_rejected', false]);
  });

  const kept = (visitor: Visitor) =>
    JSON.parse(testKeys.open(Buffer.from(visitor.cookies.get('toki-oidc')!, 'base64url')).toString('utf8')) as Record<
      string,
      unknown
    >;
  test.each([
    ['another verifier', { verifier: 'x'.repeat(43) }, 'oidc_rejected'],
    ['another nonce', { nonce: 'forged' }, 'oidc_rejected'],
    ['eleven minutes', { at: Date.now() - 11 * 60_000 }, 'oidc_stale'],
  ])('%s: nothing', async (_what, change, code) => {
    const visitor = site.visitor();
    const path = await toProvider(visitor);
    visitor.cookies.set(
      'toki-oidc',
      testKeys.seal(JSON.stringify({ ...kept(visitor), ...change })).toString('base64url'),
    );
    expect(refused(await visitor.get(path))).toEqual([303, code, false]);
  });

  test('a person who declined, and a cookie of another’s making', async () => {
    const visitor = site.visitor();
    const path = await toProvider(visitor);
    const state = /state=([^&]+)/.exec(path)![1]!;
    const cookie = visitor.cookies.get('toki-oidc')!;
    expect(
      refused(
        await visitor.get(
          `/oidc/callback?error=access_denied&state=${state}&iss=${encodeURIComponent(settings.issuer)}`,
        ),
      ),
    ).toEqual([303, 'oidc_rejected', false]);
    visitor.cookies.set('toki-oidc', `${cookie.slice(0, -6)}AAAAAA`);
    expect(refused(await visitor.get(path))).toEqual([303, 'oidc_stale', false]);
  });

  test('idle limits are those of everybody', async () => {
    const visitor = site.visitor();
    await visitor.get(await toProvider(visitor));
    const { id } = (await visitor.get('/api/v1/me')).json<{ id: string }>();
    await site.city
      .database('staff_session')
      .where({ staff_id: id })
      .update({ seen_at: new Date(Date.now() - 31 * 60_000) });
    expect((await visitor.get('/api/v1/me')).status).toBe(401);
  });
});

describe('where the provider says who has which role', () => {
  // The provider knows one address to send people back to: what matters is what comes with them.
  const roleOf = async (visitor: Visitor) => (await visitor.get('/api/v1/me')).json()['role'];

  test('an account comes into being, follows the claim, and ends with it', async () => {
    await provider.person('mayor', { groups: ['everybody', 'toki-admins'], name: '市長' });
    const mayor = claimSite.visitor();
    expect((await logIn(mayor)).headers.location).toBe('/');
    expect(await roleOf(mayor)).toBe('city_admin');
    await provider.person('phone', { groups: 'toki-phone' });
    const phone = claimSite.visitor();
    await logIn(phone);
    expect(await roleOf(phone)).toBe('operator');
    await provider.person('phone', { groups: ['toki-phone', 'toki-admins'] });
    await logIn(claimSite.visitor());
    expect(await roleOf(phone)).toBe('city_admin');
    await provider.person('phone', { groups: ['everybody'] });
    expect(refused(await logIn(claimSite.visitor()))).toEqual([303, 'oidc_no_role', false]);
    await provider.person('nobody-special', {});
    expect(refused(await logIn(claimSite.visitor()))).toEqual([303, 'oidc_no_role', false]);
    expect((await claimSite.staff.list()).filter((item) => item.linked)).toHaveLength(2);
  });

  test('passwords open nothing where they are switched off', async () => {
    const { staff, oneTimePassword } = await claimSite.account('operator');
    const answer = await claimSite.visitor().post('/api/v1/session', { login: staff.login, password: oneTimePassword });
    expect([answer.status, answer.json()['code']]).toEqual([403, 'local_login_off']);
    expect((await claimSite.visitor().get('/api/v1/session/ways')).json()).toMatchObject({ local: false });
  });
});

test('one links one’s own account with the password, and no account twice', async () => {
  const password = 'ときの舞う大空を見上げる';
  const person = async () => {
    const { staff } = await site.account('auditor');
    const visitor = site.visitor();
    visitor.cookies.set('toki-staff', await site.services.sessions.open(staff.id));
    const row = await site.city
      .database('staff_session')
      .where({ staff_id: staff.id })
      .first<{ token_hash: Buffer }>('token_hash');
    await site.city
      .database('staff')
      .where({ id: staff.id })
      .update({ sealed_totp: testKeys.seal('AAAA') });
    await site.staff.changePassword(tester, staff.id, password, row.token_hash);
    return { staff, visitor };
  };
  const [one, two] = [await person(), await person()];
  await provider.person('auditor-subject', {});
  expect((await one.visitor.post('/api/v1/me/link', { password: 'wrong' })).json()['code']).toBe('wrong_password');
  const link = async ({ visitor }: typeof one) =>
    visitor.get(await provider.pass((await visitor.post('/api/v1/me/link', { password })).json<{ url: string }>().url));
  expect((await link(one)).headers.location).toBe('/account?linked=1');
  expect((await link(two)).headers.location).toBe('/account?refused=oidc_taken');
  const fresh = site.visitor();
  await logIn(fresh);
  expect((await fresh.get('/api/v1/me')).json()).toMatchObject({ id: one.staff.id });
  // Taking the link away ends the sessions that may have come by it.
  expect((await fresh.delete('/api/v1/me/link')).status).toBe(204);
  expect((await fresh.get('/api/v1/me')).status).toBe(401);
  expect(refused(await logIn(site.visitor()))).toEqual([303, 'oidc_unknown', false]);
});

test('a provider that is away: one kind sentence, and passwords still work', async () => {
  const port = await findFreePort();
  const lonely = await createStaffSite({ oidc: { ...settings, issuer: `http://localhost:${String(port)}` } });
  try {
    expect(refused(await lonely.visitor().get('/oidc/start'))).toEqual([303, 'oidc_unavailable', false]);
    const { staff, oneTimePassword } = await lonely.account('operator');
    expect(
      (await lonely.visitor().post('/api/v1/session', { login: staff.login, password: oneTimePassword })).status,
    ).toBe(200);
    // It comes back: nobody has to restart anything.
    const late = await startIdentityProvider({ port, redirectUri: settings.redirectUri });
    try {
      expect((await lonely.visitor().get('/oidc/start')).headers.location).toContain(`localhost:${String(port)}/auth?`);
    } finally {
      await late.stop();
    }
  } finally {
    await lonely.close();
  }
});
