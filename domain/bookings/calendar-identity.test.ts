import { type BookingInCalendar, calendarIdentity } from './calendar-identity';

function booking(id: string, more: Partial<BookingInCalendar> = {}): BookingInCalendar {
  return { id, replaces: null, state: 'confirmed', version: 2, ...more };
}

describe('how a calendar knows an appointment again', () => {
  const booked = booking('a');
  const left = booking('a', { state: 'cancelled', version: 3 });
  const moved = booking('b', { replaces: 'a' });
  const movedAgain = booking('c', { replaces: 'b' });

  it('names the appointment by its booking', () => {
    expect(calendarIdentity(booked, [booked])).toEqual({ uid: 'a@toki', sequence: 2, isCancelled: false });
  });

  it('keeps the name along a chain of moves, whatever the order of the list, and counts up', () => {
    const once = calendarIdentity(moved, [moved, left]);
    const twice = calendarIdentity(movedAgain, [left, movedAgain, booking('b', { ...moved, state: 'cancelled' })]);
    expect([once.uid, twice.uid]).toEqual(['a@toki', 'a@toki']);
    expect(once.sequence).toBeGreaterThan(calendarIdentity(booked, [booked]).sequence);
    expect(twice.sequence).toBeGreaterThan(once.sequence);
  });

  it('counts up when the booking is cancelled', () => {
    const cancelled = booking('b', { ...moved, state: 'cancelled', version: 3 });
    expect(calendarIdentity(cancelled, [cancelled, left])).toEqual({ uid: 'a@toki', sequence: 6, isCancelled: true });
  });

  it('counts up when an end is taken back', () => {
    const attended = calendarIdentity(booking('a', { state: 'attended', version: 3 }), []);
    expect(calendarIdentity(booking('a', { version: 4 }), []).sequence).toBeGreaterThan(attended.sequence);
  });

  it('gives another booking of the same dose another name', () => {
    const anew = booking('d');
    expect(calendarIdentity(anew, [anew, movedAgain, moved, left]).uid).toBe('d@toki');
  });
});
