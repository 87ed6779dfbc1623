/**
 * How long a test waits for something that has to happen. Nobody waits that long on a quiet machine: the bound is there
 * for a fault, and for a machine that is shared among many. What a rule promises within a time has a bound of its own.
 */
export const patienceMs = 60_000;

/** A test waits for several things one after the other. */
export const testLimitMs = 240_000;
