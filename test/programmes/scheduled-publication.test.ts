import { WorkflowFailedError } from '@temporalio/client';
import pino from 'pino';

import { createAudit } from '../../database/audit/audit';
import { createStaffRepository } from '../../database/staff/staff-repository';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import { publicationWorkflowId } from '../../domain/programmes/programme-workflow';
import { createPublicationSweeper } from '../../engine/loops/publication-sweeper';
import { patienceMs } from '../support/patience';
import { createRehearsalTestWorld, type RehearsalTestWorld } from '../worlds/rehearsal-world';
import { tester } from '../worlds/staff-site';

const programme = 'test-programme';
let world: RehearsalTestWorld;
let publisherId: string;

beforeAll(async () => {
  world = await createRehearsalTestWorld();
  const { database, keys } = world.city;
  const publisher = await createStaffRepository({ database, keys, audit: createAudit({ database, keys }) }).add(
    tester,
    { login: 'publisher', displayName: '公開者', role: 'city_admin' },
  );
  if (!publisher.ok) throw new Error(publisher.staffCode);
  publisherId = publisher.staff.id;
});
afterAll(() => world.close());
afterEach(async () => {
  await world.city
    .database('programme_release')
    .where({ state: 'scheduled' })
    .update({ state: 'cancelled', ended_at: new Date() });
  await world.city.database('programme_draft').delete();
});

/** Edited by the one, rehearsed, and asked by the other to be published at `publishAt`. Nothing is started yet. */
/** A draft that is to be published in `ms`, counted from when everything else about it is done. */
async function scheduled(name: string, ms: number): Promise<{ readonly id: string; readonly at: Date }> {
  const [newest] = (await world.drafts.versions(programme)) ?? [];
  const begun = await world.drafts.beginFrom(tester, world.staffId, programme, newest?.number ?? 0);
  if (!begun.ok) throw new Error(JSON.stringify(begun));
  const document = { ...(begun.draft.document as ProgrammeDocument), name };
  const saved = await world.drafts.save(tester, world.staffId, programme, begun.draft.version, document);
  if (!saved.ok) throw new Error(JSON.stringify(saved));
  const asked = await world.rehearsals.ask(tester, world.staffId, programme, document, {
    kind: 'programme',
    people: 1,
    seed: 1,
  });
  if (!asked.ok) throw new Error(asked.staffCode);
  await world.rehearsals.finish(asked.id, { people: 1, durationMs: 1, faults: [] });
  const at = new Date(Date.now() + ms);
  const outcome = await world.drafts.schedule(tester, publisherId, programme, saved.draft.version, at);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome));
  return { id: outcome.publication.id, at };
}

/** Long enough for what has to be done before, on a machine shared among many. */
const soonMs = 5_000;
const resultOf = (id: string) => world.client.workflow.getHandle(publicationWorkflowId(id)).result() as Promise<string>;

async function publishedVersion(): Promise<{ number: number; name: string; publishedAt: Date }> {
  const row = await world.city
    .database('programme_version as v')
    .join('programme as p', 'p.id', 'v.programme_id')
    .where({ 'p.code': programme, 'v.status': 'published' })
    .first<{ number: number; document: ProgrammeDocument; published_at: Date }>(
      'v.number',
      'v.document',
      'v.published_at',
    );
  return { number: row.number, name: row.document.name, publishedAt: row.published_at };
}

describe('a scheduled publication on a real server', () => {
  test('publishes when its time has come, and not before', async () => {
    const before = await publishedVersion();
    const { id, at } = await scheduled('公開の時刻', soonMs);
    await world.processes.startPublication(id, at);
    // Asked for twice (the sweeper looks as well): one workflow, one version.
    await world.processes.startPublication(id, at);
    expect((await publishedVersion()).number).toBe(before.number);
    expect(await resultOf(id)).toBe('published');
    const after = await publishedVersion();
    expect([after.number, after.name]).toEqual([before.number + 1, '公開の時刻']);
    expect(after.publishedAt.getTime()).toBeGreaterThanOrEqual(at.getTime());
  });

  test('a worker that is down at the moment: the next one publishes', async () => {
    const before = await publishedVersion();
    const { id, at } = await scheduled('ワーカーの停止', soonMs);
    await world.processes.startPublication(id, at);
    await world.stopWorkers();
    await new Promise((resolve) => setTimeout(resolve, at.getTime() + 1_000 - Date.now()));
    expect((await publishedVersion()).number).toBe(before.number);
    await world.startWorkers();
    expect(await resultOf(id)).toBe('published');
    expect((await publishedVersion()).number).toBe(before.number + 1);
  });

  test('called off, the workflow ends at once and nothing is published', async () => {
    const before = await publishedVersion();
    const { id, at } = await scheduled('取りやめ', 3_600_000);
    await world.processes.startPublication(id, at);
    const cancelled = await world.drafts.cancelPublication(tester, programme);
    expect(cancelled).toEqual({ ok: true, id });
    await world.processes.cancelPublication(id);
    expect(await resultOf(id)).toBe('cancelled');
    expect((await publishedVersion()).number).toBe(before.number);
  });

  test('called off while Temporal could not be told: the database says no when the time comes', async () => {
    const before = await publishedVersion();
    const { id, at } = await scheduled('届かなかった取りやめ', soonMs);
    await world.processes.startPublication(id, at);
    await world.drafts.cancelPublication(tester, programme);
    expect(await resultOf(id)).toBe('cancelled');
    expect((await publishedVersion()).number).toBe(before.number);
  });

  test('a draft that was changed behind its back is refused, and says so', async () => {
    const before = await publishedVersion();
    const { id, at } = await scheduled('裏での変更', soonMs);
    await world.city
      .database('programme_draft')
      .update({ document: world.city.database.raw(`jsonb_set(document, '{name}', '"ほかの名前"')`) });
    await world.processes.startPublication(id, at);
    expect(await resultOf(id)).toBe('changed_meanwhile');
    expect((await world.drafts.publication(id))?.state).toBe('refused');
    expect((await publishedVersion()).number).toBe(before.number);
  });

  test('whose workflow an operator terminated is started again by the sweeper', async () => {
    const { id, at } = await scheduled('止められた公開', soonMs);
    await world.processes.startPublication(id, at);
    await world.client.workflow.getHandle(publicationWorkflowId(id)).terminate('by hand');
    await expect(resultOf(id)).rejects.toThrow(WorkflowFailedError);
    const sweeper = createPublicationSweeper({
      drafts: world.drafts,
      start: (publication, publishAt) => world.processes.startPublication(publication, publishAt),
      log: pino({ level: 'silent' }),
    });
    sweeper.start();
    const deadline = Date.now() + patienceMs;
    while ((await world.drafts.publication(id))?.state === 'scheduled' && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 100));
    await sweeper.stop();
    expect((await world.drafts.publication(id))?.state).toBe('published');
    expect((await publishedVersion()).name).toBe('止められた公開');
  });
});
