import { randomUUID } from 'node:crypto';

import type { Client } from '@temporalio/client';

import { createChangeActivities } from '../../activities/programmes/programme-changes';
import { createRehearsedActivities, RehearsalWorlds } from '../../activities/programmes/rehearsal-world';
import { createRehearsalActivities } from '../../activities/programmes/rehearsals';
import { createPublicationActivities } from '../../activities/programmes/scheduled-publications';
import { qrSvg, readQrSvg } from '../../api/shared/qr';
import { createAudit } from '../../database/audit/audit';
import { createBookingRepository } from '../../database/bookings/bookings';
import { createOutbox } from '../../database/bookings/outbox';
import type { Database } from '../../database/foundation/connection';
import type { KeyRing } from '../../database/foundation/keys';
import { createProgrammeChanges } from '../../database/programmes/programme-changes';
import type { ProgrammeDrafts } from '../../database/programmes/programme-drafts';
import { createProgrammeFacts } from '../../database/programmes/programme-facts';
import { createProgrammeRehearsals } from '../../database/programmes/programme-rehearsals';
import { createProgrammes } from '../../database/programmes/programmes';
import { createBirthDateKeys } from '../../database/residents/birth-date-keys';
import { rehearsalQueuePrefix } from '../../domain/contracts/booking-workflow';
import type { Log } from '../../engine/loops/log';
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
      ...createPublicationActivities({ drafts, facts }),
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
