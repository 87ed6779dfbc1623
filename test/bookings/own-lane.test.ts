import { Writable } from 'node:stream';

import pino from 'pino';

import { createCitizenApp } from '../../api/citizen/app';
import { createBookingRepository } from '../../database/bookings/bookings';
import { createOutbox } from '../../database/bookings/outbox';
import { openDatabase } from '../../database/foundation/connection';
import { createProgrammes } from '../../database/programmes/programmes';
import { createLoginThrottle } from '../../database/residents/log-in-throttle';
import { createSessionRepository } from '../../database/residents/resident-sessions';
import { createResidentRepository } from '../../database/residents/residents';
import { createSlotRepository } from '../../database/schedule/slots';
import { createSiteSettings } from '../../database/site/site-settings';
import { listenerOf, serve } from '../../runtime/processes/serve';
import { projectRoot } from '../../runtime/root';
import { createStaffSite } from '../worlds/staff-site';
import { testKeys, validAnswers } from '../worlds/test-city';
import { Visitor } from '../worlds/visitor';

/** Generous on a busy machine; a request that waits for the citizens' pool takes 5 s and fails. */
const callerWaitsMs = 2_000;

test('operators book while every connection of the citizen app is taken and people queue in front of it', async () => {
  const site = await createStaffSite();
  const { city } = site;
  const pool = openDatabase({ url: city.databaseUrl, applicationName: 'test citizen', poolSize: 4 });
  const programmes = createProgrammes(pool);
  const outbox = createOutbox(pool);
  const citizenApp = createCitizenApp({
    bookings: createBookingRepository({ database: pool, keys: testKeys, programmes }),
    programmes,
    residents: createResidentRepository({ database: pool, keys: testKeys }),
    slots: createSlotRepository(pool),
    sessions: createSessionRepository({ database: pool, keys: testKeys }),
    site: createSiteSettings(pool),
    throttle: createLoginThrottle({ database: pool, keys: testKeys }),
    keys: testKeys,
    handOver: { offer: () => undefined },
    unmetSearches: { note: () => undefined },
    health: {
      database: () => pool.raw('SELECT 1'),
      temporal: () => Promise.resolve(),
      backlog: () => outbox.backlog(),
    },
    log: pino(
      {},
      new Writable({
        write(_chunk, _encoding, done) {
          done();
        },
      }),
    ),
    publicUrl: 'http://localhost:3000',
    trustedProxies: [],
    projectRoot,
  });
  const serving = await serve(listenerOf(citizenApp), 0);
  const address = serving.server.address();
  const citizenUrl = `http://localhost:${String(typeof address === 'object' ? address?.port : '')}`;
  try {
    const citizenResident = await city.addResident();
    const citizen = new Visitor(citizenUrl);
    citizen.cookies.set(
      'toki',
      await createSessionRepository({ database: pool, keys: testKeys }).open(citizenResident),
    );
    expect((await citizen.get('/api/v1/bookings')).status).toBe(200);

    const operator = await site.colleague('operator');
    const slotId = await city.addSlot({ channel: 'phone', capacity: 20 });
    const callers = await Promise.all(Array.from({ length: 5 }, () => city.addResident()));
    for (const residentId of callers) await site.identified(operator.staffId, residentId);

    // knex says on the console that it had to give up waiting: that is the point here.
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
    // Every connection is busy for longer than the test lasts, and forty people wait behind them.
    const blocked = Array.from({ length: 4 }, () => pool.raw('SELECT pg_sleep(30)').catch(() => undefined));
    const waiting = Array.from({ length: 40 }, () =>
      citizen.get('/api/v1/bookings').then(
        (answer) => answer.status,
        () => 0,
      ),
    );
    const times: number[] = [];
    for (const residentId of callers) {
      const startedAt = performance.now();
      const held = await operator.post(`/api/v1/residents/${residentId}/bookings`, { slotId, dose: 1 });
      const confirmed = await operator.post(`/api/v1/bookings/${held.json<{ id: string }>().id}/confirm`, {
        answers: validAnswers,
      });
      times.push(performance.now() - startedAt);
      expect([held.status, confirmed.status]).toEqual([201, 200]);
    }
    expect(Math.max(...times)).toBeLessThan(callerWaitsMs);
    // The citizen app really had no connection left all that time.
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([503]));
    await city.database.raw(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test citizen'`,
    );
    await Promise.all(blocked);
  } finally {
    jest.restoreAllMocks();
    await serving.stop(500);
    await pool.destroy();
    await site.close();
  }
});
