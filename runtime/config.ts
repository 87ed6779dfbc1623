import { isIP } from 'node:net';
import { resolve } from 'node:path';

import { z } from 'zod';

import { parseKeys } from '../database/foundation/keys';
import { type StaffRole, staffRoles } from '../domain/staff/roles';
import { projectRoot } from './root';
import { StartError } from './start-error';

/** A variable of the environment is wrong; the message names it and says what it should be. */
export class ConfigError extends StartError {
  override name = 'ConfigError';
}

/** TLS towards an external Temporal: `true` in `enabled` alone means the system's certificates. Paths are absolute. */
export interface TemporalTls {
  readonly enabled: boolean;
  readonly serverName: string | undefined;
  readonly serverCaFile: string | undefined;
  readonly clientCertFile: string | undefined;
  readonly clientKeyFile: string | undefined;
}

/** How staff log in through the city's identity provider. */
export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly redirectUri: string;
  readonly scope: string;
  readonly label: string;
  readonly roles:
    | { readonly claim: string; readonly map: readonly { readonly value: string; readonly role: StaffRole }[] }
    | undefined;
  readonly loginClaim: string | undefined;
}

/** The city's LINE official account. */
export interface LineConfig {
  readonly channelSecret: string;
  readonly channelAccessToken: string;
  /** The account's basic id, `@…`: citizens open it by this. */
  readonly accountId: string;
  /** Origin of the Messaging API. */
  readonly apiUrl: string;
  /** Origin of the page on which LINE asks its user whether to link. */
  readonly accessUrl: string;
}

/** What the environment says, checked. `undefined` means: not given. */
export interface Config {
  /** Unset: the embedded PostgreSQL is used. */
  readonly databaseUrl: string | undefined;
  /** Unset: the embedded Temporal is used. `host:port`. */
  readonly temporalAddress: string | undefined;
  readonly temporalNamespace: string;
  readonly temporalApiKey: string | undefined;
  readonly temporalTls: TemporalTls;
  /** Origin of the page that staff read workflows on. Unset: that of the embedded server. */
  readonly temporalUiOrigin: string | undefined;
  /** Path of a `temporal` command to use for the embedded server. */
  readonly temporalCli: string | undefined;
  readonly citizenPort: number;
  readonly staffPort: number;
  /** Absolute path of the data folder. */
  readonly dataDir: string;
  /** Whether the demo city is loaded and the inbox page is served. */
  readonly demo: boolean;
  /** `id=base64[,id=base64…]`, the first one current. Unset only with the embedded database, which makes its own. */
  readonly keys: string | undefined;
  /** CIDRs whose `X-Forwarded-For` counts. */
  readonly trustedProxies: readonly string[];
  /** Unset: no mail leaves the machine. */
  readonly smtpUrl: string | undefined;
  /** Where citizens reach the site, without a slash at the end. */
  readonly publicUrl: string;
  /** Where staff reach their app, without a slash at the end. Unset: on this machine alone. */
  readonly staffUrl: string | undefined;
  /** Whether staff log in by password. */
  readonly staffLocalLogIn: boolean;
  /** The city's identity provider; undefined: everybody logs in by password. */
  readonly oidc: OidcConfig | undefined;
  /** Undefined: nothing is sent to LINE. */
  readonly line: LineConfig | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const port = z
  .string()
  .refine(
    (text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535,
    'must be a port number from 1 to 65535',
  )
  .transform(Number);

const flag = z
  .string()
  .refine((text) => text === '0' || text === '1', 'must be 0 or 1')
  .transform((text) => text === '1');

const file = z.string().transform((text) => resolve(projectRoot, text));

function url(protocols: readonly string[], hint: string) {
  return z.string().refine((text) => {
    const parsed = URL.canParse(text) ? new URL(text) : undefined;
    return parsed !== undefined && protocols.includes(parsed.protocol) && parsed.hostname !== '';
  }, `must be a URL such as ${hint}`);
}

/** Over plain http anybody on the way could read coupon numbers and take over sessions. */
function isSecure(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { protocol, hostname } = new URL(text);
  return (
    protocol !== 'http:' ||
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '127.0.0.1' ||
    hostname === '[::1]'
  );
}

function isCidr(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function isKeyList(text: string): boolean {
  try {
    parseKeys(text);
    return true;
  } catch {
    return false;
  }
}

/** `value=role;value=role`: values are names of groups and may contain `=` and `,` themselves. Undefined when it is not such a list. */
function readRoleMap(text: string): { value: string; role: StaffRole }[] | undefined {
  const pairs = text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.lastIndexOf('=');
      return {
        value: part.slice(0, Math.max(at, 0)).trim(),
        role: staffRoles.find((role) => role === part.slice(at + 1).trim()),
      };
    });
  return pairs.length > 0 &&
    pairs.every((pair): pair is { value: string; role: StaffRole } => pair.value !== '' && pair.role !== undefined)
    ? pairs
    : undefined;
}

const schema = z.object({
  DATABASE_URL: url(['postgres:', 'postgresql:'], 'postgres://user:password@host:5432/toki').optional(),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):\d{1,5}$/, 'must be host:port, for example temporal.example.jp:7233')
    .optional(),
  TEMPORAL_NAMESPACE: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be a namespace name made of letters, digits, ".", "_" and "-"')
    .default('default'),
  TEMPORAL_API_KEY: z.string().optional(),
  TEMPORAL_TLS: flag.optional(),
  TEMPORAL_TLS_SERVER_NAME: z.string().optional(),
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: file.optional(),
  TEMPORAL_TLS_CLIENT_CERT_PATH: file.optional(),
  TEMPORAL_TLS_CLIENT_KEY_PATH: file.optional(),
  TEMPORAL_UI_URL: url(['http:', 'https:'], 'https://temporal.city.example.jp')
    .transform((text) => new URL(text).origin)
    .optional(),
  TEMPORAL_CLI: file.optional(),
  CITIZEN_PORT: port.default(3000),
  STAFF_PORT: port.default(3001),
  TOKI_DATA_DIR: file.default(resolve(projectRoot, '.toki')),
  TOKI_DEMO: flag.optional(),
  TOKI_KEYS: z
    .string()
    .refine(isKeyList, 'must be id=key[,id=key…], each id once and each key 32 bytes in base64')
    .optional(),
  TOKI_TRUSTED_PROXIES: z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .refine(
      (parts) => parts.every(isCidr),
      'must be addresses or CIDRs separated by commas, for example 10.0.0.0/8,192.0.2.1',
    )
    .default([]),
  SMTP_URL: url(['smtp:', 'smtps:'], 'smtp://user:password@mail.example.jp:587').optional(),
  PUBLIC_URL: url(['http:', 'https:'], 'https://yoyaku.city.example.jp')
    .refine(isSecure, 'must begin with https:// for any host but localhost')
    .transform((text) => text.replace(/\/+$/, ''))
    .optional(),
  STAFF_URL: url(['http:', 'https:'], 'https://toki.city.example.jp')
    .refine(isSecure, 'must begin with https:// for any host but localhost')
    .transform((text) => text.replace(/\/+$/, ''))
    .optional(),
  STAFF_LOCAL_LOGIN: flag.optional(),
  OIDC_ISSUER: url(['http:', 'https:'], 'https://login.city.example.jp')
    .refine(isSecure, 'must begin with https:// for any host but localhost')
    .optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_SCOPE: z
    .string()
    .refine((text) => text.split(' ').includes('openid'), 'must be scopes separated by spaces, "openid" among them')
    .optional(),
  OIDC_LABEL: z.string().max(40, 'must have at most 40 letters').optional(),
  OIDC_ROLE_CLAIM: z.string().optional(),
  OIDC_ROLES: z
    .string()
    .refine(
      (text) => readRoleMap(text) !== undefined,
      `must be value=role[;value=role…] with the roles ${staffRoles.join(', ')}`,
    )
    .optional(),
  OIDC_LOGIN_CLAIM: z.string().optional(),
  LINE_CHANNEL_SECRET: z.string().optional(),
  LINE_CHANNEL_ACCESS_TOKEN: z.string().optional(),
  LINE_ACCOUNT_ID: z
    .string()
    .regex(/^@[A-Za-z0-9._-]{1,40}$/, 'must be the basic id of the official account, for example @123abcde')
    .optional(),
  LINE_API_URL: url(['http:', 'https:'], 'https://api.line.me')
    .refine(isSecure, 'must begin with https:// for any host but localhost')
    .transform((text) => new URL(text).origin)
    .optional(),
});

/** Their wrong values are not repeated on the screen: they may hold a password or a key. */
const secrets = new Set([
  'DATABASE_URL',
  'TEMPORAL_API_KEY',
  'TOKI_KEYS',
  'SMTP_URL',
  'OIDC_CLIENT_SECRET',
  'LINE_CHANNEL_SECRET',
  'LINE_CHANNEL_ACCESS_TOKEN',
]);

/**
 * Reads and checks every variable Toki knows. An empty value counts as unset.
 *
 * @throws ConfigError one sentence per wrong variable, each on its own line.
 */
export function readConfig(env: Environment): Config {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => {
      const value = env[name]?.trim();
      return value ? [[name, value]] : [];
    }),
  ) as Record<string, string>;
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const wrong = new Map(parsed.error.issues.map((issue) => [String(issue.path[0]), issue.message]));
    throw new ConfigError(
      [...wrong]
        .map(([name, rule]) => `${name} ${rule}${secrets.has(name) ? '' : `, but it is "${given[name] ?? ''}"`}.`)
        .join('\n'),
    );
  }
  const values = parsed.data;
  if (values.CITIZEN_PORT === values.STAFF_PORT) {
    throw new ConfigError(`CITIZEN_PORT and STAFF_PORT must differ, but both are ${String(values.STAFF_PORT)}.`);
  }
  if (values.DATABASE_URL !== undefined && values.TOKI_KEYS === undefined) {
    throw new ConfigError(
      'TOKI_KEYS is required together with DATABASE_URL; make one with: echo "k1=$(openssl rand -base64 32)".',
    );
  }
  if ((values.TEMPORAL_TLS_CLIENT_CERT_PATH === undefined) !== (values.TEMPORAL_TLS_CLIENT_KEY_PATH === undefined)) {
    throw new ConfigError('TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH must be given together.');
  }
  const oidc = oidcOf(values);
  if (values.STAFF_LOCAL_LOGIN === false && !oidc)
    throw new ConfigError('STAFF_LOCAL_LOGIN may be 0 only together with OIDC_ISSUER: otherwise nobody could log in.');
  return {
    databaseUrl: values.DATABASE_URL,
    temporalAddress: values.TEMPORAL_ADDRESS,
    temporalNamespace: values.TEMPORAL_NAMESPACE,
    temporalApiKey: values.TEMPORAL_API_KEY,
    temporalTls: {
      // An API key or a certificate makes no sense over a plain connection, so either switches TLS on.
      enabled:
        values.TEMPORAL_TLS ??
        (values.TEMPORAL_API_KEY !== undefined ||
          values.TEMPORAL_TLS_SERVER_CA_CERT_PATH !== undefined ||
          values.TEMPORAL_TLS_CLIENT_CERT_PATH !== undefined),
      serverName: values.TEMPORAL_TLS_SERVER_NAME,
      serverCaFile: values.TEMPORAL_TLS_SERVER_CA_CERT_PATH,
      clientCertFile: values.TEMPORAL_TLS_CLIENT_CERT_PATH,
      clientKeyFile: values.TEMPORAL_TLS_CLIENT_KEY_PATH,
    },
    temporalUiOrigin: values.TEMPORAL_UI_URL,
    temporalCli: values.TEMPORAL_CLI,
    citizenPort: values.CITIZEN_PORT,
    staffPort: values.STAFF_PORT,
    dataDir: values.TOKI_DATA_DIR,
    demo: values.TOKI_DEMO ?? values.DATABASE_URL === undefined,
    keys: values.TOKI_KEYS,
    trustedProxies: values.TOKI_TRUSTED_PROXIES,
    smtpUrl: values.SMTP_URL,
    publicUrl: values.PUBLIC_URL ?? `http://localhost:${String(values.CITIZEN_PORT)}`,
    staffUrl: values.STAFF_URL,
    staffLocalLogIn: values.STAFF_LOCAL_LOGIN ?? true,
    oidc,
    line: lineOf(values),
  };
}

/** @throws ConfigError when only a part of what belongs together is given */
function lineOf(values: z.output<typeof schema>): LineConfig | undefined {
  const {
    LINE_CHANNEL_SECRET: channelSecret,
    LINE_CHANNEL_ACCESS_TOKEN: channelAccessToken,
    LINE_ACCOUNT_ID: accountId,
    LINE_API_URL: apiUrl,
  } = values;
  if (channelSecret === undefined && channelAccessToken === undefined && accountId === undefined) {
    if (apiUrl !== undefined) throw new ConfigError('LINE_API_URL means nothing without LINE_CHANNEL_SECRET.');
    return undefined;
  }
  if (channelSecret === undefined || channelAccessToken === undefined || accountId === undefined) {
    throw new ConfigError('LINE_CHANNEL_SECRET, LINE_CHANNEL_ACCESS_TOKEN and LINE_ACCOUNT_ID must be given together.');
  }
  // A server that stands in for LINE has its own page for the user's yes.
  return {
    channelSecret,
    channelAccessToken,
    accountId,
    apiUrl: apiUrl ?? 'https://api.line.me',
    accessUrl: apiUrl ?? 'https://access.line.me',
  };
}

/** @throws ConfigError when only a part of what belongs together is given */
function oidcOf(values: z.output<typeof schema>): OidcConfig | undefined {
  const {
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: clientId,
    STAFF_URL: staffUrl,
    OIDC_ROLE_CLAIM: claim,
    OIDC_ROLES: roles,
  } = values;
  if (issuer === undefined) {
    const lonely = (
      [
        'OIDC_CLIENT_ID',
        'OIDC_CLIENT_SECRET',
        'OIDC_SCOPE',
        'OIDC_LABEL',
        'OIDC_ROLE_CLAIM',
        'OIDC_ROLES',
        'OIDC_LOGIN_CLAIM',
      ] as const
    ).find((name) => values[name] !== undefined);
    if (lonely !== undefined) throw new ConfigError(`${lonely} means nothing without OIDC_ISSUER.`);
    return undefined;
  }
  if (clientId === undefined) throw new ConfigError('OIDC_CLIENT_ID is required together with OIDC_ISSUER.');
  if (staffUrl === undefined)
    throw new ConfigError('STAFF_URL is required together with OIDC_ISSUER: the provider sends people back to it.');
  if ((claim === undefined) !== (roles === undefined))
    throw new ConfigError('OIDC_ROLE_CLAIM and OIDC_ROLES must be given together.');
  return {
    issuer,
    clientId,
    clientSecret: values.OIDC_CLIENT_SECRET,
    redirectUri: `${staffUrl}/oidc/callback`,
    scope: values.OIDC_SCOPE ?? 'openid profile',
    label: values.OIDC_LABEL ?? '市の認証でログイン',
    roles: claim === undefined || roles === undefined ? undefined : { claim, map: readRoleMap(roles) ?? [] },
    loginClaim: values.OIDC_LOGIN_CLAIM,
  };
}
