import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runImport } from '../../runtime/commands/import';
import { createImportWorld, csv, type ImportWorld, people, sampleFile } from './import-world';

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
  async function toki(args: readonly string[], content?: Buffer | string): Promise<{ code: number; said: string }> {
    const file = join(folder, '対象者.csv');
    if (content !== undefined) writeFileSync(file, content);
    const lines: string[] = [];
    const io = {
      say: (line: string) => lines.push(line),
      refuse: (sentence: string) => {
        lines.push(sentence);
        return 2;
      },
    };
    const { database, keys } = world.city;
    const code = await runImport([...(content === undefined ? [] : [file]), ...args], io, (work) =>
      work({ database, keys, temporal: world.client }),
    );
    return { code, said: lines.join('\n') };
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
});
