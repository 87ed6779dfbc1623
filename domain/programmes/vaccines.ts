import type { DoseSeat, ProgrammeDocument, ProgrammeVaccine } from './document';
import type { Interval } from './interval';

/** What is given at a venue on a city date; undefined where the programme names no vaccines, or none for this place and day. */
export function vaccineAt(document: ProgrammeDocument, venueCode: string, date: string): ProgrammeVaccine | undefined {
  return document.vaccines?.find(
    (vaccine) =>
      (vaccine.venues?.includes(venueCode) ?? true) &&
      (vaccine.from === undefined || date >= vaccine.from) &&
      (vaccine.until === undefined || date <= vaccine.until),
  );
}

/** The interval before a dose: of its vaccine, else the dose's own; none: any day from the day of the dose before. */
export function intervalOf(document: ProgrammeDocument, dose: number, vaccine: ProgrammeVaccine | undefined): Interval {
  return (
    vaccine?.intervals?.find((item) => item.dose === dose) ??
    document.doses.find((item) => item.number === dose)?.interval ?? { minDays: 0 }
  );
}

/** All intervals that may count before a dose while it is open which vaccine it will be. */
export function possibleIntervals(document: ProgrammeDocument, dose: number): Interval[] {
  const vaccines: (ProgrammeVaccine | undefined)[] = document.vaccines ?? [];
  // A venue or day that no vaccine names goes by the dose itself.
  const isEverywhere = vaccines.some(
    (vaccine) => vaccine?.venues === undefined && vaccine?.from === undefined && vaccine?.until === undefined,
  );
  return [...vaccines, ...(isEverywhere ? [] : [undefined])].map((vaccine) => intervalOf(document, dose, vaccine));
}

/** How the seat of a dose comes about at a venue. */
export function seatOf(document: ProgrammeDocument, dose: number, venueCode: string): DoseSeat {
  const found = document.doses.find((item) => item.number === dose);
  return found?.seatAt?.find((place) => place.venues.includes(venueCode))?.seat ?? found?.seat ?? { mode: 'chosen' };
}
