/** What everybody may know of a venue. */
export interface VenueView {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly ward: string;
  readonly address: string;
  readonly access: string;
  readonly features: string[];
  readonly mapUrl: string | null;
  readonly citizenNotes: string;
}
