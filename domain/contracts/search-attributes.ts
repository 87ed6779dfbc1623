/** Search attributes of a booking's workflow: readable to everybody who may open the Temporal UI, so none names a person. */
export const searchAttributes = {
  Programme: 'Keyword',
  ProgrammeVersion: 'Int',
  Venue: 'Keyword',
  SlotTime: 'Datetime',
  BookingStatus: 'Keyword',
  Channel: 'Keyword',
  AttentionNeeded: 'Bool',
} as const;

export type SearchAttributeName = keyof typeof searchAttributes;
