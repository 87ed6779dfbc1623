import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { cityDate, cityTime } from '../../domain/calendar/city-time';
import { checkProgrammeDocument, type ProgrammeDocument } from '../../domain/programmes/document';
import type { RehearsalEntry, SamplePerson, Story } from '../../domain/rehearsal/script';
import { projectRoot } from '../../runtime/root';
import { createRehearsalTestWorld, type RehearsalTestWorld } from '../worlds/rehearsal-world';

/** Every way of `docs/programmes` played from the first click to the last notice, on the real workflow with skipped time. */
let world: RehearsalTestWorld;
beforeAll(async () => {
  world = await createRehearsalTestWorld();
});
afterAll(() => world.close());

const folder = join(projectRoot, 'docs/programmes');
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));

function load(name: string): ProgrammeDocument {
  const checked = checkProgrammeDocument(JSON.parse(readFileSync(join(folder, name), 'utf8')));
  if (!checked.ok) throw new Error(JSON.stringify(checked.faults));
  return checked.document;
}

type Told = Partial<SamplePerson> & Partial<Story> & Pick<Story, 'bookedAt'>;

/** What the person and the city see, a line each: `05-20 10:00 1 前日のお知らせ <email> 【新潟市】明日は…`. */
async function play(
  name: string,
  { groupCode, hasEmail = true, channel = 'web', bookedAt, ...story }: Told,
): Promise<string[]> {
  const document = load(name);
  const { state, report, passed } = await world.rehearse(document, {
    kind: 'person',
    person: { groupCode: groupCode ?? document.groups[0]?.code ?? '', hasEmail, channel },
    story: {
      kind: 'attends',
      daysAhead: 10,
      time: '10:30',
      actsDaysBefore: 3,
      ...story,
      bookedAt: `${bookedAt}:00+09:00`,
    },
  });
  // A person who is refused has not rehearsed the way to the end; everybody else must have done so without a fault.
  const isRefused = report?.timeline?.some((entry) => entry.kind === 'refusal') ?? false;
  expect([state, passed, report?.faults.length]).toEqual(['done', !isRefused, isRefused ? 1 : 0]);
  // Within a minute, whichever was played first.
  return (report?.timeline ?? []).map(line).sort();
}

function line({ at, dose, label, status, notice, isCall }: RehearsalEntry): string {
  const how = notice
    ? ` <${notice.channel}> ${notice.subject}`
    : isCall
      ? ' <callback>'
      : status === 'skipped'
        ? ' –'
        : '';
  return `${cityDate(at).slice(5)} ${cityTime(at)} ${String(dose)} ${label}${how}`;
}

const practices: Readonly<
  Record<string, readonly (readonly [what: string, told: Told, timeline: readonly string[]])[]>
> = {
  '01-rolling-three-weeks.json': [
    [
      'on the first morning, as far ahead as it goes',
      { bookedAt: '2021-05-06T08:30', daysAhead: 21 },
      [
        '05-06 08:30 1 仮押さえ',
        '05-06 08:32 1 予約済み',
        '05-06 08:32 1 予約確定のお知らせ <email> 【新潟市】1回目の予約を受け付けました',
        '05-26 10:00 1 前日のお知らせ <email> 【新潟市】明日は1回目の接種日です',
        '05-27 10:25 1 来場済み',
        '05-27 10:25 1 次の回のご案内 <email> 【新潟市】2回目の予約のご案内',
        '05-27 12:00 2 仮押さえ',
        '05-27 12:02 2 予約済み',
        '05-27 12:02 2 予約確定のお知らせ <email> 【新潟市】2回目の予約を受け付けました',
        '06-16 10:00 2 前日のお知らせ <email> 【新潟市】明日は2回目の接種日です',
        '06-17 10:25 2 来場済み',
      ],
    ],
    [
      'a day further only the next morning',
      { bookedAt: '2021-05-07T08:29', daysAhead: 21 },
      [
        '05-07 08:29 1 この日は予約できる期間の外です。いまお選びいただけるのは、2021年5月8日（土）から2021年5月27日（木）までです。',
      ],
    ],
  ],
  '02-second-dose-set.json': [
    [
      'three weeks later at the same time',
      { bookedAt: '2021-05-06T08:30' },
      [
        '05-06 08:30 1 仮押さえ',
        '05-06 08:30 2 仮押さえ',
        '05-06 08:32 1 予約済み',
        '05-06 08:32 1 予約確定のお知らせ <email> 【新潟市】1回目の予約を受け付けました',
        '05-06 08:32 2 予約済み',
        '05-06 08:32 2 予約確定のお知らせ <email> 【新潟市】2回目の予約を受け付けました',
        '05-15 10:00 1 前日のお知らせ <email> 【新潟市】明日は1回目の接種日です',
        '05-16 10:25 1 来場済み',
        '05-16 10:25 1 次の回のご案内（次の回は予約済み） –',
        '06-05 10:00 2 前日のお知らせ <email> 【新潟市】明日は2回目の接種日です',
        '06-06 10:25 2 来場済み',
      ],
    ],
    [
      'four weeks later where the city fixed it',
      { bookedAt: '2021-05-06T08:30', venueCode: 'sangyo-center' },
      [
        '05-06 08:30 1 仮押さえ',
        '05-06 08:30 2 仮押さえ',
        '05-06 08:32 1 予約済み',
        '05-06 08:32 1 予約確定のお知らせ <email> 【新潟市】1回目の予約を受け付けました',
        '05-06 08:32 2 予約済み',
        '05-06 08:32 2 予約確定のお知らせ <email> 【新潟市】2回目の予約を受け付けました',
        '05-15 10:00 1 前日のお知らせ <email> 【新潟市】明日は1回目の接種日です',
        '05-16 10:25 1 来場済み',
        '05-16 10:25 1 次の回のご案内（次の回は予約済み） –',
        '06-12 10:00 2 前日のお知らせ <email> 【新潟市】明日は2回目の接種日です',
        '06-13 10:25 2 来場済み',
      ],
    ],
  ],
  '03-two-groups-half-kept.json': [
    [
      'the younger before their day',
      { groupCode: 'young', bookedAt: '2021-09-07T07:59' },
      ['09-07 07:59 1 まだ予約の受付が始まっていません。2021年9月7日（火）午前8時から受け付けます。'],
    ],
    [
      'the younger on their day, who then cannot come',
      { groupCode: 'young', bookedAt: '2021-09-07T08:00', kind: 'cancels' },
      [
        '09-07 08:00 1 仮押さえ',
        '09-07 08:02 1 予約済み',
        '09-07 08:02 1 予約確定のお知らせ <email> 【新潟市】1回目の予約を受け付けました',
        '09-14 10:30 1 取り消しのお知らせ <email> 【新潟市】1回目の予約を取り消しました',
        '09-14 10:30 1 取り消し（本人）',
      ],
    ],
  ],
  '04-web-only-at-first.json': [
    [
      'by telephone while the venue is the web’s',
      { channel: 'phone', venueCode: 'toki-messe', bookedAt: '2021-05-10T09:00' },
      ['05-10 09:00 1 まだ予約の受付が始まっていません。2021年5月24日（月）午前8時30分から受け付けます。'],
    ],
    [
      'by web at once',
      { venueCode: 'toki-messe', bookedAt: '2021-05-10T09:00', kind: 'does_not_come' },
      [
        '05-10 09:00 1 仮押さえ',
        '05-10 09:02 1 予約済み',
        '05-10 09:02 1 予約確定のお知らせ <email> 【新潟市】1回目の予約を受け付けました',
        '05-19 10:00 1 前日のお知らせ <email> 【新潟市】明日は1回目の接種日です',
        '05-20 15:00 1 来場なし',
      ],
    ],
  ],
  '05-assigned-by-the-city.json': [
    [
      'assigned by the city to somebody without mail',
      { channel: 'venue', hasEmail: false, bookedAt: '2022-01-24T08:30' },
      [
        '01-24 08:30 1 仮押さえ',
        '01-24 08:32 1 予約済み',
        '01-24 08:32 1 日時をお決めしたお知らせ（メールアドレスなし） <callback>',
        '02-02 10:00 1 前日のお知らせ（メールアドレスなし） <callback>',
        '02-03 10:25 1 来場済み',
      ],
    ],
    [
      'moved by the person the usual way',
      { bookedAt: '2022-01-24T08:30', kind: 'moves' },
      [
        '01-24 08:30 1 仮押さえ',
        '01-24 08:32 1 予約済み',
        '01-24 08:32 1 予約確定のお知らせ <email> 【新潟市】3回目の予約を受け付けました',
        '01-31 10:30 1 仮押さえ',
        '01-31 10:32 1 予約変更のお知らせ <email> 【新潟市】3回目の予約を変更しました',
        '01-31 10:32 1 予約済み',
        '01-31 10:32 1 取り消し（別の日時へ変更）',
        '02-03 10:00 1 前日のお知らせ <email> 【新潟市】明日は3回目の接種日です',
        '02-04 10:25 1 来場済み',
      ],
    ],
  ],
  '06-same-day-by-telephone.json': [
    [
      'in the morning for the afternoon',
      { channel: 'phone', bookedAt: '2021-10-01T08:30', daysAhead: 0, time: '14:00' },
      [
        '09-30 10:00 1 前日のお知らせ（予約のときに過ぎていたため不要） –',
        '10-01 08:30 1 仮押さえ',
        '10-01 08:32 1 予約済み',
        '10-01 08:32 1 予約確定のお知らせ <email> 【新潟市】1回目の予約を受け付けました',
        '10-01 13:55 1 来場済み',
        '10-01 13:55 1 次の回のご案内 <email> 【新潟市】2回目の予約のご案内',
        '10-01 15:30 2 仮押さえ',
        '10-01 15:32 2 予約済み',
        '10-01 15:32 2 予約確定のお知らせ <email> 【新潟市】2回目の予約を受け付けました',
        '10-21 10:00 2 前日のお知らせ <email> 【新潟市】明日は2回目の接種日です',
        '10-22 13:55 2 来場済み',
      ],
    ],
    [
      'not by web',
      { bookedAt: '2021-10-01T08:30', daysAhead: 0, time: '14:00' },
      [
        '10-01 08:30 1 この日は予約できる期間の外です。いまお選びいただけるのは、2021年10月2日（土）から2021年10月31日（日）までです。',
      ],
    ],
  ],
  '07-helpers-at-the-ward-office.json': [
    [
      'a helper books for somebody without mail, who is called',
      { channel: 'venue', hasEmail: false, bookedAt: '2021-05-06T08:30' },
      [
        '05-06 08:30 1 仮押さえ',
        '05-06 08:32 1 予約済み',
        '05-06 08:32 1 予約確定のお知らせ（メールアドレスなし） –',
        '05-15 10:00 1 前日のお知らせ（メールアドレスなし） <callback>',
        '05-16 10:25 1 来場済み',
        '05-16 10:25 1 次の回のご案内（メールアドレスなし） <callback>',
        '05-16 12:00 2 仮押さえ',
        '05-16 12:02 2 予約済み',
        '05-16 12:02 2 予約確定のお知らせ（メールアドレスなし） –',
        '06-05 10:00 2 前日のお知らせ（メールアドレスなし） <callback>',
        '06-06 10:25 2 来場済み',
      ],
    ],
  ],
  '08-seats-in-weekly-stages.json': [
    [
      'gives a seat up, which then cools down',
      { bookedAt: '2021-05-06T08:30', kind: 'cancels' },
      [
        '05-06 08:30 1 仮押さえ',
        '05-06 08:32 1 予約済み',
        '05-06 08:32 1 予約確定のお知らせ <email> 【新潟市】1回目の予約を受け付けました',
        '05-13 10:30 1 取り消しのお知らせ <email> 【新潟市】1回目の予約を取り消しました',
        '05-13 10:30 1 取り消し（本人）',
      ],
    ],
  ],
  '09-several-groups-at-once.json': [
    [
      'by declaration, not before its day',
      { groupCode: 'illness', bookedAt: '2021-06-21T08:29' },
      ['06-21 08:29 1 まだ予約の受付が始まっていません。2021年6月21日（月）午前8時30分から受け付けます。'],
    ],
    [
      'by declaration, from its day on',
      { groupCode: 'illness', bookedAt: '2021-06-21T08:30' },
      [
        '06-21 08:30 1 仮押さえ',
        '06-21 08:32 1 予約済み',
        '06-21 08:32 1 予約確定のお知らせ <email> 【新潟市】1回目の予約を受け付けました',
        '06-30 10:00 1 前日のお知らせ <email> 【新潟市】明日は1回目の接種日です',
        '07-01 10:25 1 来場済み',
        '07-01 10:25 1 次の回のご案内 <email> 【新潟市】2回目の予約のご案内',
        '07-01 12:00 2 仮押さえ',
        '07-01 12:02 2 予約済み',
        '07-01 12:02 2 予約確定のお知らせ <email> 【新潟市】2回目の予約を受け付けました',
        '07-21 10:00 2 前日のお知らせ <email> 【新潟市】明日は2回目の接種日です',
        '07-22 10:25 2 来場済み',
      ],
    ],
  ],
  '10-nothing-printed-unchecked.json': [
    [
      'holds a seat and lets it go',
      { bookedAt: '2021-05-06T08:30', kind: 'hold_runs_out' },
      ['05-06 08:30 1 仮押さえ', '05-06 08:40 1 仮押さえの期限切れ'],
    ],
  ],
  '11-health-check.json': [
    [
      'comes, and is told of the results a week later',
      { bookedAt: '2021-06-01T09:00', daysAhead: 20 },
      [
        '06-01 09:00 1 仮押さえ',
        '06-01 09:02 1 予約済み',
        '06-01 09:02 1 予約確定のお知らせ <email> 【新潟市】予約を受け付けました',
        '06-18 10:00 1 3日前のお知らせ <email> 【新潟市】健診の日が近づきました',
        '06-21 10:25 1 来場済み',
        '06-28 10:00 1 結果のご案内 <email> 【新潟市】健診の結果をお送りします',
      ],
    ],
    [
      'does not come, and is invited again the day after',
      { bookedAt: '2021-06-01T09:00', daysAhead: 20, kind: 'does_not_come' },
      [
        '06-01 09:00 1 仮押さえ',
        '06-01 09:02 1 予約済み',
        '06-01 09:02 1 予約確定のお知らせ <email> 【新潟市】予約を受け付けました',
        '06-18 10:00 1 3日前のお知らせ <email> 【新潟市】健診の日が近づきました',
        '06-22 11:00 1 来場なし',
        '06-23 10:00 1 2日後のお知らせ <email> 【新潟市】健診をもう一度予約できます',
      ],
    ],
  ],
};

test('every practice has its story', () => {
  expect(Object.keys(practices)).toEqual(names);
});

describe.each(Object.entries(practices))('%s', (name, stories) => {
  test.each(stories)('%s', async (_what, told, timeline) => {
    expect(await play(name, told)).toEqual(timeline);
  });
});
