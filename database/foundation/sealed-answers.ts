import type { Answers } from '../../domain/bookings/form';
import { type KeyRing, openJson } from './keys';

/** The answers of a booking's form, as they were sealed. */
export function openAnswers(keys: KeyRing, sealed: Buffer): Answers {
  return openJson<Answers>(keys, sealed);
}
