import { randomUUID } from 'node:crypto';

import { createProgrammes, type ProgrammeVersion } from '../../database/programmes/programmes';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import type { TestCity } from './test-city';

/** Publishes a changed document and begins to bring it to running bookings, as two people would; resolves to both. */
export async function runningChange(
  { database, version }: TestCity,
  change: (document: ProgrammeDocument) => void,
): Promise<{ readonly changeId: string; readonly published: ProgrammeVersion }> {
  const programmes = createProgrammes(database);
  const document = structuredClone((await programmes.current(version.programmeCode)).document);
  change(document);
  const published = await programmes.publish(version.programmeCode, document);
  const people = await Promise.all(
    ['asks', 'approves'].map(async (login) => {
      const id = randomUUID();
      await database('staff').insert({
        id,
        login: `${login}-${id.slice(0, 8)}`,
        display_name: login,
        role: 'city_admin',
        password_hash: '',
      });
      return id;
    }),
  );
  const changeId = randomUUID();
  await database('programme_change').insert({
    id: changeId,
    programme_id: version.programmeId,
    programme_version_id: published.id,
    state: 'running',
    asked_by: people[0],
    approved_by: people[1],
    approved_at: new Date(),
  });
  return { changeId, published };
}
