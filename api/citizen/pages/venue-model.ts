import type { VenueView } from '../../../database/venues';

const featureWords: Readonly<Record<string, string>> = {
  step_free: '段差なし・車いすで入れます',
  parking: '駐車場あり',
  sign_language: '手話通訳あり',
};

/** A venue in the words of the pages. Features that have no words yet are left out. */
export function venueModel(venue: VenueView) {
  return {
    id: venue.id,
    name: venue.name,
    ward: venue.ward,
    address: venue.address,
    access: venue.access,
    mapUrl: venue.mapUrl,
    features: venue.features.flatMap((code) => (featureWords[code] === undefined ? [] : [{ words: featureWords[code], isStepFree: code === 'step_free', isParking: code === 'parking', isSignLanguage: code === 'sign_language' }])),
  };
}
