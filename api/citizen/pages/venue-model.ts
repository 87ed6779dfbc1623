import type { VenueView } from '../../../database/venues';
import { isVenueFeature, venueFeatureWords } from '../../../domain/venue/features';

/** A venue in the words of the pages. Features that have no words yet are left out. */
export function venueModel(venue: VenueView) {
  return {
    id: venue.id,
    name: venue.name,
    ward: venue.ward,
    address: venue.address,
    access: venue.access,
    mapUrl: venue.mapUrl,
    notes: venue.citizenNotes,
    features: venue.features.flatMap((code) =>
      isVenueFeature(code) ? [{ words: venueFeatureWords[code].words, isStepFree: code === 'step_free', isParking: code === 'parking', isSignLanguage: code === 'sign_language', isToilet: code === 'accessible_toilet', isWheelchair: code === 'wheelchair', isWritten: code === 'written_talk' }] : [],
    ),
  };
}
