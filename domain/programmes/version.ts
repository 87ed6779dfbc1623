import type { ProgrammeDocument } from './document';

/** One version of a programme: what a booking pins. */
export interface ProgrammeVersion {
  readonly id: string;
  readonly programmeId: string;
  readonly programmeCode: string;
  readonly number: number;
  readonly document: ProgrammeDocument;
}
