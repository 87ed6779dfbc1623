/** What a venue can offer to those who need it; the citizens' pages have words for each. */
export const venueFeatures = ['step_free', 'parking', 'sign_language'] as const;
export type VenueFeature = (typeof venueFeatures)[number];
