import { randomUUID } from 'node:crypto';

import type { Client } from '@temporalio/client';

import { createChangeActivities } from '../../activities/programmes/programme-changes';
import { createRehearsedActivities, RehearsalWorlds } from '../../activities/programmes/rehearsal-world';
import { createRehearsalActivities } from '../../activities/programmes/rehearsals';
import { createPublicationActivities } from '../../activities/programmes/scheduled-publications';
import { qrSvg, readQrSvg } from '../../api/shared/qr';
import type { Database } from '../../database/foundation/connection';
import type { KeyRing } from '../../database/foundation/keys';
import { createProgrammeFacts } from '../../database/programmes';
import type { DatabaseServices } from '../../database/services';
import { rehearsalQueuePrefix } from '../../domain/contracts/booking-workflow';
import type { Log } from '../../engine/loops/log';
import type { ProgrammeWork } from './workers';

/** What a worker process does for programmes: rehearsals in its own memory, publishing at a set time, and bringing versions to running bookings. */
export function createProgrammeWork({
  client,
  database,
  keys,
  services,
  publicUrl,
  log,
}: {
  client: Client;
  database: Database;
  keys: KeyRing;
  services: DatabaseServices;
  publicUrl: string;
  log: Log;
}): ProgrammeWork {
  const worlds = new RehearsalWorlds();
  const queue = `${rehearsalQueuePrefix}${randomUUID()}`;
  const facts = createProgrammeFacts({
    database,
    keys,
    site: () => Promise.resolve({ url: publicUrl, qrText: readQrSvg(qrSvg(publicUrl)) }),
  });
  const { drafts, rehearsals, changes, programmes, bookings, outbox } = services;
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
        bookings,
        outbox,
      }),
    },
    rehearsed: createRehearsedActivities(worlds, publicUrl),
  };
}
