import { readCalendar } from '../../../test/support/read-calendar';
import { calendarFile } from './calendar-file';

const head = { name: '新型コロナワクチン接種', language: 'ja', writtenAt: new Date('2021-05-10T15:00:07Z') };
const entry = {
  uid: '1@toki',
  sequence: 2,
  isCancelled: false,
  startsAt: new Date('2021-05-29T00:30:00Z'),
  endsAt: new Date('2021-05-29T01:00:00Z'),
  summary: '新型コロナワクチン接種（1回目）桜木会場',
  location: '桜木会場 桜木1-2-3',
  description: '受付番号：123-456-789\n持ち物：接種券、本人確認書類',
  url: 'https://toki.example/bookings',
};

describe('the calendar file of an appointment', () => {
  it('states the moments of the appointment, wherever the server is', () => {
    expect(readCalendar(calendarFile(head, entry))).toMatchObject({
      startsAt: '2021-05-29T00:30:00.000Z',
      endsAt: '2021-05-29T01:00:00.000Z',
      writtenAt: '2021-05-10T15:00:07.000Z',
    });
  });

  it('names the appointment and its place in any script', () => {
    const { summary, location } = entry;
    expect(readCalendar(calendarFile(head, entry))).toMatchObject({ summary, location });
  });

  it('can be known again, and says whether the appointment still takes place', () => {
    const { uid, sequence } = entry;
    expect(readCalendar(calendarFile(head, entry))).toMatchObject({
      method: 'PUBLISH',
      status: 'CONFIRMED',
      uid,
      sequence,
    });
    expect(readCalendar(calendarFile(head, { ...entry, sequence: 3, isCancelled: true }))).toMatchObject({
      method: 'PUBLISH',
      status: 'CANCELLED',
      uid,
      sequence: 3,
    });
  });
});
