import { join } from 'node:path';

import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime } from '@temporalio/worker';

import type { IsRush } from '../../database/bookings';
import type { BookingChange, InvalidAnswers } from '../../database/bookings/bookings';
import { createOutbox, type Outbox } from '../../database/bookings/outbox';
import { createNoticeRepository, type InboxMessage, type NoticeRepository } from '../../database/notices/notices';
import { createProgrammes, type Programmes } from '../../database/programmes/programmes';
import type { Refusal } from '../../domain/contracts/booking-refusals';
import {
  bookingWorkflowId,
  type Channel,
  type Timeline,
  timelineQueryName,
} from '../../domain/contracts/booking-workflow';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import { defined } from '../../domain/text/defined';
import { createEventDelivery, type DeliverEvents } from '../../engine/hand-over/deliver-events';
import { createDataConverter } from '../../engine/temporal/data-converter';
import { workflowBundle } from '../../engine/temporal/workflow-bundle';
import { type ActivityOptions, createActivities, createWorkers, type Workers } from '../../runtime/processes/workers';
import { projectRoot } from '../../runtime/root';
import { patienceMs } from '../support/patience';
import { createTestNamespace } from '../support/test-namespace';
import { executionTime, fastForward, skipTimeToTheEnd } from '../support/time-skipping';
import { createTestCity, type TestCity, validAnswers } from './test-city';

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
});

/** One person's way through a booking; every step is committed to PostgreSQL and handed over to Temporal. */
export interface Appointment {
  readonly residentId: string;
  readonly bookingId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly holdExpiresAt: Date;
}

export interface BookingWorld {
  readonly city: TestCity;
  readonly client: Client;
  readonly outbox: Outbox;
  readonly programmes: Programmes;
  readonly notices: NoticeRepository;
  readonly deliver: DeliverEvents;
  /** Hands over the events of a change; throws when the change was refused. */
  handOver(change: BookingChange | Refusal | InvalidAnswers): Promise<BookingChange>;
  hold(options?: {
    residentId?: string;
    daysAhead?: number;
    time?: string;
    dose?: number;
    replaces?: string;
    channel?: Channel;
    deliver?: boolean;
  }): Promise<Appointment>;
  confirm(appointment: Appointment, options?: { email?: string | null; deliver?: boolean }): Promise<BookingChange>;
  /** Hold and confirm. */
  book(options?: Parameters<BookingWorld['hold']>[0] & { email?: string | null }): Promise<Appointment>;
  handle(bookingId: string): WorkflowHandle;
  timeline(bookingId: string): Promise<Timeline>;
  /** The search attributes of its workflow as they are now, by name. */
  searchAttributes(bookingId: string): Promise<Readonly<Record<string, unknown>>>;
  /** Steps the booking's clock to a moment. */
  goTo(bookingId: string, moment: Date): Promise<void>;
  /** Lets all of its time pass; resolves with what the workflow ended with. */
  finish(bookingId: string): Promise<string>;
  /** Waits until `check` holds, with the tests’ patience. */
  until<Value>(check: () => Promise<Value | undefined | false>): Promise<Value>;
  /** The messages about a booking, the oldest first. */
  messages(bookingId: string): Promise<InboxMessage[]>;
  history(bookingId: string): Promise<temporal.api.history.v1.IHistoryEvent[]>;
  close(): Promise<void>;
}

export interface BookingWorldOptions {
  readonly change?: (document: ProgrammeDocument) => void;
  readonly smtpUrl?: string;
  readonly line?: ActivityOptions['line'];
  /** Whether citizens wait, as the notices hear it. */
  readonly isRush?: IsRush;
}

/** A city, a namespace, workers and a client that belong to one test file. */
export async function createBookingWorld({
  change,
  smtpUrl,
  line,
  isRush,
}: BookingWorldOptions = {}): Promise<BookingWorld> {
  const [city, { address, namespace }] = await Promise.all([
    createTestCity(change ? { change } : {}),
    createTestNamespace(),
  ]);
  const connection = await Connection.connect({ address });
  const nativeConnection = await NativeConnection.connect({ address });
  const client = new Client({ connection, namespace, dataConverter: createDataConverter(city.keys) });
  const programmes = createProgrammes(city.database);
  const outbox = createOutbox(city.database);
  const notices = createNoticeRepository(city.database);
  const deliver = createEventDelivery({ client, programmes });
  const workers: Workers = await createWorkers({
    connection: nativeConnection,
    namespace,
    keys: city.keys,
    workflowBundle: await testWorkflowBundle(),
    activities: createActivities({
      database: city.database,
      keys: city.keys,
      services: city.services,
      publicUrl: 'https://yoyaku.example.jp',
      smtpUrl,
      line,
      ...defined({ isRush }),
    }),
  });
  const running = workers.run();

  const world: BookingWorld = {
    city,
    client,
    outbox,
    programmes,
    notices,
    deliver,

    async handOver(change) {
      if (!change.ok) throw new Error(`refused: ${change.code}`);
      for (const bookingId of new Set(change.events.map((event) => event.bookingId))) {
        await deliver(change.events.filter((event) => event.bookingId === bookingId));
      }
      await outbox.markDelivered(change.events);
      return change;
    },

    async hold({
      residentId,
      daysAhead = 5,
      time = '10:30',
      dose = 1,
      replaces,
      channel = 'web',
      deliver: isDelivered = true,
    } = {}) {
      const resident = residentId ?? (await city.addResident());
      const slotId = await city.addSlot({ daysAhead, time, dose, channel, capacity: 10_000 });
      const change = await city.bookings.hold({
        residentId: resident,
        slotId,
        dose,
        channel,
        actor: 'citizen',
        ...defined({ replaces }),
      });
      if (!change.ok) throw new Error(`refused: ${change.code}`);
      if (isDelivered) await world.handOver(change);
      const { booking } = change;
      return {
        residentId: resident,
        bookingId: booking.id,
        startsAt: booking.slot.startsAt,
        endsAt: booking.slot.endsAt,
        holdExpiresAt: booking.holdExpiresAt,
      };
    },

    async confirm({ residentId, bookingId }, { email = validAnswers.email, deliver: isDelivered = true } = {}) {
      const { email: _omitted, ...withoutEmail } = validAnswers;
      const answers = email === null ? withoutEmail : { ...validAnswers, email };
      const change = await city.bookings.confirm({ residentId, bookingId, answers, channel: 'web', actor: 'citizen' });
      if (!change.ok) throw new Error(`refused: ${change.code}`);
      return isDelivered ? world.handOver(change) : change;
    },

    async book({ email, ...options } = {}) {
      const appointment = await world.hold(options);
      await world.confirm(appointment, defined({ email }));
      return appointment;
    },

    handle: (bookingId) => client.workflow.getHandle(bookingWorkflowId(bookingId)),

    timeline: (bookingId) => world.handle(bookingId).query<Timeline>(timelineQueryName),

    async searchAttributes(bookingId) {
      const { typedSearchAttributes } = await world.handle(bookingId).describe();
      return Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
    },

    async goTo(bookingId, moment) {
      const execution = { workflowId: bookingWorkflowId(bookingId) };
      const now = await executionTime(client.workflow, execution);
      if (moment > now) await fastForward(client.workflow, execution, moment.getTime() - now.getTime());
    },

    async finish(bookingId) {
      await skipTimeToTheEnd(client.workflow, { workflowId: bookingWorkflowId(bookingId) });
      return (await world.handle(bookingId).result()) as string;
    },

    async until(check) {
      const deadline = Date.now() + patienceMs;
      for (;;) {
        const value = await check();
        if (value !== undefined && value !== false) return value;
        if (Date.now() > deadline) throw new Error('what was waited for did not happen');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },

    async messages(bookingId) {
      const ids = (await notices.ofBooking(bookingId)).map((notice) => notice.id);
      return (await notices.inbox(1_000)).filter((message) => ids.includes(message.noticeId)).reverse();
    },

    async history(bookingId) {
      return (await world.handle(bookingId).fetchHistory()).events ?? [];
    },

    async close() {
      workers.shutdown();
      await running;
      await nativeConnection.close();
      await connection.close();
      await city.close();
    },
  };
  return world;
}

/** The bundle of the real workflows, built once for all test files of a run. */
export function testWorkflowBundle() {
  return workflowBundle(projectRoot, join(projectRoot, 'node_modules', '.cache', 'toki', 'test-workflow-bundle.js'));
}
