import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type OtherLanguage, otherLanguages, type ProgrammeDocument } from '../../domain/programmes/document';
import { projectRoot } from '../../runtime/root';

/** Puts the example programme that has English texts in the place of a test's own. `alsoIn`: languages that get its English texts, as if they were reviewed. */
export function translatedProgramme(alsoIn: readonly OtherLanguage[] = []): (document: ProgrammeDocument) => void {
  return (document) => {
    const example = JSON.parse(
      readFileSync(join(projectRoot, 'docs', 'programmes', '03-two-groups-half-kept.json'), 'utf8'),
    ) as ProgrammeDocument;
    for (const key of Object.keys(document)) Reflect.deleteProperty(document, key);
    Object.assign(document, example);
    const english = example.translations?.en;
    if (!english) throw new Error('the example programme has English texts');
    for (const language of otherLanguages)
      if (alsoIn.includes(language) && !document.translations?.[language])
        Object.assign(document.translations ?? {}, { [language]: english });
  };
}
