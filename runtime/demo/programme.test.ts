import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { decideHold } from '../../domain/bookings/rules';
import { addDays, instantOf } from '../../domain/calendar/city-time';
import { checkProgrammeDocument, type ProgrammeDocument } from '../../domain/programmes/document';
import { projectRoot } from '../root';
import { demoProgramme } from './programme';
import { demoPerson } from './residents';

const today = '2026-11-24';

function document(): ProgrammeDocument {
  const checked = checkProgrammeDocument(demoProgramme(today));
  if (!checked.ok) throw new Error(JSON.stringify(checked.faults));
  return checked.document;
}

test('the demo runs practice 3 as the example says it: only its moments are moved', () => {
  const example: unknown = JSON.parse(
    readFileSync(join(projectRoot, 'docs/programmes/03-two-groups-half-kept.json'), 'utf8'),
  );
  const moments = /"\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d\+09:00)"/g;
  const withoutDays = (value: unknown) => JSON.stringify(value).replace(moments, '"$1"');
  expect(withoutDays(demoProgramme(today))).toBe(withoutDays(example));
  expect(document().groups.map((group) => group.opensAt)).toEqual([
    '2026-11-23T09:00:00+09:00',
    '2026-11-23T09:00:00+09:00',
    '2026-11-26T08:00:00+09:00',
  ]);
  expect(demoProgramme('2021-09-05')).toEqual(example);
});

test('a person who has the printed coupon may book at once, at any time of the first day; half of the seats are open to them', () => {
  for (const time of ['00:00', '08:29', '23:59']) {
    const slot = { dose: 1, startsAt: instantOf(addDays(today, 1), '10:00'), venueCode: 'kita-culture' };
    const decision = decideHold(
      document(),
      { groupCode: 'thirty-plus', birthDate: demoPerson.birthDate },
      [],
      slot,
      { dose: 1, channel: 'web' },
      instantOf(today, time),
    );
    expect(decision).toMatchObject({ ok: true, groupCode: 'thirty-plus', limit: { code: 'first-half', share: 50 } });
  }
});
