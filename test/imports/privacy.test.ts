import { createImportWorld, csv, type ImportWorld, people } from '../worlds/import-world';

/** The forms in which a birth date or number could have slipped into Temporal. */
function traces(rows: readonly { number: string; birth?: string; kana?: string }[]): string[] {
  return rows
    .flatMap(({ number, birth = '', kana = '' }) => [
      number,
      birth,
      birth.replaceAll('-', '/'),
      birth.replaceAll('-', ''),
      kana,
    ])
    .filter((text) => text.length > 6);
}

describe('what Temporal learns of an import', () => {
  let world: ImportWorld;

  beforeAll(async () => {
    // Unencrypted on purpose: what would be in the histories if the encryption failed.
    world = await createImportWorld({ isReadable: true });
    await world.startWorker();
  });

  afterAll(async () => {
    await world.close();
  });

  async function historyOf(runId: string): Promise<string> {
    const handle = world.client.workflow.getHandle(`import/${runId}`);
    const history = await handle.fetchHistory();
    const description = await handle.describe();
    const text = JSON.stringify([history, description.raw]);
    // Payloads are written in base64: shown as they are, so that the search finds what is inside.
    return text.replace(/"data":"([A-Za-z0-9+/=]*)"/g, (_match, data: string) =>
      Buffer.from(data, 'base64').toString('utf8'),
    );
  }

  test('no number, birth date, kana or file name is in the history of an import, good rows and bad', async () => {
    const rows = [
      ...people(50),
      { number: '9799999999', birth: '昭和64年2月1日', kana: 'ダメージ　ハナコ' },
      { number: '9.79E+09', birth: '1947-04-01', kana: 'ダメージ　ジロウ' },
      { number: '9788888888', birth: '1950-05-05', kana: 'フタリ　イチロウ' },
      { number: '9788888888', birth: '1951-05-05', kana: 'フタリ　ジロウ' },
    ];
    const outcome = await world.import(csv(rows));
    expect(outcome).toMatchObject({ phase: 'applied', summary: { bad: 4 } });
    const history = await historyOf(outcome.runId);
    // The search itself works: it finds what must be there.
    expect(history.includes('eligibilityImport')).toBe(true);
    expect(history.includes('birth_outside_era')).toBe(true);
    expect([...traces(rows), '山田', '対象者 '].filter((trace) => history.includes(trace))).toEqual([]);
  });

  test('a refused file leaves nothing of it, either', async () => {
    const outcome = await world.import('9712345678,1947-04-01,ホンマ　レン\r\n9712345679,1948-04-01,ホンマ　ケン\r\n');
    expect(outcome).toMatchObject({ phase: 'refused' });
    const history = await historyOf(outcome.runId);
    // Whole values: four digits alone are in many an id and time.
    expect(
      ['9712345678', '9712345679', '1947-04-01', '19470401', 'ホンマ'].filter((trace) => history.includes(trace)),
    ).toEqual([]);
  });

  test('the database keeps nothing readable: rows and errors are sealed, columns not needed are nowhere', async () => {
    const file = [
      '接種券番号,氏名カナ,生年月日,対象区分,備考',
      '9711111111,ヒミツ　ハナコ,1947/4/1,高齢者,カルテ番号77777',
      '9722222222,ヒミツ　タロウ,1947/2/30,高齢者,',
      '9733333333,ヒミツ　ジロウ,1948/2/3,高齢者,',
    ].join('\r\n');
    const seen: string[] = [];
    await world.import(file, {
      approve: async () => {
        const { rows: tables } = await world.city.database.raw<{ rows: { tablename: string }[] }>(
          `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND (tablename LIKE 'import%' OR tablename = 'resident')`,
        );
        for (const { tablename } of tables) {
          const { rows } = await world.city.database.raw<{ rows: { text: string }[] }>(
            `SELECT string_agg(convert_from(convert_to(t::text, 'UTF8'), 'UTF8'), '') AS text FROM ${tablename} t`,
          );
          seen.push(rows[0]?.text ?? '');
        }
        return true;
      },
    });
    const everything = seen.join('');
    expect(everything).toContain('birth_no_such_day');
    for (const text of ['9711111111', '9722222222', 'ヒミツ', 'カルテ', '1947-04-01', '1947/2/30']) {
      expect(everything).not.toContain(text);
      expect(everything).not.toContain(Buffer.from(text).toString('hex'));
    }
  });
});
