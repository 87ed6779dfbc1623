import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { migrationSource } from '.';

const folder = __dirname;
const frozen: unknown = JSON.parse(readFileSync(join(folder, 'frozen.json'), 'utf8'));
const files = readdirSync(folder)
  .filter((name) => /^\d.*\.ts$/.test(name))
  .map((name) => name.replace(/\.ts$/, ''))
  .sort();

describe('the list of migrations', () => {
  it('holds every file, numbered without a gap, in the order of the names', async () => {
    const names = (await migrationSource.getMigrations([])).map((migration) => migration.name);
    expect(names).toEqual(files);
    expect(names.map((name) => name.slice(0, 4))).toEqual(
      names.map((_name, index) => String(index + 1).padStart(4, '0')),
    );
  });

  it('is frozen: a database somewhere was made by what stands in frozen.json', () => {
    const contents = Object.fromEntries(
      files.map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, `${name}.ts`)))
          .digest('hex'),
      ]),
    );
    // A new migration is added to frozen.json with the hash that this shows; an old one is never edited.
    expect(contents).toEqual(frozen);
  });
});
