import { randomUUID } from 'node:crypto';

import type { Client } from '@temporalio/client';

import type { Log } from '../activities/log';
import { createChangeActivities } from '../activities/programme-changes';
import { createRehearsalActivities } from '../activities/rehearsal';
import { createRehearsedActivities, RehearsalWorlds } from '../activities/rehearsal-world';
import { createReleaseActivities } from '../activities/releases';
import { qrSvg, readQrSvg } from '../api/shared/qr';
import { createAudit } from '../database/audit';
import { createBirthDateKeys } from '../database/birth-date-keys';
import { createBookingRepository } from '../database/bookings';
import type { Database } from '../database/connection';
import type { KeyRing } from '../database/keys';
import { createOutbox } from '../database/outbox';
import { createProgrammeChanges } from '../database/programme-changes';
import type { ProgrammeDrafts } from '../database/programme-drafts';
import { createProgrammeFacts } from '../database/programme-facts';
import { createProgrammeRehearsals } from '../database/programme-rehearsals';
import { createProgrammes } from '../database/programmes';
import { rehearsalQueuePrefix } from '../domain/contracts/booking-workflow';
import type { ProgrammeWork } from './workers';

/** What a worker process does for programmes: rehearsals in its own memory, publishing at a set time, and bringing versions to running bookings. */
export function createProgrammeWork({
  client,
  database,
  keys,
  publicUrl,
  drafts,
  log,
}: {
  client: Client;
  database: Database;
  keys: KeyRing;
  publicUrl: string;
  drafts: ProgrammeDrafts;
  log: Log;
}): ProgrammeWork {
  const worlds = new RehearsalWorlds();
  const queue = `${rehearsalQueuePrefix}${randomUUID()}`;
  const facts = createProgrammeFacts({
    database,
    keys,
    site: () => Promise.resolve({ url: publicUrl, qrText: readQrSvg(qrSvg(publicUrl)) }),
  });
  const audit = createAudit({ database, keys });
  const rehearsals = createProgrammeRehearsals({ database, audit });
  const programmes = createProgrammes(database);
  const changes = createProgrammeChanges({ database, audit, programmes, birthDates: createBirthDateKeys(keys) });
  return {
    queue,
    activities: {
      ...createRehearsalActivities({
        client,
        worlds,
        queue,
        rehearsals,
        slotsFrom: (programmeId, from, limit) => facts.slotsFrom(programmeId, from, limit),
      }),
      ...createReleaseActivities({ drafts, facts }),
      ...createChangeActivities({
        client,
        changes,
        programmes,
        log,
        bookings: createBookingRepository({ database, keys, programmes }),
        outbox: createOutbox(database),
      }),
    },
    rehearsed: createRehearsedActivities(worlds, publicUrl),
  };
}
