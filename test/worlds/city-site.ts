import { Writable } from 'node:stream';

import pino from 'pino';

import { type CitizenAppDependencies, createCitizenApp } from '../../api/citizen/app';
import { createLoginBrake } from '../../database/residents/log-in-brake';
import { createDatabaseServices } from '../../database/services';
import type { UnmetSearches } from '../../database/statistics/unmet-searches';
import type { BookingEvent } from '../../domain/contracts/booking-workflow';
import type { OtherLanguage, ProgrammeDocument } from '../../domain/programmes/document';
import { noSiteSettings } from '../../domain/site/settings';
import { listenerOf, serve } from '../../runtime/processes/serve';
import { projectRoot } from '../../runtime/root';
import { createTestCity, type TestCity } from './test-city';
import { Visitor } from './visitor';

export interface CitySite {
  readonly city: TestCity;
  /** `http://localhost:<port>` */
  readonly url: string;
  /** What the hand-over was given. */
  readonly handedOver: BookingEvent[];
  /** Every line of the log so far. */
  logText(): string;
  /** A person with a browser of their own. */
  visitor(): Visitor;
  /** A new resident, and their browser, logged in. */
  readonly unmetSearches: UnmetSearches;
  citizen(): Promise<Citizen>;
  close(): Promise<void>;
}

export interface Citizen extends Visitor {
  readonly residentId: string;
  readonly couponNumber: string;
}

export interface CitySiteOptions {
  /** One that is there already, and is closed by its maker. */
  readonly city?: TestCity;
  readonly change?: (document: ProgrammeDocument) => void;
  /** Languages whose site words count as reviewed. */
  readonly reviewed?: readonly OtherLanguage[];
  readonly publicUrl?: string;
  readonly trustedProxies?: readonly string[];
  /** With the brake of the whole site. */
  readonly braked?: boolean;
  readonly line?: (city: TestCity) => NonNullable<CitizenAppDependencies['line']>;
}

let coupons = 1_200_000_000;

/** A coupon number that no test used before. */
export function freshCoupon(): string {
  return String(coupons++);
}

/** The citizens' app on a fresh small city and a free port. Events are collected instead of handed over: Temporal may be away. */
export async function createCitySite({
  change,
  publicUrl,
  trustedProxies = [],
  braked = false,
  reviewed = [],
  line,
  city: given,
}: CitySiteOptions = {}): Promise<CitySite> {
  const city = given ?? (await createTestCity(change ? { change } : {}));
  const { database, keys } = city;
  if (reviewed.length > 0)
    await database('site_settings').insert({
      version: 1,
      settings: JSON.stringify({ ...noSiteSettings, reviewedLanguages: reviewed }),
    });
  const services = createDatabaseServices({ database, keys });
  const { outbox, unmetSearches } = services;
  const handedOver: BookingEvent[] = [];
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const app = createCitizenApp({
    bookings: city.bookings,
    programmes: services.programmes,
    residents: services.residents,
    slots: services.slots,
    sessions: services.residentSessions,
    site: services.siteInForce,
    throttle: services.throttle,
    ...(braked ? { brake: createLoginBrake(database) } : {}),
    keys,
    handOver: {
      offer: (events) => {
        handedOver.push(...events);
      },
    },
    unmetSearches,
    health: {
      database: () => database.raw('SELECT 1'),
      temporal: () => Promise.reject(new Error('away')),
      backlog: () => outbox.backlog(),
    },
    log: pino({ level: 'debug' }, sink),
    publicUrl: publicUrl ?? 'http://localhost:3000',
    trustedProxies,
    ...(line ? { line: line(city) } : {}),
    projectRoot,
  });
  const serving = await serve(listenerOf(app), 0);
  const address = serving.server.address();
  const url = `http://localhost:${String(typeof address === 'object' ? address?.port : '')}`;
  return {
    city,
    url,
    handedOver,
    unmetSearches,
    logText: () => lines.join(''),
    visitor: () => new Visitor(url),
    async citizen() {
      const couponNumber = freshCoupon();
      const residentId = await city.addResident({ number: couponNumber, birthDate: '1947-04-01' });
      const visitor = new Visitor(url);
      const response = await visitor.post('/api/v1/session', { couponNumber, birthDate: '1947-04-01' });
      if (response.status !== 200) throw new Error(`log-in answered ${String(response.status)}`);
      return Object.assign(visitor, { residentId, couponNumber });
    },
    async close() {
      await serving.stop(1_000);
      if (!given) await city.close();
    },
  };
}
