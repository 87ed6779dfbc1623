import { createAdminSite } from '../browser/admin/support/admin-site';
import { expectClean } from '../browser/support/axe';
import { describeInBrowser } from '../support/chromium';
import { OwnTemporal } from '../support/own-temporal';
import { patienceMs } from '../support/patience';
import { createRehearsalTestWorld, type RehearsalTestWorld } from '../worlds/rehearsal-world';
import { tester } from '../worlds/staff-site';
import { testDocument } from '../worlds/test-city';

/** A Temporal that a city runs itself may not know how to skip time: the rehearsal says so, and leaves nothing behind. */
const temporal = new OwnTemporal({ 'frontend.WorkflowTimeSkippingEnabled': 'false' });
let world: RehearsalTestWorld;
beforeAll(async () => {
  world = await createRehearsalTestWorld({ address: await temporal.start() });
});
afterAll(async () => {
  await world.close();
  await temporal.dispose();
});

const story = { bookedAt: '2021-04-19T08:31:00+09:00', daysAhead: 10, time: '10:30', actsDaysBefore: 3 } as const;

test.each([
  [
    'one person',
    {
      kind: 'person',
      person: { groupCode: 'seniors', hasEmail: true, channel: 'web' },
      story: { kind: 'attends', ...story },
    },
  ],
  [
    'one person who does nothing more',
    {
      kind: 'person',
      person: { groupCode: 'seniors', hasEmail: true, channel: 'web' },
      story: { kind: 'hold_runs_out', ...story },
    },
  ],
  ['many people', { kind: 'programme', people: 60, seed: 1 }],
] as const)('%s: it cannot be rehearsed, and that is said at once', async (_name, script) => {
  const rehearsal = await world.rehearse(testDocument(), script);
  expect([rehearsal.state, rehearsal.report, rehearsal.passed]).toEqual(['unsupported', null, null]);
  // Nothing goes on running that was begun.
  const left: string[] = [];
  for await (const { workflowId } of world.client.workflow.list({
    query: 'WorkflowType = "bookingLifecycle" AND ExecutionStatus = "Running"',
  }))
    left.push(workflowId);
  expect(left).toEqual([]);
});

describeInBrowser('the page', () => {
  test('says it in a sentence', async () => {
    const draft = await world.drafts.beginFrom(tester, world.staffId, 'test-programme', 1);
    expect(draft.ok).toBe(true);
    const admin = await createAdminSite({ city: world.city, temporal: world.client });
    try {
      const page = await admin.open({ role: 'supervisor', path: '/programme/test-programme/rehearsal' });
      await page.getByLabel('席を選ぶ日時').waitFor();
      await page.getByRole('button', { name: '再生する' }).click();
      await page
        .getByText('接続しているTemporalサーバーは時間の早送りに対応していないため、リハーサルを行えません。')
        .waitFor({ timeout: patienceMs });
      const shots = process.env['TOKI_SHOTS'];
      if (shots !== undefined) await page.screenshot({ path: `${shots}/rehearsal-unsupported.png`, fullPage: true });
      await expectClean(page, 'rehearsal that is not supported');
      expect(admin.faults).toEqual([]);
    } finally {
      await admin.close();
    }
  });
});
