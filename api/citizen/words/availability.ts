import type { Availability } from '../../../domain/bookings/availability-words';
import type { Words } from './words';

/** How full something is, said once per page: a day has a hundred times. */
export interface AvailabilityWords {
  readonly long: Readonly<Record<Availability, string>>;
  /** For the narrow cells of a calendar on a phone. */
  readonly short: Readonly<Record<Availability, string>>;
  /** The seat that the citizen holds already. */
  readonly own: string;
}

export function availabilityIn({ t }: Words): AvailabilityWords {
  return {
    long: { free: t('availability.free'), few: t('availability.few'), full: t('availability.full') },
    short: { free: t('availability.short_free'), few: t('availability.short_few'), full: t('availability.short_full') },
    own: t('availability.own'),
  };
}
