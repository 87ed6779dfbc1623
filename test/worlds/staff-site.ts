import { Writable } from 'node:stream';

import type { Client } from '@temporalio/client';
import pino from 'pino';

import { createStaffApp } from '../../api/staff/app';
import { type OidcSettings } from '../../api/staff/staff/oidc/oidc-provider';
import type { StaffServices } from '../../api/staff/staff-services';
import { type Audit, type AuditActor } from '../../database/audit/audit';
import { createDatabaseServices } from '../../database/services';
import type { StaffView } from '../../database/staff/account-changes';
import { totpCode } from '../../database/staff/credentials';
import { type StaffRepository } from '../../database/staff/staff-repository';
import { createOperatingFigures } from '../../database/upkeep/operating-figures';
import type { BookingEvent, Timeline } from '../../domain/contracts/booking-workflow';
import type { StaffRole } from '../../domain/staff/roles';
import { EncryptionCodec } from '../../engine/temporal/payload-codec';
import { createTemporalClient } from '../../engine/temporal/temporal-client';
import { listenerOf, serve } from '../../runtime/processes/serve';
import { composeStaffServices } from '../../runtime/processes/staff-services';
import { projectRoot } from '../../runtime/root';
import { createTestCity, type TestCity, testKeys } from './test-city';
import { Visitor } from './visitor';

export const tester: AuditActor = { kind: 'machine', id: null, origin: 'test', requestId: null };

export interface StaffSite {
  readonly city: TestCity;
  readonly url: string;
  readonly services: StaffServices;
  readonly audit: Audit;
  readonly staff: StaffRepository;
  readonly handedOver: BookingEvent[];
  readonly logLines: string[];
  timeline: Timeline | undefined;
  /** What the workflows say to a notice that is to be sent once more: nobody hears it, until a test says otherwise. */
  sendAgain: StaffServices['sendAgain'];
  /** An account as `staff add` makes it. */
  account(role: StaffRole): Promise<{ readonly staff: StaffView; readonly oneTimePassword: string }>;
  /** The same with an authenticator app set up, as after half of the first log-in. */
  enrolled(role: StaffRole): Promise<{
    readonly staff: StaffView;
    readonly password: string;
    readonly totpSecret: string;
    readonly recoveryCodes: readonly string[];
  }>;
  /** A browser with a running session of that role, with an own password. */
  colleague(role: StaffRole): Promise<Visitor & { readonly staffId: string }>;
  visitor(): Visitor;
  /** Opens a resident's data to a member of staff, as an identity check does. */
  identified(staffId: string, residentId: string): Promise<void>;
  close(): Promise<void>;
}

let people = 0;

export interface StaffSiteOptions {
  readonly demo?: boolean;
  readonly oidc?: OidcSettings;
  readonly localLogIn?: boolean;
  readonly publicUrl?: string;
  /** Left out: mail to staff lands in the inbox. */
  readonly smtpUrl?: string;
  /** One that is there already, and is closed by its maker. */
  readonly city?: TestCity;
  /** Known beforehand, where the identity provider must know it. */
  readonly port?: number;
  /** That of a world with workers; otherwise nothing answers for Temporal. */
  readonly temporal?: Client;
}

/** The staff app on a fresh small city and a free port, not in demo mode. */
export async function createStaffSite({
  demo = false,
  oidc,
  localLogIn = true,
  port = 0,
  publicUrl = 'http://localhost:3000',
  smtpUrl,
  city: given,
  temporal: givenTemporal,
}: StaffSiteOptions = {}): Promise<StaffSite> {
  const city = given ?? (await createTestCity({ poolSize: 8 }));
  const nobody = createTemporalClient({ address: '127.0.0.1:1', namespace: 'nobody' }, city.keys);
  const temporal = givenTemporal ?? nobody;
  const { database, keys } = city;
  const figures = createOperatingFigures(database);
  const ofTheDatabase = createDatabaseServices({ database, keys });
  const { audit, sessions, staff, enrolment, outbox, notices } = ofTheDatabase;
  const handedOver: BookingEvent[] = [];
  const logLines: string[] = [];
  const health = {
    database: () => database.raw('SELECT 1'),
    temporal: () => Promise.resolve(),
    backlog: () => outbox.backlog(),
  };
  const services: StaffServices = {
    ...composeStaffServices({
      database,
      keys,
      services: ofTheDatabase,
      temporal,
      handOver: {
        offer: (events) => {
          handedOver.push(...events);
        },
      },
      health,
      workflowUrl: (workflowId) =>
        `http://localhost:8233/namespaces/default/workflows/${encodeURIComponent(workflowId)}`,
      oidc: oidc && { ...oidc, label: '市の認証でログイン' },
      localLogIn,
      hasLine: false,
      smtpUrl,
      publicUrl,
      trustedProxies: ['127.0.0.1', '::1'],
    }),
    timelineOf: () => Promise.resolve(site.timeline),
    sendAgain: (request) => site.sendAgain(request),
    workflowsToDo: () => Promise.resolve(0),
  };
  const app = createStaffApp({
    services,
    health,
    metrics: { figures: () => figures.read(), backlog: () => outbox.backlog() },
    notices,
    codec: new EncryptionCodec(testKeys),
    temporalUiOrigin: () => 'http://localhost:8233',
    demo,
    https: false,
    log: pino(
      { level: 'debug' },
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          logLines.push(chunk.toString());
          done();
        },
      }),
    ),
    projectRoot,
  });
  const serving = await serve(listenerOf(app), port);
  const address = serving.server.address();
  const url = `http://localhost:${String(typeof address === 'object' ? address?.port : '')}`;
  const site: StaffSite = {
    city,
    url,
    services,
    audit,
    staff,
    handedOver,
    logLines,
    timeline: undefined,
    sendAgain: () => Promise.resolve('unreachable'),
    async account(role) {
      const result = await staff.add(tester, {
        login: `person-${String(++people)}`,
        displayName: `職員${String(people)}`,
        role,
      });
      if (!result.ok) throw new Error(result.staffCode);
      return result;
    },
    async enrolled(role) {
      const { staff: person, oneTimePassword } = await site.account(role);
      const { secret } = await enrolment.begin(person.id, person.login);
      const result = await enrolment.confirm(tester, person.id, totpCode(secret, new Date()), new Date());
      if (!result.ok) throw new Error(result.staffCode);
      // The code of this moment is to be had again.
      await database('staff').where({ id: person.id }).update({ totp_last_step: null });
      return { staff: person, password: oneTimePassword, totpSecret: secret, recoveryCodes: result.recoveryCodes };
    },
    async colleague(role) {
      const { staff: person } = await site.account(role);
      await database('staff').where({ id: person.id }).update({ password_expires_at: null });
      const visitor = new Visitor(url);
      visitor.cookies.set('toki-staff', await sessions.open(person.id));
      return Object.assign(visitor, { staffId: person.id });
    },
    visitor: () => new Visitor(url),
    async identified(staffId, residentId) {
      await services.identityChecks.keep({ staffId, residentId, passed: true, items: ['couponNumber', 'birthDate'] });
    },
    async close() {
      await serving.stop(1_000);
      await nobody.connection.close();
      if (!given) await city.close();
    },
  };
  return site;
}
