import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { createRehearsalActivities } from '../activities/rehearsal';
import { createRehearsedActivities, RehearsalWorlds } from '../activities/rehearsal-world';
import { createReleaseActivities } from '../activities/releases';
import { createAudit } from '../database/audit';
import type { Database } from '../database/connection';
import type { KeyRing } from '../database/keys';
import type { ProgrammeDrafts } from '../database/programme-drafts';
import { createProgrammeFacts } from '../database/programme-facts';
import { createProgrammeRehearsals } from '../database/programme-rehearsals';
import { rehearsalQueuePrefix } from '../domain/contracts/booking-workflow';
import { qrSvg, readQrSvg } from '../api/shared/qr';
import type { ProgrammeWork } from './workers';

/** What a worker process does for programmes: rehearsals in its own memory, and publishing at a set time. */
export function createProgrammeWork(
  { client, database, keys, publicUrl, drafts }: { client: Client; database: Database; keys: KeyRing; publicUrl: string; drafts: ProgrammeDrafts },
): ProgrammeWork {
  const worlds = new RehearsalWorlds();
  const queue = `${rehearsalQueuePrefix}${randomUUID()}`;
  const facts = createProgrammeFacts({ database, keys, site: () => Promise.resolve({ url: publicUrl, qrText: readQrSvg(qrSvg(publicUrl)) }) });
  const rehearsals = createProgrammeRehearsals({ database, audit: createAudit({ database, keys }) });
  return {
    queue,
    activities: { ...createRehearsalActivities({ client, worlds, queue, rehearsals, slotsFrom: (programmeId, from, limit) => facts.slotsFrom(programmeId, from, limit) }), ...createReleaseActivities({ drafts, facts }) },
    rehearsed: createRehearsedActivities(worlds, publicUrl),
  };
}
