import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';

import { createAssignmentActivities } from '../../activities/imports/assignment-activities';
import { createDropFolderActivities, type DropFolder } from '../../activities/imports/drop-folder';
import { createImportActivities } from '../../activities/imports/import-activities';
import { type Database, openDatabase } from '../../database/foundation/connection';
import { createImportFileStore } from '../../database/imports/import-files';
import { createImportRunStore, type StoredRowError } from '../../database/imports/import-runs';
import { createProgrammes } from '../../database/programmes/programmes';
import { createResidentRepository } from '../../database/residents/residents';
import { createDatabaseServices } from '../../database/services';
import type { ColumnPositions } from '../../domain/imports/format';
import {
  type ImportProgress,
  importProgressQueryName,
  importTaskQueue,
  importWorkflowId,
  importWorkflowType,
} from '../../domain/imports/import-workflow';
import { createDataConverter } from '../../engine/temporal/data-converter';
import { importEligibility, type ImportOutcome, type PairDecision } from '../../runtime/commands/import-eligibility';
import { projectRoot } from '../../runtime/root';
import { createTestNamespace, type TestNamespace } from '../support/test-namespace';
import { testWorkflowBundle } from './booking-world';
import { createTestCity, type TestCity } from './test-city';

export interface RunningWorker {
  /** Ends the worker as a machine that is taken away would: what is under way is cancelled. */
  stop(): Promise<void>;
}

export interface ImportFileOptions {
  readonly columns?: ColumnPositions;
  readonly isFullSet?: boolean;
  readonly decidePairs?: (runId: string) => Promise<PairDecision>;
  readonly approve?: () => Promise<boolean>;
  readonly approveRemoval?: () => Promise<boolean>;
}

export interface ImportWorld {
  readonly city: TestCity;
  readonly client: Client;
  readonly namespace: TestNamespace;
  /** From now on everything is about the city's own programme, the one that has venues and slots. */
  cityProgramme(): void;
  /** From now on everything is about a programme without residents. */
  freshProgramme(): Promise<void>;
  /** @param dropFolder left out: nobody looks into one */
  startWorker(database?: Database, dropFolder?: DropFolder): Promise<RunningWorker>;
  /** Takes every worker away, as a machine would be. */
  stopWorkers(): Promise<void>;
  /** A pool of its own on the same database, for a worker that is to lose it. */
  openDatabase(): Database;
  /** Imports a file and says yes to everything, or what the options say. */
  import(content: Buffer | string, options?: ImportFileOptions): Promise<ImportOutcome>;
  /** Starts an import and leaves it alone. */
  start(
    content: Buffer | string,
    options?: Pick<ImportFileOptions, 'isFullSet' | 'columns'>,
  ): Promise<{ runId: string; handle: WorkflowHandle }>;
  until(handle: WorkflowHandle, phase: ImportProgress['phase']): Promise<ImportProgress>;
  errors(runId: string): Promise<StoredRowError[]>;
  /** The programme's residents, by their numbers' blind index. */
  residents(): Promise<unknown[]>;
  find(couponNumber: string): Promise<{ birthDate: string; groupCode: string } | undefined>;
  /** Tables of staged rows and pieces of files that are still there. */
  leftovers(): Promise<{ tables: number; pieces: number }>;
  close(): Promise<void>;
}

/** @param isReadable leaves the payloads in Temporal unencrypted, so that a test can look at what is in them */
export async function createImportWorld({ isReadable = false }: { isReadable?: boolean } = {}): Promise<ImportWorld> {
  const [city, namespace] = await Promise.all([createTestCity(), createTestNamespace()]);
  const { database, keys } = city;
  let { version } = city;
  const connection = await Connection.connect({ address: namespace.address });
  const nativeConnection = await NativeConnection.connect({ address: namespace.address });
  const dataConverter = isReadable ? {} : createDataConverter(keys);
  const client = new Client({ connection, namespace: namespace.namespace, dataConverter });
  const runs = createImportRunStore({ database, keys });
  const workers: RunningWorker[] = [];
  const pools: Database[] = [];

  const world: ImportWorld = {
    city,
    client,
    namespace,

    cityProgramme() {
      version = city.version;
    },

    async freshProgramme() {
      version = await createProgrammes(database).publish(
        `programme-${randomBytes(6).toString('hex')}`,
        version.document,
      );
    },

    async startWorker(workerDatabase = database, dropFolder) {
      const services = createDatabaseServices({ database: workerDatabase, keys });
      const worker = await Worker.create({
        connection: nativeConnection,
        namespace: namespace.namespace,
        dataConverter,
        taskQueue: importTaskQueue,
        workflowBundle: await testWorkflowBundle(),
        activities: {
          ...createImportActivities({ ...services, database: workerDatabase, keys }),
          ...createAssignmentActivities(services),
          ...(dropFolder === undefined ? {} : createDropFolderActivities({ ...services, ...dropFolder })),
        },
        shutdownGraceTime: '100ms',
        maxHeartbeatThrottleInterval: '1 second',
      });
      const running = worker.run();
      const started: RunningWorker = {
        async stop() {
          if (worker.getState() === 'RUNNING') worker.shutdown();
          await running;
        },
      };
      workers.push(started);
      return started;
    },

    async stopWorkers() {
      await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    },

    openDatabase() {
      const pool = openDatabase({ url: city.databaseUrl, applicationName: 'test worker', poolSize: 5 });
      pools.push(pool);
      return pool;
    },

    import(
      content,
      {
        columns,
        isFullSet = false,
        decidePairs,
        approve = () => Promise.resolve(true),
        approveRemoval = () => Promise.resolve(true),
      } = {},
    ) {
      return importEligibility(
        { ...city.services, temporal: client },
        {
          version,
          file: { name: '対象者 山田花子.csv', content: Readable.from([Buffer.from(content)]) },
          columns,
          isFullSet,
          by: 'tester',
          decidePairs,
          approve,
          approveRemoval,
        },
      );
    },

    async start(content, { columns, isFullSet = false } = {}) {
      const fileId = await createImportFileStore({ database, keys }).save(
        '対象者.csv',
        Readable.from([Buffer.from(content)]),
      );
      const runId = await runs.create({
        programmeId: version.programmeId,
        programmeVersionId: version.id,
        fileId,
        isFullSet,
        mapping: columns === undefined ? undefined : { columns },
      });
      const handle = await client.workflow.start(importWorkflowType, {
        taskQueue: importTaskQueue,
        workflowId: importWorkflowId(runId),
        args: [{ runId, programmeCode: version.programmeCode }],
      });
      return { runId, handle };
    },

    async until(handle, phase) {
      const deadline = Date.now() + 30_000;
      for (;;) {
        const progress = await handle.query<ImportProgress>(importProgressQueryName).catch(() => undefined);
        if (progress?.phase === phase) return progress;
        if (Date.now() > deadline) throw new Error(`the import is ${String(progress?.phase)}, not ${phase}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },

    errors: (runId) => runs.rowErrors(runId, 1_000),

    residents: () =>
      database('resident')
        .where({ programme_id: version.programmeId })
        .orderBy('coupon_index')
        .select('id', 'coupon_index', 'sealed', 'digest', 'group_code', 'status', 'updated_at'),

    find: (couponNumber) =>
      createResidentRepository({ database, keys }).findByCoupon(version.programmeId, couponNumber),

    async leftovers() {
      const { rows } = await database.raw<{ rows: { tables: number; pieces: number }[] }>(
        `SELECT (SELECT count(*) FROM pg_tables WHERE tablename LIKE 'import\\_row\\_%' AND tablename <> 'import_row_error') AS tables,
                (SELECT count(*) FROM import_file_chunk) AS pieces`,
      );
      return { tables: rows[0]?.tables ?? -1, pieces: rows[0]?.pieces ?? -1 };
    },

    async close() {
      for (const worker of workers) await worker.stop();
      for (const pool of pools) await pool.destroy();
      await nativeConnection.close();
      await connection.close();
      await city.close();
    },
  };
  return world;
}

/** A file of `test/data`: an invented city's export. */
export function sampleFile(name: 'a' | 'b' | 'c'): Buffer {
  return readFileSync(join(projectRoot, 'test', 'data', `eligibility-${name}.csv`));
}

export interface Row {
  readonly number: string;
  readonly birth?: string;
  readonly kana?: string;
  readonly group?: string;
}

/** A file with header, CRLF and the given rows. */
export function csv(rows: readonly Row[]): string {
  const lines = rows.map(({ number, birth = '1947/4/1', kana = '', group = '高齢者' }) =>
    [number, kana, birth, group].join(','),
  );
  return ['接種券番号,氏名カナ,生年月日,対象区分', ...lines, ''].join('\r\n');
}

/** Rows with numbers from `first` on, each person with a birth date of its own. */
export function people(count: number, first = 9_700_000_000): Row[] {
  return Array.from({ length: count }, (_, index) => {
    const born = new Date(Date.UTC(1930, 0, 1) + index * 86_400_000).toISOString().slice(0, 10);
    return { number: String(first + index), birth: born, kana: `ヒト　${String(index)}バン` };
  });
}
