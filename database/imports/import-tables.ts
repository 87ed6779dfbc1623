/** The table of a run's staged rows. The name is made of the id's hexadecimal digits alone. */
export function tableOf(runId: string): string {
  return `import_row_${digitsOf(runId)}`;
}

/** The table of the residents as they were before a run. */
export function keptTableOf(runId: string): string {
  return `import_kept_${digitsOf(runId)}`;
}

/** A part of the rows: those whose number's blind index lies from `from` up to, but not at, `until`. */
export interface Part {
  readonly number: number;
  readonly from: Buffer;
  readonly until: Buffer;
}

/** Behind every blind index. */
const behindAll = Buffer.alloc(33, 0xff);

/** Blind indexes are spread evenly, so each of `count` equal ranges holds about as many rows as any other. */
export function partsOf(count: number): Part[] {
  const boundary = (number: number): Buffer => {
    if (number === count) return behindAll;
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(Math.floor((number / count) * 2 ** 32));
    return bytes;
  };
  return Array.from({ length: count }, (_, number) => ({
    number,
    from: number === 0 ? Buffer.alloc(0) : boundary(number),
    until: boundary(number + 1),
  }));
}

function digitsOf(runId: string): string {
  const digits = runId.replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/.test(digits)) throw new Error('not the id of an import run');
  return digits;
}
