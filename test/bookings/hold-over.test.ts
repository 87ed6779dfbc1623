import { type Citizen, type CitySite, createCitySite } from '../worlds/city-site';
import { createStaffSite, type StaffSite } from '../worlds/staff-site';
import { validAnswers } from '../worlds/test-city';
import type { Visitor } from '../worlds/visitor';

/** A hold that ran out or was given up is named by the next request, as the pages and the desk do: it is as good as none. */
let staff: StaffSite;
let citizens: CitySite;
let operator: Visitor & { readonly staffId: string };
beforeAll(async () => {
  staff = await createStaffSite();
  citizens = await createCitySite({ city: staff.city });
  operator = await staff.colleague('operator');
});
afterAll(async () => {
  await citizens.close();
  await staff.close();
});

let minutes = 0;
const slot = async (channel: 'web' | 'phone') =>
  staff.city.addSlot({
    channel,
    time: `1${String(Math.floor(minutes / 60) % 10)}:${String(minutes++ % 60).padStart(2, '0')}`,
  });
const runOut = (id: string) =>
  staff.city
    .database('booking')
    .where({ id })
    .update({ hold_expires_at: new Date(Date.now() - 1_000) });
/** The ways in which a hold can be over when the next request names it. */
const ends: Record<string, (id: string, residentId: string) => Promise<unknown>> = {
  'ran out': runOut,
  'ran out and was ended by its workflow': async (id) => {
    await runOut(id);
    await staff.city.bookings.expireHold(id, new Date().toISOString());
  },
  'was given up': (bookingId, residentId) =>
    staff.city.bookings.cancel({ channel: 'web', actor: 'citizen', residentId, bookingId }),
};

interface BookingWay {
  readonly residentId: string;
  readonly channel: 'web' | 'phone';
  /** Holds a seat and gives the booking's id, or the code of the refusal. */
  hold(slotId: string, replaces?: string): Promise<string>;
}
const idOrCode = (answer: { json<Value>(): Value }) => {
  const { id, code } = answer.json<{ id?: string; code?: string }>();
  return id ?? code ?? '';
};
const ways: Record<string, () => Promise<BookingWay & { readonly citizen?: Citizen }>> = {
  'the citizens’ JSON': async () => {
    const citizen = await citizens.citizen();
    return {
      residentId: citizen.residentId,
      channel: 'web',
      hold: async (slotId, replaces) =>
        idOrCode(await citizen.post('/api/v1/bookings', { slotId, dose: 1, ...(replaces ? { replaces } : {}) })),
    };
  },
  'the citizens’ pages': async () => {
    const citizen = await citizens.citizen();
    return {
      residentId: citizen.residentId,
      channel: 'web',
      async hold(slotId, replaces = '') {
        const page = `/book/1/times?venue=${staff.city.venueId}`;
        const { text } = await citizen.get(page);
        const _csrf = /name="_csrf" value="([^"]*)"/.exec(text)?.[1] ?? '';
        const answer = await citizen.submit('/book/1/hold', {
          _csrf,
          slotId,
          venue: staff.city.venueId,
          replaces,
        });
        const location = answer.headers.location ?? '';
        return /^\/holds\/([0-9a-f-]+)\/details$/.exec(location)?.[1] ?? location;
      },
    };
  },
  'the staff’s JSON': async () => {
    const residentId = await staff.city.addResident();
    await staff.identified(operator.staffId, residentId);
    return {
      residentId,
      channel: 'phone',
      hold: async (slotId, replaces) =>
        idOrCode(
          await operator.post(`/api/v1/residents/${residentId}/bookings`, {
            slotId,
            dose: 1,
            ...(replaces ? { replaces } : {}),
          }),
        ),
    };
  },
};
const isId = /^[0-9a-f]{8}-/;

describe.each(Object.entries(ways))('by %s', (_name, open) => {
  it.each(Object.entries(ends))('a hold that %s is as good as none: the same seat, or another', async (_how, end) => {
    const way = await open();
    const [one, two] = [await slot(way.channel), await slot(way.channel)];
    const first = await way.hold(one);
    expect(first).toMatch(isId);
    await end(first, way.residentId);
    const same = await way.hold(one, first);
    expect(same).toMatch(isId);
    await end(same, way.residentId);
    const other = await way.hold(two, same);
    expect(other).toMatch(isId);
    expect(
      await staff.city.bookings.confirm({
        channel: way.channel,
        actor: 'citizen',
        residentId: way.residentId,
        bookingId: other,
        answers: validAnswers,
      }),
    ).toMatchObject({ ok: true, booking: { slot: { id: two } } });
  });

  it.each(Object.entries(ends))('a move whose hold %s still moves the same booking', async (_how, end) => {
    const way = await open();
    const booked = await way.hold(await slot(way.channel));
    const confirm = (bookingId: string) =>
      staff.city.bookings.confirm({
        channel: way.channel,
        actor: 'citizen',
        residentId: way.residentId,
        bookingId,
        answers: validAnswers,
      });
    expect(await confirm(booked)).toMatchObject({ ok: true });
    const move = await way.hold(await slot(way.channel), booked);
    expect(move).toMatch(isId);
    await end(move, way.residentId);
    const again = await way.hold(await slot(way.channel), move);
    expect(await staff.city.bookings.find(again)).toMatchObject({ state: 'held', replaces: booked });
    expect(await confirm(again)).toMatchObject({ ok: true });
    expect((await staff.city.bookings.find(booked))?.state).toBe('cancelled');
  });

  it('a move that ran out, of a booking that was cancelled since, is as good as none too', async () => {
    const way = await open();
    const booked = await way.hold(await slot(way.channel));
    await staff.city.bookings.confirm({
      channel: way.channel,
      actor: 'citizen',
      residentId: way.residentId,
      bookingId: booked,
      answers: validAnswers,
    });
    const move = await way.hold(await slot(way.channel), booked);
    await runOut(move);
    await staff.city.bookings.cancelByCity(booked, 'city');
    const again = await way.hold(await slot(way.channel), move);
    expect(await staff.city.bookings.find(again)).toMatchObject({ state: 'held', replaces: null });
  });

  it('another person’s hold stays unknown, over or not; so does a booking that was cancelled', async () => {
    const [way, other] = [await open(), await open()];
    const theirs = await other.hold(await slot(other.channel));
    expect(await way.hold(await slot(way.channel), theirs)).toContain('booking_unknown');
    await ends['ran out and was ended by its workflow']?.(theirs, other.residentId);
    expect(await way.hold(await slot(way.channel), theirs)).toContain('booking_unknown');
    const own = await way.hold(await slot(way.channel));
    await staff.city.bookings.confirm({
      channel: way.channel,
      actor: 'citizen',
      residentId: way.residentId,
      bookingId: own,
      answers: validAnswers,
    });
    await staff.city.bookings.cancelByCity(own, 'city');
    expect(await way.hold(await slot(way.channel), own)).toContain('booking_unknown');
  });
});
