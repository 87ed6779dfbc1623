/** Rehearsals skip time as well, so the one helper lives with them. */
export * from '../../engine/temporal/time-skipping';
