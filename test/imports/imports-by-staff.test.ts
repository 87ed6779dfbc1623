import { removeOutdated } from '../../database/upkeep/housekeeping';
import { createImportSite, type ImportSite, type RunAnswer } from '../worlds/import-site';
import { csv, people as anyPeople, sampleFile } from '../worlds/import-world';
import { validAnswers } from '../worlds/test-city';
import type { Visitor } from '../worlds/visitor';

/** People of their own: nobody of another test is the same person under another number. */
const people = (count: number, first: number) =>
  anyPeople(count, first).map((person) => ({ ...person, kana: `${person.kana ?? ''}　${String(first)}` }));

describe('imports by staff', () => {
  let importSite: ImportSite;
  let admin: Visitor & { readonly staffId: string };
  let colleague: Visitor & { readonly staffId: string };

  beforeAll(async () => {
    importSite = await createImportSite();
    [admin, colleague] = [await importSite.site.colleague('city_admin'), await importSite.site.colleague('city_admin')];
  });
  afterAll(() => importSite.close());

  async function residentId(couponNumber: string): Promise<string | undefined> {
    const { city } = importSite.world;
    const row = await city
      .database('resident')
      .where({ coupon_index: city.keys.blindIndex(couponNumber) })
      .first<{ id: string } | undefined>('id');
    return row?.id;
  }

  async function book(couponNumber: string): Promise<{ readonly bookingId: string; readonly residentId: string }> {
    const { city } = importSite.world;
    const id = (await residentId(couponNumber))!;
    const slotId = await city.addSlot({ capacity: 50 });
    const held = await city.bookings.hold({ residentId: id, slotId, dose: 1, channel: 'web', actor: 'citizen' });
    if (!held.ok) throw new Error(held.code);
    const confirmed = await city.bookings.confirm({
      residentId: id,
      bookingId: held.booking.id,
      answers: validAnswers,
      channel: 'web',
      actor: 'citizen',
    });
    if (!confirmed.ok) throw new Error(confirmed.code);
    return { bookingId: held.booking.id, residentId: id };
  }

  test('the file without header: its columns are found by what is in them, and after the approval its people log in', async () => {
    const uploaded = await importSite.upload(admin, sampleFile('b'));
    expect(uploaded.status).toBe(201);
    const file = uploaded.json<{
      id: string;
      encoding: string;
      lineCount: number;
      columns: { header: string | null; samples: string[] }[];
      firstRows: { cells: string[] }[];
      guess: object;
    }>();
    expect(file).toMatchObject({
      encoding: 'shift_jis',
      lineCount: 2000,
      guess: {
        from: 'content',
        columns: { number: 3, kana: 4, birth: 5, group: 7 },
        mapping: { columns: { number: 3, kana: 4, birth: 5, group: 7 } },
      },
    });
    expect(file.columns).toHaveLength(9);
    expect(file.columns[4]).toMatchObject({ header: null, samples: ['3380611', '2120817', '3540310'] });
    expect(file.firstRows[0]?.cells[3]).toBe('ツチダ　ユイ');

    const mapping = { columns: { number: 3, kana: 4, birth: 5, group: 7 }, dates: { form: 'era_code' } };
    const reading = (await admin.post(`/api/v1/imports/files/${file.id}/reading`, mapping)).json<{ rows: object[] }>();
    expect(reading).toMatchObject({ refusal: null, bad: 0, good: 40 });
    expect(reading.rows[0]).toMatchObject({
      line: 1,
      number: '9920000000',
      birthDate: '1963年（昭和38年）6月11日',
      group: '一般の方',
      faults: [],
    });
    expect(
      (await admin.post(`/api/v1/imports/files/${file.id}/reading`, { columns: { number: 2, birth: 5 } })).json(),
    ).toMatchObject({
      bad: 40,
      rows: expect.arrayContaining([
        expect.objectContaining({ faults: [expect.objectContaining({ column: 'number' })] }),
      ]) as unknown,
    });

    const start = () => admin.post('/api/v1/imports', { fileId: file.id, mapping });
    const [first, again] = await Promise.all([start(), start()]);
    const { id } = first.json<RunAnswer>();
    expect(again.json<RunAnswer>().id).toBe(id);
    const waiting = await importSite.until(admin, id, ['waiting_for_approval']);
    expect(waiting).toMatchObject({
      comparison: 1,
      summary: { records: 2000, good: 2000, created: 2000 },
      workflowUrl: expect.stringContaining(encodeURIComponent(`import/${id}`)) as unknown,
    });

    const check = async (couponNumber: string, birthDate: string) =>
      (await admin.post(`/api/v1/imports/${id}/log-in-check`, { couponNumber, birthDate })).json<{ code: string }>()
        .code;
    expect(await check('９９２０-０００００１', '大正12年8月17日')).toBe('would_log_in');
    expect(await check('9920000001', '1923-08-18')).toBe('other_birth_date');
    expect(await check('9920009999', '1923-08-17')).toBe('unknown_number');
    expect(await check('99200', '1923-08-17')).toBe('number_malformed');
    expect(await check('9920000001', 'きのう')).toBe('birth_malformed');
    expect((await admin.post(`/api/v1/imports/${id}/sample`)).json()).toMatchObject({
      found: 20,
      rows: expect.arrayContaining([
        expect.objectContaining({ number: expect.stringMatching(/^••••••\d{4}$/) as unknown, isFound: true }),
      ]) as unknown,
    });
    expect(await importSite.world.find('9920000001')).toBeUndefined();

    // Two people click, one of them twice: it is one approval.
    const answers = await Promise.all(
      [admin, admin, colleague].map((who) => who.post(`/api/v1/imports/${id}/approve`, { comparison: 1 })),
    );
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    const applied = await importSite.until(admin, id, ['applied']);
    expect(applied).toMatchObject({ result: { created: 2000 }, undo: { possible: true } });
    expect(await importSite.world.find('9920000001')).toMatchObject({ birthDate: '1923-08-17', groupCode: 'seniors' });
    expect((await admin.post(`/api/v1/imports/${id}/approve`, { comparison: 1 })).status).toBe(200);
    expect(await check('9920000001', '1923-08-17')).toBe('would_log_in');

    // The mapping is there for the next file; the history names who.
    expect((await admin.get('/api/v1/import-settings')).json()).toMatchObject({
      mapping,
      dropFolder: 'import/test-programme',
    });
    const next = (await importSite.upload(admin, sampleFile('b'))).json<{ guess: object }>();
    expect(next.guess).toMatchObject({ from: 'saved', mapping: { dates: { form: 'era_code' } } });
    const list = (await colleague.get('/api/v1/imports')).json<{ imports: object[] }>();
    expect(list.imports[0]).toMatchObject({
      id,
      fileName: '対象者 山田花子.csv',
      phase: 'applied',
      source: 'desk',
      startedBy: { id: admin.staffId },
    });
    await admin.post(`/api/v1/imports/${id}/undo`);
  });

  test('the audit has every look and every step, and names nobody', async () => {
    const events = await importSite.world.city
      .database('audit_event')
      .where({ actor_id: admin.staffId })
      .select<{ action: string; detail: string }[]>('action', 'detail');
    expect(events.map((event) => event.action)).toEqual(
      expect.arrayContaining([
        'import.upload',
        'import.preview',
        'import.start',
        'import.log_in_check',
        'import.sample',
        'import.approve',
        'import.undo',
      ]),
    );
    const everything = JSON.stringify(events);
    for (const text of ['9920000001', '山田', '1923-', '1923/', 'ツチダ']) expect(everything).not.toContain(text);
    expect(importSite.site.logLines.join('')).not.toContain(encodeURIComponent('山田'));
  });

  test.each<[string, Buffer | string, string, string]>([
    [
      'a workbook',
      Buffer.concat([Buffer.from([0x50, 0x4b, 0x03, 0x04]), Buffer.alloc(300_000, 7)]),
      'not_text',
      'Excelのブックのままです。',
    ],
    ['an empty file', '', 'empty', 'ファイルが空です。'],
    ['tabs', 'a\tb\n1\t2\n', 'wrong_delimiter', '列の区切りがタブになっています。'],
    [
      'a broken character far behind',
      Buffer.concat([Buffer.from('9,9\r\n'.repeat(40_000)), Buffer.from([0xe3, 0xff, 0xfe])]),
      'wrong_encoding',
      '文字コードがUTF-8でもShift_JIS',
    ],
    ['a quote that is never closed', `番号,日付\r\n1,"${'x'.repeat(80_000)}\r\n`, 'open_quote', '2行目の引用符'],
  ])('%s is refused at once, says why and leaves nothing', async (_name, content, code, sentence) => {
    const count = async () =>
      (await importSite.world.city.database('import_file').count<{ count: number }[]>('* as count'))[0]?.count;
    const before = await count();
    const answer = await importSite.upload(admin, content);
    expect([answer.status, answer.json()['code']]).toEqual([422, 'import_file_refused']);
    expect(answer.json<{ faults: { field: string; code: string; sentence: string }[] }>().faults).toEqual([
      { field: 'file', code, sentence: expect.stringContaining(sentence) as unknown },
    ]);
    expect(await count()).toBe(before);
  });

  test('the limits are settings: size and rows', async () => {
    const settings = (await admin.get('/api/v1/import-settings')).json<{ version: number }>();
    const patch = (body: object) =>
      admin.send('PATCH', '/api/v1/import-settings', JSON.stringify(body), {
        headers: { 'content-type': 'application/json' },
      });
    expect((await patch({ version: settings.version, maxMebibytes: 1, maxRows: 3 })).json()).toMatchObject({
      maxMebibytes: 1,
      maxRows: 3,
    });
    expect((await patch({ version: settings.version, maxRows: 4 })).status).toBe(412);
    const large = await importSite.upload(admin, Buffer.alloc(2 * 1024 * 1024, '1,2\n'));
    expect(large.json()).toMatchObject({
      code: 'import_file_refused',
      faults: [{ code: 'too_large', sentence: expect.stringContaining('上限は1MB') as unknown }],
    });
    const run = await importSite.begin(admin, csv(people(4, 9_600_000_000)));
    expect(run).toMatchObject({
      phase: 'refused',
      refusal: { code: 'too_many_rows', sentence: expect.stringContaining('上限は3行') as unknown },
    });
    expect(
      (await patch({ version: settings.version + 1, maxMebibytes: 100, maxRows: 1_000_000, mapping: null })).status,
    ).toBe(412);
    const now = (await admin.get('/api/v1/import-settings')).json<{ version: number }>();
    expect((await patch({ version: now.version, maxMebibytes: 100, maxRows: 1_000_000, mapping: null })).status).toBe(
      200,
    );
  });

  test('row errors by line, and as a file that no spreadsheet runs', async () => {
    const run = await importSite.begin(
      admin,
      csv([...people(6, 9_610_000_000), { number: '=1+1' }, { number: '9610000099', birth: '昭和64年2月1日' }]),
    );
    const page = (await admin.get(`/api/v1/imports/${run.id}/errors`)).json<{ errors: object[] }>();
    expect(page.errors).toMatchObject([
      { line: 8, code: 'number_not_digits', column: 'number', value: '=1+1' },
      { line: 9, code: 'birth_outside_era', value: '昭和64年2月1日' },
    ]);
    const file = await admin.get(`/api/v1/imports/${run.id}/errors.csv`);
    expect([file.status, file.headers['content-type'], file.headers['content-disposition']]).toEqual([
      200,
      'text/csv; charset=utf-8',
      expect.stringContaining('attachment'),
    ]);
    expect(file.text).toContain(`8,接種券番号,'=1+1,接種券番号に数字でない文字があります。,取り込みません`);
    const operator = await importSite.site.colleague('operator');
    expect((await operator.get(`/api/v1/imports/${run.id}/errors.csv`)).status).toBe(403);
    expect((await admin.post(`/api/v1/imports/${run.id}/reject`)).status).toBe(200);
    expect(await importSite.until(admin, run.id, ['rejected'])).toMatchObject({ phase: 'rejected' });
  });

  test('moved out, died, a new number: what becomes of their bookings', async () => {
    const [first, moved, dead, renumbered, twin] = people(5, 9_620_000_000);
    await importSite.approve(admin, await importSite.begin(admin, csv([first!, moved!, dead!, renumbered!, twin!])));
    const bookings = {
      moved: await book(moved!.number),
      renumbered: await book(renumbered!.number),
      twin: await book(twin!.number),
    };

    const lines = [
      '接種券番号,氏名カナ,生年月日,対象区分,異動事由,旧券番号',
      `${first!.number},${first!.kana},${first!.birth},高齢者,,`,
      `${moved!.number},${moved!.kana},${moved!.birth},高齢者,転出,`,
      `${dead!.number},${dead!.kana},${dead!.birth},高齢者,死亡,`,
      `9620009991,${renumbered!.kana},${renumbered!.birth},高齢者,,${renumbered!.number}`,
      `9620009992,${twin!.kana},${twin!.birth},高齢者,転出予定,${twin!.number}`,
    ];
    const run = await importSite.begin(admin, lines.join('\r\n'));
    expect(run.summary).toMatchObject({
      records: 5,
      good: 3,
      bad: 0,
      created: 2,
      unchanged: 1,
      gone: 2,
      goneWithBooking: 1,
      newNumber: 0,
      namesakes: 2,
      proposals: 2,
    });
    // The pairs are shown; nobody is joined until staff say so.
    const { carryOvers } = (await admin.get(`/api/v1/imports/${run.id}/carry-overs`)).json<{
      carryOvers: { line: number; residentId: string }[];
    }>();
    expect(carryOvers).toMatchObject([
      {
        line: 5,
        oldNumber: '••••••0003',
        newNumber: '••••••9991',
        kana: renumbered!.kana,
        bookings: 1,
        evidence: 'previous_number',
        reason: 'ファイルの「前の番号」と同じ',
        isWanted: false,
      },
      { line: 6, newNumber: '••••••9992', isWanted: false },
    ]);
    const decide = (line: number, residentId: string, isWanted = true) =>
      admin.post(`/api/v1/imports/${run.id}/carry-overs`, { decisions: [{ line, residentId, isWanted }] });
    expect((await decide(5, bookings.renumbered.residentId)).status).toBe(200);
    const again = await importSite.until(admin, run.id, ['waiting_for_approval']);
    expect(again).toMatchObject({
      comparison: 2,
      summary: { created: 1, newNumber: 1, newNumberWithBooking: 1, namesakes: 2 },
    });
    expect((await decide(99, bookings.twin.residentId)).json()['code']).toBe('resident_unknown');
    expect((await decide(5, bookings.twin.residentId)).json()['code']).toBe('carry_over_taken');
    const touched = (await admin.get(`/api/v1/imports/${run.id}/bookings`)).json<{
      bookings: { kind: string; bookingId: string }[];
    }>().bookings;
    expect(touched.map(({ kind, bookingId }) => [kind, bookingId]).sort()).toEqual(
      [
        ['moved_out', bookings.moved.bookingId],
        ['new_number', bookings.renumbered.bookingId],
      ].sort(),
    );
    const check = async (couponNumber: string, birthDate: string) =>
      (await admin.post(`/api/v1/imports/${run.id}/log-in-check`, { couponNumber, birthDate })).json<{ code: string }>()
        .code;
    expect([
      await check(moved!.number, moved!.birth!),
      await check(dead!.number, dead!.birth!),
      await check(renumbered!.number, renumbered!.birth!),
      await check('9620009991', renumbered!.birth!),
    ]).toEqual(['moved_out', 'died', 'new_number', 'would_log_in']);

    // What was looked at before is not what would be approved now.
    const late = await admin.post(`/api/v1/imports/${run.id}/approve`, { comparison: 1 });
    expect([late.status, late.json()['code']]).toEqual([412, 'changed_meanwhile']);

    const applied = await importSite.approve(admin, again);
    expect(applied.result).toMatchObject({ created: 1, gone: 2, goneWithBooking: 1, newNumber: 1, unchanged: 1 });
    // The same person, the same booking, the new number.
    expect(await residentId('9620009991')).toBe(bookings.renumbered.residentId);
    expect(await importSite.world.find(renumbered!.number)).toBeUndefined();
    expect(await residentId('9620009992')).not.toBe(bookings.twin.residentId);
    expect(await residentId(twin!.number)).toBe(bookings.twin.residentId);
    expect(await importSite.world.find(moved!.number)).toBeUndefined();
    const after = (await admin.get(`/api/v1/imports/${run.id}/bookings`)).json<{ bookings: { kind: string }[] }>()
      .bookings;
    expect(after.map((item) => item.kind).sort()).toEqual(['moved_out', 'new_number']);

    // And back again: everybody as before.
    const undone = await admin.post(`/api/v1/imports/${run.id}/undo`);
    expect(undone.json()).toMatchObject({
      isUnderWay: false,
      run: { phase: 'undone', undone: { restored: 3, removed: 1, keptOut: 0 } },
    });
    expect(await residentId(renumbered!.number)).toBe(bookings.renumbered.residentId);
    expect(await importSite.world.find(moved!.number)).toBeDefined();
    expect(await residentId('9620009992')).toBeUndefined();
    expect((await admin.post(`/api/v1/imports/${run.id}/undo`)).status).toBe(200);
  });

  test('an undo is refused with the bookings in its way; only the last import can be undone; nobody books in between', async () => {
    const [one, two] = people(2, 9_630_000_000);
    const first = await importSite.approve(admin, await importSite.begin(admin, csv(people(1, 9_630_000_090))));
    const run = await importSite.approve(admin, await importSite.begin(admin, csv([one!, two!])));
    expect((await admin.post(`/api/v1/imports/${first.id}/undo`)).json()).toMatchObject({
      code: 'import_not_the_last',
    });
    const { bookingId, residentId: resident } = await book(one!.number);
    const refused = await admin.post(`/api/v1/imports/${run.id}/undo`);
    expect([refused.status, refused.json()]).toEqual([
      409,
      expect.objectContaining({ code: 'import_has_bookings', facts: { bookings: 1 } }),
    ]);
    expect((await admin.get(`/api/v1/imports/${run.id}/undo`)).json()).toMatchObject({
      possible: false,
      bookings: [{ id: bookingId, state: 'confirmed' }],
    });
    expect(await importSite.world.find(two!.number)).toBeDefined();
    const cancelled = await importSite.world.city.bookings.cancel({
      residentId: resident,
      bookingId,
      channel: 'phone',
      actor: 'operator',
    });
    expect(cancelled).toMatchObject({ ok: true });
    // A person tries to book in the very moment: either the booking is there and the undo refused, or the other way round.
    const slotId = await importSite.world.city.addSlot();
    const second = (await residentId(two!.number))!;
    const [undo, held] = await Promise.all([
      admin.post(`/api/v1/imports/${run.id}/undo`),
      importSite.world.city.bookings
        .hold({ residentId: second, slotId, dose: 1, channel: 'web', actor: 'citizen' })
        .catch(() => ({ ok: false as const })),
    ]);
    expect([undo.status === 200, held.ok]).toEqual(held.ok ? [false, true] : [true, false]);
    if (held.ok) return;
    expect(undo.json()).toMatchObject({ run: { undone: { removed: 1, keptOut: 1 } } });
    expect(await importSite.world.find(one!.number)).toBeUndefined();
  });

  test('a whole set that would take people out is approved twice, and names how many', async () => {
    await importSite.approve(admin, await importSite.begin(admin, csv(people(4, 9_640_000_000))));
    const all = (
      await importSite.world.city
        .database('resident')
        .where({ status: 'active' })
        .count<{ count: number }[]>('* as count')
    )[0]!.count;
    const run = await importSite.begin(admin, csv(people(3, 9_640_000_000)), { isFullSet: true });
    const expected = all - 3;
    expect(run.summary).toMatchObject({ unchanged: 3, toRemove: expected });
    const half = await importSite.approve(admin, run);
    expect(half.phase).toBe('waiting_for_removal_approval');
    const wrong = await admin.post(`/api/v1/imports/${run.id}/approve-removal`, {
      comparison: 1,
      residents: expected + 1,
    });
    expect([wrong.status, wrong.json()['facts']]).toEqual([409, { residents: expected }]);
    const [yes, twice] = await Promise.all(
      [1, 2].map(() => admin.post(`/api/v1/imports/${run.id}/approve-removal`, { comparison: 1, residents: expected })),
    );
    expect([yes!.status, twice!.status]).toEqual([200, 200]);
    expect((await importSite.until(admin, run.id, ['applied'])).result).toMatchObject({ removed: expected });
    expect((await admin.post(`/api/v1/imports/${run.id}/undo`)).json()).toMatchObject({
      run: { undone: { restored: expected } },
    });
  });

  test('where two persons are wanted, who started an import cannot approve it', async () => {
    const { version } = (await admin.get('/api/v1/import-settings')).json<{ version: number }>();
    const patch = (body: object) =>
      admin.send('PATCH', '/api/v1/import-settings', JSON.stringify(body), {
        headers: { 'content-type': 'application/json' },
      });
    expect((await patch({ version, twoPersons: true })).status).toBe(200);
    const run = await importSite.begin(admin, csv(people(1, 9_650_000_000)));
    const own = await admin.post(`/api/v1/imports/${run.id}/approve`, { comparison: run.comparison });
    expect([own.status, own.json()['code']]).toEqual([403, 'second_person_needed']);
    expect((await importSite.approve(colleague, run)).phase).toBe('applied');
    const now = (await admin.get('/api/v1/import-settings')).json<{ version: number }>();
    expect((await patch({ version: now.version, twoPersons: false })).status).toBe(200);
  });

  test('the uploaded file is sealed, and gone after 30 days at the latest; so are faulty cells and what an undo needs', async () => {
    const { city } = importSite.world;
    const uploaded = (await importSite.upload(admin, sampleFile('a'))).json<{ id: string }>();
    const chunks = await city
      .database('import_file_chunk')
      .where({ file_id: uploaded.id })
      .select<{ sealed: Buffer }[]>('sealed');
    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks.some((chunk) => chunk.sealed.includes('9910000000'))).toBe(false);
    const run = await importSite.approve(
      admin,
      await importSite.begin(admin, csv([...people(3, 9_660_000_000), { number: '9660000009', birth: 'なし' }])),
    );
    const age = (days: number) => new Date(Date.now() - days * 86_400_000);
    // An upload that no run was made of is forgotten after a day already, by whichever worker looks next.
    await city
      .database('import_file')
      .where({ id: uploaded.id })
      .update({ created_at: age(0.5) });
    await city
      .database('import_run')
      .where({ id: run.id })
      .update({ created_at: age(31), ended_at: age(31) });
    await removeOutdated(city.database);
    expect((await admin.get(`/api/v1/imports/files/${uploaded.id}`)).status).toBe(200);
    expect((await admin.get(`/api/v1/imports/${run.id}/errors`)).json()).toMatchObject({
      errors: [{ code: 'birth_unreadable', value: '' }],
    });
    expect((await admin.post(`/api/v1/imports/${run.id}/undo`)).json()['code']).toMatch(
      /import_nothing_kept|import_not_the_last/,
    );
    await city
      .database('import_file')
      .where({ id: uploaded.id })
      .update({ created_at: age(31) });
    await removeOutdated(city.database);
    expect((await admin.get(`/api/v1/imports/files/${uploaded.id}`)).status).toBe(404);
    expect(await city.database('import_file_chunk').where({ file_id: uploaded.id })).toEqual([]);
  });

  test('nobody without the right, nobody from another site, nobody in another form', async () => {
    const operator = await importSite.site.colleague('operator');
    expect((await importSite.upload(operator, 'x,y')).status).toBe(403);
    expect((await importSite.upload(importSite.site.visitor(), 'x,y')).status).toBe(401);
    const send = (headers: Record<string, string>) => admin.send('POST', '/api/v1/imports/files', 'x,y', { headers });
    expect((await send({ 'content-type': 'application/octet-stream', origin: 'https://evil.example' })).status).toBe(
      403,
    );
    expect((await send({ 'content-type': 'text/csv' })).status).toBe(415);
  });
});
