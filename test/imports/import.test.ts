import {
  type ApproveImportInput,
  approveImportUpdateName,
  type ApproveRemovalInput,
  approveRemovalUpdateName,
  type ImportPhase,
  rejectImportUpdateName,
} from '../../domain/imports/import-workflow';
import { createImportWorld, csv, type ImportWorld, people, sampleFile } from '../worlds/import-world';

describe('an import', () => {
  let world: ImportWorld;

  beforeAll(async () => {
    world = await createImportWorld();
    await world.startWorker();
  });

  afterAll(async () => {
    await world.close();
  });

  beforeEach(async () => {
    await world.freshProgramme();
  });

  test('the everyday export: 2,000 residents, and the same file again changes nothing', async () => {
    const first = await world.import(sampleFile('a'));
    expect(first).toMatchObject({ phase: 'applied', result: { created: 2000, changed: 0, unchanged: 0, removed: 0 } });
    expect(first.summary).toMatchObject({ records: 2000, good: 2000, bad: 0, missing: 0 });
    expect(await world.find('9910000000')).toMatchObject({ birthDate: '1968-10-11', groupCode: 'care-staff' });
    expect(await world.find('9910000002')).toMatchObject({ birthDate: '1943-05-12', groupCode: 'seniors' });

    const before = await world.residents();
    const second = await world.import(sampleFile('a'));
    expect(second).toMatchObject({ phase: 'applied', result: { created: 0, changed: 0, unchanged: 2000, removed: 0 } });
    expect(await world.residents()).toEqual(before);
    expect(await world.leftovers()).toEqual({ tables: 0, pieces: 0 });
  });

  test('the file without header, its columns by position', async () => {
    const outcome = await world.import(sampleFile('b'), { columns: { number: 3, kana: 4, birth: 5, group: 7 } });
    expect(outcome).toMatchObject({
      phase: 'applied',
      summary: { records: 2000, good: 2000, bad: 0 },
      result: { created: 2000 },
    });
    expect(await world.find('9920000000')).toMatchObject({ birthDate: '1963-06-11', groupCode: 'general' });
    expect(await world.find('9920000001')).toMatchObject({ birthDate: '1923-08-17', groupCode: 'seniors' });
  });

  test('the file without header is refused when nobody says where its columns are', async () => {
    const outcome = await world.import(sampleFile('b'));
    expect(outcome).toMatchObject({ phase: 'refused', refusal: { code: 'no_header' } });
    expect(await world.residents()).toEqual([]);
  });

  test('the file of a real afternoon: which lines fail, and why', async () => {
    const outcome = await world.import(sampleFile('c'));
    expect(await world.errors(outcome.runId)).toEqual([
      { line: 19, code: 'number_exponent', column: 'number' },
      { line: 20, code: 'number_zero_lost', column: 'number' },
      { line: 42, code: 'birth_outside_era', column: 'birth' },
      { line: 44, code: 'birth_no_such_day', column: 'birth' },
      { line: 45, code: 'birth_future', column: 'birth' },
      // The record of line 62 has a line break inside, so the twin of line 93 stands on 94.
      { line: 94, code: 'duplicate_identical', column: 'number' },
    ]);
    expect(outcome).toMatchObject({
      phase: 'applied',
      summary: { records: 301, good: 295, bad: 5 },
      result: { created: 295 },
    });
    expect(await world.find('9930000041')).toMatchObject({ birthDate: '1947-04-01' });
    expect(await world.find('9930000040')).toBeUndefined();
  });

  test('a corrected file repairs the rows that failed and touches no others', async () => {
    await world.import(
      csv([
        { number: '0000000001', birth: '1947/4/1' },
        { number: '0000000002', birth: '昭和64年2月1日' },
        { number: '0000000003', group: '一般' },
      ]),
    );
    const outcome = await world.import(
      csv([
        { number: '0000000001', birth: '昭和22年4月1日' },
        { number: '0000000002', birth: '平成元年2月1日' },
        { number: '0000000003', group: '高齢者' },
      ]),
    );
    expect(outcome.result).toEqual({
      created: 1,
      changed: 1,
      unchanged: 1,
      removed: 0,
      removedWithBooking: 0,
      gone: 0,
      goneWithBooking: 0,
      newNumber: 0,
    });
    expect(await world.find('0000000002')).toMatchObject({ birthDate: '1989-02-01' });
    expect(await world.find('0000000003')).toMatchObject({ groupCode: 'seniors' });
  });

  test.each<[string, Buffer | string, string]>([
    ['an empty file', '', 'empty'],
    ['a workbook', Buffer.concat([Buffer.from([0x50, 0x4b, 0x03, 0x04]), Buffer.alloc(500, 7)]), 'not_text'],
    ['UTF-16', Buffer.from(`\uFEFF${csv([{ number: '0000000001' }])}`, 'utf16le'), 'wrong_encoding'],
    [
      'a broken encoding',
      Buffer.concat([Buffer.from(csv([{ number: '0000000001' }])), Buffer.from([0xff, 0xfe, 0x80])]),
      'wrong_encoding',
    ],
    ['tabs', csv([{ number: '0000000001' }]).replaceAll(',', '\t'), 'wrong_delimiter'],
    ['semicolons', csv([{ number: '0000000001' }]).replaceAll(',', ';'), 'wrong_delimiter'],
    ['another list', '会場,住所\r\n桜木,中央区\r\n', 'no_header'],
    ['a header without birth date', '接種券番号,対象区分\r\n0000000001,高齢者\r\n', 'columns_missing'],
    ['a header alone', csv([]), 'no_rows'],
    ['blank lines alone', '\r\n\r\n,,\r\n', 'no_rows'],
    ['mostly bad rows', csv([{ number: '0000000001' }, { number: '1.2E+09' }, { number: '1.3E+09' }]), 'mostly_bad'],
    [
      'mostly contradictions',
      csv([
        { number: '0000000001' },
        { number: '0000000002' },
        { number: '0000000002', birth: '1950/1/1' },
        { number: '0000000003' },
        { number: '0000000003', group: '一般' },
      ]),
      'mostly_bad',
    ],
    [
      'a quote that is never closed',
      `${csv([{ number: '0000000001' }])}0000000002,"ホンマ,1947/4/1,高齢者\r\n0000000003,,1947/4/1,高齢者\r\n`,
      'open_quote',
    ],
  ])('%s is refused whole and changes nothing', async (_name, content, code) => {
    await world.import(csv([{ number: '0000000009' }]));
    const before = await world.residents();
    const outcome = await world.import(content);
    expect(outcome).toMatchObject({ phase: 'refused', refusal: { code } });
    expect(await world.residents()).toEqual(before);
    expect(await world.leftovers()).toEqual({ tables: 0, pieces: 0 });
  });

  test('of rows that contradict each other none is taken, of identical ones one', async () => {
    const outcome = await world.import(
      csv([
        { number: '0000000001' },
        { number: '0000000002', birth: '1950/1/1' },
        { number: '００００-０００００２', birth: '1951/1/1' },
        { number: '0000000003', birth: '昭和22年4月1日' },
        { number: '0000000003', birth: '1947-04-01' },
        { number: '0000000004', kana: 'ホンマ　レン' },
        { number: '0000000005', kana: 'ホンマ　レン' },
      ]),
    );
    expect(outcome.summary).toMatchObject({
      records: 7,
      good: 4,
      bad: 2,
      errors: { duplicate_conflict: 2, duplicate_identical: 1, same_person: 2 },
    });
    expect(await world.errors(outcome.runId)).toEqual([
      { line: 3, code: 'duplicate_conflict', column: 'number' },
      { line: 4, code: 'duplicate_conflict', column: 'number' },
      { line: 6, code: 'duplicate_identical', column: 'number' },
      { line: 7, code: 'same_person', column: undefined },
      { line: 8, code: 'same_person', column: undefined },
    ]);
    expect(await world.find('0000000002')).toBeUndefined();
    expect(await world.find('0000000003')).toMatchObject({ birthDate: '1947-04-01' });
  });

  test('a person with the kana and birth date of a resident is pointed out, and is another person', async () => {
    await world.import(csv([{ number: '0000000004', kana: 'ホンマ　レン' }]));
    const outcome = await world.import(csv([{ number: '0000000005', kana: 'ホンマ　レン' }]));
    expect(await world.errors(outcome.runId)).toEqual([{ line: 2, code: 'same_person', column: undefined }]);
    expect(outcome).toMatchObject({
      summary: { created: 1, missing: 1, newNumber: 0, namesakes: 1, proposals: 0 },
      result: { created: 1, newNumber: 0, namesakes: 1 },
    });
    expect(await world.find('0000000004')).toBeDefined();
    expect(await world.find('0000000005')).toBeDefined();
    expect(await world.residents()).toHaveLength(2);
  });

  test('who rejects, or does not answer, changes nothing', async () => {
    const outcome = await world.import(csv(people(3)), { approve: () => Promise.resolve(false) });
    expect(outcome).toMatchObject({ phase: 'rejected', summary: { created: 3 } });
    expect(await world.residents()).toEqual([]);
    expect(await world.leftovers()).toEqual({ tables: 0, pieces: 0 });
  });

  test('residents missing from a file are reported and stay', async () => {
    await world.import(csv(people(5)));
    const outcome = await world.import(csv(people(2)));
    expect(outcome.summary).toMatchObject({ unchanged: 2, missing: 3, missingWithBooking: 0, toRemove: 0 });
    expect(await world.find('9700000004')).toBeDefined();
  });

  test('a full set removes who is missing, after an approval that names how many; bookings stay, and who is back is back', async () => {
    world.cityProgramme();
    await world.import(csv(people(5)));
    const booked = await world.city
      .database('resident')
      .where({ programme_id: world.city.version.programmeId, coupon_index: world.city.keys.blindIndex('9700000004') })
      .first<{ id: string }>('id');
    const slotId = await world.city.addSlot();
    const held = await world.city.bookings.hold({
      residentId: booked.id,
      slotId,
      dose: 1,
      channel: 'web',
      actor: 'citizen',
    });
    expect(held).toMatchObject({ ok: true });

    const { runId, handle } = await world.start(csv(people(3)), { isFullSet: true });
    const waiting = await world.until(handle, 'waiting_for_approval');
    expect(waiting.summary).toMatchObject({ unchanged: 3, missing: 2, missingWithBooking: 1, toRemove: 2 });
    await expect(
      handle.executeUpdate(approveRemovalUpdateName, { args: [{ by: 'staff-1', residents: 2 }] }),
    ).rejects.toThrow();
    expect(
      await handle.executeUpdate<ImportPhase, [ApproveImportInput]>(approveImportUpdateName, {
        args: [{ by: 'staff-1' }],
      }),
    ).toBe('waiting_for_removal_approval');
    await expect(
      handle.executeUpdate(approveRemovalUpdateName, { args: [{ by: 'staff-2', residents: 3 }] }),
    ).rejects.toThrow();
    expect(await world.find('9700000003')).toBeDefined();
    expect(
      await handle.executeUpdate<ImportPhase, [ApproveRemovalInput]>(approveRemovalUpdateName, {
        args: [{ by: 'staff-2', residents: 2 }],
      }),
    ).toBe('applying');
    expect(await handle.result()).toMatchObject({
      phase: 'applied',
      result: { removed: 2, removedWithBooking: 1, unchanged: 3 },
    });

    expect(await world.find('9700000003')).toBeUndefined();
    expect(await world.city.database('booking').where({ resident_id: booked.id }).first('state')).toEqual({
      state: 'held',
    });
    expect(
      await world.city.database('import_run').where({ id: runId }).first('approved_by', 'removal_approved_by'),
    ).toEqual({ approved_by: 'staff-1', removal_approved_by: 'staff-2' });

    const back = await world.import(csv(people(4)));
    expect(back.result).toMatchObject({ created: 0, changed: 1, unchanged: 3 });
    expect(await world.find('9700000003')).toBeDefined();
  });

  test('a full set with a damaged row removes nobody: the row may be anybody’s; a row with a readable number is not missing', async () => {
    await world.import(csv(people(4)));
    const [one, two, three] = people(3);
    const withDamage = await world.import(csv([one!, two!, { number: '9.7E+09' }]), { isFullSet: true });
    expect(withDamage.summary).toMatchObject({ missing: 2, toRemove: 0, removalBlocked: 'unreadable_numbers' });
    expect(withDamage.result).toMatchObject({ removed: 0 });
    const readable = await world.import(csv([one!, two!, { ...three!, birth: '1947/2/30' }]), { isFullSet: true });
    expect(readable.summary).toMatchObject({ missing: 1, toRemove: 1 });
    expect(await world.find('9700000002')).toBeDefined();
    expect(await world.find('9700000003')).toBeUndefined();
  });

  test('an approval given for another state of things is asked for again', async () => {
    const { handle } = await world.start(csv(people(3)));
    await world.until(handle, 'waiting_for_approval');
    await world.import(csv(people(2)));
    await handle.executeUpdate(approveImportUpdateName, { args: [{ by: 'staff-1' }] });
    const again = await world.until(handle, 'waiting_for_approval');
    expect(again.summary).toMatchObject({ created: 1, unchanged: 2 });
    await handle.executeUpdate(approveImportUpdateName, { args: [{ by: 'staff-1' }] });
    expect(await handle.result()).toMatchObject({ phase: 'applied', result: { created: 1, unchanged: 2 } });
  });

  test('who approves is an id, never a name', async () => {
    const { handle } = await world.start(csv(people(1)));
    await world.until(handle, 'waiting_for_approval');
    await expect(handle.executeUpdate(approveImportUpdateName, { args: [{ by: '山田 花子' }] })).rejects.toThrow();
    await handle.executeUpdate(rejectImportUpdateName, { args: [{ by: 'staff-1' }] });
    expect(await handle.result()).toMatchObject({ phase: 'rejected' });
  });

  test('while keys are being rotated nothing is imported', async () => {
    await world.import(csv(people(2)));
    await world.city.database('resident').update({ key_id: 'older' });
    expect(await world.import(csv(people(2)))).toMatchObject({
      phase: 'refused',
      refusal: { code: 'rotation_unfinished' },
    });
    await world.city.database('resident').update({ key_id: world.city.keys.currentKeyId });
  });
});
