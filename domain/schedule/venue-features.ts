/** What a venue can offer to those who need it, in the order in which it is shown. */
export const venueFeatures = [
  'step_free',
  'accessible_toilet',
  'wheelchair',
  'parking',
  'sign_language',
  'written_talk',
] as const;
export type VenueFeature = (typeof venueFeatures)[number];

/** `words` for citizens, `column` for the head of a sheet. */
export const venueFeatureWords: Readonly<Record<VenueFeature, { readonly words: string; readonly column: string }>> = {
  step_free: { words: '段差なし・車いすで入れます', column: '段差なし' },
  accessible_toilet: { words: '車いす用トイレあり', column: '車いす用トイレ' },
  wheelchair: { words: '車いすの貸し出しあり', column: '車いす貸出' },
  parking: { words: '駐車場あり', column: '駐車場' },
  sign_language: { words: '手話通訳あり', column: '手話通訳' },
  written_talk: { words: '筆談でご案内できます', column: '筆談' },
};

export function isVenueFeature(code: string): code is VenueFeature {
  return (venueFeatures as readonly string[]).includes(code);
}
