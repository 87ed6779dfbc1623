/** The citizens' pages that can be shown beside the form, in the order in which citizens meet them. */
export const previewPages = [
  'front',
  'login',
  'help',
  'bookings',
  'venues',
  'days',
  'times',
  'details',
  'review',
  'done',
] as const;
export type PreviewPage = (typeof previewPages)[number];
