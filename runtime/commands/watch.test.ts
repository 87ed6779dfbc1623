import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readConfig } from '../config';
import { lineOf, watchCommand } from './watch';

const folder = mkdtempSync(join(tmpdir(), 'toki-watch-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function watch(...args: string[]): Promise<{ code: number; refusals: string[] }> {
  const refusals: string[] = [];
  const env = { TOKI_DATA_DIR: folder };
  const code = await watchCommand.run(args, {
    config: readConfig(env),
    env,
    say: () => undefined,
    refuse: (sentence) => {
      refusals.push(sentence);
      return 2;
    },
  });
  return { code, refusals };
}

describe('toki watch', () => {
  it('refuses what it cannot take, in one sentence', async () => {
    expect(await watch('--seconds', 'ten')).toEqual({
      code: 2,
      refusals: ['--seconds takes a number above 0, but got: ten.'],
    });
    expect((await watch('--loud')).refusals[0]).toContain("'--loud'");
  });

  it('says that nothing runs, and starts nothing', async () => {
    expect(await watch('--seconds', '1')).toEqual({
      code: 2,
      refusals: ['There is nothing to watch: start Toki with "npm start", or set DATABASE_URL.'],
    });
  });

  it('writes counts as rates, under their titles', () => {
    const line = lineOf({
      from: new Date('2021-05-06T00:00:00Z'),
      until: new Date('2021-05-06T00:00:02Z'),
      held: 250,
      confirmed: 3,
      ended: 0,
      toHandOver: 1200,
      oldestS: 4.2,
      noticesSent: 60,
      noticesWaiting: 17,
      isRush: true,
    });
    expect(line.trim().split(/\s{2,}/)).toEqual(['09:00:02', '125', '1.5', '0', '1200', '4 s', '30', '17', 'yes']);
    expect(line).toHaveLength(lineOf().length);
  });
});
