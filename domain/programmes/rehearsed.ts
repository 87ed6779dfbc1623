/**
 * What the rehearsals of a document have shown: `passed` once without a fault; `faults` found; `impossible`, because the Temporal
 * server cannot skip time; `no`: none, or none that came to an end.
 */
export const rehearsedStates = ['passed', 'faults', 'impossible', 'no'] as const;
export type Rehearsed = (typeof rehearsedStates)[number];

/** How a rehearsal ended, as far as it did. */
export interface RehearsalEnd {
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'unsupported';
  readonly passed: boolean | null;
}

/** Sums up the rehearsals of one document, the newest first. A fault that was found stays found, whatever server is asked later. */
export function rehearsedAs(rehearsals: readonly RehearsalEnd[]): Rehearsed {
  if (rehearsals.some(({ passed }) => passed === true)) return 'passed';
  if (rehearsals.some(({ state }) => state === 'done')) return 'faults';
  return rehearsals[0]?.state === 'unsupported' ? 'impossible' : 'no';
}

/** What keeps a document from being published, as far as its rehearsal says. `isWaived`: the publisher gave a reason to do without. */
export function rehearsalRefusal(
  rehearsed: Rehearsed,
  isWaived: boolean,
): 'not_rehearsed' | 'waiver_refused' | undefined {
  if (rehearsed === 'passed') return undefined;
  if (!isWaived) return 'not_rehearsed';
  return rehearsed === 'impossible' ? undefined : 'waiver_refused';
}
