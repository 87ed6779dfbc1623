/** The table of a run's staged rows. The name is made of the id's hexadecimal digits alone. */
export function tableOf(runId: string): string {
  return `import_row_${digitsOf(runId)}`;
}

/** The table of the residents as they were before a run. */
export function keptTableOf(runId: string): string {
  return `import_kept_${digitsOf(runId)}`;
}

function digitsOf(runId: string): string {
  const digits = runId.replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/.test(digits)) throw new Error('not the id of an import run');
  return digits;
}
