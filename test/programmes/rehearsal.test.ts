import { cityDate, cityTime, daysBetween } from '../../domain/calendar/city-time';
import { type RehearsalEntry, type Story } from '../../domain/rehearsal/script';
import { createRehearsalTestWorld, rehearsalPatienceMs, type RehearsalTestWorld } from '../worlds/rehearsal-world';
import { testDocument } from '../worlds/test-city';

let world: RehearsalTestWorld;
beforeAll(async () => {
  world = await createRehearsalTestWorld();
});
afterAll(() => world.close());

const person = { groupCode: 'seniors', hasEmail: true, channel: 'web' } as const;
const story = (kind: Story['kind'], more: Partial<Story> = {}): Story => ({
  kind,
  bookedAt: '2021-04-19T08:31:00+09:00',
  daysAhead: 10,
  time: '10:30',
  actsDaysBefore: 3,
  ...more,
});
const labels = (timeline: readonly RehearsalEntry[] = []) =>
  timeline.map((entry) => `${String(entry.dose)} ${entry.label}${entry.notice ? ` [${entry.notice.subject}]` : ''}`);

test('one person’s whole way through both doses, in seconds, in the programme’s own time', async () => {
  const rehearsal = await world.rehearse(testDocument(), { kind: 'person', person, story: story('attends') });
  expect([rehearsal.state, rehearsal.passed, rehearsal.report?.faults]).toEqual(['done', true, []]);
  const timeline = rehearsal.report?.timeline ?? [];
  expect(labels(timeline)).toEqual([
    '1 仮押さえ',
    '1 予約済み',
    '1 予約確定のお知らせ [【新潟市】1回目の予約を受け付けました]',
    '1 前日のお知らせ [【新潟市】明日は1回目の接種日です]',
    '1 来場済み',
    '1 次の回のご案内 [【新潟市】2回目の予約のご案内]',
    '2 仮押さえ',
    '2 予約済み',
    '2 予約確定のお知らせ [【新潟市】2回目の予約を受け付けました]',
    '2 前日のお知らせ [【新潟市】明日は2回目の接種日です]',
    '2 来場済み',
  ]);
  const reminder = timeline[3]!;
  expect([cityDate(reminder.at), cityTime(reminder.at)]).toEqual(['2021-04-28', '10:00']);
  expect(reminder.notice?.text).toContain('2021年（令和3年）4月29日（木）');
  const second = timeline.find((entry) => entry.dose === 2 && entry.label === '来場済み')!;
  expect(daysBetween('2021-04-29', cityDate(second.at))).toBe(21);
});

test.each<[Story['kind'], string[]]>([
  ['hold_runs_out', ['1 仮押さえ', '1 仮押さえの期限切れ']],
  ['gives_up', ['1 仮押さえ', '1 仮押さえの取りやめ']],
  [
    'cancels',
    [
      '1 仮押さえ',
      '1 予約済み',
      '1 予約確定のお知らせ [【新潟市】1回目の予約を受け付けました]',
      '1 取り消し（本人）',
      '1 取り消しのお知らせ [【新潟市】1回目の予約を取り消しました]',
    ],
  ],
  [
    'city_cancels',
    [
      '1 仮押さえ',
      '1 予約済み',
      '1 予約確定のお知らせ [【新潟市】1回目の予約を受け付けました]',
      '1 取り消し（市）',
      '1 取り消しのお知らせ [【新潟市】1回目の予約を取り消しました]',
    ],
  ],
  [
    'does_not_come',
    [
      '1 仮押さえ',
      '1 予約済み',
      '1 予約確定のお知らせ [【新潟市】1回目の予約を受け付けました]',
      '1 前日のお知らせ [【新潟市】明日は1回目の接種日です]',
      '1 来場なし',
    ],
  ],
])('%s', async (kind, expected) => {
  const { report, passed } = await world.rehearse(testDocument(), { kind: 'person', person, story: story(kind) });
  expect([labels(report?.timeline), passed]).toEqual([expected, true]);
});

test('a move tells of the change, with the old appointment', async () => {
  const { report } = await world.rehearse(
    testDocument((document) => {
      document.doses.pop();
    }),
    { kind: 'person', person, story: story('moves') },
  );
  const told = report?.timeline?.find((entry) => entry.notice?.subject.includes('変更'));
  if (!told) throw new Error(JSON.stringify(report, null, 1));
  expect(told.notice?.text).toMatch(/4月30日[\s\S]*前の予約（2021年（令和3年）4月29日/);
  expect(report?.faults).toEqual([]);
});

test('who has no address gets nothing, and the timeline says so', async () => {
  const { report } = await world.rehearse(
    testDocument((document) => {
      document.doses.pop();
    }),
    { kind: 'person', person: { ...person, hasEmail: false }, story: story('attends') },
  );
  expect(report?.timeline?.filter((entry) => entry.notice)).toEqual([]);
  expect(labels(report?.timeline)).toContain('1 予約確定のお知らせ（メールアドレスなし）');
});

test.each<[string, Partial<Story>, typeof person | { groupCode: string; hasEmail: true; channel: 'web' }, RegExp]>([
  ['before the opening', { bookedAt: '2021-04-19T08:29:00+09:00' }, person, /受付が始まっていません/],
  ['of a group that opens later', {}, { ...person, groupCode: 'general' }, /7月5日/],
  ['outside the window', { daysAhead: 60 }, person, /予約できる期間の外/],
])('a person %s is told so, and that is no rehearsal that passed', async (_name, change, who, sentence) => {
  const { report, passed } = await world.rehearse(testDocument(), {
    kind: 'person',
    person: who,
    story: story('attends', change),
  });
  expect(report?.timeline).toEqual([
    expect.objectContaining({ kind: 'refusal', label: expect.stringMatching(sentence) as unknown }),
  ]);
  expect(passed).toBe(false);
});

test('the same story in years to come', async () => {
  const document = testDocument((item) => {
    item.groups[0]!.opensAt = '2035-04-19T08:30:00+09:00';
  });
  const { report, passed } = await world.rehearse(document, {
    kind: 'person',
    person,
    story: story('does_not_come', { bookedAt: '2035-04-19T08:30:00+09:00' }),
  });
  expect([passed, report?.timeline?.at(-1)?.label, cityDate(report?.timeline?.at(-1)?.at ?? '')]).toEqual([
    true,
    '来場なし',
    '2035-04-29',
  ]);
});

test(
  'three hundred people: seats, notices per hour, faults; nothing is sent and nothing is booked',
  async () => {
    const rehearsal = await world.rehearse(testDocument(), { kind: 'programme', people: 300, seed: 7 });
    const { report } = rehearsal;
    expect(rehearsal.state).toBe('done');
    expect(report?.faults).toEqual([]);
    const first = report?.seats?.[0];
    expect(
      (first?.attended ?? 0) + (first?.noShow ?? 0) + (first?.cancelled ?? 0) + (first?.expired ?? 0),
    ).toBeGreaterThan(250);
    expect(report?.noticesByStep?.find((step) => step.step === 'confirmation')?.sent).toBeGreaterThan(150);
    const { database } = world.city;
    for (const table of ['booking', 'booking_event', 'notice', 'inbox_message'])
      expect([table, await database(table).select('*')]).toEqual([table, []]);
  },
  rehearsalPatienceMs + 60_000,
);
