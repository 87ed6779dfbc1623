import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import pino from 'pino';

import { type ProgrammeDrafts } from '../../database/programmes/programme-drafts';
import { type ProgrammeRehearsals, type RehearsalView } from '../../database/programmes/programme-rehearsals';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import type { RehearsalScript } from '../../domain/rehearsal/script';
import { createProgrammeRequests } from '../../engine/requests/create-programme-requests';
import { createDataConverter } from '../../engine/temporal/data-converter';
import { createProgrammeWork } from '../../runtime/processes/programme-work';
import { createActivities, createWorkers } from '../../runtime/processes/workers';
import { createTestNamespace } from '../support/test-namespace';
import { testWorkflowBundle } from './booking-world';
import { tester } from './staff-site';
import { createTestCity, type TestCity } from './test-city';

/** Three hundred people take half a minute of a quiet machine, and several minutes of one that is shared among many. */
export const rehearsalPatienceMs = 600_000;

export interface RehearsalTestWorld {
  readonly city: TestCity;
  readonly client: Client;
  readonly drafts: ProgrammeDrafts;
  readonly rehearsals: ProgrammeRehearsals;
  readonly processes: ReturnType<typeof createProgrammeRequests>;
  readonly staffId: string;
  /** The worker goes down; `startWorkers` brings another one up. */
  stopWorkers(): Promise<void>;
  startWorkers(): Promise<void>;
  /** Asks for a rehearsal and waits for its end. */
  rehearse(
    document: ProgrammeDocument,
    script: RehearsalScript,
  ): Promise<RehearsalView & { readonly waitedMs: number }>;
  close(): Promise<void>;
}

/** A city, a namespace, and a worker process' workers that rehearse. `address`: a Temporal server other than the tests' own. */
export async function createRehearsalTestWorld({
  address: otherAddress,
}: { readonly address?: string } = {}): Promise<RehearsalTestWorld> {
  const [city, { address, namespace }] = await Promise.all([
    createTestCity(),
    otherAddress === undefined ? createTestNamespace() : { address: otherAddress, namespace: 'default' },
  ]);
  const { database, keys } = city;
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const client = new Client({ connection, namespace, dataConverter: createDataConverter(keys) });
  const { services } = city;
  const { drafts, rehearsals } = services;
  const processes = createProgrammeRequests(client);
  const workflowBundle = await testWorkflowBundle();
  let stopWorkers: () => Promise<void> = () => Promise.resolve();
  async function startWorkers(): Promise<void> {
    const workers = await createWorkers({
      connection: native,
      namespace,
      keys,
      workflowBundle,
      activities: createActivities({ database, keys, services, publicUrl: 'https://yoyaku.example.jp' }),
      programmeWork: createProgrammeWork({
        client,
        database,
        keys,
        services,
        publicUrl: 'https://yoyaku.example.jp',
        log: pino({ level: 'silent' }),
      }),
    });
    const running = workers.run();
    stopWorkers = async () => {
      workers.shutdown();
      await running;
    };
  }
  await startWorkers();
  const person = await services.staff.add(tester, {
    login: 'author',
    displayName: '作成者',
    role: 'city_admin',
  });
  if (!person.ok) throw new Error(person.staffCode);
  return {
    city,
    client,
    drafts,
    rehearsals,
    processes,
    staffId: person.staff.id,
    startWorkers,
    stopWorkers: () => stopWorkers(),
    async rehearse(document, script) {
      const started = Date.now();
      const asked = await rehearsals.ask(tester, person.staff.id, 'test-programme', document, script);
      if (!asked.ok) throw new Error(asked.staffCode);
      await processes.startRehearsal(asked.id);
      for (;;) {
        const found = await rehearsals.find(asked.id);
        if (found && found.state !== 'waiting' && found.state !== 'running')
          return { ...found, waitedMs: Date.now() - started };
        if (Date.now() - started > rehearsalPatienceMs)
          throw new Error(`the rehearsal is still ${found?.state ?? 'unknown'}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async close() {
      await stopWorkers();
      await native.close();
      await connection.close();
      await city.close();
    },
  };
}
