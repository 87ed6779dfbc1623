import { type NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker';

import { type BookingActivities, createBookingActivities } from '../../activities/bookings/booking-activities';
import { type AssignmentActivities, createAssignmentActivities } from '../../activities/imports/assignment-activities';
import {
  createDropFolderActivities,
  type DropFolder,
  type DropFolderActivities,
} from '../../activities/imports/drop-folder';
import { createImportActivities, type ImportActivities } from '../../activities/imports/import-activities';
import { type BroadcastActivities, createBroadcastActivities } from '../../activities/notices/broadcast-activities';
import { createLineApi, type LineApiOptions } from '../../activities/notices/line-api';
import { createMailer } from '../../activities/notices/mailer';
import { createNoticeActivities, type NoticeActivities } from '../../activities/notices/notice-activities';
import type { ChangeActivities } from '../../activities/programmes/programme-changes';
import type { RehearsalActivities } from '../../activities/programmes/rehearsals';
import type { PublicationActivities } from '../../activities/programmes/scheduled-publications';
import type { IsRush } from '../../database/bookings';
import type { Database } from '../../database/foundation/connection';
import type { KeyRing } from '../../database/foundation/keys';
import type { DatabaseServices } from '../../database/services';
import { programmesAsTheSiteSays } from '../../database/site';
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
  readonly keys: KeyRing;
  readonly services: DatabaseServices;
  /** What imports work with: a pool of their own, whose statements run for minutes; left out: the same. */
  readonly bulk?: { readonly database: Database; readonly services: DatabaseServices };
  /** Left out: messages land in the inbox. */
  readonly smtpUrl?: string | undefined;
  /** The LINE official account; `inbox`: messages to those who linked one land in the inbox; left out: LINE is tried for nobody. */
  readonly line?: LineAccess | 'inbox' | undefined;
  readonly publicUrl: string;
  /** Left out: notices never step back. */
  readonly isRush?: IsRush;
  /** Left out: nobody looks into a drop folder. */
  readonly dropFolder?: DropFolder | undefined;
}

/** All activities on one database. */
export function createActivities({
  database,
  keys,
  services,
  bulk = { database, services },
  smtpUrl,
  line,
  publicUrl,
  isRush,
  dropFolder,
}: ActivityOptions): Activities {
  const { bookings, programmes, notices, residents, lineLinks, lineBroadcasts, outbox, broadcastSeats } = services;
  const asTheSiteSays = programmesAsTheSiteSays(programmes, services.siteInForce);
  const lineSender = line === undefined || line === 'inbox' ? line : createLineApi(line);
  return {
    booking: createBookingActivities({ bookings, outbox, programmes }),
    notice: {
      ...createNoticeActivities({
        notices,
        bookings,
        residents,
        programmes: asTheSiteSays,
        publicUrl,
        ...defined({ isRush }),
        ...(smtpUrl === undefined ? {} : { mailer: createMailer({ smtpUrl, publicUrl }) }),
        ...(lineSender === undefined ? {} : { line: { links: lineLinks, sender: lineSender } }),
      }),
      ...createBroadcastActivities({
        broadcasts: lineBroadcasts,
        programmes: asTheSiteSays,
        seats: broadcastSeats,
        publicUrl,
        ...defined({ sender: lineSender }),
      }),
    },
    import: {
      ...createImportActivities({ ...bulk.services, database: bulk.database, keys }),
      ...createAssignmentActivities(bulk.services),
      ...(dropFolder === undefined ? {} : createDropFolderActivities({ ...bulk.services, ...dropFolder })),
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
