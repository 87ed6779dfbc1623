import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parseKeys } from '../../database/foundation/keys';
import { holdDataFolder, isDataFolder, keysOf, lockOwner } from './data-folder';
import { markProcess } from './process-identity';

let parent: string;
let folder: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'toki-folder-'));
  folder = join(parent, 'data');
});

afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

test('a new folder is made, marked and locked; a second holder is refused in one sentence', () => {
  const held = holdDataFolder(folder);
  expect(isDataFolder(folder)).toBe(true);
  expect(held.abandoned).toBe(false);
  expect(lockOwner(folder)?.pid).toBe(process.pid);
  expect(() => holdDataFolder(folder)).toThrow(
    `Toki is already running on the data folder ${folder} (process ${String(process.pid)})`,
  );
  held.letGo();
  expect(lockOwner(folder)).toBeUndefined();
  holdDataFolder(folder).letGo();
});

test('the lock of a process that was killed does not count', async () => {
  holdDataFolder(folder).letGo();
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await new Promise((resolve) => child.once('spawn', resolve));
  writeFileSync(join(folder, 'lock'), JSON.stringify(markProcess(child.pid!)));
  expect(() => holdDataFolder(folder)).toThrow('already running');
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  const held = holdDataFolder(folder);
  expect(held.abandoned).toBe(true);
  held.letGo();
});

test('a number that now belongs to another process does not count either', () => {
  holdDataFolder(folder).letGo();
  writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: process.pid, identity: 'of long ago' }));
  const held = holdDataFolder(folder);
  expect(held.abandoned).toBe(true);
  held.letGo();
});

test('a folder with other files in it is refused and left alone', () => {
  writeFileSync(join(parent, 'thesis.txt'), 'mine');
  expect(() => holdDataFolder(parent)).toThrow("holds files that are not Toki's");
  expect(isDataFolder(parent)).toBe(false);
  expect(existsSync(join(parent, 'lock'))).toBe(false);
});

test('keys are made once, readable by their owner alone', () => {
  holdDataFolder(folder).letGo();
  const made = keysOf(folder);
  expect(parseKeys(made).currentKeyId).toBe('k1');
  expect(keysOf(folder)).toBe(made);
  expect(readFileSync(join(folder, 'keys'), 'utf8').trim()).toBe(made);
  expect(statSync(join(folder, 'keys')).mode & 0o777).toBe(0o600);
});
