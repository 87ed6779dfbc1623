import { type AuditActor, createAudit } from '../../../database/audit/audit';
import { createProgrammeRehearsals, type RehearsalView } from '../../../database/programmes/programme-rehearsals';
import { createStaffRepository } from '../../../database/staff/staff-repository';
import { addDays, cityDate, instantOf } from '../../../domain/calendar/city-time';
import type { ProgrammeDocument } from '../../../domain/programmes/document';
import { programmeTaskQueue } from '../../../domain/programmes/programme-workflow';
import type { RehearsalScript } from '../../../domain/rehearsal/script';
import { createProgrammeRequests } from '../../../engine/requests/create-programme-requests';
import { createTemporalClient } from '../../../engine/temporal/temporal-client';
import { createBenchCity } from './bench-city';
import { type Figure, forEachAtOnce, median, round, seconds } from './measure';
import { startWorkerProcess } from './worker-process';

const people = 300;
/** Seconds that staff wait at most: for one person's story, and for the whole programme. */
const most = { one: 5, all: 60 } as const;
const bareWorkflows = 400;
const bench: AuditActor = { kind: 'machine', id: null, origin: 'bench', requestId: null };

/**
 * What staff wait for who rehearse the demo programme: one person's way through both doses, and 300 people from the opening to
 * their last appointment, on the worker as `npm start` runs it. Beside it the bare number of starts with one signal that this
 * machine's Temporal takes in a second, for a rehearsal is as fast as that.
 */
export async function rehearsal(serverUrl: string, temporalAddress: string): Promise<Figure> {
  const city = await createBenchCity(serverUrl, 'toki_bench_rehearsal');
  const client = createTemporalClient({ address: temporalAddress, namespace: 'default' }, city.keys);
  const worker = await startWorkerProcess(city, temporalAddress, programmeTaskQueue);
  try {
    const audit = createAudit({ database: city.database, keys: city.keys });
    const author = await createStaffRepository({ database: city.database, keys: city.keys, audit }).add(bench, {
      login: 'bench',
      displayName: '計測',
      role: 'city_admin',
    });
    if (!author.ok) throw new Error(author.staffCode);
    const rehearsals = createProgrammeRehearsals({ database: city.database, audit });
    const processes = createProgrammeRequests(client);
    const { document } = city.version;

    async function play(script: RehearsalScript): Promise<RehearsalView> {
      const asked = await rehearsals.ask(bench, author.ok ? author.staff.id : '', 'bench', document, script);
      if (!asked.ok) throw new Error(asked.staffCode);
      await processes.startRehearsal(asked.id);
      for (;;) {
        const found = await rehearsals.find(asked.id);
        if (found?.state === 'done' && found.passed) return found;
        if (found && found.state !== 'waiting' && found.state !== 'running')
          throw new Error(`the rehearsal ended ${found.state}: ${JSON.stringify(found.report?.faults)}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }

    const bare =
      bareWorkflows /
      (await seconds(() =>
        forEachAtOnce(
          Array.from({ length: bareWorkflows }, (_, index) => index),
          48,
          async (index) => {
            const handle = await client.workflow.start('bench', {
              workflowId: `bench/rehearsal/${String(index)}`,
              taskQueue: 'bench',
              args: [{}],
            });
            await handle.signal('event', {});
          },
        ),
      ));
    const one = median(await inTurn(5, () => seconds(() => play(oneStory(document)))));
    const all = await seconds(() => play({ kind: 'programme', people, seed: 1 }));
    return {
      name: 'rehearsal',
      value: round(all, 1),
      wanted: `<= ${String(most.all)} s, one <= ${String(most.one)} s`,
      holds: all <= most.all && one <= most.one,
      detail: {
        [`${String(people)} people, s`]: round(all, 1),
        'one person, both doses, s': round(one, 2),
        'bare start + signal /s': round(bare, 0),
      },
    };
  } finally {
    await worker.stop();
    await client.connection.close();
    await city.close();
  }
}

/** A person of the first group books ten days ahead on the day after the opening, and comes to both doses. */
function oneStory({ groups: [group] }: ProgrammeDocument): RehearsalScript {
  if (!group) throw new Error('a programme has a group');
  return {
    kind: 'person',
    person: { groupCode: group.code, hasEmail: true, channel: 'web' },
    story: {
      kind: 'attends',
      bookedAt: instantOf(addDays(cityDate(group.opensAt), 1), '10:00').toISOString(),
      daysAhead: 10,
      time: '10:30',
      actsDaysBefore: 2,
    },
  };
}

async function inTurn<Value>(times: number, work: () => Promise<Value>): Promise<Value[]> {
  const values: Value[] = [];
  while (values.length < times) values.push(await work());
  return values;
}
