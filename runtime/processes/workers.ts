import { type NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker';

import { type BookingActivities, createBookingActivities } from '../../activities/bookings/booking-activities';
import { type AssignmentActivities, createAssignmentActivities } from '../../activities/imports/assignment-activities';
import {
  createDropFolderActivities,
  type DropFolderActivities,
  type DropFolderDependencies,
} from '../../activities/imports/drop-folder';
import { createImportActivities, type ImportActivities } from '../../activities/imports/import-activities';
import { type BroadcastActivities, createBroadcastActivities } from '../../activities/notices/broadcast-activities';
import { createLineApi, type LineApiOptions } from '../../activities/notices/line-api';
import { createMailer } from '../../activities/notices/mailer';
import { createNoticeActivities, type NoticeActivities } from '../../activities/notices/notice-activities';
import type { ChangeActivities } from '../../activities/programmes/programme-changes';
import type { RehearsalActivities } from '../../activities/programmes/rehearsals';
import type { PublicationActivities } from '../../activities/programmes/scheduled-publications';
import { createBookingRepository } from '../../database/bookings/bookings';
import { createOutbox } from '../../database/bookings/outbox';
import type { Database } from '../../database/foundation/connection';
import type { KeyRing } from '../../database/foundation/keys';
import { createLineBroadcasts } from '../../database/notices/line-broadcasts';
import { createLineLinks } from '../../database/notices/line-links';
import { createNoticeRepository } from '../../database/notices/notices';
import { createProgrammes } from '../../database/programmes/programmes';
import { createResidentRepository } from '../../database/residents/residents';
import { createBroadcastSeats } from '../../database/schedule/free-seats-of-a-day';
import { createSlotRepository } from '../../database/schedule/slots';
import { createSiteSettings, programmesAsTheSiteSays } from '../../database/site/site-settings';
import { bookingTaskQueue, noticeTaskQueue } from '../../domain/contracts/booking-workflow';
import { importTaskQueue } from '../../domain/imports/import-workflow';
import { programmeTaskQueue } from '../../domain/programmes/programme-workflow';
import { defined } from '../../domain/text/defined';
import { createDataConverter } from '../../engine/temporal/data-converter';

export interface Activities {
  readonly booking: BookingActivities;
  readonly notice: NoticeActivities & BroadcastActivities;
  readonly import: ImportActivities & AssignmentActivities & Partial<DropFolderActivities>;
}

export type LineAccess = Pick<LineApiOptions, 'apiUrl' | 'channelAccessToken'>;

export interface ActivityOptions {
  readonly database: Database;
  /** The pool for imports, whose statements run for minutes; left out: the same. */
  readonly bulkDatabase?: Database;
  readonly keys: KeyRing;
  /** Left out: messages land in the inbox. */
  readonly smtpUrl?: string | undefined;
  /** The LINE official account; `inbox`: messages to those who linked one land in the inbox; left out: LINE is tried for nobody. */
  readonly line?: LineAccess | 'inbox' | undefined;
  readonly publicUrl: string;
  /** Left out: nobody looks into a drop folder. */
  readonly dropFolder?: Omit<DropFolderDependencies, 'database' | 'keys'> | undefined;
}

/** All activities on one database. */
export function createActivities({
  database,
  bulkDatabase = database,
  keys,
  smtpUrl,
  line,
  publicUrl,
  dropFolder,
}: ActivityOptions): Activities {
  const programmes = createProgrammes(database);
  const bookings = createBookingRepository({ database, keys, programmes });
  const asTheSiteSays = programmesAsTheSiteSays(programmes, createSiteSettings(database));
  const lineSender = line === undefined || line === 'inbox' ? line : createLineApi(line);
  return {
    booking: createBookingActivities({ bookings, outbox: createOutbox(database), programmes }),
    notice: {
      ...createNoticeActivities({
        notices: createNoticeRepository(database),
        bookings,
        residents: createResidentRepository({ database, keys }),
        programmes: asTheSiteSays,
        publicUrl,
        ...(smtpUrl === undefined ? {} : { mailer: createMailer({ smtpUrl, publicUrl }) }),
        ...(lineSender === undefined
          ? {}
          : { line: { links: createLineLinks({ database, keys }), sender: lineSender } }),
      }),
      ...createBroadcastActivities({
        broadcasts: createLineBroadcasts(database),
        programmes: asTheSiteSays,
        seats: createBroadcastSeats(createSlotRepository(database)),
        publicUrl,
        ...defined({ sender: lineSender }),
      }),
    },
    import: {
      ...createImportActivities({ database: bulkDatabase, keys }),
      ...createAssignmentActivities({ database: bulkDatabase, keys }),
      ...(dropFolder === undefined ? {} : createDropFolderActivities({ database: bulkDatabase, keys, ...dropFolder })),
    },
  };
}

/** What rehearses and publishes programmes, and brings them to running bookings; `queue`: where this process rehearses bookings, in its own memory. */
export interface ProgrammeWork {
  readonly queue: string;
  readonly activities: RehearsalActivities & PublicationActivities & ChangeActivities;
  readonly rehearsed: BookingActivities & NoticeActivities;
}

export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly keys: KeyRing;
  readonly workflowBundle: WorkflowBundleOption;
  readonly activities: Activities;
  /** How fast the queue `notice` is served, by all workers together. */
  readonly noticesPerSecond?: number;
  /** Left out: programmes are neither rehearsed nor published at a set time by this process. */
  readonly programmeWork?: ProgrammeWork;
}

export interface Workers {
  /** Resolves after `shutdown`; rejects when one of them cannot go on. */
  run(): Promise<void>;
  /** Takes no more work and lets what is under way end. */
  shutdown(): void;
}

/** What a mail server of a city, or its provider, takes without complaint. */
const defaultNoticesPerSecond = 50;

/** The workers of the three task queues. Nothing is polled before `run`. */
export async function createWorkers({
  connection,
  namespace,
  keys,
  workflowBundle,
  activities,
  noticesPerSecond = defaultNoticesPerSecond,
  programmeWork,
}: WorkersOptions): Promise<Workers> {
  const shared = {
    connection,
    namespace,
    dataConverter: createDataConverter(keys),
    shutdownGraceTime: '15 seconds',
  } as const;
  const workers = await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: bookingTaskQueue,
      workflowBundle,
      activities: activities.booking,
      // A booking waits for weeks; what is not in memory is read again from its short history.
      maxCachedWorkflows: 500,
    }),
    Worker.create({
      ...shared,
      taskQueue: noticeTaskQueue,
      activities: activities.notice,
      maxTaskQueueActivitiesPerSecond: noticesPerSecond,
      maxConcurrentActivityTaskExecutions: 50,
    }),
    Worker.create({
      ...shared,
      taskQueue: importTaskQueue,
      workflowBundle,
      activities: activities.import,
      maxCachedWorkflows: 10,
      // A file is large and an import is not urgent: one after the other keeps the memory within its bound.
      maxConcurrentActivityTaskExecutions: 2,
      // With a heartbeat comes the answer that the import was cancelled: a statement of the database ends within seconds.
      maxHeartbeatThrottleInterval: '3 seconds',
    }),
    ...(programmeWork
      ? [
          // One rehearsal at a time: they would only slow each other down.
          Worker.create({
            ...shared,
            taskQueue: programmeTaskQueue,
            workflowBundle,
            activities: programmeWork.activities,
            maxCachedWorkflows: 20,
            maxConcurrentActivityTaskExecutions: 1,
          }),
          Worker.create({
            ...shared,
            taskQueue: programmeWork.queue,
            workflowBundle,
            activities: programmeWork.rehearsed,
            maxCachedWorkflows: 200,
            shutdownGraceTime: '1 second',
          }),
        ]
      : []),
  ]);

  function shutdown(): void {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  }

  return {
    shutdown,
    async run() {
      try {
        await Promise.all(workers.map((worker) => worker.run()));
      } catch (error) {
        shutdown();
        throw error;
      }
    },
  };
}
