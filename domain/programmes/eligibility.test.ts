import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ProgrammeDocument } from './document';
import { groupForImport } from './eligibility';

const document = JSON.parse(
  readFileSync(join(__dirname, '../../test/data/plain-programme.json'), 'utf8'),
) as ProgrammeDocument;

describe('the group column of a file', () => {
  it.each([
    ['高齢者', 'seniors'],
    [' 高齢者　', 'seniors'],
    ['６５歳以上', 'seniors'],
    ['施設従事者', 'care-staff'],
    ['general', 'general'],
    ['', 'general'],
    ['　', 'general'],
  ])('%j means %s', (text, code) => {
    expect(groupForImport(document, text)?.code).toBe(code);
  });

  it('is never guessed', () => {
    expect(groupForImport(document, '高齢')).toBeUndefined();
    expect(
      groupForImport({ ...document, groups: document.groups.map((group) => ({ ...group, isDefault: false })) }, ''),
    ).toBeUndefined();
  });
});
