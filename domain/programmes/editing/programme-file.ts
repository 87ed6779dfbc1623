const format = 'toki-programme';

/** A programme's document as a file that another Toki, or this one later, takes in again. */
export interface ProgrammeFile {
  readonly format: typeof format;
  readonly code: string;
  readonly document: unknown;
}

export function programmeFile(code: string, document: unknown): ProgrammeFile {
  return { format, code, document };
}

/** The document in a file, unchecked; undefined when it is no such file. A bare document is taken too. */
export function readProgrammeFile(file: Readonly<Record<string, unknown>>): unknown {
  if (file['format'] === format && typeof file['document'] === 'object' && file['document'] !== null)
    return file['document'];
  return typeof file['schema'] === 'number' && Array.isArray(file['groups']) ? file : undefined;
}
