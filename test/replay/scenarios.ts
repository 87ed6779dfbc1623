import { cancelUpdateName, resendNoticeUpdateName } from '../../domain/contracts/booking-workflow';
import type { BookingWorld } from '../worlds/booking-world';
import { runningChange } from '../worlds/running-change';

/** One way through the life of a booking, lived to its end; resolves to the ids of the bookings whose workflows ended. */
export interface Scenario {
  readonly name: string;
  /** The mail server cannot be reached. */
  readonly withoutMail?: true;
  readonly live: (world: BookingWorld) => Promise<readonly string[]>;
}

async function confirmed(world: BookingWorld, options: Parameters<BookingWorld['book']>[0] = {}) {
  const appointment = await world.book(options);
  await world.until(async () => (await world.timeline(appointment.bookingId)).done.length >= 3);
  return appointment;
}

async function attended(world: BookingWorld, options: Parameters<BookingWorld['book']>[0] & { nextDose?: true } = {}) {
  const { nextDose, ...booking } = options;
  const { bookingId, residentId, startsAt } = await confirmed(world, booking);
  if (nextDose) await world.book({ residentId, dose: 2, daysAhead: 40 });
  await world.goTo(bookingId, startsAt);
  await world.handOver(await world.city.bookings.checkIn(bookingId, 'venue'));
  await world.handle(bookingId).result();
  return [bookingId];
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'hold-expired',
    async live(world) {
      const { bookingId } = await world.hold();
      await world.finish(bookingId);
      return [bookingId];
    },
  },
  {
    name: 'hold-given-up',
    async live(world) {
      const { bookingId, residentId } = await world.hold();
      await world.handOver(
        await world.city.bookings.cancel({ residentId, bookingId, channel: 'web', actor: 'citizen' }),
      );
      await world.handle(bookingId).result();
      return [bookingId];
    },
  },
  {
    name: 'cancelled-by-citizen',
    async live(world) {
      const { bookingId, residentId } = await confirmed(world);
      await world.handOver(
        await world.city.bookings.cancel({ residentId, bookingId, channel: 'web', actor: 'citizen' }),
      );
      await world.handle(bookingId).result();
      return [bookingId];
    },
  },
  {
    name: 'resent-and-cancelled-by-operator',
    async live(world) {
      const { bookingId } = await confirmed(world);
      await world.handle(bookingId).executeUpdate(resendNoticeUpdateName, { args: [{ step: 'confirmation' }] });
      await world.handle(bookingId).executeUpdate(cancelUpdateName, { args: [{ reason: 'operator' }] });
      await world.handle(bookingId).result();
      return [bookingId];
    },
  },
  {
    name: 'moved-and-not-come',
    async live(world) {
      const old = await confirmed(world);
      const next = await world.hold({
        residentId: old.residentId,
        daysAhead: 9,
        time: '14:00',
        replaces: old.bookingId,
      });
      await world.confirm(next);
      await world.handle(old.bookingId).result();
      await world.finish(next.bookingId);
      return [old.bookingId, next.bookingId];
    },
  },
  { name: 'attended-and-invited', live: (world) => attended(world) },
  { name: 'attended-with-next-dose', live: (world) => attended(world, { nextDose: true }) },
  { name: 'attended-without-address', live: (world) => attended(world, { email: null }) },
  {
    name: 'check-in-undone',
    async live(world) {
      const [bookingId = ''] = await attended(world);
      await world.handOver(await world.city.bookings.undoCheckIn(bookingId, 'venue'));
      await world.until(async () => (await world.timeline(bookingId)).state === 'confirmed');
      await world.handOver(await world.city.bookings.checkIn(bookingId, 'venue'));
      await world.handle(bookingId).result();
      return [bookingId];
    },
  },
  {
    name: 'late-and-doubled-events',
    async live(world) {
      const appointment = await world.hold({ deliver: false });
      const change = await world.confirm(appointment, { deliver: false });
      await world.deliver(change.events);
      await world.goTo(appointment.bookingId, new Date(Date.now() + 15_000));
      await world.deliver(await world.outbox.eventsOf(appointment.bookingId, 0));
      await world.until(async () => (await world.timeline(appointment.bookingId)).done.length >= 3);
      await world.handOver(await world.city.bookings.cancelByCity(appointment.bookingId, 'city'));
      await world.handle(appointment.bookingId).result();
      return [appointment.bookingId];
    },
  },
  {
    name: 'programme-changed',
    async live(world) {
      const { bookingId, startsAt } = await confirmed(world, { daysAhead: 8 });
      const { changeId } = await runningChange(world.city, (document) => {
        for (const step of document.journey)
          if (step.when.kind === 'days_before')
            Object.assign(step, { id: `${step.id}-earlier`, when: { ...step.when, days: step.when.days + 1 } });
      });
      const changed = await world.city.bookings.changeVersion(bookingId, changeId);
      if (changed.outcome !== 'moved') throw new Error(changed.outcome);
      await world.deliver([changed.event]);
      await world.until(async () => (await world.timeline(bookingId)).version === changed.event.version);
      await world.goTo(bookingId, startsAt);
      await world.handOver(await world.city.bookings.checkIn(bookingId, 'venue'));
      await world.handle(bookingId).result();
      return [bookingId];
    },
  },
  {
    name: 'notices-failed',
    withoutMail: true,
    async live(world) {
      const { bookingId } = await world.book();
      await world.finish(bookingId);
      return [bookingId];
    },
  },
];
