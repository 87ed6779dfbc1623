import { v7 as uuidv7 } from 'uuid';

import { createCookieJar } from '../../api/shared/cookies';
import { createStaffSessionCheck } from '../../api/staff/frame/staff-session-check';
import { staffApi } from '../../api/staff/staff-api';
import { type StaffRole, staffRoles } from '../../domain/staff/roles';
import { createStaffSite, type StaffSite, tester } from '../worlds/staff-site';

let site: StaffSite;
beforeAll(async () => {
  site = await createStaffSite();
});
afterAll(() => site.close());

function routes() {
  const cookies = createCookieJar({ https: false });
  return staffApi(site.services, {
    sessionCheck: createStaffSessionCheck({ cookies, sessions: site.services.sessions }),
    cookies,
    demo: false,
  });
}

test('every route lets in exactly the roles that it states', async () => {
  const people = new Map(
    await Promise.all(staffRoles.map(async (role) => [role, (await site.colleague(role)).staffId] as const)),
  );
  /** A session of its own for each request: some of them end it. */
  const visitorOf = async (role: StaffRole | undefined) => {
    const visitor = site.visitor();
    if (role) visitor.cookies.set('toki-staff', await site.services.sessions.open(people.get(role)!));
    return visitor;
  };
  for (const route of routes()) {
    const path = `/api/v1${route.path.replace(/:\w+/g, () => uuidv7())}`;
    const send = (visitor: ReturnType<StaffSite['visitor']>) =>
      visitor.send(
        route.method.toUpperCase(),
        path,
        route.method === 'get' || route.method === 'delete' ? undefined : '{}',
        {
          headers: route.method === 'get' || route.method === 'delete' ? {} : { 'content-type': 'application/json' },
        },
      );
    const seen: Record<string, unknown> = {};
    const expected: Record<string, unknown> = {};
    for (const role of [undefined, ...staffRoles]) {
      const answer = await send(await visitorOf(role));
      const code = answer.text.startsWith('{') ? answer.json()['code'] : undefined;
      const refused = code === 'not_logged_in' || code === 'forbidden';
      seen[role ?? 'nobody'] = refused
        ? answer.status
        : answer.status < 500 && answer.status !== 401
          ? 'let in'
          : answer.status;
      expected[role ?? 'nobody'] =
        route.roles === 'anyone' ? 'let in' : role === undefined ? 401 : route.roles.includes(role) ? 'let in' : 403;
    }
    expect({ route: `${route.method} ${route.path}`, ...seen }).toEqual({
      route: `${route.method} ${route.path}`,
      ...expected,
    });
  }
});

test('what another site makes the browser send is refused', async () => {
  const admin = await site.colleague('city_admin');
  const body = JSON.stringify({ login: 'mallory', displayName: 'x', role: 'city_admin' });
  const send = (headers: Record<string, string>) => admin.send('POST', '/api/v1/staff', body, { headers });
  expect((await send({ 'content-type': 'application/json', origin: 'https://evil.example' })).status).toBe(403);
  expect((await send({ 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await send({ 'content-type': 'application/json', origin: 'null' })).status).toBe(403);
  expect((await send({ 'content-type': 'text/plain', origin: site.url })).status).toBe(415);
  expect((await admin.delete('/api/v1/session', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
  expect((await send({ 'content-type': 'application/json', origin: site.url })).status).toBe(201);
});

test('large bodies are refused before they are read', async () => {
  const answer = await site.visitor().post('/api/v1/session', { login: 'x'.repeat(200_000), password: 'x' });
  expect([answer.status, answer.json()['code']]).toEqual([413, 'payload_too_large']);
});

test('the description names every route, its schemas and its roles', async () => {
  const answer = await site.visitor().get('/api/v1/openapi.json');
  const document = answer.json<{
    openapi: string;
    paths: Record<string, Record<string, { description: string; operationId: string }>>;
    components: { schemas: Record<string, unknown> };
  }>();
  expect(document.openapi).toBe('3.1.0');
  for (const route of routes().filter((item) => item.path !== '/openapi.json')) {
    const operation = document.paths[`/api/v1${route.path.replace(/:(\w+)/g, '{$1}')}`]?.[route.method];
    expect(operation?.description).toContain(route.roles === 'anyone' ? 'Without a log-in' : route.roles.join(', '));
  }
  const ids = Object.values(document.paths).flatMap((path) =>
    Object.values(path).map((operation) => operation.operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(Object.keys(document.components.schemas)).toEqual(
    expect.arrayContaining(['Booking', 'Staff', 'Problem', 'AuditEvent', 'Me']),
  );
});

describe('accounts', () => {
  test('the second of two people who edit the same account is told', async () => {
    const admin = await site.colleague('city_admin');
    const { staff } = await site.account('operator');
    const path = `/api/v1/staff/${staff.id}`;
    const patch = (body: object) =>
      admin.send('PATCH', path, JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
    expect((await patch({ version: staff.version, displayName: '新しい名前' })).json()).toMatchObject({
      displayName: '新しい名前',
      version: staff.version + 1,
    });
    const late = await patch({ version: staff.version, role: 'supervisor' });
    expect([late.status, late.json()['code'], late.json()['facts']]).toEqual([
      412,
      'changed_meanwhile',
      { version: staff.version + 1 },
    ]);
    expect((await admin.get(path)).json()).toMatchObject({ role: 'operator' });
  });

  test('a login is given once', async () => {
    const admin = await site.colleague('city_admin');
    const { staff } = await site.account('operator');
    const answer = await admin.post('/api/v1/staff', { login: staff.login, displayName: '別の人', role: 'operator' });
    expect([answer.status, answer.json()['code']]).toEqual([409, 'login_taken']);
    expect(
      (await admin.post('/api/v1/staff', { login: 'Bad Login', displayName: 'x', role: 'king' })).json(),
    ).toMatchObject({ code: 'invalid_request', faults: [{ field: 'login' }, { field: 'role' }] });
  });

  test('one city admin always remains, even when two shut each other out', async () => {
    const alone = await createStaffSite();
    try {
      const [one, two] = [await alone.colleague('city_admin'), await alone.colleague('city_admin')];
      const answers = await Promise.all([
        one.post(`/api/v1/staff/${two.staffId}/disable`),
        two.post(`/api/v1/staff/${one.staffId}/disable`),
      ]);
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
      const left = (await alone.staff.list()).filter((item) => !item.disabled);
      expect(left).toHaveLength(1);
      expect(await alone.staff.update(tester, left[0]!.id, left[0]!.version, { role: 'operator' })).toMatchObject({
        staffCode: 'last_admin',
      });
    } finally {
      await alone.close();
    }
  });

  test('what was tried and what was done is in the audit, without names', async () => {
    const admin = await site.colleague('city_admin');
    const operator = await site.colleague('operator');
    await operator.post('/api/v1/staff', {});
    const made = await admin.post('/api/v1/staff', { login: 'kept-out', displayName: '秘密の名前', role: 'reception' });
    const { staff, oneTimePassword } = made.json<{ staff: { id: string }; oneTimePassword: string }>();
    await admin.post(`/api/v1/staff/${staff.id}/disable`);
    const auditor = await site.colleague('auditor');
    const { events } = (await auditor.get(`/api/v1/audit?actorId=${admin.staffId}`)).json<{
      events: Record<string, unknown>[];
    }>();
    expect(events.map((event) => [event['action'], event['subjectId'], event['result']])).toEqual([
      ['staff.disable', staff.id, 'done'],
      ['staff.add', staff.id, 'done'],
    ]);
    const refused = (await auditor.get(`/api/v1/audit?actorId=${operator.staffId}`)).json<{
      events: Record<string, unknown>[];
    }>();
    expect(refused.events).toMatchObject([
      { action: 'access.refused', result: 'forbidden', detail: { route: '/staff', method: 'post' } },
    ]);
    const everything = JSON.stringify(
      await site.city.database('audit_event').select('detail', 'action', 'origin', 'result'),
    );
    for (const secret of ['秘密の名前', 'kept-out', oneTimePassword]) expect(everything).not.toContain(secret);
    expect((await auditor.post('/api/v1/audit/verify', {})).json()).toMatchObject({
      intact: true,
      head: { seq: expect.any(Number) as unknown },
    });
  });
});

describe('the codec outside demo mode', () => {
  const plain = {
    metadata: { encoding: Buffer.from('json/plain').toString('base64') },
    data: Buffer.from('{"dose":1}').toString('base64'),
  };
  test.each([
    [undefined, 401],
    ['city_admin', 200],
    ['supervisor', 200],
    ['operator', 403],
    ['reception', 403],
    ['auditor', 403],
  ] as const)('%s gets %i', async (role, status) => {
    const visitor = role ? await site.colleague(role) : site.visitor();
    const answer = await visitor.post('/codec/encode', { payloads: [plain] });
    expect(answer.status).toBe(status);
    expect(answer.text.includes('binary') || answer.text.includes('payloads')).toBe(status === 200);
  });

  test('the Temporal UI may bring the cookie along, nobody else', async () => {
    const supervisor = await site.colleague('supervisor');
    const headers = { origin: 'http://localhost:8233' };
    const asked = await site.visitor().send('OPTIONS', '/codec/decode', undefined, { headers });
    expect([
      asked.status,
      asked.headers['access-control-allow-credentials'],
      asked.headers['access-control-allow-origin'],
    ]).toEqual([204, 'true', 'http://localhost:8233']);
    expect((await supervisor.post('/codec/encode', { payloads: [plain] }, { headers })).status).toBe(200);
    expect(
      (await supervisor.post('/codec/encode', { payloads: [plain] }, { headers: { origin: 'https://evil.example' } }))
        .status,
    ).toBe(403);
  });
});
