import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal as temporalProto } from '@temporalio/proto';

import { createBookingRepository } from '../../database/bookings/bookings';
import { createProgrammes } from '../../database/programmes/programmes';
import { bookingWorkflowId } from '../../domain/contracts/booking-workflow';
import { searchAttributes } from '../../domain/contracts/search-attributes';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import { createDataConverter } from '../../engine/temporal/data-converter';
import { attributesByColumn, missingSearchAttributes } from '../../engine/temporal/search-attributes';
import { examineInstallation } from '../../runtime/commands/doctor';
import { readConfig } from '../../runtime/config';
import { projectRoot } from '../../runtime/root';
import { createAdminSite } from '../browser/admin/support/admin-site';
import { expectClean } from '../browser/support/axe';
import { startTokiProcess, type TokiProcess, untilPolled } from '../faults/toki-process';
import { describeInBrowser } from '../support/chromium';
import { PlainTemporal } from '../support/own-temporal';
import { createTestNamespace } from '../support/test-namespace';
import { createStaffSite, type StaffSite, tester } from '../worlds/staff-site';
import { createTestCity, type TestCity, testKeysText, validAnswers } from '../worlds/test-city';
import type { Visitor } from '../worlds/visitor';

/** A Temporal server as it comes, without one flag: everything but the rehearsal works on it. */
const temporal = new PlainTemporal();
const programme = '/api/v1/programmes/test-programme';
const attribute = {
  status: defineSearchAttributeKey('BookingStatus', 'KEYWORD'),
  version: defineSearchAttributeKey('ProgrammeVersion', 'INT'),
};
const reason = '時間の早送りができないサーバーのため、担当二人で内容を読み合わせました。';
let city: TestCity;
let connection: Connection;
let client: Client;
let worker: TokiProcess;
let site: StaffSite;
let author: Visitor & { staffId: string };
let publisher: Visitor & { staffId: string };

const environment = (namespace = 'default') => ({
  DATABASE_URL: city.databaseUrl,
  TEMPORAL_ADDRESS: temporal.address,
  TEMPORAL_NAMESPACE: namespace,
  TOKI_KEYS: testKeysText,
});

beforeAll(async () => {
  const [address, made] = await Promise.all([temporal.start(), createTestCity()]);
  city = made;
  connection = await Connection.connect({ address });
  client = new Client({ connection, dataConverter: createDataConverter(city.keys) });
  site = await createStaffSite({ city, temporal: client });
  [author, publisher] = [await site.colleague('supervisor'), await site.colleague('city_admin')];
  worker = startTokiProcess('worker', environment());
}, 120_000);
afterAll(async () => {
  await worker.kill('SIGTERM');
  await site.close();
  await city.close();
  await connection.close();
  await temporal.dispose();
});

interface Draft extends Record<string, unknown> {
  readonly version: number;
  readonly document: ProgrammeDocument;
  readonly rehearsal: string;
}

/** A draft that a person changed. */
async function changedDraft(change: (document: ProgrammeDocument) => void): Promise<Draft> {
  const { versions } = (await author.get(programme)).json<{ versions: { number: number }[] }>();
  const draft = (await author.post(`${programme}/draft`, { from: versions[0]?.number })).json<Draft>();
  const document = structuredClone(draft.document);
  change(document);
  const saved = await author.send('PATCH', `${programme}/draft`, JSON.stringify({ version: draft.version, document }), {
    headers: { 'content-type': 'application/json' },
  });
  expect(saved.status).toBe(200);
  return saved.json<Draft>();
}

/** Rehearses the draft on the real worker; the state in which it ended. */
async function rehearse(): Promise<string> {
  const asked = await author.post(`${programme}/rehearsals`, { script: { kind: 'programme', people: 1, seed: 1 } });
  expect(asked.status).toBe(201);
  for (let attempt = 0; attempt < 600; attempt++) {
    const { state } = (await author.get(`/api/v1/rehearsals/${asked.json<{ id: string }>().id}`)).json<{
      state: string;
    }>();
    if (state !== 'waiting' && state !== 'running') return state;
    await sleep(100);
  }
  throw new Error('the rehearsal did not end');
}

const publish = (by: Visitor, version: number, more: object = {}) =>
  by.post(`${programme}/draft/publish`, { version, ...more });

test('the worker adds the search attributes that are missing, and works', async () => {
  await untilPolled(temporal.address);
  expect(await missingSearchAttributes(connection, 'default', searchAttributes)).toEqual([]);
  // What the namespace says of its columns agrees with the operator service, which may be closed to us.
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
  expect(await attributesByColumn(connection, 'default')).toEqual(customAttributes);
});

test('draft, rehearsal that cannot be, waiver by a second person, bookings under the new version', async () => {
  await untilPolled(temporal.address);
  const draft = await changedDraft((document) => {
    document.policies.holdMinutes = 3;
  });
  // Nobody has tried to rehearse it: that comes first.
  expect((await publish(publisher, draft.version, { waiver: reason })).json()['code']).toBe('waiver_refused');
  expect(await rehearse()).toBe('unsupported');
  expect((await author.get(`${programme}/draft`)).json<Draft>().rehearsal).toBe('impossible');
  expect((await publish(publisher, draft.version)).json()['code']).toBe('not_rehearsed');
  expect((await publish(publisher, draft.version, { waiver: '  なし  ' })).status).toBe(400);
  expect((await publish(author, draft.version, { waiver: reason })).status).toBe(403);
  const answer = await publish(publisher, draft.version, { waiver: reason });
  expect([answer.status, answer.json()]).toEqual([200, { number: 2, publishAt: null }]);

  const { versions } = (await author.get(programme)).json<{ versions: Record<string, unknown>[] }>();
  expect(versions.map(({ number, waiver }) => [number, waiver])).toEqual([
    [2, { reason, by: expect.any(String) as string, at: expect.any(String) as string, draftVersion: draft.version }],
    [1, null],
  ]);
  const [event] = await site.audit.list({ action: 'rehearsal.waive', limit: 5 });
  expect(event).toMatchObject({
    actorId: publisher.staffId,
    subjectKind: 'programme',
    detail: { draftVersion: draft.version, waiver: expect.any(String) as string },
  });
  expect(JSON.stringify(event)).not.toContain(reason);
  await expect(city.database('rehearsal_waiver').update({ reason: '別の理由' })).rejects.toThrow(/never changes/);

  const { database, keys } = city;
  const bookings = createBookingRepository({ database, keys, programmes: createProgrammes(database) });
  const residentId = await city.addResident();
  const held = await bookings.hold({
    residentId,
    slotId: await city.addSlot(),
    dose: 1,
    channel: 'web',
    actor: 'citizen',
  });
  if (!held.ok) throw new Error(held.code);
  const heldMs = held.booking.holdExpiresAt.getTime() - Date.now();
  expect([heldMs > 60_000, heldMs <= 3 * 60_000]).toEqual([true, true]);
  const confirmed = await bookings.confirm({
    residentId,
    bookingId: held.booking.id,
    answers: validAnswers,
    channel: 'web',
    actor: 'citizen',
  });
  expect(confirmed.ok).toBe(true);
  // The worker's relay takes it up, and the workflow carries the attributes.
  const handle = client.workflow.getHandle(bookingWorkflowId(held.booking.id));
  for (let attempt = 0; ; attempt++) {
    const found = await handle.describe().catch(() => undefined);
    if (found?.typedSearchAttributes.get(attribute.status) === 'confirmed') {
      expect(found.typedSearchAttributes.get(attribute.version)).toBe(2);
      break;
    }
    if (attempt > 300) throw new Error('the workflow does not run');
    await sleep(200);
  }
}, 120_000);

test('at a set time too: the waiver goes along', async () => {
  const draft = await changedDraft((document) => {
    document.policies.holdMinutes = 4;
  });
  expect(await rehearse()).toBe('unsupported');
  const at = new Date(Date.now() + 3_600_000).toISOString();
  expect((await publish(publisher, draft.version, { at, waiver: reason })).status).toBe(200);
  expect((await author.get(`${programme}/draft`)).json<{ release: object }>().release).toMatchObject({
    waiver: { reason },
  });
  const publication = await city
    .database('programme_release')
    .where({ state: 'scheduled' })
    .first<{ id: string }>('id');
  const done = await site.services.drafts.carryOut(publication.id, () => Promise.resolve(undefined));
  expect(done?.state).toBe('published');
  const { versions } = (await author.get(programme)).json<{ versions: Record<string, unknown>[] }>();
  expect(versions[0]).toMatchObject({ number: 3, waiver: { reason } });
});

describe('a waiver is refused', () => {
  afterEach(() => city.database('programme_draft').delete());

  test('where a rehearsal found faults', async () => {
    const draft = await changedDraft((document) => {
      document.policies.holdMinutes = 5;
    });
    const asked = await site.services.rehearsals.ask(tester, author.staffId, 'test-programme', draft.document, {
      kind: 'programme',
      people: 1,
      seed: 1,
    });
    await site.services.rehearsals.finish(asked.ok ? asked.id : '', {
      people: 1,
      durationMs: 1,
      faults: [{ sentence: 'x' }],
    });
    expect(await rehearse()).toBe('unsupported');
    expect((await publish(publisher, draft.version, { waiver: reason })).json()['code']).toBe('waiver_refused');
  });

  test('where the server has learned to rehearse since', async () => {
    const draft = await changedDraft((document) => {
      document.policies.holdMinutes = 6;
    });
    expect(await rehearse()).toBe('unsupported');
    const able = await createTestNamespace();
    const other = await Connection.connect({ address: able.address });
    const otherSite = await createStaffSite({
      city,
      temporal: new Client({ connection: other, namespace: able.namespace }),
    });
    try {
      const another = await otherSite.colleague('city_admin');
      expect((await publish(another, draft.version, { waiver: reason })).json()['code']).toBe('waiver_refused');
    } finally {
      await otherSite.close();
      await other.close();
    }
  });

  test('where the server cannot be asked', async () => {
    const draft = await changedDraft((document) => {
      document.policies.holdMinutes = 7;
    });
    expect(await rehearse()).toBe('unsupported');
    const away = await createStaffSite({ city });
    try {
      const another = await away.colleague('city_admin');
      expect((await publish(another, draft.version, { waiver: reason })).json()['code']).toBe('engine_away');
    } finally {
      await away.close();
    }
  });
});

test('doctor says that this server cannot rehearse, and what to do', async () => {
  const config = readConfig({ ...environment(), CITIZEN_PORT: '15090', STAFF_PORT: '15091' });
  expect((await examineInstallation(config)).find(({ about }) => about === 'Rehearsals')).toEqual({
    about: 'Rehearsals',
    ok: true,
    detail: 'this server cannot skip time, so programmes cannot be rehearsed',
    todo: expect.stringContaining('frontend.WorkflowTimeSkippingEnabled') as string,
  });
});

test('a worker that may not add them ends with one sentence, which names them and the command', async () => {
  const namespace = 'full';
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  // No column for whole numbers is left: the server itself refuses another one.
  for (let attempt = 0; ; attempt++) {
    try {
      for (const name of ['One', 'Two', 'Three'])
        await connection.operatorService.addSearchAttributes({
          namespace,
          searchAttributes: { [name]: temporalProto.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_INT },
        });
      break;
    } catch (error) {
      if (attempt > 100) throw error;
      await sleep(200);
    }
  }
  const ended = await new Promise<{ code: number | null; said: string }>((resolve) => {
    const child = spawn(process.execPath, [join(projectRoot, 'dist', 'runtime', 'processes', 'worker.js')], {
      env: { ...process.env, ...environment(namespace), LOG_LEVEL: 'fatal', TOKI_DEMO: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (data: Buffer) => (said += data.toString()));
    child.once('close', (code) => {
      resolve({ code, said });
    });
  });
  expect(ended.code).toBe(1);
  expect(ended.said.trim().split('\n')).toEqual([
    expect.stringMatching(
      /^Namespace "full" lacks the search attributes .*ProgrammeVersion.*: run "temporal operator search-attribute create --namespace full .*--name ProgrammeVersion --type Int.*start it again\.$/,
    ),
  ]);
}, 90_000);

describeInBrowser('the pages', () => {
  afterEach(() => city.database('programme_draft').delete());

  test('ask the second person for the reason, and show it afterwards', async () => {
    await changedDraft((document) => {
      document.policies.holdMinutes = 8;
    });
    expect(await rehearse()).toBe('unsupported');
    const shots = process.env['TOKI_SHOTS'];
    const admin = await createAdminSite({ city, temporal: client });
    try {
      const page = await admin.open({ role: 'city_admin', path: '/programme/test-programme/publish' });
      const button = page.getByRole('button', { name: '公開する' });
      await page.getByText('このシステムでは行えません').waitFor();
      expect(await button.isDisabled()).toBe(true);
      await page.getByLabel('リハーサルなしで公開する理由').fill(reason);
      if (shots !== undefined) await page.screenshot({ path: `${shots}/waiver.png`, fullPage: true });
      expect(admin.faults).toEqual([]);
      await expectClean(page, 'publishing with a waiver');
      await button.click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('リハーサルは行っていません。').waitFor();
      await dialog.getByRole('button', { name: '公開する' }).click();
      await page.getByText('版を公開しました。').first().waitFor();
      await page.getByRole('link', { name: '版', exact: true }).click();
      await page.getByText(`理由：${reason}`).first().waitFor();
      if (shots !== undefined) await page.screenshot({ path: `${shots}/waiver-versions.png`, fullPage: true });
      await expectClean(page, 'versions with a waiver');
      expect(admin.faults).toEqual([]);
    } finally {
      await admin.close();
    }
  }, 90_000);
});
