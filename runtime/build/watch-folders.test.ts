import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { patienceMs } from '../../test/support/patience';
import { projectRoot } from '../root';

const watcher = pathToFileURL(join(projectRoot, 'runtime', 'build', 'watch-folders.mjs')).href;

test('a change is told of, also of a file that an editor has put in the place of another, and in a new folder, twice', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'toki-watch-'));
  mkdirSync(join(folder, 'deep', 'deeper'), { recursive: true });
  const file = join(folder, 'deep', 'deeper', 'rules.ts');
  writeFileSync(file, '1');
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { watchFolders } from '${watcher}';
       watchFolders([process.argv[1]], (path) => console.log(path));
       console.log('watching');`,
      folder,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const told: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    told.push(line);
  });
  const tells = async (path: string) => {
    const deadline = Date.now() + patienceMs;
    while (!told.includes(path)) {
      if (Date.now() > deadline) throw new Error(`nothing was told of ${path}, only: ${told.join(', ')}`);
      await sleep(20);
    }
    // The system may tell of one change several times.
    await sleep(200);
    told.length = 0;
  };
  try {
    await tells('watching');
    appendFileSync(file, '2');
    await tells(file);
    writeFileSync(`${file}.new`, '3');
    renameSync(`${file}.new`, file);
    await tells(file);
    appendFileSync(file, '4');
    await tells(file);
    const later = join(folder, 'deep', 'later');
    mkdirSync(later);
    await tells(later);
    writeFileSync(join(later, 'words.ts'), '5');
    await tells(join(later, 'words.ts'));
    rmSync(later, { recursive: true });
    await tells(later);
    mkdirSync(later);
    await tells(later);
    writeFileSync(join(later, 'words.ts'), '6');
    await tells(join(later, 'words.ts'));
  } finally {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});
