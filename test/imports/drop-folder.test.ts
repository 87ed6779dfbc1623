import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import pino from 'pino';
import { v7 as uuidv7 } from 'uuid';

import { createImportRunStore, type ImportRunRecord } from '../../database/imports/import-runs';
import { createImportSettings } from '../../database/imports/import-settings';
import { createImportStaging } from '../../database/imports/import-staging';
import { ImportUnderWayError, rotateKeys } from '../../database/upkeep/key-rotation';
import {
  dropFolderScheduleId,
  dropFolderWorkflowType,
  importTaskQueue,
  importWorkflowId,
} from '../../domain/imports/import-workflow';
import { ensureImportSchedule } from '../../engine/loops/drop-folder-schedule';
import { createImportSweeper } from '../../engine/loops/import-sweeper';
import { createImportWorld, csv, type ImportWorld, people, sampleFile } from '../worlds/import-world';

const log = pino({ level: 'silent' });
/** A file that was not written to for so long counts as whole, ms. */
const quietMs = 400;

describe('the drop folder', () => {
  let world: ImportWorld;
  let root: string;
  let folder: string;
  let runs: ReturnType<typeof createImportRunStore>;

  beforeAll(async () => {
    world = await createImportWorld();
    root = mkdtempSync(join(tmpdir(), 'toki-drop-'));
    folder = join(root, 'test-programme');
    mkdirSync(folder);
    runs = createImportRunStore(world.city);
    await world.startWorker(undefined, { temporal: world.client, folder: () => root, log, quietMs });
    await createImportSettings({ database: world.city.database }).remember(world.city.version.programmeId, {
      columns: { number: 3, kana: 4, birth: 5, group: 7 },
    });
  });
  afterAll(async () => {
    rmSync(root, { recursive: true, force: true });
    await world.close();
  });

  const look = () =>
    world.client.workflow.execute(dropFolderWorkflowType, {
      taskQueue: importTaskQueue,
      workflowId: `drop-${uuidv7()}`,
      args: [],
    });
  async function drop(name: string, content: Buffer | string): Promise<void> {
    writeFileSync(join(folder, name), content);
    await sleep(quietMs + 100);
  }
  async function newest(...statuses: readonly ImportRunRecord['status'][]): Promise<ImportRunRecord> {
    for (let look = 0; look < 1_200; look++) {
      const [run] = await runs.history({ limit: 1 });
      if (run && statuses.includes(run.status)) return run;
      await sleep(50);
    }
    throw new Error(`no import is ${statuses.join(' or ')}`);
  }

  test('a file is taken with the saved columns, asks the first time, and is taken over by itself when it is what is known', async () => {
    await drop('名簿.csv', sampleFile('b'));
    expect(await look()).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
    const first = await newest('waiting');
    expect(first).toMatchObject({ source: 'drop_folder', fileName: '名簿.csv', summary: { created: 2000, bad: 0 } });
    await world.until(world.client.workflow.getHandle(importWorkflowId(first.id)), 'waiting_for_approval');
    await world.client.workflow
      .getHandle(importWorkflowId(first.id))
      .executeUpdate('approveImport', { args: [{ by: 'staff-1' }] });
    await newest('applied');
    expect(await look()).toBe(0);

    // 1 of 2,000 is new: 99.95 % is known.
    const text = Buffer.concat([sampleFile('b'), Buffer.from('151009,1,9920009999,,3220401,,,,1\r\n')]);
    await drop('翌日.csv', text);
    expect(await look()).toBe(1);
    const second = await newest('applied', 'waiting', 'failed');
    for (let turn = 0; turn < 1_200 && (await runs.find(second.id))?.status !== 'applied'; turn++) await sleep(50);
    expect(await runs.find(second.id)).toMatchObject({
      status: 'applied',
      approvedBy: 'drop-folder',
      result: { created: 1, unchanged: 2000 },
    });
    expect(await world.find('9920009999')).toMatchObject({ birthDate: '1947-04-01', groupCode: 'general' });
  });

  test('a file whose dates have slipped waits for a person', async () => {
    const lines = new TextDecoder('shift_jis').decode(sampleFile('b')).split('\r\n');
    const slipped = lines
      .map((line, index) =>
        index < 400
          ? line.replace(
              /,(\d)(\d\d)(\d\d)(\d\d),/,
              (_all, era: string, year: string, month: string) => `,${era}${year}${month}01,`,
            )
          : line,
      )
      .join('\r\n');
    await drop('slipped.csv', slipped);
    expect(await look()).toBe(1);
    const run = await newest('waiting');
    expect(run.summary?.changed).toBeGreaterThan(100);
    await world.until(world.client.workflow.getHandle(importWorkflowId(run.id)), 'waiting_for_approval');
    await world.client.workflow
      .getHandle(importWorkflowId(run.id))
      .executeUpdate('rejectImport', { args: [{ by: 'staff-1' }] });
    await newest('rejected');
  });

  test('what is still written is left alone, however it is called', async () => {
    const path = join(folder, 'half.csv');
    await drop('upload.csv.part', csv(people(3)));
    await drop('.hidden.csv', csv(people(3)));
    await drop('readme.md', 'not a list');
    await drop('empty.csv', '');
    writeFileSync(path, csv(people(2)));
    // Just written: not quiet yet.
    expect(await look()).toBe(0);
    await sleep(quietMs + 50);
    const writing = setInterval(() => {
      appendFileSync(path, '9700000099,,1947/4/1,高齢者\r\n');
    }, 100);
    try {
      expect(await look()).toBe(0);
    } finally {
      clearInterval(writing);
    }
    expect(readdirSync(folder).sort()).toEqual([
      '.hidden.csv',
      'empty.csv',
      'half.csv',
      'readme.md',
      'upload.csv.part',
    ]);
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    // Renamed when whole, as good programs do.
    await drop('ready.part', csv(people(2)));
    renameSync(join(folder, 'ready.part'), join(folder, 'ready.csv'));
    expect(await look()).toBe(1);
    await newest('refused', 'waiting');
  });

  test('a look that died in the middle is finished by the next: one file, one import', async () => {
    const before = (await runs.history({ limit: 100 })).length;
    const fileId = uuidv7();
    await drop(`.taken-${fileId}-kept.csv`, sampleFile('b'));
    expect(await look()).toBe(1);
    await drop(`.taken-${fileId}-kept.csv`, sampleFile('b'));
    expect(await look()).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
    expect((await runs.history({ limit: 100 })).length).toBe(before + 1);
  });

  test('a file that is too large is put aside with the reason', async () => {
    await world.city.database('import_settings').update({ max_mebibytes: 1 });
    await drop('large.csv', Buffer.alloc(2 * 1024 * 1024, '1,2\n'));
    expect(await look()).toBe(1);
    await world.city.database('import_settings').update({ max_mebibytes: 100 });
    const aside = join(folder, '取り込めなかったファイル');
    expect(readdirSync(aside).sort()).toEqual(['large.csv', 'large.csv.txt']);
    expect(readFileSync(join(aside, 'large.csv.txt'), 'utf8')).toContain('上限は1MB');
    expect(existsSync(join(folder, 'large.csv'))).toBe(false);
  });

  test('the Schedule is made once, skips what overlaps, makes up for ten minutes, and looks', async () => {
    await Promise.all([ensureImportSchedule(world.client), ensureImportSchedule(world.client)]);
    await ensureImportSchedule(world.client);
    const handle = world.client.schedule.getHandle(dropFolderScheduleId);
    const { policies, spec } = await handle.describe();
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 600_000 });
    expect(spec.intervals?.[0]?.every).toBe(60_000);
    await drop('scheduled.csv', csv(people(1)));
    await handle.trigger();
    for (let turn = 0; turn < 1_200 && readdirSync(folder).includes('scheduled.csv'); turn++) await sleep(50);
    expect(readdirSync(folder)).not.toContain('scheduled.csv');
    await handle.delete();
  });

  test('an import whose workflow was ended by hand is swept, and the keys can be rotated again', async () => {
    const { runId, handle } = await world.start(csv(people(3)));
    await world.until(handle, 'waiting_for_approval');
    await handle.terminate('by hand');
    const { database, keys } = world.city;
    await expect(rotateKeys(database, keys)).rejects.toBeInstanceOf(ImportUnderWayError);
    const sweeper = createImportSweeper({
      client: world.client,
      runs,
      staging: createImportStaging(database),
      log,
      patienceMs: 0,
      everyMs: 50,
    });
    sweeper.start();
    for (let turn = 0; turn < 1_200 && (await runs.find(runId))?.status !== 'failed'; turn++) await sleep(50);
    await sweeper.stop();
    expect(await runs.find(runId)).toMatchObject({ status: 'failed' });
    // Those that do run are left alone.
    const open = await runs.open(0);
    for (const id of open)
      expect((await world.client.workflow.getHandle(importWorkflowId(id)).describe()).status.name).toBe('RUNNING');
    for (const id of open) {
      await world.until(world.client.workflow.getHandle(importWorkflowId(id)), 'waiting_for_approval');
      await world.client.workflow
        .getHandle(importWorkflowId(id))
        .executeUpdate('rejectImport', { args: [{ by: 'staff-1' }] });
    }
    for (let turn = 0; turn < 1_200 && (await runs.open(0)).length > 0; turn++) await sleep(50);
    await expect(rotateKeys(database, keys)).resolves.toBeDefined();
    expect((await world.leftovers()).tables).toBe(0);
  });
});
