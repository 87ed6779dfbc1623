import { openDatabase } from '../../database/foundation/connection';
import { createProgrammes } from '../../database/programmes/programmes';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import { defined } from '../../domain/text/defined';
import { createStaffSite, type StaffSite, tester } from '../worlds/staff-site';
import { testDocument } from '../worlds/test-city';
import type { Visitor } from '../worlds/visitor';

interface Draft {
  version: number;
  document: ProgrammeDocument;
  checksum: string;
  faults: { path: string }[];
  canUndo: boolean;
  canRedo: boolean;
  rehearsed: boolean;
  editors: { id: string }[];
}
const programme = '/api/v1/programmes/test-programme';
let site: StaffSite;
let author: Visitor & { staffId: string };
let publisher: Visitor & { staffId: string };
beforeAll(async () => {
  site = await createStaffSite();
  author = await site.colleague('supervisor');
  publisher = await site.colleague('city_admin');
});
afterAll(() => site.close());
afterEach(async () => {
  await site.city
    .database('programme_release')
    .where({ state: 'scheduled' })
    .update({ state: 'cancelled', ended_at: new Date() });
  await site.city.database('programme_draft').delete();
});

const patch = (visitor: Visitor, path: string, body: object) =>
  visitor.send('PATCH', path, JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
const published = async () =>
  (await publisher.get(programme)).json<{
    versions: { number: number; status: string; publishedBy: string | null; editedBy: string[] }[];
  }>().versions;

async function begin(from?: number): Promise<Draft> {
  const answer = await author.post(`${programme}/draft`, { from: from ?? (await published())[0]!.number });
  expect(answer.status).toBe(201);
  return answer.json<Draft & Record<string, unknown>>();
}

async function save(draft: Draft, change: (document: ProgrammeDocument) => void, by: Visitor = author): Promise<Draft> {
  const document = structuredClone(draft.document);
  change(document);
  const answer = await patch(by, `${programme}/draft`, { version: draft.version, document });
  expect([answer.status, answer.text.slice(0, 300)]).toEqual([200, expect.any(String)]);
  return answer.json<Draft & Record<string, unknown>>();
}

/** As the rehearsal's own test plays them; here it only has to have been. */
async function rehearse({ document }: Draft, passed = true): Promise<void> {
  const asked = await site.services.rehearsals.ask(tester, author.staffId, 'test-programme', document, {
    kind: 'programme',
    people: 1,
    seed: 1,
  });
  if (!asked.ok) throw new Error(asked.staffCode);
  await site.services.rehearsals.finish(asked.id, {
    people: 1,
    durationMs: 1,
    faults: passed ? [] : [{ sentence: 'x' }],
  });
}

const publish = (by: Visitor, version: number, at?: string) =>
  by.post(`${programme}/draft/publish`, { version, ...defined({ at }) });

test('from an empty programme to a published one, by two people', async () => {
  const made = await author.post('/api/v1/programmes', {
    code: 'health',
    name: '健康診査',
    city: '新潟市',
    opensAt: '2031-01-06T09:00:00+09:00',
  });
  expect(made.status).toBe(201);
  const draft = made.json<Draft & Record<string, unknown>>();
  expect([draft.version, draft.faults, draft.rehearsed]).toEqual([1, [], false]);
  expect(
    (
      await author.post('/api/v1/programmes', {
        code: 'health',
        name: 'x',
        city: 'x',
        opensAt: '2031-01-06T09:00:00+09:00',
      })
    ).json()['code'],
  ).toBe('programme_code_taken');
  const list = (await publisher.get('/api/v1/programmes')).json<{
    programmes: { code: string; name: string; published: number | null }[];
  }>().programmes;
  expect(list).toEqual(
    expect.arrayContaining([expect.objectContaining({ code: 'health', name: '健康診査', published: null })]),
  );
  const asked = await site.services.rehearsals.ask(tester, author.staffId, 'health', draft.document, {
    kind: 'programme',
    people: 1,
    seed: 1,
  });
  await site.services.rehearsals.finish(asked.ok ? asked.id : '', { people: 1, durationMs: 1, faults: [] });
  const answer = await publisher.post('/api/v1/programmes/health/draft/publish', { version: 1 });
  expect([answer.status, answer.json()]).toEqual([200, { number: 1, publishAt: null }]);
  expect((await createProgrammes(site.city.database).current('health')).document.name).toBe('健康診査');
});

describe('the draft', () => {
  test('is saved under its version: the second of two editors is told which one is in force', async () => {
    const draft = await begin();
    const saved = await save(draft, (document) => {
      document.bookingWindow.lastDay = 28;
    });
    expect([saved.version, saved.document.bookingWindow.lastDay]).toEqual([2, 28]);
    const late = await patch(publisher, `${programme}/draft`, { version: 1, document: draft.document });
    expect([late.status, late.json()['code'], late.json()['facts']]).toEqual([
      412,
      'changed_meanwhile',
      { version: 2 },
    ]);
    const answers = await Promise.all(
      [3, 4, 5].map((lastDay) =>
        patch(author, `${programme}/draft`, {
          version: 2,
          document: { ...saved.document, bookingWindow: { firstDay: 1, lastDay } },
        }),
      ),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412, 412]);
  });

  test('may break rules while it is edited; each fault has its path', async () => {
    const saved = await save(await begin(), (document) => {
      document.groups[0]!.label = '';
      document.templates['reminder']!.text = '{{constructor}}';
    });
    expect(saved.faults.map((fault) => fault.path).sort()).toEqual(['groups.0.label', 'templates.reminder.text']);
    await rehearse(saved);
    expect((await publish(publisher, saved.version)).json()).toMatchObject({
      code: 'checks_failed',
      facts: { first: 'document' },
    });
  });

  test('is undone step by step, and an edit after it begins a new way', async () => {
    let draft = await begin();
    for (const lastDay of [30, 31, 32])
      draft = await save(draft, (document) => {
        document.bookingWindow.lastDay = lastDay;
      });
    const step = async (way: 'undo' | 'redo', at: number) =>
      (await author.post(`${programme}/draft/${way}`, { version: at })).json<Draft & Record<string, unknown>>();
    draft = await step('undo', draft.version);
    draft = await step('undo', draft.version);
    expect([draft.document.bookingWindow.lastDay, draft.canUndo, draft.canRedo]).toEqual([30, true, true]);
    draft = await step('redo', draft.version);
    expect(draft.document.bookingWindow.lastDay).toBe(31);
    draft = await save(draft, (document) => {
      document.bookingWindow.lastDay = 40;
    });
    expect([draft.canUndo, draft.canRedo]).toEqual([true, false]);
    expect((await author.post(`${programme}/draft/redo`, { version: draft.version })).json()['code']).toBe(
      'nothing_to_undo',
    );
  });

  test('there is one at a time, and it can be thrown away', async () => {
    const draft = await begin();
    expect((await author.post(`${programme}/draft`, { from: 1 })).json()['code']).toBe('draft_exists');
    expect((await author.post(`${programme}/draft/discard`, { version: draft.version + 1 })).status).toBe(412);
    expect((await author.post(`${programme}/draft/discard`, { version: draft.version })).status).toBe(204);
    expect((await author.get(`${programme}/draft`)).status).toBe(404);
  });

  test('says in words what is different', async () => {
    await save(await begin(), (document) => {
      document.bookingWindow.lastDay = 28;
    });
    const { differences } = (await publisher.get(`${programme}/differences?from=1&to=draft`)).json<{
      differences: { sentence: string; path: string }[];
    }>();
    expect(differences).toEqual([
      expect.objectContaining({ sentence: '予約できる最後の日：59日後 → 28日後', path: 'bookingWindow.lastDay' }),
    ]);
  });

  test('goes out as a file and comes back; a file with faults is refused with their paths', async () => {
    const saved = await save(await begin(), (document) => {
      document.name = '持ち出した事業';
    });
    const file = (await publisher.get(`${programme}/file?of=draft`)).json();
    expect(file).toMatchObject({ format: 'toki-programme', code: 'test-programme' });
    const away = await save(saved, (document) => {
      document.name = '別の名前';
    });
    const back = await author.post(`${programme}/draft/import`, { version: away.version, file });
    expect(back.json<Draft & Record<string, unknown>>().document.name).toBe('持ち出した事業');
    const broken = structuredClone(file) as { document: ProgrammeDocument };
    broken.document.groups[0]!.opensAt = 'soon';
    const refused = await author.post(`${programme}/draft/import`, { version: away.version + 1, file: broken });
    expect([
      refused.status,
      refused.json<{ faults: { field: string }[] }>().faults.map((fault) => fault.field),
    ]).toEqual([400, ['groups.0.opensAt']]);
    expect(
      (await author.post(`${programme}/draft/import`, { version: away.version + 1, file: { hello: 1 } })).json()[
        'code'
      ],
    ).toBe('file_malformed');
  });
});

describe('publishing', () => {
  test('needs a second person, however many edits and undos lie between', async () => {
    let draft = await save(await begin(), (document) => {
      document.name = 'a';
    });
    // The publisher-to-be edits one letter and takes it back: an editor all the same.
    draft = await save(
      draft,
      (document) => {
        document.name = 'b';
      },
      publisher,
    );
    draft = (await publisher.post(`${programme}/draft/undo`, { version: draft.version })).json<
      Draft & Record<string, unknown>
    >();
    await rehearse(draft);
    expect((await publish(publisher, draft.version)).json()).toMatchObject({ code: 'same_person', status: 403 });
    expect((await publish(author, draft.version)).status).toBe(403);
    const third = await site.colleague('city_admin');
    expect((await publish(third, draft.version)).status).toBe(200);
    expect((await published())[0]).toMatchObject({
      status: 'published',
      editedBy: [expect.any(String), expect.any(String)],
    });
  });

  test('a writer that gets past the program is stopped by the table', async () => {
    const { database, version } = site.city;
    const row = (people: object) =>
      database('programme_version').insert({
        id: crypto.randomUUID(),
        programme_id: version.programmeId,
        number: 900,
        status: 'superseded',
        document: '{}',
        checksum: 'x',
        published_at: new Date(),
        ...people,
      });
    await expect(row({ published_by: author.staffId, edited_by: [author.staffId] })).rejects.toThrow(
      /programme_version_two_persons/,
    );
    await expect(row({ published_by: author.staffId, edited_by: [publisher.staffId, author.staffId] })).rejects.toThrow(
      /programme_version_two_persons/,
    );
    await expect(row({ published_by: author.staffId, edited_by: [] })).rejects.toThrow(/programme_version_two_persons/);
    const known = await database('programme_version').where({ id: version.id }).first<{ status: string }>('status');
    await expect(database('programme_version').where({ id: version.id }).update({ document: '{}' })).rejects.toThrow(
      /never changes/,
    );
    await expect(
      database('programme_version')
        .where({ id: version.id })
        .update({ edited_by: [author.staffId] }),
    ).rejects.toThrow(/never changes/);
    await expect(database('programme_version').where({ id: version.id }).update({ status: 'draft' })).rejects.toThrow(
      /never changes/,
    );
    await expect(database('programme_version').where({ id: version.id }).delete()).rejects.toThrow(/never changes/);
    expect(known.status).toMatch(/published|superseded/);
  });

  test('needs a rehearsal without faults of this very document', async () => {
    const draft = await save(await begin(), (document) => {
      document.name = 'c';
    });
    expect((await publish(publisher, draft.version)).json()['code']).toBe('not_rehearsed');
    await rehearse(draft, false);
    expect((await publish(publisher, draft.version)).json()['code']).toBe('not_rehearsed');
    await rehearse(draft);
    const again = await save(draft, (document) => {
      document.name = 'd';
    });
    expect((await publish(publisher, again.version)).json()['code']).toBe('not_rehearsed');
    expect((await publish(publisher, draft.version)).status).toBe(412);
  });

  test('two publishers at the same moment: one version', async () => {
    const draft = await save(await begin(), (document) => {
      document.name = 'e';
    });
    await rehearse(draft);
    const before = (await published()).length;
    const other = await site.colleague('city_admin');
    const answers = await Promise.all([publish(publisher, draft.version), publish(other, draft.version)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 404]);
    expect((await published()).length).toBe(before + 1);
    expect((await published()).filter((version) => version.status === 'published')).toHaveLength(1);
  });

  test('going back is publishing an old version again', async () => {
    const draft = await begin(1);
    await rehearse(draft);
    expect((await publish(publisher, draft.version)).status).toBe(200);
    const [newest] = await published();
    const { differences } = (await publisher.get(`${programme}/differences?from=1&to=${String(newest!.number)}`)).json<{
      differences: unknown[];
    }>();
    expect(differences).toEqual([]);
    expect(newest!.number).toBeGreaterThan(1);
  });

  test('takes effect in every process within 5 s, and reading costs no query per request', async () => {
    const others = [1, 2].map((index) =>
      openDatabase({ url: site.city.databaseUrl, applicationName: `other ${String(index)}`, poolSize: 2 }),
    );
    try {
      const queries = [0, 0];
      const processes = others.map((database, index) => {
        database.on('query', () => {
          queries[index]!++;
        });
        return createProgrammes(database);
      });
      await Promise.all(processes.map((programmes) => programmes.current('test-programme')));
      const draft = await save(await begin(), (document) => {
        document.name = '二つの過程';
      });
      await rehearse(draft);
      expect((await publish(publisher, draft.version)).status).toBe(200);
      const since = Date.now();
      let asked = 0;
      const seen = async () =>
        (await Promise.all(processes.map((programmes) => programmes.current('test-programme')))).every(
          (version) => version.document.name === '二つの過程',
        );
      while (!(await seen())) {
        asked++;
        if (Date.now() - since > 5_000) throw new Error('not within 5 s');
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      expect(asked).toBeGreaterThan(50);
      for (const count of queries) expect(count).toBeLessThanOrEqual(4);
    } finally {
      await Promise.all(others.map((database) => database.destroy()));
    }
  });

  test('a booking keeps the version that it was made under', async () => {
    const residentId = await site.city.addResident();
    const held = await site.city.bookings.hold({
      residentId,
      slotId: await site.city.addSlot(),
      dose: 1,
      channel: 'web',
      actor: 'citizen',
    });
    if (!held.ok) throw new Error(held.code);
    const draft = await save(await begin(), (document) => {
      document.policies.holdMinutes = 3;
    });
    await rehearse(draft);
    await publish(publisher, draft.version);
    expect((await site.city.bookings.find(held.booking.id))?.programmeVersionId).toBe(held.booking.programmeVersionId);
  });
});

describe('publishing at a set time', () => {
  const soon = () => new Date(Date.now() + 3_600_000).toISOString();

  test('keeps the draft as it is until then, and can be called off', async () => {
    const draft = await save(await begin(), (document) => {
      document.name = 'f';
    });
    await rehearse(draft);
    expect((await publish(publisher, draft.version, '2020-01-01T00:00:00Z')).json()['code']).toBe('release_past');
    expect((await publish(publisher, draft.version, soon())).status).toBe(200);
    expect(
      (await patch(author, `${programme}/draft`, { version: draft.version, document: draft.document })).json()['code'],
    ).toBe('release_scheduled');
    expect((await publish(publisher, draft.version, soon())).json()['code']).toBe('release_scheduled');
    expect((await author.post(`${programme}/release/cancel`, {})).status).toBe(204);
    expect((await author.post(`${programme}/release/cancel`, {})).json()['code']).toBe('release_unknown');
    await save(draft, (document) => {
      document.name = 'g';
    });
  });

  test('when the time has come it is published once, under the name of who asked; the rules are asked again', async () => {
    const draft = await save(await begin(), (document) => {
      document.name = 'h';
    });
    await rehearse(draft);
    await publish(publisher, draft.version, soon());
    const { id } = await site.city
      .database('programme_release')
      .where({ state: 'scheduled' })
      .first<{ id: string }>('id');
    const checks = () => Promise.resolve(undefined);
    const [first, second] = await Promise.all([
      site.services.drafts.carryOut(id, checks),
      site.services.drafts.carryOut(id, checks),
    ]);
    expect([first?.state, second?.state]).toEqual(['published', 'published']);
    expect((await published())[0]).toMatchObject({ status: 'published', publishedBy: expect.any(String) as unknown });

    const next = await save(await begin(), (document) => {
      document.name = 'i';
    });
    await rehearse(next);
    await publish(publisher, next.version, soon());
    const publication = await site.city
      .database('programme_release')
      .where({ state: 'scheduled' })
      .first<{ id: string }>('id');
    const refused = await site.services.drafts.carryOut(publication.id, () =>
      Promise.resolve({ ok: false, staffCode: 'checks_failed' }),
    );
    expect(refused).toMatchObject({ state: 'refused', reason: 'checks_failed' });
  });
});

test('the checklist is answered from what is there', async () => {
  await save(await begin(), (document) => {
    document.texts.front = '';
  });
  const checks = async () => {
    const answer = (await publisher.get(`${programme}/checklist?of=draft`)).json<{
      checks: { code: string; state: string; faults: { path?: string; page?: string }[] }[];
    }>();
    return Object.fromEntries(answer.checks.map((check) => [check.code, check]));
  };
  expect(await checks()).toMatchObject({
    document: { state: 'good' },
    texts: { state: 'open', faults: [{ path: 'texts.front' }] },
    site: { state: 'good' },
    log_in: { state: 'good' },
  });
  const { database } = site.city;
  await site.city.addSlot({ daysAhead: 6, capacity: 50 });
  await site.city.addSlot({ dose: 2, daysAhead: 40, capacity: 10 });
  await database('venue').update({ address: '' });
  const short = await site.city.addResident({ number: '123' });
  const gone = await site.city.addResident({ groupCode: 'gone' });
  expect(await checks()).toMatchObject({
    venues: { state: 'open', faults: [{ page: `/venues/${site.city.venueId}` }] },
    dose_pairs: { state: 'open' },
    groups: { state: 'open' },
    log_in: { state: 'stop', faults: [{ page: '/imports' }, { page: '/imports' }] },
  });
  await database('venue').update({ address: '新潟市中央区1番地' });
  await database('resident').whereIn('id', [short, gone]).delete();
});

test('a document of a megabyte, and one with hostile keys, is refused whole', async () => {
  const draft = await begin();
  const huge = await patch(author, `${programme}/draft`, {
    version: draft.version,
    document: { ...testDocument(), name: 'x'.repeat(1_200_000) },
  });
  expect(huge.status).toBe(413);
  const hostile = await patch(author, `${programme}/draft`, {
    version: draft.version,
    document: JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}') as object,
  });
  expect(hostile.status).toBe(200);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect((await publish(publisher, draft.version + 1)).json()['code']).toBe('checks_failed');
});
