import type { ProgrammeDocument } from '../../../domain/programmes/document';
import { wordsOf } from '../../../domain/programmes/words';
import { inLanguage } from '../../../domain/site/languages';
import type { ProgrammeNames, Words } from './words';

/** What a programme says where it says nothing of its own. Such labels have usual words in every language. */
const usualNumber = '接種券番号';
const usualBirthDate = '生年月日';
const usualKana = '氏名（カナ）';
const usualDose = /^([1-9])回目$/;

export function namesOf(words: Words, document: ProgrammeDocument | undefined): ProgrammeNames {
  const { t } = words;
  const own = document && words.programme(document);
  if (words.language === 'ja' && own) {
    const names = wordsOf(own);
    return {
      ...names,
      shortPaper: names.hasOwnPaper ? names.paper : t('usual.short_paper'),
      birthDate: own.identification.birthDate.label,
    };
  }
  const service = own?.words?.service ?? t('usual.service');
  const paper = own?.words?.paper;
  // A translation of the usual paper is still the usual paper.
  const hasOwnPaper = document?.words?.paper !== undefined;
  return {
    paper: paper ?? t('usual.paper'),
    shortPaper: paper ?? t('usual.short_paper'),
    hasOwnPaper,
    service,
    callCentre: own?.words?.callCentre ?? t('usual.call_centre', { service }),
    number: own?.identification.couponNumber.label ?? t('usual.number'),
    birthDate: own?.identification.birthDate.label ?? t('usual.birth_date'),
  };
}

const seen = new WeakMap<ProgrammeDocument, Map<string, ProgrammeDocument>>();

/** The programme in the words' language. The same document again for the same question. */
export function programmeIn(words: Words, document: ProgrammeDocument): ProgrammeDocument {
  if (words.language === 'ja') return document;
  const known = seen.get(document) ?? new Map<string, ProgrammeDocument>();
  seen.set(document, known);
  const found = known.get(words.language) ?? withUsualLabels(words, inLanguage(document, words.language));
  known.set(words.language, found);
  return found;
}

function withUsualLabels({ t }: Words, document: ProgrammeDocument): ProgrammeDocument {
  const { couponNumber, birthDate, kana } = document.identification;
  const usual = (label: string, japanese: string, key: string): string => (label === japanese ? t(key) : label);
  return {
    ...document,
    identification: {
      ...document.identification,
      couponNumber: { ...couponNumber, label: usual(couponNumber.label, usualNumber, 'usual.number') },
      birthDate: { label: usual(birthDate.label, usualBirthDate, 'usual.birth_date') },
      kana: { label: usual(kana?.label ?? usualKana, usualKana, 'usual.kana') },
    },
    doses: document.doses.map((dose) => {
      const number = usualDose.exec(dose.label)?.[1];
      return number === undefined ? dose : { ...dose, label: t('usual.dose', { number }) };
    }),
  };
}
