import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createDatabaseServices } from '../../database/services';
import { runImport } from '../../runtime/commands/import';
import { createImportWorld, csv, type ImportWorld, people, sampleFile } from '../worlds/import-world';

describe('toki import', () => {
  let world: ImportWorld;
  let folder: string;

  beforeAll(async () => {
    world = await createImportWorld();
    await world.startWorker();
    folder = mkdtempSync(join(tmpdir(), 'toki-import-'));
  });

  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await world.close();
  });

  /** Runs the command as the command line would, without a terminal. */
  async function toki(
    args: readonly string[],
    content?: Buffer | string,
    answers?: readonly string[],
  ): Promise<{ code: number; said: string; asked: readonly string[] }> {
    const file = join(folder, '対象者.csv');
    if (content !== undefined) writeFileSync(file, content);
    const lines: string[] = [];
    const asked: string[] = [];
    const left = [...(answers ?? [])];
    const io = {
      say: (line: string) => lines.push(line),
      refuse: (sentence: string) => {
        lines.push(sentence);
        return 2;
      },
      ...(answers === undefined
        ? {}
        : {
            question: (text: string) => {
              asked.push(text);
              return Promise.resolve(left.shift() ?? '');
            },
          }),
    };
    const code = await runImport([...(content === undefined ? [] : [file]), ...args], io, (work) =>
      work({ ...createDatabaseServices(world.city), temporal: world.client }),
    );
    return { code, said: lines.join('\n'), asked };
  }

  test('without a terminal and without --yes: the summary with its row errors, and nothing is changed', async () => {
    const { code, said } = await toki([], sampleFile('c'));
    expect(code).toBe(1);
    expect(said).toContain('読んだ行：301行');
    expect(said).toContain('取り込める方：295人（新しい方 295人、変わる方 0人、同じ方 0人）');
    expect(said).toContain('取り込めない行：5行');
    expect(said).toContain('19行目：接種券番号が 1.23E+09 のような形に変わっています。');
    expect(said).toContain('42行目：生年月日の元号と日付が合いません');
    expect(said).toContain('--yes');
    expect(await world.residents()).toEqual([]);
  });

  test('with --yes the good rows are taken over; again, nothing changes', async () => {
    const first = await toki(['--yes'], sampleFile('c'));
    expect(first).toMatchObject({ code: 0 });
    expect(first.said).toContain('取り込みました：新しい方 295人、変わった方 0人、同じ方 0人');
    const second = await toki(['--yes'], sampleFile('c'));
    expect(second.said).toContain('取り込みました：新しい方 0人、変わった方 0人、同じ方 295人');
  });

  test('--columns for a file without header; --full asks for the number of its own', async () => {
    const columns = ['--columns', 'number=3,kana=4,birth=5,group=7'];
    const asked = await toki(['--yes', '--full', ...columns], sampleFile('b'));
    expect(asked.code).toBe(1);
    expect(asked.said).toContain('対象から外す方：295人');
    expect(asked.said).toContain('--remove 295');
    expect(await toki(['--yes', '--full', '--remove', '294', ...columns], sampleFile('b'))).toMatchObject({ code: 1 });
    expect(await world.residents()).toHaveLength(295);
    const done = await toki(['--yes', '--full', '--remove', '295', ...columns], sampleFile('b'));
    expect(done).toMatchObject({ code: 0 });
    expect(done.said).toContain('新しい方 2,000人');
    expect(done.said).toContain('対象から外した方 295人（うち予約のある方 0人）');
  });

  test('a refused file is told in a sentence', async () => {
    const { code, said } = await toki(
      ['--yes'],
      Buffer.concat([Buffer.from([0x50, 0x4b, 0x03, 0x04]), Buffer.alloc(100, 1)]),
    );
    expect(code).toBe(1);
    expect(said).toContain('Excelのブックのままです。');
    expect(said).toContain('何も変わっていません。');
  });

  test('of many row errors the first fifty are shown', async () => {
    const rows = people(200, 9_600_000_000).map((row, index) => (index < 80 ? { ...row, birth: '1947/2/30' } : row));
    const { said } = await toki([], csv(rows));
    expect(said).toContain('51行目：');
    expect(said).not.toContain('52行目：');
    expect(said).toContain('…とほか 30 件');
  });

  test('what is wrong on the command line is said', async () => {
    expect(await toki([])).toMatchObject({ code: 2 });
    expect(await toki(['--columns', 'number=3'], 'x')).toMatchObject({ code: 2 });
    expect(await toki([join(folder, 'nowhere.csv')])).toMatchObject({
      code: 1,
      said: expect.stringContaining('見つかりません') as string,
    });
    expect(await toki(['--programme', 'none', '--yes'], csv(people(1)))).toMatchObject({
      code: 1,
      said: expect.stringContaining('事業「none」はありません。') as string,
    });
  });

  describe('with a pair that may be one person', () => {
    const header = '接種券番号,氏名カナ,生年月日,対象区分,旧券番号';
    const row = (number: string, previous = '', kana = 'ミヤケ　フミ') =>
      `${number},${kana},1947/4/1,高齢者,${previous}`;
    const file = (...rows: string[]) => [header, ...rows, ''].join('\r\n');
    const decisions = (...pairs: string[]) => {
      const path = join(folder, 'decisions.csv');
      writeFileSync(path, ['前の番号,新しい番号', ...pairs, ''].join('\r\n'));
      return path;
    };
    let base = 7_200_000_000;
    let old: string;
    let next: string;

    beforeEach(async () => {
      await world.freshProgramme();
      [old, next] = [String(base++), String(base++)];
      expect(await here(['--yes'], file(row(old), row(String(base++))))).toMatchObject({ code: 0 });
    });

    /** In the programme of this test. */
    const here = async (args: readonly string[], content: string, answers?: readonly string[]) => {
      const [programme] = await world.city
        .database('programme')
        .orderBy('id', 'desc')
        .select<{ code: string }[]>('code');
      return toki(['--programme', programme!.code, ...args], content, answers);
    };
    const found = async () => [await world.find(old), await world.find(next)].map((person) => person !== undefined);

    test.each([[['--yes']], [['--yes', '--carry-over', 'none']]])('%j joins nobody and counts', async (args) => {
      const { code, said, asked } = await here(args, file(row(next, old)), ['y', 'y']);
      expect([code, asked]).toEqual([0, []]);
      expect(said).toContain('1人と同じカナ・生年月日の人がいます（別の人として登録します）');
      expect(said).toContain('同じ人かどうか確かめる組：1組');
      expect(said).toContain('新しい方 1人（うち同じカナ・生年月日の人がいる方 1人）');
      expect(await found()).toEqual([true, true]);
    });

    test('a file of decisions joins its pairs, and --yes approves what is shown', async () => {
      const { code, said } = await here(['--yes', '--carry-over', decisions(`${old},${next}`)], file(row(next, old)));
      expect(code).toBe(0);
      expect(said).toContain('番号が変わる方：1人（同じ人として、予約を新しい番号に引き継ぎます。');
      expect(await found()).toEqual([false, true]);
    });

    test.each<[string, (old: string, next: string) => string[], string]>([
      ['no pair of the import', (old, next) => [`${next},${old}`], '2行目は、確かめられる組ではありません'],
      ['not numbers', (old) => [`${old},あ`], '2行目を読み取れません'],
    ])('a file of decisions with %s changes nothing', async (_name, pairs, sentence) => {
      const { code, said } = await here(
        ['--yes', '--carry-over', decisions(...pairs(old, next))],
        file(row(next, old)),
      );
      expect(code).toBe(1);
      expect(said).toContain(sentence);
      expect(await found()).toEqual([true, false]);
    });

    test('one resident is never given to two rows by a file', async () => {
      const other = String(base++);
      const pairs = decisions(`${old},${next}`, `${old},${other}`);
      const { code, said } = await here(['--yes', '--carry-over', pairs], file(row(next, old), row(other, old)));
      expect(code).toBe(1);
      expect(said).toContain('同じ番号が二度あります');
      expect(await found()).toEqual([true, false]);
    });

    test('on a terminal each pair is asked for, with masked numbers, before the whole', async () => {
      const no = await here([], file(row(next, old)), ['', 'n']);
      expect(no.code).toBe(1);
      expect(no.asked).toEqual([
        expect.stringContaining(`前の番号 ••••••${old.slice(-4)}（予約 0件）、新しい番号 ••••••${next.slice(-4)}`),
        expect.stringContaining('この内容で取り込みますか'),
      ]);
      const yes = await here(['--carry-over', 'ask', '--yes'], file(row(next, old)), ['y']);
      expect([yes.code, yes.asked.length]).toEqual([0, 1]);
      expect(await found()).toEqual([false, true]);
    });

    test('to ask needs a terminal, and a file of decisions must be there', async () => {
      expect(await here(['--yes', '--carry-over', 'ask'], file(row(next, old)))).toMatchObject({ code: 2 });
      expect(await here(['--yes', '--carry-over', join(folder, 'no.csv')], file(row(next, old)))).toMatchObject({
        code: 1,
        said: expect.stringContaining('見つかりません') as string,
      });
      expect(await found()).toEqual([true, false]);
    });
  });
});
