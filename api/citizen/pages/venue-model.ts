import type { VenueView } from '../../../database/schedule';
import { isVenueFeature } from '../../../domain/schedule/venue-features';
import type { Words } from '../words/words';

/** A venue in the words of the pages. Features that have no words yet are left out; what staff wrote stays as it is. */
export function venueModel({ t }: Words, venue: VenueView) {
  return {
    id: venue.id,
    name: venue.name,
    ward: venue.ward,
    address: venue.address,
    access: venue.access,
    mapUrl: venue.mapUrl,
    notes: venue.citizenNotes,
    features: venue.features.flatMap((code) =>
      isVenueFeature(code)
        ? [
            {
              words: t(`features.${code}`),
              isStepFree: code === 'step_free',
              isParking: code === 'parking',
              isSignLanguage: code === 'sign_language',
              isToilet: code === 'accessible_toilet',
              isWheelchair: code === 'wheelchair',
              isWritten: code === 'written_talk',
            },
          ]
        : [],
    ),
  };
}
