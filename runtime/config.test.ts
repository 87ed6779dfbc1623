import { join } from 'node:path';

import { ConfigError, readConfig } from './config';
import { projectRoot } from './root';

const key = Buffer.alloc(32, 7).toString('base64');

function wrong(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('nothing was refused');
}

test('an empty environment means the embedded servers, the demo city and the usual ports', () => {
  expect(readConfig({})).toMatchObject({
    databaseUrl: undefined,
    temporalAddress: undefined,
    temporalNamespace: 'default',
    temporalTls: { enabled: false },
    citizenPort: 3000,
    staffPort: 3001,
    dataDir: join(projectRoot, '.toki'),
    demo: true,
    keys: undefined,
    trustedProxies: [],
    smtpUrl: undefined,
    publicUrl: 'http://localhost:3000',
  });
});

test('an empty value counts as unset', () => {
  expect(readConfig({ DATABASE_URL: '', CITIZEN_PORT: ' ' })).toMatchObject({
    databaseUrl: undefined,
    citizenPort: 3000,
  });
});

test('a real database has no demo city unless asked for, and needs keys', () => {
  const env = { DATABASE_URL: 'postgres://toki:secret@db.example/toki', TOKI_KEYS: `k1=${key}` };
  expect(readConfig(env).demo).toBe(false);
  expect(readConfig({ ...env, TOKI_DEMO: '1' }).demo).toBe(true);
  expect(wrong({ DATABASE_URL: env.DATABASE_URL })).toMatch(/^TOKI_KEYS is required together with DATABASE_URL/);
});

test.each([
  ['CITIZEN_PORT', 'abc'],
  ['CITIZEN_PORT', '0'],
  ['STAFF_PORT', '65536'],
  ['STAFF_PORT', '80.5'],
  ['TEMPORAL_ADDRESS', 'temporal'],
  ['TEMPORAL_NAMESPACE', 'with blanks'],
  ['TOKI_DEMO', 'yes'],
  ['TOKI_TRUSTED_PROXIES', '10.0.0.0/33'],
  ['TOKI_TRUSTED_PROXIES', '10.0.0.0/8,proxy.example'],
  ['PUBLIC_URL', 'yoyaku.example.jp'],
  ['PUBLIC_URL', 'http://yoyaku.city.example.jp'],
  ['PUBLIC_URL', 'ftp://yoyaku.example.jp'],
  ['STAFF_URL', 'http://toki.city.example.jp'],
  ['OIDC_ISSUER', 'http://login.city.example.jp'],
  ['OIDC_SCOPE', 'profile'],
  ['OIDC_ROLES', 'admins=king'],
  ['OIDC_ROLES', 'city_admin'],
])('%s=%s is refused in one sentence that names both', (name, value) => {
  const sentence = wrong({ [name]: value });
  expect(sentence).toMatch(
    new RegExp(`^${name} must (be|begin with) .*, but it is "${value.replace(/[.]/g, '\\.')}"\\.$`),
  );
  expect(sentence).not.toContain('\n');
});

test.each([
  ['DATABASE_URL', 'mysql://root:hunter2@db/toki'],
  ['SMTP_URL', 'http://user:hunter2@mail'],
  ['TOKI_KEYS', 'k1=hunter2'],
  ['TOKI_KEYS', `k1=${key},k1=${key}`],
])('%s is refused without showing its value', (name, value) => {
  const sentence = wrong({ [name]: value });
  expect(sentence).toMatch(new RegExp(`^${name} must be `));
  expect(sentence).not.toContain('hunter2');
  expect(sentence).not.toContain(key);
});

test('several wrong variables are all named', () => {
  const sentences = wrong({ CITIZEN_PORT: 'x', TOKI_DEMO: 'y' }).split('\n');
  expect(sentences.map((sentence) => sentence.split(' ')[0])).toEqual(['CITIZEN_PORT', 'TOKI_DEMO']);
});

test('the two apps cannot share a port', () => {
  expect(wrong({ CITIZEN_PORT: '4000', STAFF_PORT: '4000' })).toMatch(/^CITIZEN_PORT and STAFF_PORT must differ/);
});

test('an API key or a certificate switches TLS on', () => {
  expect(readConfig({ TEMPORAL_API_KEY: 'k' }).temporalTls.enabled).toBe(true);
  expect(readConfig({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: 'ca.pem' }).temporalTls).toMatchObject({
    enabled: true,
    serverCaFile: join(projectRoot, 'ca.pem'),
  });
  expect(readConfig({ TEMPORAL_API_KEY: 'k', TEMPORAL_TLS: '0' }).temporalTls.enabled).toBe(false);
  expect(wrong({ TEMPORAL_TLS_CLIENT_CERT_PATH: 'c.pem' })).toMatch(/must be given together/);
});

test('proxies, addresses and URLs are read', () => {
  const config = readConfig({
    TOKI_TRUSTED_PROXIES: '10.0.0.0/8, 2001:db8::/32,192.0.2.1',
    TEMPORAL_ADDRESS: '[::1]:7233',
    PUBLIC_URL: 'https://yoyaku.city.example.jp/',
    CITIZEN_PORT: '8080',
  });
  expect(config.trustedProxies).toEqual(['10.0.0.0/8', '2001:db8::/32', '192.0.2.1']);
  expect(config.temporalAddress).toBe('[::1]:7233');
  expect(config.publicUrl).toBe('https://yoyaku.city.example.jp');
});

describe('the identity provider', () => {
  const oidc = {
    OIDC_ISSUER: 'https://login.city.example.jp',
    OIDC_CLIENT_ID: 'toki',
    STAFF_URL: 'https://toki.city.example.jp/',
  };

  test('says where people come back to, and which group means which role', () => {
    const config = readConfig({
      ...oidc,
      OIDC_ROLE_CLAIM: 'groups',
      OIDC_ROLES: 'cn=toki-admins,ou=groups=city_admin; tel = operator',
      STAFF_LOCAL_LOGIN: '0',
    });
    expect(config.oidc).toMatchObject({
      redirectUri: 'https://toki.city.example.jp/oidc/callback',
      scope: 'openid profile',
      roles: {
        claim: 'groups',
        map: [
          { value: 'cn=toki-admins,ou=groups', role: 'city_admin' },
          { value: 'tel', role: 'operator' },
        ],
      },
    });
    expect(config.staffLocalLogIn).toBe(false);
    expect(readConfig({}).oidc).toBeUndefined();
  });

  test.each([
    [{ OIDC_CLIENT_ID: 'toki' }, 'OIDC_CLIENT_ID means nothing without OIDC_ISSUER.'],
    [
      { OIDC_ISSUER: oidc.OIDC_ISSUER, STAFF_URL: oidc.STAFF_URL },
      'OIDC_CLIENT_ID is required together with OIDC_ISSUER.',
    ],
    [{ OIDC_ISSUER: oidc.OIDC_ISSUER, OIDC_CLIENT_ID: 'toki' }, /^STAFF_URL is required together with OIDC_ISSUER/],
    [{ ...oidc, OIDC_ROLES: 'a=operator' }, 'OIDC_ROLE_CLAIM and OIDC_ROLES must be given together.'],
    [{ STAFF_LOCAL_LOGIN: '0' }, /^STAFF_LOCAL_LOGIN may be 0 only together with OIDC_ISSUER/],
  ])('%j is refused', (env, sentence) => {
    expect(wrong(env)).toMatch(sentence);
  });
});

describe('LINE', () => {
  const line = { LINE_CHANNEL_SECRET: 's3cret', LINE_CHANNEL_ACCESS_TOKEN: 't0ken', LINE_ACCOUNT_ID: '@niigata' };

  test('unset means that nothing is sent to LINE; set, the API is LINE’s own unless another one is named', () => {
    expect(readConfig({}).line).toBeUndefined();
    expect(readConfig(line).line).toEqual({
      channelSecret: 's3cret',
      channelAccessToken: 't0ken',
      accountId: '@niigata',
      apiUrl: 'https://api.line.me',
      accessUrl: 'https://access.line.me',
    });
    expect(readConfig({ ...line, LINE_API_URL: 'http://localhost:3132/' }).line).toMatchObject({
      apiUrl: 'http://localhost:3132',
      accessUrl: 'http://localhost:3132',
    });
  });

  test.each(Object.keys(line))('without %s the others are refused, and not shown', (name) => {
    const message = wrong({ ...line, [name]: '' });
    expect(message).toContain('must be given together');
    expect(message).not.toMatch(/s3cret|t0ken/);
  });

  test.each([
    ['LINE_ACCOUNT_ID', 'niigata'],
    ['LINE_API_URL', 'http://line.example.jp'],
  ])('%s=%s is named', (name, value) => {
    expect(wrong({ ...line, [name]: value })).toContain(name);
  });

  test('an API alone means nothing', () => {
    expect(wrong({ LINE_API_URL: 'https://api.line.me' })).toContain('LINE_API_URL');
  });
});
