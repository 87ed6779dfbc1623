import type { NoticePage, PageNotice, ProgrammeDocument } from './document';

/** What things are called in a programme; what it does not say has the usual word of a vaccination. */
export interface ProgrammeWords {
  /** The paper that carries the number. */
  readonly paper: string;
  readonly callCentre: string;
  /** What is done when a person comes. */
  readonly service: string;
  /** The number on the paper. */
  readonly number: string;
  /** The programme names its own paper: pictures of the vaccination's do not help. */
  readonly hasOwnPaper: boolean;
}

export function wordsOf({ words, identification }: ProgrammeDocument): ProgrammeWords {
  const service = words?.service ?? '接種';
  return {
    paper: words?.paper ?? '接種券（クーポン券）',
    callCentre: words?.callCentre ?? `${service}コールセンター`,
    service,
    number: identification.couponNumber.label,
    hasOwnPaper: words?.paper !== undefined,
  };
}

/** A sentence of the site that speaks of a vaccination's paper and number, in the programme's own words. */
export function inOwnWords(document: ProgrammeDocument, sentence: string): string {
  const { paper, number, service, hasOwnPaper } = wordsOf(document);
  const named = sentence.replaceAll('接種券番号', number);
  return hasOwnPaper
    ? named
        .replaceAll('接種券（クーポン券）', paper)
        .replaceAll('接種券', paper)
        .replaceAll('回の接種', `回の${service}`)
    : named;
}

/** The programme's notices for a page at `now`. */
export function noticesOn(document: ProgrammeDocument, page: NoticePage | undefined, now: Date): PageNotice[] {
  if (page === undefined) return [];
  const time = now.getTime();
  return (document.notices ?? []).filter(
    (notice) =>
      notice.pages.includes(page) &&
      (notice.from === undefined || time >= Date.parse(notice.from)) &&
      (notice.until === undefined || time < Date.parse(notice.until)),
  );
}
